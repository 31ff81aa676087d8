import type { EventName } from './events.ts';

/** What belongs to the course of a meeting, as its page tells it afterwards: where it was, at which step, and what was revealed, voted and decided. */
export const courseEvents = [
	'meeting.opened',
	'meeting.turned',
	'step.turned',
	'drafts.revealed',
	'vote.opened',
	'vote.closed',
	'vote.cancelled',
	'decision.adopted',
	'decision.withdrawn',
	'meeting.closed',
	'meeting.reopened'
] as const satisfies readonly EventName[];
export type CourseEvent = (typeof courseEvents)[number];
