import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { Inspiration, ideasFor, type ReadDraft } from '#realtime/server/boards/inspiration.ts';
import { describe, expect, test } from 'vitest';
import { idAt } from '../support/meeting-commands.ts';

/** What people are given of others' ideas, to go on from. */

const person = (n: number): Id => idAt(1, n);
const wrote = (n: number, texts: readonly string[], anonymous = false): ReadDraft => ({
	draft: { person: person(n), anonymous },
	cards: texts.map((text, i) => ({ id: idAt(3, n * 100 + i), text, column: 'ideas' }))
});
const six = Array.from({ length: 6 }, (_, n) =>
	wrote(
		n,
		['a', 'b', 'c', 'd', 'e'].map((letter) => `${letter}${n}`)
	)
);
const texts = (ideas: { text: string }[]) => ideas.map(({ text }) => text);

describe('inspiration', () => {
	test('DRAFT-7 one is given a few of others’ ideas, none of one’s own, and the same ones again', () => {
		for (const [n] of six.entries()) {
			const ideas = ideasFor(person(n), 'round', six);
			expect(ideas).toHaveLength(limits.inspiringIdeas);
			expect(texts(ideas).some((text) => text.endsWith(String(n)))).toBe(false);
			expect(ideasFor(person(n), 'round', six.toReversed())).toEqual(ideas);
			expect(ideas.every((idea) => Object.keys(idea).sort().join() === 'column,text')).toBe(true);
		}
		// another round draws anew
		const draws = new Set(Array.from({ length: 20 }, (_, n) => texts(ideasFor(person(0), `round ${n}`, six)).join()));
		expect(draws.size).toBeGreaterThan(10);
	});

	test('DRAFT-7 over many people every idea is given about as often as any other', () => {
		const given = new Map<string, number>();
		for (let n = 6; n < 3_006; n++) for (const text of texts(ideasFor(person(n), 'round', six))) given.set(text, (given.get(text) ?? 0) + 1);
		// 3,000 people, three of thirty ideas each: 300 on average, and 17 is one standard deviation
		expect(given.size).toBe(30);
		for (const count of given.values()) expect(Math.abs(count - 300)).toBeLessThan(6 * 17);
	});

	test('DRAFT-7 each text is given once, and none that one has oneself', () => {
		const same = [wrote(0, ['same']), wrote(1, ['same ']), wrote(2, ['other'])];
		expect(
			texts(ideasFor(person(9), 'round', same))
				.map((text) => text.trim())
				.toSorted()
		).toEqual(['other', 'same']);
		expect(texts(ideasFor(person(9), 'round', [...same, wrote(9, [' other'])])).map((text) => text.trim())).toEqual(['same']);
	});

	test('DRAFT-7 what is without names comes of three others at least', () => {
		const nameless = [0, 1, 2].map((n) => wrote(n, [`nameless ${n}`], true));
		expect(ideasFor(person(9), 'round', nameless.slice(0, 2))).toEqual([]);
		expect(ideasFor(person(9), 'round', nameless)).toHaveLength(3);
		// one’s own does not count: the two others would know each other’s
		expect(ideasFor(person(0), 'round', nameless)).toEqual([]);
		// nor does somebody who has written nothing
		expect(ideasFor(person(9), 'round', [...nameless.slice(0, 2), wrote(5, [], true)])).toEqual([]);
		expect(texts(ideasFor(person(9), 'round', [...nameless.slice(0, 2), wrote(4, ['named'])]))).toEqual(['named']);
	});

	test('DRAFT-7 it is drawn from what there was when the first asked, until that is forgotten, and read again after a failure', async () => {
		let read = 0;
		let there = six;
		const inspiration = new Inspiration(async () => {
			if (read++ === 0) throw new Error('the database is away');
			return there;
		});
		await expect(inspiration.of('item', 'round', person(9))).rejects.toThrow();
		const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => inspiration.of('item', 'round', person(n + 10))));
		expect([read, answers.every((ideas) => ideas.length === 3)]).toEqual([2, true]);
		const before = await inspiration.of('item', 'round', person(9));
		// somebody who writes now is not known by what is new
		there = [...six, wrote(7, ['new'])];
		expect(await inspiration.of('item', 'round', person(9))).toEqual(before);
		inspiration.forget('item');
		await inspiration.of('item', 'round', person(9));
		expect(read).toBe(3);
	});
});
