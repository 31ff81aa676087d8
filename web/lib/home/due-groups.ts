import { addDays } from '#lib/dates/calendars.ts';

export type DueGroup = 'overdue' | 'today' | 'week' | 'later' | 'never';

/** When something is due, as seen from a day. */
export function dueGroup(due: string | null, today: string): DueGroup {
	if (due === null) return 'never';
	if (due < today) return 'overdue';
	if (due === today) return 'today';
	return due <= addDays(today, 7) ? 'week' : 'later';
}

/** What is due by when, in that order; groups of nothing are left out. */
export function byDue<Item extends { due: string | null }>(items: readonly Item[], today: string): { group: DueGroup; items: Item[] }[] {
	return (['overdue', 'today', 'week', 'later', 'never'] as const)
		.map((group) => ({ group, items: items.filter(({ due }) => dueGroup(due, today) === group) }))
		.filter(({ items }) => items.length > 0);
}
