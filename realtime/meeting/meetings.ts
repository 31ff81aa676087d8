import type { Id } from './ids.ts';
import type { Role } from './roles.ts';
import type { LocalText } from './texts.ts';
import type { Province } from './provinces.ts';

export const meetingStates = ['scheduled', 'live', 'closed'] as const;
export type MeetingState = (typeof meetingStates)[number];

export const agendaKinds = ['review', 'discussion', 'brainstorm', 'swot', 'causes', 'scoring', 'vote', 'decisions'] as const;
export type AgendaKind = (typeof agendaKinds)[number];

/** A point of the agenda; one with a board or notes names its document. */
export interface AgendaItem {
	id: Id;
	kind: AgendaKind;
	title: LocalText;
	/** planned length */
	minutes: number;
	/** the mandate item it serves */
	mandate: Id | null;
	document: Id | null;
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
	agenda: AgendaItem[];
}

/** How a person appears to others. */
export interface Participant {
	id: Id;
	name: LocalText;
	office: LocalText | null;
	province: Province | null;
	role: Role;
}
