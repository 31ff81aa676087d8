import { limits } from './limits.ts';

/** What people sign in by. Kept folded, so that it is found however somebody types it. */
export type IdentifierKind = 'userName' | 'mobile' | 'email';

/** Digits of all three scripts as Latin ones. */
export const latinDigits = (text: string): string => text.replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) & 0xf));

/** Compatible characters as one, without what does not show, with one form of ی and ک. */
const folded = (text: string): string =>
	latinDigits(text.normalize('NFKC'))
		.replace(/[\p{Cf}\u064b-\u0652\u0640]/gu, '')
		.replace(/[\u064a\u0649]/g, '\u06cc')
		.replace(/\u0643/g, '\u06a9')
		.trim()
		.toLowerCase();

/** A user name: letters of either script, digits and . _ -, with a letter, so that it is never taken for a number. Null: it cannot be one. */
export function foldUserName(text: string): string | null {
	const name = folded(text);
	const { userNameUnits: most, userNameUnitsAtLeast: least } = limits;
	return name.length >= least && name.length <= most && /^[\p{Script=Latin}\p{Script=Arabic}0-9._-]+$/u.test(name) && /\p{L}/u.test(name) ? name : null;
}

/** A mobile number as +989121234567: of Iran in each of the ways that people write it, of elsewhere with its country. Null: it is none. */
export function foldMobile(text: string): string | null {
	const number = folded(text)
		.replace(/[\s().-]/g, '')
		.replace(/^00/, '+');
	const iranian = /^(?:\+?98|0)?(9\d{9})$/.exec(number)?.[1];
	if (iranian) return `+98${iranian}`;
	return /^\+(?!98)[1-9]\d{7,14}$/.test(number) ? number : null;
}

/** An e-mail address in small letters. Null: it is none. */
export function foldEmail(text: string): string | null {
	const address = folded(text);
	return address.length <= limits.emailUnits && /^[^\s@"<>()]+@[^\s@"<>()]+\.[^\s@"<>().]+$/.test(address) ? address : null;
}

/** What somebody typed to sign in by: what it is, and how it is kept. Null: nobody has such a one. */
export function identify(text: string): { kind: IdentifierKind; value: string } | null {
	const found = [
		['email', text.includes('@') ? foldEmail(text) : null],
		['mobile', foldMobile(text)],
		['userName', foldUserName(text)]
	] as const;
	const [kind, value] = found.find(([, value]) => value !== null) ?? [];
	return kind && value ? { kind, value } : null;
}
