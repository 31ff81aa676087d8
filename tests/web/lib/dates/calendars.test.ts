import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	addDays,
	addMonths,
	daysInMonth,
	dayWith,
	firstDay,
	firstWeekday,
	isWithinReach,
	lastDay,
	momentAt,
	partsOf,
	wallTime,
	weekday,
	weeksOf
} from '#lib/dates/calendars.ts';
import { isoDate, longDay, monthAndYear, shortDay, timeOfDay, withinDay, type Calendar } from '#lib/i18n/dates.ts';
import { plainNumber } from '#lib/i18n/numbers.ts';
import type { Language } from '#realtime/meeting/texts.ts';

const utc = (day: string) => Date.parse(`${day}T12:00:00Z`);

/** What the browser itself says of a day, digits as it writes them. */
function intl(calendar: Calendar, language: Language) {
	const locale = `${language === 'fa' ? 'fa' : 'en'}-u-ca-${calendar === 'persian' ? 'persian' : 'gregory'}`;
	const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
	return (day: string) => Object.fromEntries(format.formatToParts(utc(day)).map(({ type, value }) => [type, value]));
}

const inFigures = new Intl.DateTimeFormat('en-u-ca-persian-nu-latn', { timeZone: 'UTC', day: 'numeric', month: 'numeric', year: 'numeric' });

function persianByIntl(day: string): { year: number; month: number; day: number } {
	const parts = Object.fromEntries(inFigures.formatToParts(utc(day)).map(({ type, value }) => [type, Number.parseInt(value, 10)]));
	return { year: parts['year']!, month: parts['month']!, day: parts['day']! };
}

/** Every day from 1 Farvardin 1400 to the last of Esfand 1450. */
const days: string[] = [];
for (let day = '2021-03-21'; day < '2072-03-20'; day = addDays(day, 1)) days.push(day);

test('DATE-1 Jalali picker and formats agree with Intl on every day of 1400–1450', () => {
	const said = (['persian', 'gregorian'] as const).flatMap((calendar) =>
		(['fa', 'en'] as const).map((language) => ({ calendar, language, by: intl(calendar, language) }))
	);
	const shownByWeeks = new Map<string, Set<string>>();
	expect(persianByIntl(days[0]!)).toEqual({ year: 1400, month: 1, day: 1 });
	expect(persianByIntl(days.at(-1)!)).toMatchObject({ year: 1450, month: 12 });
	expect(persianByIntl(addDays(days.at(-1)!, 1))).toEqual({ year: 1451, month: 1, day: 1 });

	for (const day of days) {
		const parts = persianByIntl(day);
		// both ways
		expect(partsOf(day, 'persian'), day).toEqual(parts);
		expect(dayWith(parts, 'persian'), day).toBe(day);
		// the last of a month is the one that Intl follows with the first of the next; so leap years are Intl's too
		if (persianByIntl(addDays(day, 1)).day === 1) expect(daysInMonth(parts.year, parts.month, 'persian'), day).toBe(parts.day);
		// Saturday is 0
		expect(weekday(day), day).toBe((new Date(utc(day)).getUTCDay() + 1) % 7);
		for (const { calendar, language, by } of said) {
			const its = by(day);
			expect(longDay(day, calendar, language)).toBe(`${its['weekday']} ${its['day']} ${its['month']} ${its['year']}`);
			expect(shortDay(day, calendar, language)).toBe(`${its['day']} ${its['month']} ${its['year']}`);
			expect(monthAndYear(day, calendar, language)).toBe(`${its['month']} ${its['year']}`);
		}
		expect(plainNumber(parts.day, 'fa')).toBe(said[0]!.by(day)['day']);
		// the picker's grid has it once, under its weekday
		const month = `${parts.year} ${parts.month}`;
		if (!shownByWeeks.has(month)) {
			const weeks = weeksOf(day, 'persian', 0);
			for (const week of weeks) for (const [place, shown] of week.entries()) if (shown) expect(weekday(shown)).toBe(place);
			const shown = weeks.flat().filter((place) => place !== null);
			shownByWeeks.set(month, new Set(shown));
			expect(shown).toHaveLength(daysInMonth(parts.year, parts.month, 'persian'));
		}
		expect(shownByWeeks.get(month)!.has(day), day).toBe(true);
	}
	expect(shownByWeeks.size).toBe(51 * 12);
}, 60_000);

