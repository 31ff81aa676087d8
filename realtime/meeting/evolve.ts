import { agreed, itemOf, usedMsOf } from './agenda.ts';
import type { CommandName } from './commands.ts';
import { decisionsAfter } from './decisions.ts';
import type { EventName, MeetingEvent } from './events.ts';
import { emptyFloor, floorAfter, floorClosed } from './floor.ts';
import type { Id } from './ids.ts';
import type { AgendaItem, Meeting } from './meetings.ts';
import { presentStep } from './steps.ts';
import { timerAfter } from './timer.ts';
import { transitions } from './transitions.ts';
import { openVote, voteOf, type Vote } from './voting.ts';

/**
 * What an event makes of a meeting: the only way its state changes, on the server and in the browser. Pure and
 * total: an event that does not fit changes nothing but the version.
 */
export function evolve(meeting: Meeting | null, event: MeetingEvent): Meeting | null {
	if (!meeting) {
		if (event.name !== 'meeting.scheduled') return null;
		const { name: _, meeting: id, ...rest } = event;
		return {
			id,
			...rest,
			state: 'scheduled',
			point: null,
			pointSince: null,
			coFacilitators: [],
			openedAt: null,
			closedAt: null,
			timer: null,
			floor: emptyFloor,
			votes: [],
			decisions: [],
			version: 1
		};
	}
	const fits = transitions[commandOf[event.name]][meeting.state] === 'decided';
	return { ...meeting, ...(fits && changed(meeting, event)), version: meeting.version + 1 };
}

/** A command that each event follows from: the event fits in the states in which that may be decided. */
const commandOf: Record<EventName, CommandName> = {
	'meeting.scheduled': 'meeting.schedule',
	'meeting.described': 'meeting.describe',
	'meeting.postponed': 'meeting.postpone',
	'meeting.cancelled': 'meeting.cancel',
	'meeting.duplicated': 'meeting.duplicate',
	'meeting.opened': 'meeting.open',
	'meeting.closed': 'meeting.close',
	'meeting.reopened': 'meeting.reopen',
	'meeting.turned': 'meeting.turn',
	'agenda.added': 'agenda.add',
	'agenda.accepted': 'agenda.accept',
	'agenda.changed': 'agenda.change',
	'agenda.moved': 'agenda.move',
	'agenda.removed': 'agenda.remove',
	'step.turned': 'step.turn',
	'step.switched': 'step.switch',
	'drafts.revealed': 'drafts.admit',
	'facilitator.named': 'facilitator.name',
	'facilitator.released': 'facilitator.release',
	'timer.started': 'timer.start',
	'timer.paused': 'timer.pause',
	'timer.resumed': 'timer.resume',
	'timer.extended': 'timer.extend',
	'timer.stopped': 'timer.stop',
	'turns.asked': 'turns.ask',
	'turns.withdrawn': 'turns.withdraw',
	'turns.given': 'turns.give',
	'turns.ended': 'turns.end',
	'turns.dropped': 'turns.drop',
	'turns.arranged': 'turns.set',
	'vote.opened': 'vote.open',
	'vote.closed': 'vote.close',
	'vote.cancelled': 'vote.cancel',
	'decision.adopted': 'decision.adopt',
	'decision.withdrawn': 'decision.withdraw'
};

