import { expect, test } from 'vitest';
import { isoDate, longDate, timeFrom, timeOfDay } from '#lib/i18n/dates.ts';
import { number } from '#lib/i18n/numbers.ts';

const at = Date.UTC(2026, 10, 23, 6, 30);

test('a date in both languages and calendars, in the order in which it is written', () => {
	expect(longDate(at, 'persian', 'fa')).toBe('دوشنبه ۲ آذر ۱۴۰۵');
	expect(longDate(at, 'gregorian', 'fa')).toBe('دوشنبه ۲۳ نوامبر ۲۰۲۶');
	expect(longDate(at, 'gregorian', 'en')).toBe('Monday 23 November 2026');
	expect(longDate(at, 'persian', 'en')).toBe('Monday 2 Azar 1405');
});

test('the day and the hour are those of the country', () => {
	// 20:31 in Greenwich is a minute past midnight in Tehran
	const late = Date.UTC(2026, 10, 23, 20, 31);
	expect(isoDate(late)).toBe('2026-11-24');
	expect(timeOfDay(late, 'fa')).toBe('۰۰:۰۱');
	expect(timeOfDay(at, 'en')).toBe('10:00');
});

test('the turn of the year and a leap day', () => {
	expect(longDate(Date.UTC(2025, 2, 20, 12), 'persian', 'fa')).toBe('پنجشنبه ۳۰ اسفند ۱۴۰۳');
	expect(longDate(Date.UTC(2025, 2, 21, 12), 'persian', 'fa')).toBe('جمعه ۱ فروردین ۱۴۰۴');
});

test('numbers in the reader’s digits', () => {
	expect(number(1_000, 'fa')).toBe('۱٬۰۰۰');
	expect(number(1_000, 'en')).toBe('1,000');
});

test('how long ago, in words', () => {
	const ago = (ms: number, language: 'fa' | 'en') => timeFrom(at - ms, at, language);
	expect(ago(3 * 86_400_000, 'fa')).toBe('۳ روز پیش');
	expect(ago(2 * 3_600_000, 'en')).toBe('2 hours ago');
	expect(ago(5_000, 'fa')).toBe('اکنون');
	expect(timeFrom(at + 10 * 60_000, at, 'en')).toBe('in 10 minutes');
});
