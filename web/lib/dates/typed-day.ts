import { monthOf, weekdayOf, type Calendar } from '#lib/i18n/dates.ts';
import { languages } from '#realtime/meeting/texts.ts';
import { addDays, daysInMonth, dayWith, isWithinReach, partsOf, weekday, years } from './calendars.ts';
import { folded } from './typed-text.ts';

/** Why a typed day was not taken, with what its sentence needs. */
export type DayProblem =
	| { kind: 'unreadable' }
	| { kind: 'year-incomplete' }
	| { kind: 'no-such-month'; month: number }
	| { kind: 'no-such-day'; calendar: Calendar; year: number; month: number; days: number }
	| { kind: 'out-of-reach' }
	/** the weekday that was typed is not that day's */
	| { kind: 'other-weekday'; day: string };

export type ReadDay = { day: string } | { problem: DayProblem };

/** Spellings that people use beside those that the browser knows. */
const otherSpellings: Record<Calendar, Record<string, number>> = {
	persian: { امرداد: 5, mordaad: 5, amordad: 5, tirmah: 4, ordibeheshth: 2, day: 10, esphand: 12, abaan: 8 },
	gregorian: { می: 5, جون: 6, جولای: 7, جولی: 7, آگوست: 8, اگوست: 8, اگست: 8, sept: 9 }
};

/** A day in each month of a calendar, to ask the browser for the month's name. */
const dayInMonth = (month: number, calendar: Calendar) => dayWith({ year: calendar === 'persian' ? 1405 : 2026, month, day: 5 }, calendar)!;

const months: { name: string; calendar: Calendar; month: number }[] = (['persian', 'gregorian'] as const).flatMap((calendar) => [
	...Array.from({ length: 12 }, (_, index) => index + 1).flatMap((month) =>
		languages.map((language) => ({ name: folded(monthOf(dayInMonth(month, calendar), calendar, language)), calendar, month }))
	),
	...Object.entries(otherSpellings[calendar]).map(([name, month]) => ({ name: folded(name), calendar, month }))
]);

/** A month by its name, or by three or more Latin letters that begin only its name. */
function monthNamed(word: string): { calendar: Calendar; month: number } | null {
	const exact = months.find(({ name }) => name === word);
	if (exact || !/^[a-z]{3,}$/.test(word)) return exact ?? null;
	const begun = months.filter(({ name }) => name.startsWith(word));
	return begun.length > 0 && begun.every(({ calendar, month }) => calendar === begun[0]!.calendar && month === begun[0]!.month) ? begun[0]! : null;
}

/** The days of a week by their names, counted from Saturday, without the spaces that some write in them. */
const weekdays = new Map(
	['2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'].flatMap((day) =>
		languages.map((language) => [folded(weekdayOf(day, language)), weekday(day)] as const)
	)
);
for (const [name, at] of [...weekdays]) if (/^[a-z]/.test(name)) weekdays.set(name.slice(0, 3), at);

const nearDays: ReadonlyMap<string, number> = new Map([
	['امروز', 0],
	['فردا', 1],
	['پسفردا', 2],
	['دیروز', -1],
	['today', 0],
	['tomorrow', 1],
	['yesterday', -1]
]);

/** What may stand beside a date without saying anything more. */
const fillers = new Set(['ماه', 'of', 'the']);

/**
 * Reads a day as people type it, in digits of any of the three scripts: ۱۴۰۵/۹/۲, 23.11.2026, 14050902, «دوشنبه ۲ آذر
 * ۱۴۰۵», “Nov 23, 2026”, «فردا». Numbers alone are read in the given calendar, unless the year can only belong to the other
 * one; without a year, a day is the nearest such day to today.
 */
