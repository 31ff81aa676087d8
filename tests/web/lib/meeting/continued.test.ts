import { expect, test } from 'vitest';
import { continued } from '#lib/meeting/continued.ts';
import { commands } from '#realtime/meeting/commands.ts';
import { limits } from '#realtime/meeting/limits.ts';

test('GATE-11 a point that goes on says so in each language of its title, and its title is one', () => {
	expect(continued({ fa: 'بارش فکری' })).toEqual({ fa: 'بارش فکری (ادامه)' });
	expect(continued({ fa: 'بارش فکری', en: 'Ideas' })).toEqual({ fa: 'بارش فکری (ادامه)', en: 'Ideas (continued)' });
	expect(continued(continued({ fa: 'بارش فکری', en: 'Ideas' }))).toEqual(continued({ fa: 'بارش فکری', en: 'Ideas' }));
	// the last letter that there is room for is of two units
	const longest = '👍'.repeat(limits.titleUnits / 2);
	for (const text of [longest, `x${longest.slice(2)}x`]) {
		const title = continued({ fa: text, en: text });
		expect(title.en).toMatch(/^x?👍+ \(continued\)$/u);
		expect(commands['agenda.add'].safeParse({ kind: 'review', title, minutes: 1 }).success).toBe(true);
	}
});
