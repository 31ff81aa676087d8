import { performance } from 'node:perf_hooks';
import { limits } from '#realtime/meeting/limits.ts';
import { Load, underLoad } from '#realtime/server/load.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const busy = { from: 0.6, to: 0.9 };
const limit = { least: 2, most: 16 };

test('a limit stays at its least while there is time to spare, and reaches its most when there is none', () => {
	expect([0, 0.3, 0.6].map((load) => underLoad(load, busy, limit))).toEqual([2, 2, 2]);
	expect([0.9, 1].map((load) => underLoad(load, busy, limit))).toEqual([16, 16]);
});

test('between the two a limit follows the load in proportion', () => {
	expect(underLoad(0.75, busy, limit)).toBeCloseTo(9);
});

describe('how much of the time a thread is at work', () => {
	/** what the event loop says of itself */
	let [now, active] = [0, 0];
	beforeEach(() => {
		[now, active] = [0, 0];
		vi.spyOn(performance, 'now').mockImplementation(() => now);
		vi.spyOn(performance, 'eventLoopUtilization').mockImplementation((sum, before) => {
			if (!sum || !before) return { active, idle: now - active, utilization: 0 };
			const [atWork, not] = [sum.active - before.active, sum.idle - before.idle];
			return { active: atWork, idle: not, utilization: atWork / (atWork + not) };
		});
	});
	afterEach(() => vi.restoreAllMocks());

	/** Lets time pass, of which the thread is at work for a part. */
	function pass(ms: number, part: number): void {
		now += ms;
		active += ms * part;
	}

	test('is told after a few seconds, also to whoever asks seldom, and hardly moved by a moment', () => {
		for (const everyMs of [20, 300, 4_000]) {
			const load = new Load();
			for (let ms = 0; ms < 8_000; ms += everyMs) {
				pass(everyMs, 0.7);
				expect(load.busy).toBeLessThanOrEqual(0.7);
			}
			expect(load.busy).toBeCloseTo(0.7, 1);
			pass(100, 0);
			expect(load.busy).toBeGreaterThan(0.6);
		}
	});

	test('settles where what somebody does by it decides it', () => {
		const load = new Load();
		const told: number[] = [];
		// a seventh of the time, and writing: with the least gap it is over where being busy begins
		for (let ms = 0; ms < 20_000; ms += 20) {
			pass(20, Math.min(1, 0.15 + 1 / underLoad(load.busy, limits.flushBusy, limits.flushRests)));
			if (ms > 10_000) told.push(load.busy);
		}
		expect(Math.max(...told) - Math.min(...told)).toBeLessThan(0.02);
	});
});
