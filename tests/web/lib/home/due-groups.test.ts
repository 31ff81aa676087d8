import { expect, test } from 'vitest';
import { byDue, dueGroup } from '#lib/home/due-groups.ts';

test('HOME-2 actions stand under the day by which they are due, as seen from today', () => {
	const today = '2026-11-25';
	expect(['2026-11-24', today, '2026-11-26', '2026-12-02', '2026-12-03', null].map((due) => dueGroup(due, today))).toEqual([
		'overdue',
		'today',
		'week',
		'week',
		'later',
		'never'
	]);
	const items = [{ due: '2026-11-01' }, { due: '2026-11-20' }, { due: null }];
	expect(byDue(items, today)).toEqual([
		{ group: 'overdue', items: items.slice(0, 2) },
		{ group: 'never', items: items.slice(2) }
	]);
	expect(byDue([], today)).toEqual([]);
});
