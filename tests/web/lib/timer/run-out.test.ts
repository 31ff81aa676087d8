import { RunOut } from '#lib/timer/run-out.ts';
import { expect, test } from 'vitest';

const second = 1000;
const looks = (...seen: [endsAt: number | null, now: number][]) => {
	const runOut = new RunOut();
	return seen.map(([endsAt, now]) => runOut.look(endsAt, now * second));
};
const end = 60 * second;

test('TIMER-6 a page that was there calls once when the timer runs out', () => {
	expect(looks([end, 10], [end, 59], [end, 60], [end, 61], [end, 200])).toEqual([false, false, true, false, false]);
	// a tab at rest is woken once a minute
	expect(looks([end, 10], [end, 119])).toEqual([false, true]);
});

test('TIMER-6 a page that came later, or has slept, does not call', () => {
	expect(looks([end, 61], [end, 62])).toEqual([false, false]);
	expect(looks([end, 10], [end, 4_000])).toEqual([false, false]);
});

test('TIMER-6 one that is paused, stopped or started anew in time does not call, and one that is extended calls again', () => {
	expect(looks([end, 10], [null, 59], [null, 61])).toEqual([false, false, false]);
	expect(looks([end, 10], [3 * end, 59], [3 * end, 61], [3 * end, 181])).toEqual([false, false, false, true]);
	expect(looks([end, 59], [end, 61], [2 * end, 62], [2 * end, 121])).toEqual([false, true, false, true]);
});
