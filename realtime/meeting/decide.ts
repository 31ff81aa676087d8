import { agendaItem, agreed, changedItem, itemOf, pointsBeside } from './agenda.ts';
import { refusedAtStep } from './at-step.ts';
import type { Command, CommandBody } from './commands.ts';
import { decideAdopting, decideWithdrawing, type WrittenDecision } from './decisions.ts';
import type { MeetingEvent } from './events.ts';
import { decidedTurn } from './floor.ts';
import { decidedTake, type Silence } from './hand-over.ts';
import type { Id } from './ids.ts';
import { limits } from './limits.ts';
import { surfaceOf, type AgendaItem, type Meeting } from './meetings.ts';
import { may } from './permissions.ts';
import { sameQuorum } from './quorum.ts';
import type { Refusal } from './refusals.ts';
import type { Rights } from './roles.ts';
import { anew, isPrivate, presentStep, switches, type Step } from './steps.ts';
import { decidedTimer } from './timer.ts';
import { transitions } from './transitions.ts';
import { decideAgain, decideCancelling, decideClosing, decideOpening, openVote, type Polling } from './voting.ts';

/** What a decision stands on beside the meeting itself. */
export interface Context {
	actor: Rights & { person: Id };
	/** milliseconds since 1970 by the server's clock */
	now: number;
	newId: () => Id;
	/** a facilitator or co-facilitator is in the meeting at the moment */
	facilitated: boolean;
	/** of how many people something waits to be put onto the board of the activity that is asked about, and of how many of them without their names */
	waiting: { people: number; anonymous: number };
	/** how the meeting stands that whoever asks would take over */
	silence: Silence;
	/** the think tank that the meeting is or will be of */
	thinkTank: {
		id: Id;
		archived: boolean;
		/** of the next meeting that is made */
		nextNumber: number;
		/** the number of the next decision that is adopted */
		nextDecision: number;
		/** its members, whatever their role */
		members: ReadonlySet<Id>;
		mandate: ReadonlySet<Id>;
	};
	/** where the decision is about a vote */
	polling?: Polling;
	/** where a decision is adopted: its wording as it is committed; null: there is none */
	written?: WrittenDecision | null;
}

/**
 * Decides about a command: what happens, or why it does not. Pure and total. No event is an answer too: what
 * was asked for is so already.
 */
export function decide(meeting: Meeting | null, command: Command, context: Context): MeetingEvent[] | Refusal {
	const { actor, thinkTank, facilitated } = context;
	const situation = { state: meeting?.state ?? null, archived: thinkTank.archived, facilitated, step: null };
	if (!may(actor, command.name, situation)) {
		return thinkTank.archived && may(actor, command.name, { ...situation, archived: false }) ? 'archived' : 'not-allowed';
	}
	const cell = transitions[command.name][meeting?.state ?? 'none'];
	if (cell !== 'decided') return cell;
	if (command.name === 'meeting.schedule') return schedule(command.body, context);
	const refused = meeting && refusedAtStep(meeting, command);
	if (refused) return refused;
	return meeting ? decideAbout(meeting, command, context) : 'not-found';
}

