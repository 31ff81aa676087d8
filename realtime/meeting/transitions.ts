import type { CommandName } from './commands.ts';
import type { MeetingState } from './meetings.ts';
import type { Refusal } from './refusals.ts';

/** `decided`: it depends on the command itself. Anything else refuses it, whatever it says. */
export type Cell = 'decided' | Refusal;

const none = 'not-found';
const cancelled = 'meeting-cancelled';
const closed = 'meeting-closed';

/** what may be done as long as nobody has closed the meeting */
const untilClosed = { none, scheduled: 'decided', live: 'decided', closed, cancelled } as const;

/** what is done in the meeting itself */
const whileLive = { none, scheduled: 'meeting-scheduled', live: 'decided', closed, cancelled } as const;

/** The complete table of what may happen in which state; `none` is before there is a meeting. */
export const transitions: Record<CommandName, Record<MeetingState | 'none', Cell>> = {
	'meeting.schedule': { none: 'decided', scheduled: 'meeting-exists', live: 'meeting-exists', closed: 'meeting-exists', cancelled: 'meeting-exists' },
	'meeting.describe': untilClosed,
	'meeting.postpone': { none, scheduled: 'decided', live: 'meeting-live', closed, cancelled },
	'meeting.cancel': { none, scheduled: 'decided', live: 'meeting-live', closed, cancelled },
	'meeting.duplicate': { none, scheduled: 'decided', live: 'decided', closed: 'decided', cancelled: 'decided' },
	'meeting.open': { none, scheduled: 'decided', live: 'meeting-live', closed, cancelled },
	'meeting.close': whileLive,
	'meeting.turn': whileLive,
	'meeting.reopen': { none, scheduled: 'meeting-scheduled', live: 'meeting-live', closed: 'decided', cancelled: 'decided' },
	'agenda.add': untilClosed,
	'agenda.propose': untilClosed,
	'agenda.accept': untilClosed,
	'agenda.change': untilClosed,
	'agenda.move': untilClosed,
	'agenda.remove': untilClosed,
	'step.turn': whileLive,
	'step.switch': whileLive,
	'drafts.admit': whileLive,
	'conduct.take': whileLive,
	'facilitator.name': untilClosed,
	'facilitator.release': untilClosed,
	'timer.start': whileLive,
	'timer.pause': whileLive,
	'timer.resume': whileLive,
	'timer.extend': whileLive,
	'timer.stop': whileLive,
	'turns.ask': whileLive,
	'turns.withdraw': whileLive,
	'turns.give': whileLive,
	'turns.end': whileLive,
	'turns.drop': whileLive,
	'turns.set': whileLive,
	'vote.open': whileLive,
	'vote.close': whileLive,
	'vote.cancel': whileLive,
	'vote.again': whileLive,
	'decision.adopt': whileLive,
	'decision.withdraw': whileLive
};
