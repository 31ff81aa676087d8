import { commands, type CommandName } from '#realtime/meeting/commands.ts';
import { decide } from '#realtime/meeting/decide.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import { inTurn, spokenBy, turnKinds, turnLeftMs } from '#realtime/meeting/floor.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { Role } from '#realtime/meeting/roles.ts';
import { expect, test } from 'vitest';
import { commandFor, contextOf, idAt, people, strangers } from '../../support/meeting-commands.ts';

const [facilitator, ali, babak, cyrus, dara] = people as [Id, Id, Id, Id, Id];
const guest = strangers[0]!;
const second = 1000;

/** A live meeting, and what somebody asks of it, seconds after it began. */
function liveMeeting() {
	const item = { kind: 'discussion', title: { en: 'a' }, minutes: 10 };
	const begin = commandFor({ name: 'meeting.schedule', body: { title: { en: 'a' }, startsAt: 0, minutes: 30, agenda: [item, item] } }, null);
	let now = (decide(null, begin, contextOf()) as MeetingEvent[]).reduce<Meeting | null>(evolve, null)!;
	const ask = (at: number, person: Id, name: CommandName, body: object = {}, role: Role = person === facilitator ? 'facilitator' : 'member') =>
		decide(now, commandFor({ name, body }, now), contextOf({ now: at * second, actor: { role, administrator: false, person }, facilitated: true }));
	const take = (...asked: Parameters<typeof ask>) => {
		const answer = ask(...asked);
		if (typeof answer === 'string') throw new Error(answer);
		return (now = answer.reduce<Meeting | null>(evolve, now)!);
	};
	take(0, facilitator, 'meeting.open');
	return {
		ask,
		take,
		floor: () => now.floor,
		order: () => inTurn(now.floor).map(({ person }) => person),
		spoken: (at: number) => Object.fromEntries(spokenBy(now.floor, at * second).map(({ person, ms }) => [person, ms / second])),
		meeting: () => now
	};
}

test('TURN-1 whoever is in the meeting asks for the floor, once, and takes that back', () => {
	const { ask, take, floor } = liveMeeting();
	for (const [person, role] of [
		[facilitator, 'facilitator'],
		[ali, 'chair'],
		[babak, 'member'],
		[cyrus, 'observer'],
		[dara, 'co-facilitator'],
		[guest, 'guest']
	] as const)
		take(0, person, 'turns.ask', { as: 'speak' }, role);
	expect(floor().queue).toEqual([facilitator, ali, babak, cyrus, dara, guest].map((person) => ({ person, as: 'speak' })));
	expect(ask(1, babak, 'turns.ask', { as: 'speak' })).toEqual([]);
	// as something else, in the same place
	take(1, babak, 'turns.ask', { as: 'against' });
	expect(floor().queue[2]).toEqual({ person: babak, as: 'against' });
	take(2, guest, 'turns.withdraw', {}, 'guest');
	expect(ask(2, guest, 'turns.withdraw', {}, 'guest')).toEqual([]);
	expect(floor().queue.map(({ person }) => person)).toEqual([facilitator, ali, babak, cyrus, dara]);
	for (const as of turnKinds) expect(commands['turns.ask'].safeParse({ as }).success).toBe(true);
	expect(commands['turns.ask'].safeParse({ as: 'shout' }).success).toBe(false);
	expect(commands['turns.ask'].safeParse({ as: 'for', person: ali }).success).toBe(false);
});

test('TURN-2 points of order come first, then whoever has not spoken yet if that is the rule, and else who asked first', () => {
	const { take, order } = liveMeeting();
	take(0, facilitator, 'turns.give', { person: ali });
	take(9, facilitator, 'turns.end', { person: ali });
	for (const person of [ali, babak, cyrus]) take(10, person, 'turns.ask', { as: 'speak' });
	take(11, dara, 'turns.ask', { as: 'order' });
	expect(order()).toEqual([dara, babak, cyrus, ali]);
	take(12, facilitator, 'turns.set', { fair: false });
	expect(order()).toEqual([dara, ali, babak, cyrus]);
	take(13, facilitator, 'turns.set', { fair: true });
	// a point of order is no turn: whoever has made one has not spoken yet
	take(14, facilitator, 'turns.give', { person: dara });
	take(15, dara, 'turns.end', { person: dara });
	take(16, dara, 'turns.ask', { as: 'for' });
	expect(order()).toEqual([babak, cyrus, dara, ali]);
});

test('TURN-3 one has the floor at a time, given by whoever conducts the meeting to who asked or to a member', () => {
	const { ask, take, floor } = liveMeeting();
	take(0, babak, 'turns.ask', { as: 'for' });
	expect(ask(1, babak, 'turns.give', { person: babak })).toBe('not-allowed');
	take(5, facilitator, 'turns.give', { person: babak });
	expect(floor()).toMatchObject({ queue: [], speaker: { person: babak, as: 'for', since: 5 * second } });
	// of two who give it at once, one gives it
	expect(ask(6, facilitator, 'turns.give', { person: babak })).toEqual([]);
	// whoever has it has nothing to ask for
	expect(ask(6, babak, 'turns.ask', { as: 'order' })).toEqual([]);
	take(8, facilitator, 'turns.give', { person: cyrus });
	expect(floor().speaker).toEqual({ person: cyrus, as: 'speak', since: 8 * second });
	expect(ask(9, facilitator, 'turns.give', { person: guest })).toBe('no-such-person');
	take(9, guest, 'turns.ask', { as: 'speak' }, 'guest');
	take(10, facilitator, 'turns.give', { person: guest });
	expect(floor().speaker!.person).toBe(guest);
});

