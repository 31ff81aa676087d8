import type { Taken, Identifiers } from '#db/stores/accounts.ts';
import { foldEmail, foldMobile, foldUserName } from '#realtime/meeting/identifiers.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Locked } from '../auth/accounts.ts';
import { hashPassword, passwordProblem } from '../auth/passwords.ts';
import { ApiError, type ErrorCode } from './errors.ts';

/** What people give to sign in by, checked and made ready to be kept. All of it throws ApiError with what is wrong. */

const kinds = [
	['userName', foldUserName, 'user-name-wrong'],
	['mobile', foldMobile, 'mobile-wrong'],
	['email', foldEmail, 'email-wrong']
] as const satisfies [keyof Identifiers, (text: string) => string | null, ErrorCode][];

/** Those that were given, folded; an empty one counts as null. */
export function foldedIdentifiers(given: Partial<Identifiers>): Partial<Identifiers> {
	const folded: Partial<Identifiers> = {};
	for (const [kind, fold, wrong] of kinds) {
		const text = given[kind];
		if (text === undefined) continue;
		const value = text === null || text.trim() === '' ? null : fold(text);
		if (value === null && text !== null && text.trim() !== '') throw new ApiError(wrong);
		folded[kind] = value;
	}
	return folded;
}

/** At least one of them has to be there, or nobody could sign in. */
export function requireOne(identifiers: Partial<Identifiers>): void {
	if (!kinds.some(([kind]) => identifiers[kind])) throw new ApiError('identifier-needed');
}

/** The hash of a new password, if it may be one for whoever is known by this. */
export function hashOfNew(password: string, known: Partial<Identifiers>, name: LocalText): Promise<string> {
	const problem = passwordProblem(password, [known.userName, known.mobile?.replace('+98', '0'), known.email, known.email?.split('@')[0], name.fa, name.en]);
	if (problem) throw new ApiError(problem);
	return hashPassword(password);
}

export const takenError = ({ taken }: Taken): ApiError =>
	new ApiError(({ userName: 'user-name-taken', mobile: 'mobile-taken', email: 'email-taken' } as const)[taken]);

/** A refusal of {@link Accounts} as the API refuses. */
export const refused = (refusal: ErrorCode | Locked): ApiError =>
	typeof refusal === 'string' ? new ApiError(refusal) : new ApiError('too-many-attempts', refusal.lockedUntil);

/** What a new password may be refused for. */
export const passwordRefusals = ['password-short', 'password-long', 'password-common', 'password-like-name'] as const;
export const identifierRefusals = [
	'user-name-wrong',
	'mobile-wrong',
	'email-wrong',
	'identifier-needed',
	'user-name-taken',
	'mobile-taken',
	'email-taken'
] as const;