test('DATE-1 leap years of 1400–1450 are those in which Intl knows a 30 Esfand', () => {
	const byIntl = new Set(
		days
			.map(persianByIntl)
			.filter(({ month, day }) => month === 12 && day === 30)
			.map(({ year }) => year)
	);
	const ours = Array.from({ length: 51 }, (_, index) => 1400 + index).filter((year) => dayWith({ year, month: 12, day: 30 }, 'persian') !== null);
	expect(ours).toEqual([...byIntl]);
	expect(ours).toEqual([1403, 1408, 1412, 1416, 1420, 1424, 1428, 1432, 1436, 1441, 1445, 1449]);
});

test('the days that can be shown are whole Persian years, the same as Intl’s at both ends', () => {
	expect(partsOf(firstDay, 'persian')).toEqual({ year: 1304, month: 1, day: 1 });
	expect(persianByIntl(firstDay)).toEqual({ year: 1304, month: 1, day: 1 });
	expect(partsOf(addDays(lastDay, 1), 'persian')).toEqual({ year: 1498, month: 1, day: 1 });
	expect(persianByIntl(addDays(lastDay, 1))).toEqual({ year: 1498, month: 1, day: 1 });
	expect([firstDay, lastDay, addDays(firstDay, -1), addDays(lastDay, 1)].map(isWithinReach)).toEqual([true, true, false, false]);
});

test('a day that a calendar does not have is none', () => {
	expect(dayWith({ year: 1404, month: 12, day: 30 }, 'persian')).toBeNull();
	expect(dayWith({ year: 1403, month: 12, day: 30 }, 'persian')).toBe('2025-03-20');
	expect(dayWith({ year: 1405, month: 7, day: 31 }, 'persian')).toBeNull();
	expect(dayWith({ year: 1405, month: 13, day: 1 }, 'persian')).toBeNull();
	expect(dayWith({ year: 1405, month: 0, day: 1 }, 'persian')).toBeNull();
	expect(dayWith({ year: 1405, month: 1, day: 0 }, 'persian')).toBeNull();
	expect(dayWith({ year: 2026, month: 2, day: 29 }, 'gregorian')).toBeNull();
	expect(dayWith({ year: 2028, month: 2, day: 29 }, 'gregorian')).toBe('2028-02-29');
});

test('months are added as each calendar counts them', () => {
	expect(addMonths('2026-09-22', 1, 'persian')).toBe(dayWith({ year: 1405, month: 7, day: 30 }, 'persian'));
	expect(addMonths('2025-03-20', 12, 'persian')).toBe(dayWith({ year: 1404, month: 12, day: 29 }, 'persian'));
	expect(addMonths('2026-01-31', 1, 'gregorian')).toBe('2026-02-28');
});

test('a week begins on Saturday for whoever reads Persian or counts by that calendar, otherwise on Monday', () => {
	expect(firstWeekday('persian', 'fa')).toBe(0);
	expect(firstWeekday('gregorian', 'fa')).toBe(0);
	expect(firstWeekday('persian', 'en')).toBe(0);
	const monday = weekday('2026-11-23');
	expect(firstWeekday('gregorian', 'en')).toBe(monday);
	expect(weeksOf('2026-11-23', 'gregorian', monday)[0]).toEqual([null, null, null, null, null, null, '2026-11-01']);
});

test('DATE-5 a moment and what the country’s clocks show lead to each other', () => {
	expect(momentAt('2026-11-23', 600)).toBe(Date.UTC(2026, 10, 23, 6, 30));
	expect(wallTime(Date.UTC(2026, 10, 23, 20, 31))).toEqual({ day: '2026-11-24', minutes: 1 });
	// summer time until 1401
	expect(momentAt('2022-06-01', 600)).toBe(Date.UTC(2022, 5, 1, 5, 30));
	expect(momentAt('2023-06-01', 600)).toBe(Date.UTC(2023, 5, 1, 6, 30));
	// the first hour of 2 Farvardin 1401 was left out
	expect(wallTime(momentAt('2022-03-22', 30))).toEqual({ day: '2022-03-22', minutes: 90 });

	fc.assert(
		fc.property(fc.integer({ min: Date.UTC(1979, 0), max: Date.UTC(2070, 0) }), (at) => {
			const minute = Math.floor(at / 60_000) * 60_000;
			const { day, minutes } = wallTime(minute);
			expect(day).toBe(isoDate(minute));
			expect(timeOfDay(minute, 'en')).toBe(`${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`);
			// the hour that the clocks showed twice may mean either
			expect([minute, minute - 3_600_000]).toContain(momentAt(day, minutes));
			if (minute > Date.UTC(2022, 8, 22)) expect(momentAt(day, minutes)).toBe(minute);
		}),
		{ numRuns: 2_000 }
	);
});

test('a moment within a day is of that day in the country, in every year', () => {
	for (const day of days) expect(isoDate(withinDay(day))).toBe(day);
});
