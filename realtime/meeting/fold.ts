/** Letters that are written in more than one way, and what each of them is found by. */
const alike: Record<string, string> = { ی: 'يىئېۍ', ک: 'ك', ه: 'ۀةەۂ', ا: 'أإآٱ', و: 'ؤ' };

/** Digits of both kinds, by their value. */
const digits = ['۰۱۲۳۴۵۶۷۸۹', '٠١٢٣٤٥٦٧٨٩'];

/** Half-space, marks of direction, vowel signs and the drawn-out line: nobody types them to find something. */
const unseen = '\u200b\u200c\u200d\u200e\u200f\u061c\u0640\u0670' + Array.from({ length: 0x15 }, (_, i) => String.fromCharCode(0x64b + i)).join('');

/**
 * What {@link fold} replaces after normalising (NFKC) and lower case: each letter of `from` by the one at its place in
 * `to`; those behind the end of `to` are left out. A database translates by the same two strings.
 */
export const folding = {
	from: Object.values(alike).join('') + digits.join('') + unseen,
	to:
		Object.entries(alike)
			.map(([letter, ways]) => letter.repeat(ways.length))
			.join('') + '0123456789'.repeat(digits.length)
};

const places = new Map([...folding.from].map((letter, i) => [letter, folding.to[i] ?? '']));

/** A text as it is searched: whichever keyboard wrote its letters and digits, with or without half-spaces and vowel signs. */
export const fold = (text: string): string =>
	[...text.normalize('NFKC').toLowerCase()]
		.map((letter) => places.get(letter) ?? letter)
		.join('')
		.trim();
