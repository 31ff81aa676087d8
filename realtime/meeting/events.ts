import type { Id } from './ids.ts';
import type { AgendaItem, BoardColumn } from './meetings.ts';
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
			agenda: AgendaItem[];
	  }
	| { name: 'meeting.described'; title?: LocalText; minutes?: number; place?: string | null; callLink?: string | null }
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
	| { name: 'agenda.changed'; item: Id; title?: LocalText; minutes?: number; owner?: Id | null; mandate?: Id | null; columns?: BoardColumn[] }
	| { name: 'agenda.moved'; item: Id; before: Id | null }
	| { name: 'agenda.removed'; item: Id }
	| { name: 'facilitator.named'; person: Id }
	| { name: 'facilitator.released'; person: Id }
	| { name: 'vote.opened'; vote: Vote }
	| { name: 'vote.closed'; vote: Id; at: number; result: VoteResult }
	| { name: 'vote.cancelled'; vote: Id; at: number };

export type EventName = MeetingEvent['name'];