function decideAbout(meeting: Meeting, command: Exclude<Command, { name: 'meeting.schedule' }>, context: Context): MeetingEvent[] | Refusal {
	switch (command.name) {
		case 'meeting.describe': {
			const { title, minutes, place, callLink, quorum } = command.body;
			const changes = {
				...(title !== undefined && !sameText(title, meeting.title) && { title }),
				...(minutes !== undefined && minutes !== meeting.minutes && { minutes }),
				...(place !== undefined && place !== meeting.place && { place }),
				...(callLink !== undefined && callLink !== meeting.callLink && { callLink }),
				...(quorum !== undefined && !sameQuorum(quorum, meeting.quorum) && { quorum })
			};
			return Object.keys(changes).length === 0 ? [] : [{ name: 'meeting.described', ...changes }];
		}
		case 'meeting.postpone': {
			const { startsAt, minutes = meeting.minutes } = command.body;
			return startsAt === meeting.startsAt && minutes === meeting.minutes ? [] : [{ name: 'meeting.postponed', startsAt, minutes }];
		}
		case 'meeting.cancel':
			return [{ name: 'meeting.cancelled' }];
		case 'meeting.duplicate':
			return [{ name: 'meeting.duplicated', into: context.newId() }];
		case 'meeting.open':
			return agreed(meeting).length === 0 ? 'agenda-empty' : [{ name: 'meeting.opened', at: context.now }];
		case 'meeting.close':
			// to close it by the way would decide what nobody has said that it is decided
			return openVote(meeting) ? 'vote-open' : [{ name: 'meeting.closed', at: context.now }];
		case 'meeting.reopen':
			return [{ name: 'meeting.reopened', at: context.now }];
		case 'meeting.turn': {
			const item = itemOf(meeting, command.body.item);
			if (!item) return 'no-such-item';
			if (item.proposedBy !== null) return 'item-proposed';
			return item.id === meeting.point ? [] : [{ name: 'meeting.turned', item: item.id, at: context.now }];
		}
		case 'agenda.add':
		case 'agenda.propose': {
			if (meeting.agenda.length >= limits.agendaItems) return 'agenda-full';
			const proposed = command.name === 'agenda.propose';
			const { before, from } = proposed ? { before: null, from: null } : command.body;
			const source = from === null ? null : itemOf(meeting, from);
			if (from !== null && !source) return 'no-such-item';
			const item = agendaItem(command.body, context, proposed ? context.actor.person : null, source);
			if (typeof item === 'string') return item;
			if (before !== null && !itemOf(meeting, before)) return 'no-such-item';
			return [{ name: 'agenda.added', item, before, ...(from !== null && { from }) }];
		}
		case 'agenda.accept': {
			const item = itemOf(meeting, command.body.item);
			if (!item) return 'no-such-item';
			return item.proposedBy === null ? [] : [{ name: 'agenda.accepted', item: item.id }];
		}
		case 'agenda.change': {
			const item = itemOf(meeting, command.body.item);
			if (!item) return 'no-such-item';
			return changedItem(item, command.body, context);
		}
		case 'agenda.move': {
			const { item, before } = command.body;
			const at = meeting.agenda.findIndex(({ id }) => id === item);
			if (at < 0 || (before !== null && !itemOf(meeting, before))) return 'no-such-item';
			const stays = before === item || before === (meeting.agenda[at + 1]?.id ?? null);
			return stays ? [] : [{ name: 'agenda.moved', item, before }];
		}
		case 'agenda.remove': {
			const item = itemOf(meeting, command.body.item);
			if (!item) return 'no-such-item';
			if (openVote(meeting)?.item === item.id) return 'vote-open';
			// a live meeting has somewhere to be
			if (meeting.state === 'live' && item.proposedBy === null && agreed(meeting).length === 1) return 'agenda-empty';
			const removed = { name: 'agenda.removed', item: item.id } as const;
			const { before, behind } = pointsBeside(meeting);
			const other = item.id === meeting.point ? (behind ?? before) : null;
			return other ? [{ name: 'meeting.turned', item: other.id, at: context.now }, removed] : [removed];
		}
		case 'step.turn': {
			const item = itemOf(meeting, command.body.item);
			if (!item) return 'no-such-item';
			const next = item.steps.find(({ id }) => id === command.body.step);
			if (!next) return 'no-such-step';
			return next.id === item.step ? [] : [...revealed(item, next), { name: 'step.turned', item: item.id, step: next.id, at: context.now }];
		}
		case 'step.switch': {
			const item = itemOf(meeting, command.body.item);
			if (!item) return 'no-such-item';
			const present = presentStep(item);
			const turned = ([...switches, 'until'] as const).filter((name) => command.body[name] !== undefined && command.body[name] !== present[name]);
			if (turned.length === 0) return [];
			const changes = Object.fromEntries(turned.map((name) => [name, command.body[name]]));
			const next = { ...present, ...changes };
			if (isPrivate(next) && surfaceOf[item.kind] !== 'board') return 'no-private-steps';
			return [...revealed(item, next), { name: 'step.switched', item: item.id, ...changes, at: context.now }];
		}
		case 'drafts.admit': {
			const item = itemOf(meeting, command.body.item);
			if (!item) return 'no-such-item';
			const { people, anonymous } = context.waiting;
			if (people === 0) return [];
			// what has names does not wait for what has none
			return people === anonymous && anonymous < limits.anonymousTogether ? 'too-few' : [{ name: 'drafts.revealed', item: item.id }];
		}
		case 'conduct.take':
			return decidedTake(meeting, context.actor.person, context.silence);
		case 'facilitator.name': {
			const { person } = command.body;
			if (!context.thinkTank.members.has(person)) return 'no-such-person';
			return meeting.coFacilitators.includes(person) ? [] : [{ name: 'facilitator.named', person }];
		}
		case 'facilitator.release': {
			const { person } = command.body;
			return meeting.coFacilitators.includes(person) ? [{ name: 'facilitator.released', person }] : [];
		}
		case 'timer.start':
		case 'timer.pause':
		case 'timer.resume':
		case 'timer.extend':
		case 'timer.stop':
			return decidedTimer(meeting.timer, command, context.now);
		case 'turns.ask':
		case 'turns.withdraw':
		case 'turns.give':
		case 'turns.end':
		case 'turns.drop':
		case 'turns.set': {
			const situation = { state: meeting.state, archived: context.thinkTank.archived, facilitated: context.facilitated, step: null };
			return decidedTurn(meeting.floor, command, context, may(context.actor, 'turns.give', situation));
		}
		case 'vote.open':
			return decideOpening(meeting, command.body, context);
		case 'vote.again':
			return decideAgain(meeting, command.body, context);
		case 'vote.close':
			return decideClosing(meeting, command.body, context);
		case 'vote.cancel':
			return decideCancelling(meeting, command.body, context);
		case 'decision.adopt':
			return decideAdopting(meeting, command.body, context);
		case 'decision.withdraw':
			return decideWithdrawing(meeting, command.body, context);
	}
}

