import type { Calendar } from '#lib/i18n/dates.ts';
import { addDays, addMonths, placeInWeek } from './calendars.ts';

interface Situation {
	calendar: Calendar;
	/** with which weekday a week begins */
	first: number;
	rightToLeft: boolean;
	shift: boolean;
}

/**
 * Where a key leads from a day in a calendar's grid; null: nowhere. Arrows follow what the eye sees: where days run from
 * right to left, the left arrow leads to the next one.
 */
export function dayByKey(key: string, from: string, { calendar, first, rightToLeft, shift }: Situation): string | null {
	switch (key) {
		case 'ArrowLeft':
			return addDays(from, rightToLeft ? 1 : -1);
		case 'ArrowRight':
			return addDays(from, rightToLeft ? -1 : 1);
		case 'ArrowUp':
			return addDays(from, -7);
		case 'ArrowDown':
			return addDays(from, 7);
		case 'Home':
			return addDays(from, -placeInWeek(from, first));
		case 'End':
			return addDays(from, 6 - placeInWeek(from, first));
		case 'PageUp':
			return addMonths(from, shift ? -12 : -1, calendar);
		case 'PageDown':
			return addMonths(from, shift ? 12 : 1, calendar);
		default:
			return null;
	}
}
