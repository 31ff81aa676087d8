import { limits } from '#realtime/meeting/limits.ts';
import { Bill } from '#realtime/server/boards/bill.ts';
import { flushGapMs } from '#realtime/server/boards/pace.ts';
import { describe, expect, test, vi } from 'vitest';

describe('the gap between two flushes of a board', () => {
	const alone = { people: 0, processes: 0 };

	test('is at its least for a few people, and grows with the time that writing to many takes, up to its most', () => {
		expect(flushGapMs({ tookMs: 0.05, elsewhere: alone, busy: 0.1 })).toBe(limits.flushGapMs);
		expect(flushGapMs({ tookMs: 5, elsewhere: alone, busy: 0.1 })).toBeCloseTo(5 * limits.flushRests.least);
		expect(flushGapMs({ tookMs: 5, elsewhere: alone, busy: 1 })).toBe(limits.flushGapMsAtMost);
	});

	test('of a board at several processes counts writing to all of its people, once for each of them, however they are divided', () => {
		const writing = (people: number) => people * limits.writeMs;
		const whole = flushGapMs({ tookMs: writing(400), elsewhere: alone, busy: 0.1 });
		for (const here of [200, 399, 1]) {
			const gap = flushGapMs({ tookMs: writing(here), elsewhere: { people: 400 - here, processes: 1 }, busy: 0.1 });
			expect(gap).toBeCloseTo(2 * whole);
		}
		expect(flushGapMs({ tookMs: 0, elsewhere: { people: 8, processes: 1 }, busy: 0.1 })).toBe(limits.flushGapMs);
	});
});

describe('what a batch takes of the processor', () => {
	function billOf(workedMs: number[], edits: [payer: string, ms: number, pieces: number][], tookMs: number): Map<string, number> {
		vi.useFakeTimers({ toFake: ['performance'] });
		try {
			const bill = new Bill<string>(() => workedMs.shift()!);
			for (const edit of edits) bill.add(...edit);
			vi.advanceTimersByTime(tookMs);
			return new Map(bill.settle());
		} finally {
			vi.useRealTimers();
		}
	}

	test('is paid by whose edits took so long, and what was no edit’s by their pieces', () => {
		const paid = billOf(
			[100, 120],
			[
				['mina', 2, 1],
				['ali', 5, 2],
				['mina', 1, 1]
			],
			10
		);
		// 20 ms of the processor in 10 by the clock: 6 and 10 of them for the edits, and 4 to be shared by halves
		expect(paid).toEqual(
			new Map([
				['mina', 8],
				['ali', 12]
			])
		);
	});

	test('is paid in full where the clock saw nothing, and where there are no pieces', () => {
		const unseen = billOf(
			[0, 9],
			[
				['mina', 0, 1],
				['ali', 0, 2]
			],
			0
		);
		expect(unseen).toEqual(
			new Map([
				['mina', 3],
				['ali', 6]
			])
		);
		const noPieces = billOf(
			[0, 9],
			[
				['mina', 0, 0],
				['ali', 0, 0]
			],
			0
		);
		expect([...noPieces.values()]).toEqual([4.5, 4.5]);
	});

	test('is nobody’s where nobody brought anything', () => {
		expect(billOf([0, 9], [], 3).size).toBe(0);
	});
});
