import { byProvince } from '#lib/floor/by-province.ts';
import { expect, test } from 'vitest';

test('TURN-8 what the people of a province have spoken counts together, the longest first', () => {
	const people = new Map([
		['a', { province: 'IR-21' as const }],
		['b', { province: 'IR-01' as const }],
		['c', { province: 'IR-21' as const }],
		['d', { province: null }]
	]);
	const spoken = [
		{ person: 'a', ms: 10 },
		{ person: 'b', ms: 25 },
		{ person: 'c', ms: 20 },
		{ person: 'd', ms: 3 },
		// came by a link, and nobody knows them any more
		{ person: 'e', ms: 4 }
	];
	expect(byProvince(spoken, people)).toEqual([
		{ province: 'IR-21', ms: 30 },
		{ province: 'IR-01', ms: 25 },
		{ province: null, ms: 7 }
	]);
});
