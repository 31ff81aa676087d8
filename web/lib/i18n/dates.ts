import { m } from '#lib/paraglide/messages.js';
import type { Language } from '#realtime/meeting/texts.ts';
import { currentLanguage } from './language.svelte.ts';
import { inSeries } from './series.ts';
import { timeZone } from './time-zone.ts';

export type Calendar = 'persian' | 'gregorian';

/** The calendar of whoever has not chosen one. */
export const calendarOf = (language: Language): Calendar => (language === 'fa' ? 'persian' : 'gregorian');

const made = new Map<string, Intl.DateTimeFormat>();

function format(language: Language, calendar: Calendar, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `${language} ${calendar} ${JSON.stringify(options)}`;
	let found = made.get(key);
	if (!found) {
		const locale = `${language === 'fa' ? 'fa-IR' : 'en-GB'}-u-ca-${calendar === 'persian' ? 'persian' : 'gregory'}-nu-${language === 'fa' ? 'arabext' : 'latn'}`;
		made.set(key, (found = new Intl.DateTimeFormat(locale, { timeZone, ...options })));
	}
	return found;
}

type Part = 'weekday' | 'day' | 'month' | 'year';

/** Put together from its parts: the browser's own order is not what is written in letters. */
function inOrder(at: number, calendar: Calendar, language: Language, wanted: readonly Part[]): string {
	const parts = format(language, calendar, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).formatToParts(at);
	return wanted.map((type) => parts.find((part) => part.type === type)?.value ?? '').join(' ');
}

/** «دوشنبه ۲ آذر ۱۴۰۵», or “Monday 23 November 2026”. */
export const longDate = (at: number, calendar: Calendar, language: Language = currentLanguage()): string =>
	inOrder(at, calendar, language, ['weekday', 'day', 'month', 'year']);

/** «۲ آذر ۱۴۰۵», or “23 November 2026”. */
export const shortDate = (at: number, calendar: Calendar, language: Language = currentLanguage()): string =>
	inOrder(at, calendar, language, ['day', 'month', 'year']);

/** A moment that lies within a day given as 2026-11-23: a day can be shown as any moment of it can. */
export const withinDay = (day: string): number => Date.parse(`${day}T08:00:00Z`);

/** «دوشنبه ۲ آذر ۱۴۰۵» for the day 2026-11-23. */
export const longDay = (day: string, calendar: Calendar, language: Language = currentLanguage()): string => longDate(withinDay(day), calendar, language);

/** «۲ آذر ۱۴۰۵» for the day 2026-11-23. */
export const shortDay = (day: string, calendar: Calendar, language: Language = currentLanguage()): string => shortDate(withinDay(day), calendar, language);

/** «آذر ۱۴۰۵»: the month in which a day lies. */
export const monthAndYear = (day: string, calendar: Calendar, language: Language = currentLanguage()): string =>
	inOrder(withinDay(day), calendar, language, ['month', 'year']);

/** «آذر»: the month in which a day lies. */
export const monthOf = (day: string, calendar: Calendar, language: Language = currentLanguage()): string =>
	inOrder(withinDay(day), calendar, language, ['month']);

/** «دوشنبه»: the weekday of a day. */
export const weekdayOf = (day: string, language: Language = currentLanguage()): string => inOrder(withinDay(day), 'gregorian', language, ['weekday']);

/** The hour, ۱۰:۰۰ or 10:00. */
export const timeOfDay = (at: number, language: Language = currentLanguage()): string =>
	format(language, 'gregorian', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

/** «دوشنبه ۲ آذر ۱۴۰۵، ساعت ۱۰:۰۰». */
export const longMoment = (at: number, calendar: Calendar, language: Language = currentLanguage()): string =>
	m.dates_day_at_time({ day: longDate(at, calendar, language), time: timeOfDay(at, language) });

/** The day as 2026-11-23: what stands behind every date that is shown. */
export const isoDate = (at: number): string => {
	const parts = format('en', 'gregorian', { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(at);
	const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((found) => found.type === type)?.value ?? '';
	return `${part('year')}-${part('month')}-${part('day')}`;
};

/** From when to when, with the day once where it is one: «دوشنبه ۲ آذر ۱۴۰۵، ساعت ۱۰:۰۰ تا ۱۱:۴۰». */
export function fromTo(from: number, minutes: number, calendar: Calendar, language: Language = currentLanguage()): string {
	const to = from + minutes * 60_000;
	const start = { day: longDate(from, calendar, language), from: timeOfDay(from, language), to: timeOfDay(to, language) };
	const spoken = { locale: language };
	return isoDate(from) === isoDate(to)
		? m.dates_from_to(start, spoken)
		: m.dates_from_to_other_day({ ...start, day_to: longDate(to, calendar, language) }, spoken);
}

/** A length of time in words: «۱ ساعت و ۴۰ دقیقه», “1 hour and 40 minutes”. */
export function duration(minutes: number, language: Language = currentLanguage()): string {
	const said = (count: number, unit: 'hour' | 'minute') =>
		count.toLocaleString(language === 'fa' ? 'fa-IR' : 'en', { style: 'unit', unit, unitDisplay: 'long' });
	const hours = Math.floor(minutes / 60);
	const rest = minutes % 60;
	const parts = [...(hours > 0 ? [said(hours, 'hour')] : []), ...(rest > 0 || hours === 0 ? [said(rest, 'minute')] : [])];
	return inSeries(parts, language);
}

const spans: [unit: Intl.RelativeTimeFormatUnit, ms: number][] = [
	['day', 86_400_000],
	['hour', 3_600_000],
	['minute', 60_000]
];

const relative = {
	fa: new Intl.RelativeTimeFormat('fa-IR', { numeric: 'auto' }),
	en: new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
} satisfies Record<Language, Intl.RelativeTimeFormat>;

/** How long ago, or how soon: «۳ روز پیش», “in 2 hours”, “now”. */
export function timeFrom(at: number, now: number, language: Language = currentLanguage()): string {
	const span = at - now;
	const [unit, ms] = spans.find(([, ms]) => Math.abs(span) >= ms) ?? ['second', Infinity];
	return relative[language].format(Math.trunc(span / ms), unit);
}
