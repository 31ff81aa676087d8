import { itemOf } from './agenda.ts';
import type { Command, CommandName } from './commands.ts';
import type { Meeting } from './meetings.ts';
import type { Refusal } from './refusals.ts';
import { isPrivate, presentStep } from './steps.ts';
import type { Cell } from './transitions.ts';

/** How an activity that something is asked about stands: does everybody see what is written at its step, and is the meeting there? */
export const manners = ['together', 'alone', 'together-elsewhere', 'alone-elsewhere'] as const;
export type Manner = (typeof manners)[number];

const always = { together: 'decided', alone: 'decided', 'together-elsewhere': 'decided', 'alone-elsewhere': 'decided' } as const;

/** what is done about the step at hand */
const atHand = { ...always, 'together-elsewhere': 'item-elsewhere', 'alone-elsewhere': 'item-elsewhere' } as const;

/** what needs that nobody writes for themself there */
const together = { ...always, alone: 'step-private', 'alone-elsewhere': 'step-private' } as const;

/**
 * The complete table of what may be asked at which step. A step’s kind says what is meant to be done there and locks
 * nothing, so that whoever conducts the meeting may vote or discuss at any: what counts is how its switches are turned.
 */
export const atStep: Record<CommandName, Record<Manner, Cell>> = {
	'meeting.schedule': always,
	'meeting.describe': always,
	'meeting.postpone': always,
	'meeting.cancel': always,
	'meeting.duplicate': always,
	'meeting.open': always,
	'meeting.close': always,
	'meeting.turn': always,
	'meeting.reopen': always,
	/** goes on in a fresh copy of what is to be seen: of what nobody sees there is none */
	'agenda.add': together,
	'agenda.propose': always,
	'agenda.accept': always,
	'agenda.change': always,
	'agenda.move': always,
	'agenda.remove': always,
	'step.turn': atHand,
	'step.switch': atHand,
	'drafts.admit': together,
	'conduct.take': always,
	'facilitator.name': always,
	'facilitator.release': always,
	'timer.start': always,
	'timer.pause': always,
	'timer.resume': always,
	'timer.extend': always,
	'timer.stop': always,
	'turns.ask': always,
	'turns.withdraw': always,
	'turns.give': always,
	'turns.end': always,
	'turns.drop': always,
	'turns.set': always,
	'vote.open': always,
	'vote.close': always,
	'vote.cancel': always,
	'vote.again': always,
	'decision.adopt': always,
	'decision.withdraw': always
};

/** Why a command is refused as the activity stands that it is about; null: it is decided, or about none. */
export function refusedAtStep(meeting: Meeting, { name, body }: Command): Refusal | null {
	const about = name === 'agenda.add' ? body.from : 'item' in body ? body.item : null;
	const item = about === null ? null : itemOf(meeting, about);
	if (!item) return null;
	const manner = isPrivate(presentStep(item)) ? 'alone' : 'together';
	const cell = atStep[name][item.id === meeting.point ? manner : (`${manner}-elsewhere` as const)];
	return cell === 'decided' ? null : cell;
}
