import type { Decision } from './decisions.ts';
import type { Floor } from './floor.ts';
import type { Id } from './ids.ts';
import type { Province } from './provinces.ts';
import type { Quorum } from './quorum.ts';
import type { Role } from './roles.ts';
import type { Step } from './steps.ts';
import type { LocalText } from './texts.ts';
import type { Timer } from './timer.ts';
import type { Vote } from './voting.ts';

export const meetingStates = ['scheduled', 'live', 'closed', 'cancelled'] as const;
export type MeetingState = (typeof meetingStates)[number];

export const agendaKinds = ['review', 'discussion', 'brainstorm', 'swot', 'causes', 'scoring', 'vote', 'decisions'] as const;
export type AgendaKind = (typeof agendaKinds)[number];

/** What an activity is done on: a board of cards, or notes written together. */
export type Surface = 'board' | 'notes';

/** What an activity of each kind is done on. */
export const surfaceOf: Record<AgendaKind, Surface> = {
	review: 'notes',
	discussion: 'notes',
	brainstorm: 'board',
	swot: 'board',
	causes: 'notes',
	scoring: 'notes',
	vote: 'notes',
	decisions: 'notes'
};

/** A column of a brainstorm. */
export interface BoardColumn {
	/** an id, or `ideas` for the one that every brainstorm begins with */
	id: string;
	/** null: the product's own name for it */
	title: string | null;
}

/** The column that every brainstorm begins with. */
export const firstColumn: BoardColumn = { id: 'ideas', title: null };

/** A point of the agenda, with the document that is written at it. */
export interface AgendaItem {
	id: Id;
	kind: AgendaKind;
	title: LocalText;
	/** planned length */
	minutes: number;
	/** how long the meeting was at it, in milliseconds, without the time that it is there now */
	usedMs: number;
	/** who answers for it */
	owner: Id | null;
	/** the mandate item it serves */
	mandate: Id | null;
	document: Id;
	/** of a brainstorm, in order; empty for the others */
	columns: BoardColumn[];
	/** in which steps it is done, in order; one at least */
	steps: Step[];
	/** the step that it is at, or was at last; null: the meeting has not come to it */
	step: string | null;
	/** how often what had been written in private was put onto its board */
	reveals: number;
	/** who proposed it, while no facilitator has agreed to it; null: it is on the agenda */
	proposedBy: Id | null;
}

/** A meeting as everybody in it may see it. */
export interface Meeting {
	id: Id;
	thinkTank: Id;
	/** counts from 1 within the think tank */
	number: number;
	title: LocalText;
	state: MeetingState;
	/** milliseconds since 1970 */
	startsAt: number;
	/** planned length */
	minutes: number;
	/** where it takes place; null: not said */
	place: string | null;
	/** the address of a video or telephone conference */
	callLink: string | null;
	/** how many have to be there; null: it does not matter */
	quorum: Quorum | null;
	/** in order */
	agenda: AgendaItem[];
	/** the point that a live meeting is at, and a closed one was at last; null: it has not been opened */
	point: Id | null;
	/** since when it is there, in milliseconds since 1970; null: it is not live */
	pointSince: number | null;
	/** named for this meeting beside the think tank's facilitators */
	coFacilitators: Id[];
	/** in the order in which they were opened; their ballots are no part of it */
	votes: Vote[];
	/** in the order in which they were adopted, withdrawn ones included */
	decisions: Decision[];
	/** when it was opened first, and closed last; milliseconds since 1970 */
	openedAt: number | null;
	closedAt: number | null;
	/** of the point that a live meeting is at; null: there is none */
	timer: Timer | null;
	floor: Floor;
	/** how many events have made it what it is */
	version: number;
}

/** How a person appears to others. */
export interface Participant {
	id: Id;
	name: LocalText;
	office: LocalText | null;
	province: Province | null;
	role: Role;
}
