import { longDay, monthOf, shortDay, type Calendar } from '#lib/i18n/dates.ts';
import { plainNumber } from '#lib/i18n/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import { dayWith, firstDay, lastDay } from './calendars.ts';
import type { DayProblem } from './typed-day.ts';

/** Why a day was not taken, in the reader's words: what is wrong with it, and how it could be written. */
export type FieldProblem = DayProblem | { kind: 'missing' } | { kind: 'too-early'; min: string } | { kind: 'too-late'; max: string };

export function daySentence(problem: FieldProblem, calendar: Calendar): string {
	switch (problem.kind) {
		case 'unreadable':
			return m.dates_unreadable({ example: dayExample(calendar) });
		case 'year-incomplete':
			return m.dates_year_incomplete({ year: plainNumber(calendar === 'persian' ? 1405 : 2026) });
		case 'no-such-month':
			return m.dates_no_such_month({ month: plainNumber(problem.month) });
		case 'no-such-day': {
			const { year, month, days } = problem;
			const name = monthOf(dayWith({ year, month, day: 1 }, problem.calendar)!, problem.calendar);
			return m.dates_no_such_day({ month: name, year: plainNumber(year), days: plainNumber(days) });
		}
		case 'out-of-reach':
			return m.dates_out_of_reach({ first: shortDay(firstDay, calendar), last: shortDay(lastDay, calendar) });
		case 'other-weekday':
			return m.dates_other_weekday({ day: longDay(problem.day, calendar) });
		case 'missing':
			return m.dates_missing({ example: dayExample(calendar) });
		case 'too-early':
			return m.dates_too_early({ day: longDay(problem.min, calendar) });
		case 'too-late':
			return m.dates_too_late({ day: longDay(problem.max, calendar) });
	}
}

/** How a day may be typed: «۱۴۰۵/۹/۲», “23/11/2026”. */
export const dayExample = (calendar: Calendar): string =>
	calendar === 'persian' ? [1405, 9, 2].map((part) => plainNumber(part)).join('/') : [23, 11, 2026].map((part) => plainNumber(part)).join('/');
