import type { Language } from '#realtime/meeting/texts.ts';
import { currentLanguage } from './language.svelte.ts';

export type Calendar = 'persian' | 'gregorian';

/** The calendar of whoever has not chosen one. */
export const calendarOf = (language: Language): Calendar => (language === 'fa' ? 'persian' : 'gregorian');

/** Meetings take place in the country's time, wherever a reader's device thinks it is. */
const timeZone = 'Asia/Tehran';

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

/** «دوشنبه ۲ آذر ۱۴۰۵», or “Monday 23 November 2026”. Put together from its parts: the browser's own order is not what is written in letters. */
export function longDate(at: number, calendar: Calendar, language: Language = currentLanguage()): string {
	const parts = format(language, calendar, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).formatToParts(at);
	const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((found) => found.type === type)?.value ?? '';
	return `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}`;
}

/** The hour, ۱۰:۰۰ or 10:00. */
export const timeOfDay = (at: number, language: Language = currentLanguage()): string =>
	format(language, 'gregorian', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);

/** The day as 2026-11-23: what stands behind every date that is shown. */
export const isoDate = (at: number): string => {
	const parts = format('en', 'gregorian', { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(at);
	const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((found) => found.type === type)?.value ?? '';
	return `${part('year')}-${part('month')}-${part('day')}`;
};

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