function changed(meeting: Meeting, event: MeetingEvent): Partial<Meeting> {
	switch (event.name) {
		case 'meeting.described':
		case 'meeting.postponed': {
			const { name: _, ...changes } = event;
			return changes;
		}
		case 'meeting.cancelled':
			return { state: 'cancelled' };
		case 'meeting.scheduled':
		case 'meeting.duplicated':
			return {};
		case 'meeting.opened':
			return { state: 'live', ...arrived(meeting.agenda, meeting.point ?? agreed(meeting)[0]?.id ?? null, event.at), openedAt: meeting.openedAt ?? event.at };
		case 'meeting.closed':
			return {
				state: 'closed',
				closedAt: event.at,
				agenda: counted(meeting, event.at),
				pointSince: null,
				timer: null,
				floor: floorClosed(meeting.floor, event.at)
			};
		case 'meeting.reopened':
			return meeting.state === 'cancelled' ? { state: 'scheduled' } : { state: 'live', pointSince: event.at };
		case 'meeting.turned':
			return itemOf(meeting, event.item) ? { ...arrived(counted(meeting, event.at), event.item, event.at), timer: null } : {};
		case 'agenda.added':
			return itemOf(meeting, event.item.id) ? {} : { agenda: put(meeting.agenda, event.item, event.before) };
		case 'agenda.accepted':
			return { agenda: meeting.agenda.map((item) => (item.id === event.item ? { ...item, proposedBy: null } : item)) };
		case 'agenda.changed': {
			const { name: _, item: id, ...changes } = event;
			return { agenda: meeting.agenda.map((item) => (item.id === id ? { ...item, ...changes } : item)) };
		}
		case 'agenda.moved': {
			const item = itemOf(meeting, event.item);
			if (!item || event.before === item.id) return {};
			const others = meeting.agenda.filter((other) => other !== item);
			return { agenda: put(others, item, event.before) };
		}
		case 'agenda.removed':
			// before its point is taken off, the meeting goes to another
			return event.item === meeting.point ? {} : { agenda: meeting.agenda.filter(({ id }) => id !== event.item) };
		case 'step.turned':
			return stepping(meeting, event, (item) => (item.steps.some(({ id }) => id === event.step) ? { step: event.step } : {}));
		case 'step.switched': {
			const { name: _, item: __, at: ___, ...turned } = event;
			return stepping(meeting, event, (item) => {
				const present = presentStep(item);
				return { steps: item.steps.map((step) => (step === present ? { ...step, ...turned } : step)) };
			});
		}
		case 'drafts.revealed':
			return itemWith(meeting, event.item, ({ reveals }) => ({ reveals: reveals + 1 }));
		case 'facilitator.named':
			return meeting.coFacilitators.includes(event.person) ? {} : { coFacilitators: [...meeting.coFacilitators, event.person] };
		case 'facilitator.released':
			return { coFacilitators: meeting.coFacilitators.filter((person) => person !== event.person) };
		case 'timer.started':
		case 'timer.paused':
		case 'timer.resumed':
		case 'timer.extended':
		case 'timer.stopped':
			return { timer: timerAfter(meeting.timer, event) };
		case 'turns.asked':
		case 'turns.withdrawn':
		case 'turns.given':
		case 'turns.ended':
		case 'turns.dropped':
		case 'turns.arranged':
			return { floor: floorAfter(meeting.floor, event) };
		case 'vote.opened':
			return openVote(meeting) || voteOf(meeting, event.vote.id) ? {} : { votes: [...meeting.votes, event.vote] };
		case 'vote.closed':
			return over(meeting, event.vote, { state: 'closed', closedAt: event.at, result: event.result });
		case 'vote.cancelled':
			return over(meeting, event.vote, { state: 'cancelled', closedAt: event.at });
		case 'decision.adopted':
		case 'decision.withdrawn':
			return { decisions: decisionsAfter(meeting.decisions, event) };
	}
}

/** The meeting is at a point from now on, and what is done there at its first step, if it has not been begun. */
const arrived = (agenda: readonly AgendaItem[], point: Id | null, pointSince: number): Pick<Meeting, 'agenda' | 'point' | 'pointSince'> => ({
	agenda: agenda.map((item) => (item.id === point && item.step === null ? { ...item, step: presentStep(item).id } : item)),
	point,
	pointSince
});

/** What changes at the step of an activity. Whether the time there counts may change with it, so it is counted until then. */
function stepping(meeting: Meeting, { item, at }: { item: Id; at: number }, changes: (item: AgendaItem) => Partial<AgendaItem>): Partial<Meeting> {
	if (item !== meeting.point) return {};
	return { ...itemWith({ ...meeting, agenda: counted(meeting, at) }, item, changes), pointSince: at };
}

const itemWith = (meeting: Meeting, id: Id, changes: (item: AgendaItem) => Partial<AgendaItem>): Partial<Meeting> => ({
	agenda: meeting.agenda.map((item) => (item.id === id ? { ...item, ...changes(item) } : item))
});

/** What becomes of a vote that is open. */
const over = ({ votes }: Meeting, id: Id, change: Partial<Vote>): Partial<Meeting> =>
	votes.some((vote) => vote.id === id && vote.state === 'open') ? { votes: votes.map((vote) => (vote.id === id ? { ...vote, ...change } : vote)) } : {};

/** The agenda with the time that the meeting was at its point until then. */
const counted = (meeting: Meeting, until: number): AgendaItem[] =>
	meeting.agenda.map((item) => (item.id === meeting.point ? { ...item, usedMs: usedMsOf(item, meeting, until) } : item));

function put(agenda: readonly AgendaItem[], item: AgendaItem, before: Id | null): AgendaItem[] {
	const at = before === null ? -1 : agenda.findIndex(({ id }) => id === before);
	return at < 0 ? [...agenda, item] : [...agenda.slice(0, at), item, ...agenda.slice(at)];
}
