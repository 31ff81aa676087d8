import { clock, secondsOf } from '#lib/i18n/clock.ts';
import { expect, test } from 'vitest';

test('TIMER-5 time that counts is read in the digits of the reader', () => {
	expect([0, 59, 402, 3_600, 4_002].map((seconds) => clock(seconds, 'fa'))).toEqual(['۰۰:۰۰', '۰۰:۵۹', '۰۶:۴۲', '۱:۰۰:۰۰', '۱:۰۶:۴۲']);
	expect([402, 4_002].map((seconds) => clock(seconds, 'en'))).toEqual(['06:42', '1:06:42']);
	// a countdown shows its whole length when it begins, and nothing left at its end and in the second after
	expect([60_000, 59_999, 59_000, 1, 0, -999, -1_000].map(secondsOf)).toEqual([60, 60, 59, 1, 0, 0, 1]);
});
