import { commandNames, type CommandName } from './commands.ts';
import type { MeetingState } from './meetings.ts';
import type { Switches } from './steps.ts';
import { roles, type Rights, type Role } from './roles.ts';

/** What one may want to see or do in a think tank, apart from the commands of its meetings. */
const others = [
	/** the think tank itself: mandate, members, list of meetings */
	'think-tank.see',
	/** its name, term and mandate */
	'think-tank.change',
	'think-tank.archive',
	/** members, their roles and offices; invitations into the think tank */
	'members.change',
	/** a meeting with its agenda, boards, notes and attendance */
	'meeting.see',
	/** cards and notes, where everybody sees them */
	'board.write',
	/** decisions, before they are adopted */
	'decisions.word',
	/** one's own cards, which nobody else sees */
	'drafts.write',
	/** the decisions that a think tank has adopted, over all of its meetings */
	'decisions.see',
	'actions.see',
	/** to make an action, and to change one's own and those that are nobody's */
	'actions.write',
	/** to change everybody's */
	'actions.write-all',
	/** asking everybody to come to where the meeting is */
	'meeting.gather',
	/** guest links, and letting guests in */
	'guests.change',
	/** what arrived after the meeting was closed: admit or decline */
	'late.decide',
	/** guests besides, if the vote says so */
	'ballot.cast'
] as const;

export type Action = (typeof others)[number] | CommandName;
export const actions: readonly Action[] = [...others, ...commandNames];

/** What it is asked about. */
export interface Situation {
	/** of the meeting; what belongs to a think tank alone is in none */
	state: MeetingState | null;
	/** the think tank is archived */
	archived: boolean;
	/** a facilitator or co-facilitator is in the meeting at the moment */
	facilitated: boolean;
	/** of the step that the activity in question is at; what is of no activity is at none */
	step: Pick<Switches, 'see' | 'edit'> | null;
}

type Rule = (situation: Situation) => boolean;
const always: Rule = () => true;
const never: Rule = () => false;
const unlessArchived: Rule = ({ archived }) => !archived;
const untilClosed: Rule = ({ state, archived }) => !archived && state !== 'closed' && state !== 'cancelled';
const whileLive: Rule = ({ state }) => state === 'live';
const takingPart: Rule = ({ state, archived }) => !archived && state === 'live';
/** whoever conducts the meeting arranges the board whenever everybody sees it */
const arranging: Rule = (situation) => untilClosed(situation) && situation.step?.see !== false;
const writing: Rule = (situation) => arranging(situation) && situation.step?.edit !== false;
const writingWhileLive: Rule = (situation) => writing(situation) && situation.state === 'live';
/** also when they do not arrive before the meeting is closed: nothing that somebody wrote for themself is lost */
const writingAlone: Rule = ({ state, archived }) => !archived && state !== null && state !== 'cancelled';
const writingAloneWhileLive: Rule = (situation) => writingAlone(situation) && situation.state === 'live';
/** a chair takes over when no facilitator is there */
const unlessFacilitated: Rule = ({ archived, facilitated }) => !archived && !facilitated;

type Row = Record<Role | 'administrator', Rule>;
const row = (facilitator: Rule, chair: Rule, coFacilitator: Rule, member: Rule, observer: Rule, guest: Rule, administrator: Rule): Row => ({
	facilitator,
	chair,
	'co-facilitator': coFacilitator,
	member,
	observer,
	guest,
	administrator
});

/** what runs a meeting */
const conducting = row(unlessArchived, unlessFacilitated, unlessArchived, never, never, never, never);
/** what binds the think tank: its chair does that beside whoever conducts the meeting */
const adopting = row(unlessArchived, unlessArchived, unlessArchived, never, never, never, never);
/** what concerns the series rather than one meeting */
const governing = row(unlessArchived, unlessArchived, never, never, never, never, unlessArchived);

/** whoever is in the meeting, observers too, and guests while it is live */
const speaking = row(unlessArchived, unlessArchived, unlessArchived, unlessArchived, unlessArchived, takingPart, never);

/** The one table of rights: action × role, decided by the situation. Columns in the order of {@link row}. */
const table: Record<Action, Row> = {
	'think-tank.see': row(always, always, always, always, always, never, always),
	'think-tank.change': governing,
	'think-tank.archive': row(never, never, never, never, never, never, always),
	'members.change': governing,
	'meeting.see': row(always, always, always, always, always, whileLive, never),
	'board.write': row(arranging, arranging, arranging, writing, never, writingWhileLive, never),
	'decisions.word': row(arranging, arranging, arranging, writing, never, never, never),
	'drafts.write': row(writingAlone, writingAlone, writingAlone, writingAlone, never, writingAloneWhileLive, never),
	'decisions.see': row(always, always, always, always, always, never, never),
	'actions.see': row(always, always, always, always, always, whileLive, never),
	'actions.write': row(unlessArchived, unlessArchived, unlessArchived, unlessArchived, never, never, never),
	'actions.write-all': row(unlessArchived, unlessArchived, unlessArchived, never, never, never, never),
	'guests.change': conducting,
	'late.decide': conducting,
	'meeting.gather': conducting,
	'ballot.cast': row(takingPart, takingPart, takingPart, takingPart, never, takingPart, never),
	'meeting.schedule': governing,
	'meeting.describe': conducting,
	'meeting.postpone': governing,
	'meeting.cancel': governing,
	'meeting.duplicate': governing,
	'meeting.open': conducting,
	'meeting.turn': conducting,
	'meeting.close': row(unlessArchived, unlessArchived, unlessArchived, never, never, never, unlessArchived),
	'meeting.reopen': governing,
	'agenda.add': conducting,
	'agenda.propose': row(unlessArchived, unlessArchived, unlessArchived, unlessArchived, never, never, never),
	'agenda.accept': conducting,
	'agenda.change': conducting,
	'agenda.move': conducting,
	'agenda.remove': conducting,
	'step.turn': conducting,
	'step.switch': conducting,
	'drafts.admit': conducting,
	/** everybody else conducts it already, or not at all */
	'conduct.take': row(never, never, never, unlessArchived, never, never, never),
	'facilitator.name': row(unlessArchived, unlessFacilitated, never, never, never, never, never),
	'facilitator.release': row(unlessArchived, unlessFacilitated, never, never, never, never, never),
	'timer.start': conducting,
	'timer.pause': conducting,
	'timer.resume': conducting,
	'timer.extend': conducting,
	'timer.stop': conducting,
	'turns.ask': speaking,
	'turns.withdraw': speaking,
	'turns.give': conducting,
	/** one's own; another's ends whoever may give turns */
	'turns.end': speaking,
	'turns.drop': conducting,
	'turns.set': conducting,
	'vote.open': conducting,
	'vote.close': conducting,
	'vote.cancel': conducting,
	'vote.again': conducting,
	'decision.adopt': adopting,
	'decision.withdraw': adopting
};

/** May somebody do this in this situation? Whoever is nothing may nothing. */
export function may({ role, administrator }: Rights, action: Action, situation: Situation): boolean {
	const rules = table[action];
	return (role !== null && roles.includes(role) && rules[role](situation)) || (administrator && rules.administrator(situation));
}

/** The actions that this person may do in this situation: what a page offers. */
export const allowed = (rights: Rights, situation: Situation): Action[] => actions.filter((action) => may(rights, action, situation));
