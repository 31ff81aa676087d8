import { expect, test } from 'vitest';
import { directionOf, dirOf } from '#lib/board/direction.ts';

test('the first letter says the direction; digits and signs have none', () => {
	expect(directionOf('قانون تعاون')).toBe('rtl');
	expect(directionOf('Cooperative Law')).toBe('ltr');
	expect(directionOf('۱۲. قانون')).toBe('rtl');
	expect(directionOf('25 - Law مادهٔ')).toBe('ltr');
	for (const text of ['', '۱۲/۵', '...', '12:30', '😀']) {
		expect(directionOf(text)).toBeNull();
		expect(dirOf(text)).toBeUndefined();
	}
});
