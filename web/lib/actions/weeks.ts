import type { Calendar } from '#lib/i18n/dates.ts';

const dayMs = 86_400_000;
const shifted = (day: string, by: number): string => new Date(Date.parse(`${day}T12:00:00Z`) + by * dayMs).toISOString().slice(0, 10);

/** The last day of the week in which a day (as 2026-11-23) lies: Friday, or Sunday where weeks begin on Monday. */
export function endOfWeek(day: string, calendar: Calendar): string {
	const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
	const last = calendar === 'persian' ? 5 : 0;
	return shifted(day, (last - weekday + 7) % 7);
}

export const heaps = ['overdue', 'this-week', 'later', 'without-date', 'finished'] as const;
export type Heap = (typeof heaps)[number];

/** Where an action lies among one's own: by its date while it is open. */
export function heapOf({ state, due }: { state: string; due: string | null }, today: string, calendar: Calendar): Heap {
	if (state === 'done' || state === 'dropped') return 'finished';
	if (due === null) return 'without-date';
	if (due < today) return 'overdue';
	return due <= endOfWeek(today, calendar) ? 'this-week' : 'later';
}