test('TURN-3 whoever has the floor ends their own turn, whoever conducts any, and nobody a turn that is over', () => {
	const { ask, take, floor } = liveMeeting();
	take(0, facilitator, 'turns.give', { person: ali });
	expect(ask(1, babak, 'turns.end', { person: ali })).toBe('not-allowed');
	take(1, ali, 'turns.end', { person: ali });
	expect(floor().speaker).toBeNull();
	take(2, facilitator, 'turns.give', { person: babak });
	// the button was pressed a moment too late
	expect(ask(3, ali, 'turns.end', { person: ali })).toEqual([]);
	expect(ask(3, facilitator, 'turns.end', { person: ali })).toEqual([]);
	take(3, facilitator, 'turns.end', { person: babak });
	expect(floor().speaker).toBeNull();
	take(4, cyrus, 'turns.ask', { as: 'speak' });
	expect(ask(5, ali, 'turns.drop', { person: cyrus })).toBe('not-allowed');
	take(5, facilitator, 'turns.drop', { person: cyrus });
	expect(floor().queue).toEqual([]);
	expect(ask(6, facilitator, 'turns.drop', { person: cyrus })).toEqual([]);
});

test('TURN-4 what everybody has spoken is counted over all their turns, and by the end of the meeting', () => {
	const { take, floor, spoken } = liveMeeting();
	take(0, facilitator, 'turns.give', { person: ali });
	expect(spoken(30)).toEqual({ [ali]: 30 });
	take(60, facilitator, 'turns.give', { person: babak });
	take(70, facilitator, 'turns.give', { person: ali });
	// a clock that went back takes nothing away
	expect(spoken(50)).toEqual({ [ali]: 60, [babak]: 10 });
	expect(spoken(75)).toEqual({ [ali]: 65, [babak]: 10 });
	take(80, cyrus, 'turns.ask', { as: 'speak' });
	// another point: the list and the speaker stay
	take(85, facilitator, 'meeting.turn', { item: { pick: 1 } });
	expect(floor()).toMatchObject({ queue: [{ person: cyrus }], speaker: { person: ali } });
	take(90, facilitator, 'meeting.close');
	expect([spoken(500), floor().queue, floor().speaker]).toEqual([{ [ali]: 80, [babak]: 10 }, [], null]);
	expect(floor().spoken.map(({ turns }) => turns)).toEqual([2, 1]);
	take(600, facilitator, 'meeting.reopen');
	expect(spoken(700)).toEqual({ [ali]: 80, [babak]: 10 });
});

test('TURN-5 a turn is meant to be as long as is set, and one that is over goes on', () => {
	const { ask, take, floor } = liveMeeting();
	take(0, facilitator, 'turns.give', { person: ali });
	expect(turnLeftMs(floor(), 5 * second)).toBeNull();
	take(1, facilitator, 'turns.set', { seconds: 60 });
	expect([turnLeftMs(floor(), 20 * second), turnLeftMs(floor(), 90 * second)]).toEqual([40 * second, -30 * second]);
	expect(ask(2, facilitator, 'turns.set', { seconds: 60 })).toEqual([]);
	expect(ask(2, facilitator, 'turns.set', {})).toEqual([]);
	expect(ask(2, ali, 'turns.set', { seconds: null })).toBe('not-allowed');
	take(3, facilitator, 'turns.set', { seconds: null });
	expect(floor()).toMatchObject({ seconds: null, fair: true });
	for (const seconds of [0, limits.turnSecondsAtLeast - 1, limits.turnSeconds + 1, 10.5])
		expect(commands['turns.set'].safeParse({ seconds }).success, String(seconds)).toBe(false);
});

test('TURN-6 the list holds two hundred', () => {
	const { ask, take, floor } = liveMeeting();
	for (let n = 0; n < limits.turnsAsked; n++) take(n, idAt(2, n), 'turns.ask', { as: 'speak' }, 'guest');
	expect(ask(300, ali, 'turns.ask', { as: 'order' })).toBe('queue-full');
	// whoever is on it may change what for
	take(301, idAt(2, 7), 'turns.ask', { as: 'order' }, 'guest');
	expect(floor().queue).toHaveLength(limits.turnsAsked);
	take(302, facilitator, 'turns.drop', { person: idAt(2, 7) });
	take(303, ali, 'turns.ask', { as: 'order' });
});

test('TURN-3 an event about somebody who is not there, or has the floor already, changes nothing', () => {
	const { take, meeting } = liveMeeting();
	take(0, facilitator, 'turns.give', { person: ali });
	for (const event of [
		{ name: 'turns.withdrawn', person: babak },
		{ name: 'turns.dropped', person: babak },
		{ name: 'turns.asked', person: ali, as: 'speak' },
		{ name: 'turns.given', person: ali, as: 'speak', at: 9 * second }
	] satisfies MeetingEvent[])
		expect(evolve(meeting(), event), event.name).toEqual({ ...meeting(), version: meeting().version + 1 });
});
