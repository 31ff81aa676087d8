import { describe, expect, test } from 'vitest';
import { limits } from '#realtime/meeting/limits.ts';
import type { Role } from '#realtime/meeting/roles.ts';
import type { Present } from '#realtime/protocol/control.ts';
import { HandOvers } from '#realtime/server/meetings/hand-overs.ts';
import type { Standing } from '#realtime/server/meetings/standing.ts';
import { idAt, people } from '../support/meeting-commands.ts';

/** Who wants to conduct a meeting that nobody conducts, under a clock of our own. */

const [a, b, c, facilitator] = people as [string, string, string, string];
const meeting = idAt(5, 0);
const live = (change: Partial<Standing> = {}): Standing => ({ meeting, version: 1, state: 'live', coFacilitators: [], secret: false, ...change });
const here = (...all: [string, Role][]): Present => all.map(([id, role]) => ({ id, role, name: { en: id }, office: null, province: null, since: 0 }));
const members = here([a, 'member'], [b, 'member'], [c, 'member']);
const minute = limits.unconductedMs;

function begin() {
	const clock = { now: 1_000_000 };
	const handOvers = new HandOvers(undefined, () => clock.now);
	handOvers.stands(live());
	return { clock, handOvers };
}

describe('hand-overs', () => {
	test('HAND-2 a minute counts from when the last one has left who may conduct the meeting', () => {
		const { clock, handOvers } = begin();
		handOvers.follow(meeting, [...members, ...here([facilitator, 'facilitator'])]);
		expect(handOvers.of(meeting)).toBeNull();
		expect(handOvers.silence(meeting, a).forMs).toBeNull();
		clock.now += 5 * minute;
		handOvers.follow(meeting, members);
		expect(handOvers.of(meeting)).toEqual({ from: clock.now + minute, asked: [] });
		expect(handOvers.say(meeting, a, a, true)).toBe('too-soon');
		clock.now += minute - 1;
		expect(handOvers.say(meeting, a, a, true)).toBe('too-soon');
		// others who come and go are nothing to it
		handOvers.follow(meeting, members.slice(1));
		handOvers.follow(meeting, members);
		clock.now += 1;
		expect(handOvers.silence(meeting, a).forMs).toBe(minute);
		expect(handOvers.say(meeting, a, a, true)).toBeNull();
	});

	test('HAND-2 the members who are there say what they think of it, and may think otherwise', () => {
		const { clock, handOvers } = begin();
		handOvers.follow(meeting, [...members, ...here([people[4]!, 'observer'])]);
		clock.now += minute;
		expect(handOvers.say(meeting, b, a, true)).toBe('no-such-person');
		expect(handOvers.say(meeting, people[4]!, people[4]!, true)).toBe('not-allowed');
		expect(handOvers.say(meeting, a, a, true)).toBeNull();
		expect(handOvers.say(meeting, people[4]!, a, true)).toBe('not-allowed');
		for (const agrees of [true, true, false, true]) expect(handOvers.say(meeting, b, a, agrees)).toBeNull();
		expect(handOvers.of(meeting)!.asked).toEqual([{ person: a, agreed: [b] }]);
		expect(handOvers.silence(meeting, a)).toEqual({ forMs: minute, neededMs: minute, members: new Set([a, b, c]), agreed: new Set([b]) });
		// to ask again begins nothing anew
		expect(handOvers.say(meeting, a, a, true)).toBeNull();
		expect(handOvers.silence(meeting, a).agreed).toEqual(new Set([b]));
		expect(handOvers.silence(meeting, b).agreed).toEqual(new Set());
		expect(handOvers.say(meeting, a, a, false)).toBeNull();
		expect(handOvers.of(meeting)!.asked).toEqual([]);
	});

	test('HAND-4 it goes with whoever leaves, with whoever comes back to conduct, and with everybody', () => {
		const { clock, handOvers } = begin();
		const asked = () => handOvers.of(meeting)?.asked;
		const ask = () => {
			handOvers.follow(meeting, members);
			clock.now += minute;
			for (const person of [a, b]) handOvers.say(meeting, person, person, true);
			handOvers.say(meeting, c, a, true);
			handOvers.say(meeting, b, a, true);
		};
		ask();
		handOvers.follow(meeting, members.slice(0, 2));
		expect(asked()).toEqual([
			{ person: a, agreed: [b] },
			{ person: b, agreed: [] }
		]);
		handOvers.follow(meeting, members.slice(1));
		expect(asked()).toEqual([{ person: b, agreed: [] }]);
		for (const back of [here([facilitator, 'facilitator']), here([facilitator, 'chair']), []]) {
			ask();
			handOvers.follow(meeting, [...(back.length > 0 ? members : []), ...back]);
			handOvers.stands(live());
			handOvers.follow(meeting, members);
			expect(handOvers.of(meeting)).toEqual({ from: clock.now + minute, asked: [] });
		}
		// a former state of the meeting, read late, is not taken for the present one
		handOvers.stands(live({ version: 3, coFacilitators: [a] }));
		handOvers.stands(live({ version: 2 }));
		handOvers.follow(meeting, members);
		expect(handOvers.of(meeting)).toBeNull();
		handOvers.stands(live({ version: 4, state: 'closed' }));
		handOvers.follow(meeting, members.slice(1));
		expect(handOvers.of(meeting)).toBeNull();
		expect(handOvers.say(meeting, b, b, true)).toBe('conducted');
	});
});
