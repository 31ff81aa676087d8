import { CalendarDate, CalendarDateTime, fromAbsolute, GregorianCalendar, parseDate, PersianCalendar, toCalendar, toZoned } from '@internationalized/date';
import type { Calendar } from '#lib/i18n/dates.ts';
import { timeZone } from '#lib/i18n/time-zone.ts';
import type { Language } from '#realtime/meeting/texts.ts';

/**
 * Days in two calendars. A day is written 2026-11-23, whatever calendar it is shown in; a moment is milliseconds
 * since 1970. Wall time is the country's, which had summer time until 1401.
 */

const calendars = { persian: new PersianCalendar(), gregorian: new GregorianCalendar() } satisfies Record<Calendar, unknown>;

/** Between these days, both included, the library's Persian calendar equals that of every browser: whole years of it. */
export const firstDay = '1925-03-21';
export const lastDay = '2119-03-20';

/** Is it a day that can be shown in both calendars? */
export const isWithinReach = (iso: string): boolean => iso >= firstDay && iso <= lastDay;

/** The years in which those days lie. */
export const years = { persian: { first: 1304, last: 1497 }, gregorian: { first: 1925, last: 2119 } } satisfies Record<
	Calendar,
	{ first: number; last: number }
>;

export interface DayParts {
	year: number;
	/** from 1 */
	month: number;
	day: number;
}

const dateOf = (iso: string, calendar: Calendar): CalendarDate => toCalendar(parseDate(iso), calendars[calendar]);
const isoOf = (date: CalendarDate): string => toCalendar(date, calendars.gregorian).toString();

/** Year, month and day as a calendar counts them. */
export function partsOf(iso: string, calendar: Calendar): DayParts {
	const { year, month, day } = dateOf(iso, calendar);
	return { year, month, day };
}

/** How many days a month has. */
export const daysInMonth = (year: number, month: number, calendar: Calendar): number =>
	calendars[calendar].getDaysInMonth(new CalendarDate(calendars[calendar], year, month, 1));

/** The day with these parts; null: there is none. */
export function dayWith({ year, month, day }: DayParts, calendar: Calendar): string | null {
	if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month, calendar)) return null;
	return isoOf(new CalendarDate(calendars[calendar], year, month, day));
}

export const addDays = (iso: string, days: number): string => parseDate(iso).add({ days }).toString();

/** Months later; the 31st becomes the last day of a shorter month. */
export const addMonths = (iso: string, months: number, calendar: Calendar): string => isoOf(dateOf(iso, calendar).add({ months }));

/** The weekday, counted from Saturday (0) to Friday (6). */
export function weekday(iso: string): number {
	const daysSinceThursday = Math.round(Date.parse(`${iso}T00:00:00Z`) / 86_400_000);
	// 1 January 1970 was a Thursday, the fifth day after Saturday
	return (((daysSinceThursday + 5) % 7) + 7) % 7;
}

/** With which weekday a week begins: Saturday for whoever reads Persian or counts by that calendar, otherwise Monday. */
export const firstWeekday = (calendar: Calendar, language: Language): number => (language === 'fa' || calendar === 'persian' ? 0 : 2);

/** How many days of its week lie before a day. */
export const placeInWeek = (iso: string, first: number): number => (weekday(iso) - first + 7) % 7;

/** The weeks of the month in which a day lies, seven places each; null where the month has no day. */
export function weeksOf(iso: string, calendar: Calendar, first: number): (string | null)[][] {
	const { year, month } = partsOf(iso, calendar);
	const start = dayWith({ year, month, day: 1 }, calendar)!;
	const before = placeInWeek(start, first);
	const days = daysInMonth(year, month, calendar);
	return Array.from({ length: Math.ceil((before + days) / 7) }, (_, week) =>
		Array.from({ length: 7 }, (_, place) => {
			const at = week * 7 + place - before;
			return at >= 0 && at < days ? addDays(start, at) : null;
		})
	);
}

/** The moment at which the country's clocks show this many minutes of a day. A time that a change of the clocks left out is taken as after it. */
export function momentAt(iso: string, minutes: number): number {
	const { year, month, day } = parseDate(iso);
	return toZoned(new CalendarDateTime(year, month, day, Math.floor(minutes / 60), minutes % 60), timeZone)
		.toDate()
		.getTime();
}

/** The day, and the minutes of it, that the country's clocks show at a moment. */
export function wallTime(at: number): { day: string; minutes: number } {
	const zoned = fromAbsolute(at, timeZone);
	return { day: new CalendarDate(zoned.year, zoned.month, zoned.day).toString(), minutes: zoned.hour * 60 + zoned.minute };
}
