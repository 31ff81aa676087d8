import { underLoad } from '#realtime/server/load.ts';
import { expect, test } from 'vitest';

const busy = { from: 0.6, to: 0.9 };
const limit = { least: 2, most: 16 };

test('a limit stays at its least while there is time to spare, and reaches its most when there is none', () => {
	expect([0, 0.3, 0.6].map((load) => underLoad(load, busy, limit))).toEqual([2, 2, 2]);
	expect([0.9, 1].map((load) => underLoad(load, busy, limit))).toEqual([16, 16]);
});

test('between the two a limit follows the load in proportion', () => {
	expect(underLoad(0.75, busy, limit)).toBeCloseTo(9);
});
