import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayByKey } from '#lib/dates/calendar-keys.ts';
import { addDays, partsOf, weekday, weeksOf } from '#lib/dates/calendars.ts';

const persian = { calendar: 'persian', first: 0, rightToLeft: true, shift: false } as const;
const gregorian = { calendar: 'gregorian', first: 2, rightToLeft: false, shift: false } as const;

test('DATE-4 the arrows follow the direction in which the days run', () => {
	expect(dayByKey('ArrowLeft', '2026-11-23', persian)).toBe('2026-11-24');
	expect(dayByKey('ArrowRight', '2026-11-23', persian)).toBe('2026-11-22');
	expect(dayByKey('ArrowLeft', '2026-11-23', gregorian)).toBe('2026-11-22');
	expect(dayByKey('ArrowRight', '2026-11-23', gregorian)).toBe('2026-11-24');
	for (const situation of [persian, gregorian]) {
		expect(dayByKey('ArrowUp', '2026-11-23', situation)).toBe('2026-11-16');
		expect(dayByKey('ArrowDown', '2026-11-23', situation)).toBe('2026-11-30');
	}
});

test('DATE-4 pages are months and, with shift, years of the calendar shown', () => {
	expect(dayByKey('PageDown', '2026-11-23', persian)).toBe('2026-12-23');
	expect(partsOf('2026-12-23', 'persian')).toEqual({ year: 1405, month: 10, day: 2 });
	expect(dayByKey('PageUp', '2026-03-31', gregorian)).toBe('2026-02-28');
	// 30 Esfand of a leap year becomes the 29th of the common year after it
	expect(dayByKey('PageDown', '2025-03-20', { ...persian, shift: true })).toBe('2026-03-20');
	expect(dayByKey('PageUp', '2026-11-23', { ...gregorian, shift: true })).toBe('2025-11-23');
});

test('DATE-4 Home and End are the edges of the week; other keys lead nowhere', () => {
	expect(dayByKey('Home', '2026-11-23', persian)).toBe('2026-11-21');
	expect(dayByKey('End', '2026-11-23', persian)).toBe('2026-11-27');
	expect(dayByKey('Home', '2026-11-22', gregorian)).toBe('2026-11-16');
	expect(dayByKey('End', '2026-11-22', gregorian)).toBe('2026-11-22');
	for (const key of ['Enter', ' ', 'Tab', 'Escape', 'a']) expect(dayByKey(key, '2026-11-23', persian)).toBeNull();
});

test('DATE-4 in every month the arrows lead to the neighbours that the grid shows, in both directions', () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 18_000 }), fc.constantFrom(persian, gregorian), (days, situation) => {
			const from = addDays('2021-03-21', days);
			const row = weeksOf(from, situation.calendar, situation.first).find((week) => week.includes(from))!;
			const next = row[row.indexOf(from) + 1];
			if (next) expect(dayByKey(situation.rightToLeft ? 'ArrowLeft' : 'ArrowRight', from, situation)).toBe(next);
			expect((weekday(dayByKey('Home', from, situation)!) - situation.first + 7) % 7).toBe(0);
			expect((weekday(dayByKey('End', from, situation)!) - situation.first + 7) % 7).toBe(6);
		})
	);
});
