import { folded } from './typed-text.ts';

const hours = '(?:h|hr|hrs|hour|hours|ساعت)';
const minutes = '(?:m|min|mins|minute|minutes|دقیقه|دقیقهای)';

/** Reads a length of time as people type it, in digits of any of the three scripts: ۹۰, 1:30, «۱ ساعت و ۳۰ دقیقه», 1.5 h. In minutes; null: not one. */
export function readDuration(typed: string): number | null {
	const text = folded(typed);
	const plain = /^(\d{1,4})$/.exec(text) ?? new RegExp(`^(\\d{1,4}) ?${minutes}$`).exec(text);
	if (plain) return Number(plain[1]);
	const clock = /^(\d{1,2}) ?: ?([0-5]\d)$/.exec(text);
	if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
	const both = new RegExp(`^(\\d{1,2}) ?${hours}(?: ?(?:و|and|,|،)? ?(\\d{1,2})(?: ?${minutes})?)?$`).exec(text);
	if (both) return Number(both[1]) * 60 + Number(both[2] ?? 0);
	const parts = new RegExp(`^(\\d{1,2})[.,٫/](\\d{1,2}) ?${hours}$`).exec(text);
	if (parts) return Math.round(Number(`${parts[1]}.${parts[2]}`) * 60);
	return new RegExp(`^(\\d{1,2}) ?${hours} ?و ?نیم$`).test(text) ? Number.parseInt(text, 10) * 60 + 30 : null;
}
