import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, partsOf } from '#lib/dates/calendars.ts';
import { dayExample, daySentence } from '#lib/dates/problems.ts';
import { readDay } from '#lib/dates/typed-day.ts';
import { readDuration } from '#lib/dates/typed-duration.ts';
import { readTime } from '#lib/dates/typed-time.ts';
import { duration, fromTo, longDay, shortDay, timeOfDay } from '#lib/i18n/dates.ts';
import { latinDigits } from '#lib/i18n/numbers.ts';

const today = '2026-11-25';
const calendars = ['persian', 'gregorian'] as const;
const languages = ['fa', 'en'] as const;
const inDigits = {
	latin: (text: string) => text,
	persian: (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(0x6f0 + Number(digit))),
	arabic: (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)))
};
const day = fc.integer({ min: 0, max: 18_600 }).map((days) => addDays('2021-03-21', days));

test('digits of all three scripts are Latin ones, and nothing else changes', () => {
	expect(latinDigits('۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ 0123456789 الف')).toBe('0123456789 0123456789 0123456789 الف');
});

test('DATE-2 a day in figures is read in every digit system, with every separator, in both calendars and orders', () => {
	fc.assert(
		fc.property(
			day,
			fc.constantFrom(...calendars),
			fc.constantFrom(...Object.values(inDigits)),
			fc.constantFrom('/', '-', '.', '،', ' ', ' / ', '٫', '٬', ','),
			fc.boolean(),
			fc.boolean(),
			(day, calendar, digits, separator, padded, yearLast) => {
				const parts = partsOf(day, calendar);
				const two = (value: number) => String(value).padStart(padded ? 2 : 1, '0');
				const figures = [String(parts.year), two(parts.month), two(parts.day)];
				const typed = digits((yearLast ? figures.reverse() : figures).join(separator));
				// the year tells the calendar, whichever the field is in
				for (const field of calendars) expect(readDay(typed, field, today), typed).toEqual({ day });
			}
		),
		{ numRuns: 3_000 }
	);
});

test('DATE-2 whatever the product shows of a day is read back as that day', () => {
	fc.assert(
		fc.property(day, fc.constantFrom(...calendars), fc.constantFrom(...languages), fc.constantFrom(...calendars), (day, calendar, language, field) => {
			for (const shown of [longDay(day, calendar, language), shortDay(day, calendar, language), day])
				expect(readDay(shown, field, today), shown).toEqual({ day });
		}),
		{ numRuns: 3_000 }
	);
});

test('other ways in which people write a day', () => {
	const azar2 = { day: '2026-11-23' };
	for (const typed of [
		'14050902',
		'۱۴۰۵۰۹۰۲',
		'۲ آذر',
		'۲ آذرماه ۱۴۰۵',
		'۲ آذر ماه ۱۴۰۵',
		'۲م آذر ۱۴۰۵',
		'۱۴۰۵ آذر ۲',
		'دوشنبه، ۲ آذر ۱۴۰۵',
		'دو شنبه ۲ آذر ۱۴۰۵',
		'۹/۲',
		'23 nov 2026',
		'Nov 23, 2026',
		'23rd of November 2026',
		'Mon 23 Nov 2026',
		'۲۳ نوامبر ۲۰۲۶',
		'2 azar 1405',
		'\u200f۱۴۰۵/۹/۲\u200e'
	])
		expect(readDay(typed, 'persian', today), typed).toEqual(azar2);
	expect(readDay('23/11', 'gregorian', today)).toEqual(azar2);
	expect(readDay('فردا', 'persian', today)).toEqual({ day: '2026-11-26' });
	expect(readDay('پس‌فردا', 'persian', today)).toEqual({ day: '2026-11-27' });
	expect(readDay('Tomorrow', 'gregorian', today)).toEqual({ day: '2026-11-26' });
	expect(readDay('۳ شنبه ۳ آذر', 'persian', today)).toHaveProperty('problem');
	// Arabic letters of an Arabic keyboard
	expect(readDay('٢ دي ١٤٠٥', 'persian', today)).toEqual(readDay('۲ دی ۱۴۰۵', 'persian', today));
	// without a year: the nearest, here in the next one
	expect(readDay('۵ فروردین', 'persian', '2027-03-10')).toEqual({ day: '2027-03-25' });
	expect(readDay('۲۵ اسفند', 'persian', '2027-03-25')).toEqual({ day: '2027-03-16' });
});

test('DATE-3 days that do not exist are refused, with how many there are', () => {
	expect(readDay('۱۴۰۴/۱۲/۳۰', 'persian', today)).toEqual({ problem: { kind: 'no-such-day', calendar: 'persian', year: 1404, month: 12, days: 29 } });
	expect(readDay('۳۰ اسفند ۱۴۰۴', 'gregorian', today)).toEqual({ problem: { kind: 'no-such-day', calendar: 'persian', year: 1404, month: 12, days: 29 } });
	expect(readDay('۳۰ اسفند ۱۴۰۳', 'persian', today)).toEqual({ day: '2025-03-20' });
	expect(readDay('1405-7-31', 'persian', today)).toMatchObject({ problem: { kind: 'no-such-day', days: 30 } });
	expect(readDay('31 April 2026', 'persian', today)).toMatchObject({ problem: { kind: 'no-such-day', calendar: 'gregorian', days: 30 } });
	expect(readDay('1405/13/1', 'persian', today)).toEqual({ problem: { kind: 'no-such-month', month: 13 } });
	expect(readDay('1405/0/1', 'persian', today)).toEqual({ problem: { kind: 'no-such-month', month: 0 } });
	expect(readDay('1405/1/0', 'persian', today)).toMatchObject({ problem: { kind: 'no-such-day', days: 31 } });
	expect(readDay('۰۵/۹/۲', 'persian', today)).toEqual({ problem: { kind: 'year-incomplete' } });
	expect(readDay('۲ آذر ۰۵', 'persian', today)).toEqual({ problem: { kind: 'year-incomplete' } });
	expect(readDay('1600/1/1', 'persian', today)).toEqual({ problem: { kind: 'out-of-reach' } });
	expect(readDay('سه‌شنبه ۲ آذر ۱۴۰۵', 'persian', today)).toEqual({ problem: { kind: 'other-weekday', day: '2026-11-23' } });
});