export function readDay(typed: string, calendar: Calendar, today: string): ReadDay {
	const text = folded(typed)
		.replace(/(\d)(?:st|nd|rd|th|ام|م)(?![a-z\u0600-\u06ff])/g, '$1')
		.replace(/(یک|دو|سه|چهار|پنج) شنبه/, '$1شنبه')
		.replace('پس فردا', 'پسفردا');
	const near = nearDays.get(text);
	if (near !== undefined) return { day: addDays(today, near) };

	const words = text.match(/\d+|[a-z\u0621-\u064a\u066e-\u06d3]+/g) ?? [];
	const leftOver = text.replace(/\d+|[a-z\u0621-\u064a\u066e-\u06d3]+|[\s/\-.,،؍٫٬\u2010-\u2015\u2212]+/g, '');
	if (leftOver !== '' || words.length === 0 || words.length > 6) return { problem: { kind: 'unreadable' } };

	const numbers: string[] = [];
	let named: { calendar: Calendar; month: number } | null = null;
	let saidWeekday: number | undefined;
	for (const word of words) {
		if (/^\d/.test(word)) {
			numbers.push(word);
			continue;
		}
		const asMonth = monthNamed(word) ?? (word.endsWith('ماه') ? monthNamed(word.slice(0, -3)) : null);
		if (asMonth && !named) named = asMonth;
		else if (weekdays.has(word) && saidWeekday === undefined) saidWeekday = weekdays.get(word);
		else if (!fillers.has(word)) return { problem: { kind: 'unreadable' } };
	}

	const read = named ? withMonth(numbers, named, today) : inNumbers(numbers, calendar, today);
	if ('day' in read && saidWeekday !== undefined && weekday(read.day) !== saidWeekday) return { problem: { kind: 'other-weekday', day: read.day } };
	return read;
}

const unreadable: ReadDay = { problem: { kind: 'unreadable' } };

/** A year of four digits; null: not one. */
const asYear = (digits: string | undefined): number | null => (digits?.length === 4 ? Number(digits) : null);

function withMonth(numbers: string[], { calendar, month }: { calendar: Calendar; month: number }, today: string): ReadDay {
	if (numbers.length === 1 && numbers[0]!.length <= 2) return nearest(month, Number(numbers[0]), calendar, today);
	if (numbers.length !== 2) return unreadable;
	const [first, second] = numbers as [string, string];
	const year = asYear(second) ?? asYear(first);
	if (year === null) return { problem: { kind: 'year-incomplete' } };
	const day = asYear(second) === null ? second : first;
	return day.length <= 2 ? exactly({ year, month, day: Number(day) }, calendar) : unreadable;
}

function inNumbers(numbers: string[], calendar: Calendar, today: string): ReadDay {
	if (numbers.length === 1 && numbers[0]!.length === 8) {
		const digits = numbers[0]!;
		return inNumbers([digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)], calendar, today);
	}
	if (numbers.some((digits) => digits.length > 4)) return unreadable;
	if (numbers.length === 2 && numbers.every((digits) => digits.length <= 2)) {
		// as the calendar's readers write it: month and day, or day and month
		const [first, second] = numbers.map(Number) as [number, number];
		return calendar === 'persian' ? nearest(first, second, calendar, today) : nearest(second, first, calendar, today);
	}
	if (numbers.length !== 3) return unreadable;
	const [first, second, third] = numbers as [string, string, string];
	const year = asYear(first) ?? asYear(third);
	if (year === null) return { problem: { kind: 'year-incomplete' } };
	const day = asYear(first) === null ? first : third;
	if (day.length > 2 || second.length > 2) return unreadable;
	return exactly({ year, month: Number(second), day: Number(day) }, calendarOfYear(year, calendar));
}

/** The calendar in which somebody counts who writes this year. */
function calendarOfYear(year: number, otherwise: Calendar): Calendar {
	const fits = (calendar: Calendar) => year >= years[calendar].first && year <= years[calendar].last;
	return fits('persian') ? 'persian' : fits('gregorian') ? 'gregorian' : otherwise;
}

function exactly({ year, month, day }: { year: number; month: number; day: number }, calendar: Calendar): ReadDay {
	if (year < years[calendar].first || year > years[calendar].last) return { problem: { kind: 'out-of-reach' } };
	if (month < 1 || month > 12) return { problem: { kind: 'no-such-month', month } };
	const found = dayWith({ year, month, day }, calendar);
	if (!found) return { problem: { kind: 'no-such-day', calendar, year, month, days: daysInMonth(year, month, calendar) } };
	return isWithinReach(found) ? { day: found } : { problem: { kind: 'out-of-reach' } };
}

/** The nearest such day to today, before or after it. */
function nearest(month: number, day: number, calendar: Calendar, today: string): ReadDay {
	const { year } = partsOf(today, calendar);
	const distance = (iso: string) => Math.abs(Date.parse(iso) - Date.parse(today));
	const found = [year, year - 1, year + 1]
		.map((candidate) => exactly({ year: candidate, month, day }, calendar))
		.filter((read) => 'day' in read)
		.sort((a, b) => distance(a.day) - distance(b.day));
	return found[0] ?? exactly({ year, month, day }, calendar);
}
