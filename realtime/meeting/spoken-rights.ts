import { isCommandName } from './commands.ts';
import { surfaceOf, type AgendaItem, type Meeting } from './meetings.ts';
import { may, type Action, type Situation } from './permissions.ts';
import type { Role } from './roles.ts';
import { isInSteps, isPrivate, presentStep, type Step } from './steps.ts';
import { transitions } from './transitions.ts';
import { openVote } from './voting.ts';

/** What is read out of the rights of somebody at a step, in this order. */
export const spokenRights = [
	/** what the others write */
	'see',
	/** where everybody sees it */
	'write',
	/** for oneself */
	'write-alone',
	/** in the vote that is open */
	'vote',
	'speak',
	'be-ready',
	'propose',
	'word-decisions',
	'make-actions',
	/** everybody's */
	'change-actions',
	/** to the next step and the next point */
	'go-on',
	'run-timer',
	'give-floor',
	'open-vote',
	'adopt',
	'let-in',
	'close'
] as const;
export type SpokenRight = (typeof spokenRights)[number];

/** Where the meeting is, and what else rights depend on. */
export interface Moment extends Pick<Situation, 'archived' | 'facilitated'> {
	meeting: Pick<Meeting, 'state' | 'votes'>;
	item: AgendaItem;
}

type Says = (role: Role, moment: Moment, step: Step) => boolean;

const situationOf = ({ meeting, archived, facilitated }: Moment, step: Step): Situation => ({ state: meeting.state, archived, facilitated, step });

/** May they do this, as the table of rights says, and can it be done now? */
const doing =
	(action: Action, now: (moment: Moment, step: Step, role: Role) => boolean = () => true): Says =>
	(role, moment, step) =>
		may({ role, administrator: false }, action, situationOf(moment, step)) &&
		(!isCommandName(action) || transitions[action][moment.meeting.state] === 'decided') &&
		now(moment, step, role);

/** Does this role say that it is ready to go on? Whoever takes the meeting on does not wait for themself, and who observes waits for nothing. */
export const saysReady = (role: Role, moment: Moment): boolean =>
	moment.meeting.state === 'live' &&
	isInSteps(moment.item) &&
	role !== 'observer' &&
	!may({ role, administrator: false }, 'step.turn', situationOf(moment, presentStep(moment.item)));

const says: Record<SpokenRight, Says> = {
	see: doing('meeting.see', (_moment, step) => step.see),
	write: doing('board.write'),
	'write-alone': doing('drafts.write', ({ meeting, item }, step) => isPrivate(step) && step.edit && surfaceOf[item.kind] === 'board' && goesOn(meeting)),
	vote: doing('ballot.cast', ({ meeting }, _step, role) => {
		const vote = openVote(meeting);
		return vote !== null && (role !== 'guest' || vote.guests);
	}),
	speak: doing('turns.ask'),
	'be-ready': saysReady,
	propose: doing('agenda.propose'),
	'word-decisions': doing('decisions.word'),
	'make-actions': doing('actions.write'),
	'change-actions': doing('actions.write-all'),
	'go-on': doing('step.turn'),
	'run-timer': doing('timer.start'),
	'give-floor': doing('turns.give'),
	'open-vote': doing('vote.open'),
	adopt: doing('decision.adopt'),
	'let-in': doing('guests.change', ({ meeting }) => goesOn(meeting)),
	close: doing('meeting.close')
};

const goesOn = ({ state }: Pick<Meeting, 'state'>): boolean => state === 'scheduled' || state === 'live';

/** What people of a role may do at the step that an activity is at, in the order in which it is read out. */
export function rightsAt(role: Role, moment: Moment): SpokenRight[] {
	const step = presentStep(moment.item);
	return spokenRights.filter((right) => says[right](role, moment, step));
}
