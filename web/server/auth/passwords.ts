import { hash, parseOptions, verify } from '@node-rs/argon2';
import { limits } from '#realtime/meeting/limits.ts';
import { latinDigits } from '#realtime/meeting/identifiers.ts';

/**
 * argon2id with 19 MiB, two passes and one lane: the OWASP Password Storage Cheat Sheet's first choice for servers
 * that do more than sign people in.
 */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** The same word typed on whatever keyboard: compatible characters as one (NIST SP 800-63B-4, 3.1.1.2), digits of any script as Latin ones. */
const typed = (password: string): string => latinDigits(password.normalize('NFKC'));

export const hashPassword = (password: string): Promise<string> => hash(typed(password), cost);

/** Made once, of a password that nobody has: whoever has none is verified against it, and takes as long. */
let nobodys: Promise<string> | undefined;

/** Is it this password? Without a hash it is not, and it takes as long to say so. */
export async function isPassword(hashed: string | null, password: string): Promise<boolean> {
	const right = await verify(hashed ?? (await (nobodys ??= hash(crypto.randomUUID(), cost))), typed(password));
	return right && hashed !== null;
}

/** Was it hashed at another cost than passwords are today? */
export function isOutdated(hashed: string): boolean {
	const { algorithm, memoryCost, timeCost, parallelism } = parseOptions(hashed);
	return algorithm !== cost.algorithm || memoryCost !== cost.memoryCost || timeCost !== cost.timeCost || parallelism !== cost.parallelism;
}

export type PasswordProblem = 'password-short' | 'password-long' | 'password-common' | 'password-like-name';

/**
 * Why this is no password to have; null: it may be one. `own`: what its owner is known by. No rule asks for kinds of
 * characters: they make passwords that people forget and programs guess (NIST SP 800-63B-4, 3.1.1.2).
 */
export function passwordProblem(password: string, own: readonly (string | null | undefined)[]): PasswordProblem | null {
	const word = typed(password);
	if ([...word].length < limits.passwordUnitsAtLeast) return 'password-short';
	if (word.length > limits.passwordUnits) return 'password-long';
	const plain = letters(word);
	if (isRepetition(plain) || common.has(plain)) return 'password-common';
	// one's name with a year behind it is one's name
	const like = own.some(
		(name) => name && letters(name).length > 2 && plain.replace(/\d{0,4}$/, '').replace(/^\d{0,4}/, '') === letters(name).replace(/\d+$/, '')
	);
	return like || own.some((name) => name && plain === letters(name)) ? 'password-like-name' : null;
}

/** Without capitals and signs: what a guesser tries for. */
const letters = (text: string): string => {
	const plain = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
	return plain === '' ? text : plain;
};

/** One short piece over and over, or a run along the digits or the keyboard. */
const isRepetition = (word: string): boolean =>
	/^(.{1,4})\1+.{0,3}$/u.test(word) ||
	['01234567890123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm', 'ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدئو'].some(
		(run) => run.includes(word) || [...run].reverse().join('').includes(word)
	);

/** The commonest of ten characters and more, ours among them; shorter ones are refused as they are, runs by their kind. */
const common = new Set(
	`1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc qazwsxedcrfv zaq12wsxcde3 q1w2e3r4t5 q1w2e3r4t5y6 password12 password123 password1234 password12345 passw0rd123
	passwordpassword mypassword1 letmein123 letmein1234 welcome123 welcome1234 iloveyou12 iloveyou123 iloveyouforever administrator admin12345 admin123456
	adminadmin changeme123 football123 baseball123 superman123 sunshine123 princess123 qwerty1234 qwerty12345 qwerty123456 qwertyuiop123 asdfghjkl123
	asdfghjkl1 abcd123456 abc1234567 abcdef1234 abcde12345 a123456789 a1234567890 aa123456789 1234567890a 123456789a 1234567891 12345678910 123456789123
	123123123123 1233211234567 9876543210a 1122334455 11223344556677 112233445566 147258369 1472583690 7894561230 123qweasdzxc qweasdzxc123 q123456789 qwe1234567
	internet123 computer123 jordan12345 michael123 starwars123 whatever123 trustno1trustno1 iran123456 iran1234567 tehran1234 tehran12345 persepolis esteghlal
	persepolis6 perspolis123 khodaya123 allah123456 mohammad123 mohammad1234 mohammad12345 hossein123 hossein1234 hosseini123 alireza123 alireza1234 amirhossein
	mahdi12345 mehdi12345 fatemeh123 fatemeh1234 zahra12345 maryam1234 maryam12345 reza123456 ali1234567 salam12345 salam123456 hamandish12 hamandish123
	hamandish1234 taavon12345 taavon1405 taavon1404 ramzobur123 گذرواژهمن پرسپولیس استقلالتهران سلامسلامسلام`.split(/\s+/)
);
