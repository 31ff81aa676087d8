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
			const ideas = ideasFor(person(n), 'step', six);
			expect(ideas).toHaveLength(limits.inspiringIdeas);
			expect(texts(ideas).some((text) => text.endsWith(String(n)))).toBe(false);
			expect(ideasFor(person(n), 'step', six.toReversed())).toEqual(ideas);
			expect(ideas.every((idea) => Object.keys(idea).sort().join() === 'column,text')).toBe(true);
		}
		// another step draws anew
		const draws = new Set(Array.from({ length: 20 }, (_, n) => texts(ideasFor(person(0), `step ${n}`, six)).join()));
		expect(draws.size).toBeGreaterThan(10);
	});

	test('DRAFT-7 over many people every idea is given about as often as any other', () => {
		const given = new Map<string, number>();
		for (let n = 6; n < 3_006; n++) for (const text of texts(ideasFor(person(n), 'step', six))) given.set(text, (given.get(text) ?? 0) + 1);
		// 3,000 people, three of thirty ideas each: 300 on average, and 17 is one standard deviation
		expect(given.size).toBe(30);
		for (const count of given.values()) expect(Math.abs(count - 300)).toBeLessThan(6 * 17);
	});

	test('DRAFT-7 an idea that was gone on from as it is, is not given again, and no other comes in its place', () => {
		const before = ideasFor(person(9), 'step', six);
		const after = ideasFor(person(9), 'step', [...six, wrote(9, [before[1]!.text])]);
		expect(texts(after)).toEqual([before[0]!.text, before[2]!.text]);
	});

	test('DRAFT-7 what is without names comes of three others at least', () => {
		const nameless = [0, 1, 2].map((n) => wrote(n, [`nameless ${n}`], true));
		expect(ideasFor(person(9), 'step', nameless.slice(0, 2))).toEqual([]);
		expect(ideasFor(person(9), 'step', nameless)).toHaveLength(3);
		// one’s own does not count: the two others would know each other’s
		expect(ideasFor(person(0), 'step', nameless)).toEqual([]);
		// nor does somebody who has written nothing
		expect(ideasFor(person(9), 'step', [...nameless.slice(0, 2), wrote(5, [], true)])).toEqual([]);
		expect(texts(ideasFor(person(9), 'step', [...nameless.slice(0, 2), wrote(4, ['named'])]))).toEqual(['named']);
	});

	test('DRAFT-7 it is read once for all who ask at about the same time, and again after a failure', async () => {
		let [now, read] = [0, 0];
		const inspiration = new Inspiration(
			async () => {
				if (read++ === 0) throw new Error('the database is away');
				return six;
			},
			() => now
		);
		await expect(inspiration.of('item', 'step', person(9))).rejects.toThrow();
		const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => inspiration.of('item', 'step', person(n + 10))));
		expect([read, answers.every((ideas) => ideas.length === 3)]).toEqual([2, true]);
		now = limits.inspirationMs;
		await inspiration.of('item', 'step', person(9));
		expect(read).toBe(3);
	});
});
