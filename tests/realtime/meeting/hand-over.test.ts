import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '#realtime/meeting/decide.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import { consentsNeeded, isConducted, membersIn, type Silence } from '#realtime/meeting/hand-over.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { roles, type Role } from '#realtime/meeting/roles.ts';
import { commandFor, contextOf, people, strangers } from '../../support/meeting-commands.ts';

const [a, b, c, d] = people as [string, string, string, string];
const ask = (meeting: Meeting | null, name: string, body: object, change: Parameters<typeof contextOf>[0] = {}) =>
	decide(meeting, commandFor({ name: name as never, body }, meeting), contextOf(change));
const after = (meeting: Meeting | null, name: string, body: object): Meeting => (ask(meeting, name, body) as never[]).reduce<Meeting | null>(evolve, meeting)!;
const agenda = [{ kind: 'discussion', title: { en: 'b' }, minutes: 5 }];
const live = after(after(null, 'meeting.schedule', { title: { en: 'a' }, startsAt: 0, minutes: 60, agenda }), 'meeting.open', {});

const minute = limits.unconductedMs;
const silence = (change: Partial<Silence> = {}): Silence => ({ forMs: minute, neededMs: minute, members: new Set([a, b, c]), agreed: new Set(), ...change });
const take = (change: Partial<Silence> = {}, role: Role = 'member', person = a) =>
	ask(live, 'conduct.take', {}, { actor: { role, administrator: false, person }, silence: silence(change) });

describe('taking a meeting over', () => {
	test('HAND-2 it takes a minute without anybody who may conduct it', () => {
		const agreed = new Set([b, c]);
		expect(take({ forMs: null, agreed })).toBe('conducted');
		expect(take({ forMs: 0, agreed })).toBe('too-soon');
		expect(take({ forMs: minute - 1, agreed })).toBe('too-soon');
		expect(take({ agreed })).toEqual([{ name: 'facilitator.named', person: a }]);
	});

	test('HAND-2 it takes the consent of more than half of the other members, and of nobody where there are none', () => {
		expect(take()).toBe('no-consent');
		expect(take({ agreed: new Set([b]) })).toBe('no-consent');
		expect(take({ agreed: new Set([b, c]) })).toHaveLength(1);
		// of three others two, and one's own word is none
		expect(take({ members: new Set([a, b, c, d]), agreed: new Set([a, b]) })).toBe('no-consent');
		expect(take({ members: new Set([a, b, c, d]), agreed: new Set([b, d]) })).toHaveLength(1);
		expect(take({ members: new Set([a, b]), agreed: new Set() })).toBe('no-consent');
		expect(take({ members: new Set([a]) })).toHaveLength(1);
		// who is not there does not conduct it, and agrees to nothing
		expect(take({ members: new Set() })).toBe('no-consent');
		expect(take({ members: new Set([b]), agreed: new Set([b]) })).toBe('no-consent');
		expect(take({ agreed: new Set([c, d, strangers[0]!]) })).toBe('no-consent');
		expect([0, 1, 2, 3, 4, 5].map(consentsNeeded)).toEqual([0, 1, 2, 2, 3, 3]);
	});

	test('HAND-2 whoever takes it over had more than half of the others, whatever else is so', () => {
		const some = fc.uniqueArray(fc.constantFrom(...people, ...strangers));
		fc.assert(
			fc.property(some, some, fc.option(fc.nat({ max: 2 * minute })), fc.constantFrom(...people), (members, agreed, forMs, person) => {
				const answer = take({ members: new Set(members), agreed: new Set(agreed), forMs }, 'member', person);
				const others = members.filter((other) => other !== person);
				const may =
					forMs !== null &&
					forMs >= minute &&
					members.includes(person) &&
					(others.length === 0 || others.filter((other) => agreed.includes(other)).length * 2 > others.length);
				expect(Array.isArray(answer)).toBe(may);
			}),
			{ numRuns: 500 }
		);
	});

	test.each(roles.filter((role) => role !== 'member'))('HAND-2 a %s does not', (role) => {
		expect(take({ agreed: new Set([b, c]) }, role)).toBe('not-allowed');
	});

	test('HAND-3 whoever took it over is a co-facilitator, nothing else has changed, and a facilitator releases them', () => {
		const events = take({ agreed: new Set([b, c]) }) as never[];
		const taken = events.reduce<Meeting | null>(evolve, live)!;
		expect(taken).toEqual({ ...live, coFacilitators: [a], version: live.version + 1 });
		expect(after(taken, 'facilitator.release', { person: a }).coFacilitators).toEqual([]);
	});

	test('HAND-1 HAND-2 a facilitator, a co-facilitator and a chair conduct it, and whoever is named for it', () => {
		const conducted = (...here: [string, Role][]) =>
			isConducted(
				{ coFacilitators: [d] },
				here.map(([id, role]) => ({ id, role }))
			);
		for (const role of ['facilitator', 'co-facilitator', 'chair'] as const) expect(conducted([b, 'member'], [a, role])).toBe(true);
		expect(conducted([a, 'member'], [b, 'observer'], [c, 'guest'])).toBe(false);
		// before everybody knows their new role
		expect(conducted([a, 'member'], [d, 'member'])).toBe(true);
		// who helped as a member, and came back by a link
		expect(conducted([a, 'member'], [d, 'guest'])).toBe(false);
		expect([
			...membersIn([
				{ id: a, role: 'member' },
				{ id: b, role: 'observer' },
				{ id: c, role: 'guest' }
			])
		]).toEqual([a]);
	});
});
