/** Letters that run right to left, and letters at all: the first of them in a text says its direction. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;
const letter = /\p{L}/u;

/** The direction of a text; null for one of digits and signs only, which takes that of its surroundings. */
export function directionOf(text: string): 'rtl' | 'ltr' | null {
	const first = letter.exec(text)?.[0];
	return first === undefined ? null : rightToLeft.test(first) ? 'rtl' : 'ltr';
}

/** The `dir` of an element with this text: its own, or its surroundings'. */
export const dirOf = (text: string): 'auto' | undefined => (letter.test(text) ? 'auto' : undefined);
