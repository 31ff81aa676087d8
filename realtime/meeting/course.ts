import { presentPoint } from './agenda.ts';
import type { EventName, MeetingEvent } from './events.ts';
import type { AgendaItem, Meeting } from './meetings.ts';
import { presentStep, type Step } from './steps.ts';

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

export const isOfCourse = (event: EventName): event is CourseEvent => (courseEvents as readonly EventName[]).includes(event);

/** A step that was left, as it was called then, and the document that was written at it: whatever becomes of the agenda, it can be shown. */
export interface EndedStep extends Pick<AgendaItem, 'title' | 'kind' | 'columns' | 'document'> {
	/** the point of the agenda */
	item: AgendaItem['id'];
	step: Pick<Step, 'id' | 'kind' | 'title' | 'see'>;
}

const ending: readonly EventName[] = ['meeting.turned', 'step.turned', 'meeting.closed'];

/** The step that an event ends; null: it ends none. `meeting`: as it was before it. */
export function endedBy(meeting: Meeting | null, event: MeetingEvent): EndedStep | null {
	const point = meeting && ending.includes(event.name) ? presentPoint(meeting) : null;
	if (!point) return null;
	const { id: item, title, kind, columns, document } = point;
	const { id, kind: stepKind, title: stepTitle, see } = presentStep(point);
	return { item, title, kind, columns, document, step: { id, kind: stepKind, title: stepTitle, see } };
}
