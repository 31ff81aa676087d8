import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applied, clipped, composed, deltaOf, difference, mapIndex, splicesOf, transformed, type Delta, type Splice } from '#lib/board/text-delta.ts';

const letters = fc.string({ unit: fc.constantFrom('ا', 'ب', 'پ', '\u200c', ' ', 'a', '1', '\n'), maxLength: 12 });

/** A text, and some changes of it one after the other as one delta. */
const change = (text: string): fc.Arbitrary<Delta> =>
	fc.array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), letters), { minLength: 0, maxLength: 3 }).map((edits) => {
		let delta: Delta = [];
		let now = text;
		for (const [where, length, inserted] of edits) {
			const at = where % (now.length + 1);
			const next = deltaOf({ at, removed: Math.min(length, now.length - at), inserted });
			now = applied(now, next);
			delta = composed(delta, next);
		}
		return delta;
	});

const apply = (text: string, splices: readonly Splice[]) =>
	splices.reduce((now, { at, removed, inserted }) => now.slice(0, at) + inserted + now.slice(at + removed), text);

describe('deltas', () => {
	test('splices made one after the other do what their delta does', () => {
		fc.assert(
			fc.property(
				letters.chain((text) => fc.tuple(fc.constant(text), change(text))),
				([text, delta]) => {
					expect(apply(text, splicesOf(delta))).toBe(applied(text, delta));
				}
			)
		);
	});

	test('two composed changes are the one and then the other', () => {
		fc.assert(
			fc.property(
				letters
					.chain((text) => fc.tuple(fc.constant(text), change(text)))
					.chain(([text, first]) => fc.tuple(fc.constant(text), fc.constant(first), change(applied(text, first)))),
				([text, first, next]) => {
					expect(applied(text, composed(first, next))).toBe(applied(applied(text, first), next));
				}
			)
		);
	});

	test('two changes made at once give one text, whichever is taken first', () => {
		fc.assert(
			fc.property(
				letters.chain((text) => fc.tuple(fc.constant(text), change(text), change(text))),
				([text, mine, theirs]) => {
					const mineThenTheirs = applied(applied(text, mine), transformed(theirs, mine, 'other'));
					const theirsThenMine = applied(applied(text, theirs), transformed(mine, theirs, 'change'));
					expect(theirsThenMine).toBe(mineThenTheirs);
				}
			)
		);
	});

	test('a position stays between the same letters', () => {
		expect(mapIndex(3, deltaOf({ at: 1, removed: 0, inserted: 'سلام' }))).toBe(7);
		expect(mapIndex(3, deltaOf({ at: 5, removed: 0, inserted: 'سلام' }))).toBe(3);
		expect(mapIndex(3, deltaOf({ at: 1, removed: 4, inserted: '' }))).toBe(1);
		expect(mapIndex(5, deltaOf({ at: 1, removed: 2, inserted: 'x' }))).toBe(4);
	});

	test('what is put in exactly at the caret comes after it', () => {
		expect(mapIndex(3, deltaOf({ at: 3, removed: 0, inserted: 'x' }))).toBe(3);
		expect(mapIndex(3, deltaOf({ at: 3, removed: 0, inserted: 'x' }), 'after')).toBe(4);
	});
});

describe('what a person did', () => {
	test('the difference leads from the one text to the other', () => {
		fc.assert(
			fc.property(letters, letters, fc.nat(), (before, after, where) => {
				expect(apply(before, [difference(before, after, where % (after.length + 1))])).toBe(after);
			})
		);
	});

	test('a letter among equal ones goes in where it was typed', () => {
		expect(difference('ااا', 'اااا', 2)).toEqual({ at: 1, removed: 0, inserted: 'ا' });
		expect(difference('ااا', 'اااا', 4)).toEqual({ at: 3, removed: 0, inserted: 'ا' });
	});

	test('a letter of two units is never cut in two', () => {
		expect(difference('😀', '😁', 2)).toEqual({ at: 0, removed: 2, inserted: '😁' });
		fc.assert(
			fc.property(
				fc.string({ unit: fc.constantFrom('😀', '😁', '🙏', 'a'), maxLength: 5 }),
				fc.string({ unit: fc.constantFrom('😀', '😁', '🙏', 'a'), maxLength: 5 }),
				(before, after) => {
					const { at, removed, inserted } = difference(before, after, after.length);
					for (const piece of [before.slice(0, at), before.slice(at, at + removed), before.slice(at + removed), inserted])
						expect(piece.isWellFormed()).toBe(true);
				}
			)
		);
	});

	test('a text is cut between letters', () => {
		expect(clipped('a😀b', 2)).toBe('a');
		expect(clipped('a😀b', 3)).toBe('a😀');
		expect(clipped('abc', 9)).toBe('abc');
		expect(clipped('abc', -1)).toBe('');
	});
});