/** Where everybody sees what others write, nothing of what was written before stays hidden. */
const revealed = (item: AgendaItem, next: Step): MeetingEvent[] =>
	isPrivate(presentStep(item)) && !isPrivate(next) ? [{ name: 'drafts.revealed', item: item.id }] : [];

function schedule({ agenda: drafts, ...rest }: CommandBody<'meeting.schedule'>, context: Context): MeetingEvent[] | Refusal {
	const agenda = [];
	for (const draft of drafts) {
		const item = agendaItem(draft, context, null);
		if (typeof item === 'string') return item;
		agenda.push(item);
	}
	const { id: thinkTank, nextNumber: number } = context.thinkTank;
	return [{ name: 'meeting.scheduled', meeting: context.newId(), thinkTank, number, ...rest, agenda }];
}

/** What a duplicate is made by: the same meeting at another time, without what had only been proposed and whoever has left. */
export function scheduleLike(
	meeting: Meeting,
	startsAt: number,
	{ members, mandate: asked }: Context['thinkTank']
): Extract<Command, { name: 'meeting.schedule' }> {
	const { title, minutes, place, callLink, quorum } = meeting;
	const agenda = agreed(meeting).map(({ kind, title, minutes, owner, mandate, columns, steps }) => ({
		kind,
		title,
		minutes,
		owner: owner !== null && members.has(owner) ? owner : null,
		mandate: mandate !== null && asked.has(mandate) ? mandate : null,
		...(columns.length > 0 && { columns }),
		steps: anew(steps)
	}));
	return { name: 'meeting.schedule', body: { title, startsAt, minutes, place, callLink, quorum, agenda } };
}

const sameText = (a: Meeting['title'], b: Meeting['title']): boolean => a.fa === b.fa && a.en === b.en;
