import type { Decision } from './decisions.ts';
import type { TurnKind } from './floor.ts';
import type { Id } from './ids.ts';
import type { AgendaItem, BoardColumn } from './meetings.ts';
import type { Quorum } from './quorum.ts';
import type { Step, Switches } from './steps.ts';
import type { LocalText } from './texts.ts';
import type { Vote, VoteResult } from './voting.ts';

/** What has happened to a meeting. Times are milliseconds since 1970. */
export type MeetingEvent =
	| {
			name: 'meeting.scheduled';
			meeting: Id;
			thinkTank: Id;
			number: number;
			title: LocalText;
			startsAt: number;
			minutes: number;
			place: string | null;
			callLink: string | null;
			quorum: Quorum | null;
			agenda: AgendaItem[];
	  }
	| { name: 'meeting.described'; title?: LocalText; minutes?: number; place?: string | null; callLink?: string | null; quorum?: Quorum | null }
	| { name: 'meeting.postponed'; startsAt: number; minutes: number }
	| { name: 'meeting.cancelled' }
	| { name: 'meeting.duplicated'; into: Id }
	| { name: 'meeting.opened'; at: number }
	| { name: 'meeting.closed'; at: number }
	| { name: 'meeting.reopened'; at: number }
	/** the meeting is at this point from now on */
	| { name: 'meeting.turned'; item: Id; at: number }
	/** `from`: the point that it goes on from, if it does from one */
	| { name: 'agenda.added'; item: AgendaItem; before: Id | null; from?: Id }
	| { name: 'agenda.accepted'; item: Id }
	| { name: 'agenda.changed'; item: Id; title?: LocalText; minutes?: number; owner?: Id | null; mandate?: Id | null; columns?: BoardColumn[]; steps?: Step[] }
	| { name: 'agenda.moved'; item: Id; before: Id | null }
	| { name: 'agenda.removed'; item: Id }
	/** the activity is at this step from now on */
	| { name: 'step.turned'; item: Id; step: string; at: number }
	/** of the step that the activity is at */
	| ({ name: 'step.switched'; item: Id; at: number } & Partial<Switches & Pick<Step, 'until'>>)
	/** what had been written in private at this activity is on its board */
	| { name: 'drafts.revealed'; item: Id }
	| { name: 'facilitator.named'; person: Id }
	| { name: 'facilitator.released'; person: Id }
	| { name: 'timer.started'; plannedMs: number; at: number }
	| { name: 'timer.paused'; at: number }
	| { name: 'timer.resumed'; at: number }
	| { name: 'timer.extended'; byMs: number; at: number }
	| { name: 'timer.stopped' }
	| { name: 'turns.asked'; person: Id; as: TurnKind }
	| { name: 'turns.withdrawn'; person: Id }
	/** this person speaks from now on, and whoever spoke until now does not */
	| { name: 'turns.given'; person: Id; as: TurnKind; at: number }
	| { name: 'turns.ended'; at: number }
	| { name: 'turns.dropped'; person: Id }
	| { name: 'turns.arranged'; seconds?: number | null; fair?: boolean }
	| { name: 'vote.opened'; vote: Vote }
	| { name: 'vote.closed'; vote: Id; at: number; result: VoteResult }
	| { name: 'vote.cancelled'; vote: Id; at: number }
	| { name: 'decision.adopted'; decision: Decision }
	/** it keeps its number */
	| { name: 'decision.withdrawn'; decision: Id; at: number };

export type EventName = MeetingEvent['name'];