test('DATE-3 every day that no calendar has is refused', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1400, max: 1450 }), fc.integer({ min: 0, max: 14 }), fc.integer({ min: 0, max: 40 }), (year, month, day) => {
			const read = readDay(`${year}/${month}/${day}`, 'persian', today);
			if ('day' in read) expect(partsOf(read.day, 'persian')).toEqual({ year, month, day });
			else expect(month < 1 || month > 12 || day < 1 || day > 29).toBe(true);
		})
	);
});

test('whatever is typed gets an answer, and a sentence where it is no day', () => {
	const pieces = fc.array(fc.oneof(fc.string(), fc.constantFrom('آذر', 'may', '۱۴۰۵', '12', '/', ' ', 'شنبه', '٣', '\u202e', 'ماه')), { maxLength: 8 });
	fc.assert(
		fc.property(pieces, fc.constantFrom(...calendars), (parts, calendar) => {
			const read = readDay(parts.join(''), calendar, today);
			if ('day' in read) expect(read.day).toMatch(/^\d{4}-\d{2}-\d{2}$/);
			else expect(daySentence(read.problem, calendar).length).toBeGreaterThan(10);
		}),
		{ numRuns: 3_000 }
	);
	for (const typed of [
		'',
		'سلام',
		'__proto__',
		'constructor',
		'2 آذر 3 دی 1405',
		'12345',
		'1405',
		'<b>1405/9/2</b>',
		'1405/9/2x',
		'=1405/9/2',
		'٪',
		'1405/9/2/3'
	])
		expect(readDay(typed, 'persian', today), typed).toEqual({ problem: { kind: 'unreadable' } });
	for (const calendar of calendars) expect(readDay(dayExample(calendar), calendar, today)).toEqual({ day: '2026-11-23' });
});

test('DATE-2 a time is read in every digit system, as people write it', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 1_439 }),
			fc.constantFrom(...Object.values(inDigits)),
			fc.constantFrom(':', '.', '', '٫', ' : '),
			(minutes, digits, separator) => {
				const typed = `${String(Math.floor(minutes / 60)).padStart(2, '0')}${separator}${String(minutes % 60).padStart(2, '0')}`;
				expect(readTime(digits(typed)), typed).toBe(minutes);
			}
		)
	);
	expect(readTime(timeOfDay(Date.UTC(2026, 10, 23, 6, 30), 'fa'))).toBe(600);
	expect(readTime('۱۰')).toBe(600);
	expect(readTime('ساعت ۱۰:۳۰')).toBe(630);
	expect(readTime('930')).toBe(570);
	expect(readTime('۴ عصر')).toBe(960);
	expect(readTime('4:15 pm')).toBe(975);
	expect(readTime('12 am')).toBe(0);
	expect(readTime('۱۲ ب.ظ')).toBe(720);
	for (const typed of ['', '24:00', '10:60', '25', 'ده', '10:3', '13 pm', '10:30:15', '-1']) expect(readTime(typed), typed).toBeNull();
});

test('DATE-2 a length of time is read in every digit system, and as it is shown', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 1_440 }), fc.constantFrom(...languages), fc.constantFrom(...Object.values(inDigits)), (minutes, language, digits) => {
			expect(readDuration(duration(minutes, language)), duration(minutes, language)).toBe(minutes);
			expect(readDuration(digits(String(minutes)))).toBe(minutes);
			expect(readDuration(digits(`${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`))).toBe(minutes);
		})
	);
	expect(readDuration('۱ ساعت و نیم')).toBe(90);
	expect(readDuration('1h 30m')).toBe(90);
	expect(readDuration('۱٫۵ ساعت')).toBe(90);
	expect(readDuration('2 hours')).toBe(120);
	for (const typed of ['', 'زیاد', '-5', '1:60', '1.5', '10000 hours']) expect(readDuration(typed), typed).toBeNull();
});

test('lengths and stretches of time in words', () => {
	expect(duration(100, 'fa')).toBe('۱ ساعت و ۴۰ دقیقه');
	expect(duration(100, 'en')).toBe('1 hour and 40 minutes');
	expect(duration(120, 'fa')).toBe('۲ ساعت');
	expect(duration(0, 'en')).toBe('0 minutes');
	const at = Date.UTC(2026, 10, 23, 6, 30);
	expect(fromTo(at, 100, 'persian', 'fa')).toBe('دوشنبه ۲ آذر ۱۴۰۵، ساعت ۱۰:۰۰ تا ۱۱:۴۰');
	expect(fromTo(at, 100, 'gregorian', 'en')).toBe('Monday 23 November 2026, 10:00 to 11:40');
	expect(fromTo(at + 13 * 3_600_000, 120, 'persian', 'fa')).toBe('دوشنبه ۲ آذر ۱۴۰۵، ساعت ۲۳:۰۰ تا سه‌شنبه ۳ آذر ۱۴۰۵، ساعت ۰۱:۰۰');
});
