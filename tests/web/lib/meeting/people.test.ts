import { expect, test } from 'vitest';
import { namesOf } from '#lib/meeting/people.ts';

test('two of one name are told apart by office and province, and nobody else is', () => {
	const people = [
		{ id: 'a', name: { fa: 'علی رضایی', en: 'Ali Rezaei' }, office: { fa: 'دفتر یزد' }, province: 'IR-21' },
		{ id: 'b', name: { fa: 'علی رضایی' }, office: null, province: 'IR-23' },
		{ id: 'c', name: { fa: 'علی رضایی' }, office: null, province: null },
		{ id: 'd', name: { fa: 'ناهید کریمی' }, office: { fa: 'دبیرخانه' }, province: 'IR-23' }
	] as const;
	expect([...namesOf(people, 'fa').values()]).toEqual(['علی رضایی · دفتر یزد · یزد', 'علی رضایی · تهران', 'علی رضایی', 'ناهید کریمی']);
	expect(namesOf(people, 'en').get('a')).toBe('Ali Rezaei');
});
