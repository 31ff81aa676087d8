import { latinDigits } from '#lib/i18n/numbers.ts';

/**
 * What people type, made comparable: Latin digits, lower case, Persian letters for their Arabic look-alikes, no vowel
 * signs, no half-spaces, no marks of direction, no signs that a keyboard puts in by itself.
 */
export const folded = (text: string): string =>
	latinDigits(text.normalize('NFKC'))
		.toLowerCase()
		.replaceAll('ي', 'ی')
		.replaceAll('ى', 'ی')
		.replaceAll('ك', 'ک')
		.replace(/[أإ]/g, 'ا')
		.replace(/ئ/g, 'ی')
		.replace(/[\u064b-\u0652\u0654\u0670]/g, '')
		.replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
		.replace(/\s+/g, ' ')
		.trim();
