import { timeZone } from '#lib/i18n/time-zone.ts';

/** The largest time that a Date holds. Authors' clocks may say anything. */
const longestMs = 8.64e15;
const isTime = (ms: number | null): ms is number => ms !== null && Math.abs(ms) <= longestMs;

export const isoTime = (ms: number | null): string => (isTime(ms) ? new Date(ms).toISOString() : '');

/** In the reader's calendar and digits, year first in both calendars, so that a column of dates sorts. */
export interface CsvDates {
	dateAndTime(ms: number | null): string;
	/** of a day as 2026-11-23 */
	day(day: string | null): string;
}

export function csvDates({ language, calendar }: { language: string; calendar: 'persian' | 'gregorian' }): CsvDates {
	const locale = `${language}-u-ca-${calendar === 'persian' ? 'persian' : 'gregory'}`;
	const date = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
	const dates = new Intl.DateTimeFormat(locale, date);
	const times = new Intl.DateTimeFormat(locale, { ...date, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
	const partsOf = (format: Intl.DateTimeFormat, ms: number) => Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
	const inWords = (parts: Record<string, string>) => `${parts['year'] ?? parts['relatedYear']}/${parts['month']}/${parts['day']}`;
	return {
		dateAndTime(ms) {
			if (!isTime(ms)) return '';
			const parts = partsOf(times, ms);
			return `${inWords(parts)} ${parts['hour']}:${parts['minute']}`;
		},
		day: (day) => (day === null ? '' : inWords(partsOf(dates, Date.parse(`${day}T08:00:00Z`))))
	};
}
