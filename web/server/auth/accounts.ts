import type { Account } from '#db/stores/accounts.ts';
import type { Database } from '#db/open.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { identify } from '#realtime/meeting/identifiers.ts';
import { note, type AuditKind } from '../audit.ts';
import { openGuessing } from './guessing.ts';
import { openPasskeys, type Passkeys } from './passkeys.ts';
import { hashPassword, isOutdated, isPassword } from './passwords.ts';
import { openSecondFactor, type SecondFactor } from './second-factor.ts';

/** Why somebody does not get in. */
export type SignInRefusal = 'sign-in-wrong' | 'second-factor-needed' | 'second-factor-wrong' | 'deactivated' | Locked;

/** Too many were wrong: until when nothing is tried, in milliseconds since 1970. */
export interface Locked {
	lockedUntil: number;
}

/** How people prove who they are. Every failure is counted against guessing, and written to the audit log. */
export interface Accounts {
	/** `code`: of the second factor, once it has been asked for. Nobody learns which of the names exist. */
	signIn(given: { identifier: string; password: string; code: string | null }, address: string | null): Promise<{ person: Id } | SignInRefusal>;
	/** Did the browser answer with a passkey of somebody who may come in? */
	signInByPasskey(
		response: Parameters<Passkeys['signIn']>[0],
		origin: string,
		address: string | null
	): Promise<{ person: Id } | 'passkey-refused' | 'deactivated' | Locked>;
	/** Is it the password of somebody who is signed in? Asked before anything that opens the account is changed. */
	prove(person: Id, password: string, address: string | null): Promise<'proven' | 'password-wrong' | Locked>;
	readonly secondFactor: SecondFactor;
	readonly passkeys: Passkeys;
}

/** Whoever's address is not known counts as one. */
const unknown = 'unknown';

export function openAccounts(database: Database): Accounts {
	const { accounts } = database;
	const guessing = openGuessing(database);
	const secondFactor = openSecondFactor(database);
	const passkeys = openPasskeys(database);

	const noteOf = (kind: AuditKind, person: Id | null, address: string | null, details: Record<string, string> = {}) =>
		note(database, { kind, actor: kind === 'sign-in' ? person : null, subject: person, address, details });

	/** Counts it, writes it down, and answers with `refusal`, or that it was one too many. */
	async function failed<Refusal>(refusal: Refusal, key: string | null, person: Id | null, address: string | null, by: string): Promise<Refusal | Locked> {
		const lockedUntil = await guessing.failed(key, address ?? unknown);
		await noteOf('sign-in.failed', person, address, { by });
		if (lockedUntil === null) return refusal;
		await noteOf('sign-in.locked', person, address, { by });
		return { lockedUntil };
	}

	async function locked(key: string | null, address: string | null): Promise<Locked | null> {
		const lockedUntil = await guessing.lockedUntil(key, address ?? unknown);
		return lockedUntil === null ? null : { lockedUntil };
	}

	/** Of a person, however they typed what they sign in by; else of what was typed. */
	const keyOf = (account: Account | null, identifier: string) => account?.person ?? identifier;

	return {
		secondFactor,
		passkeys,
		async signIn({ identifier, password, code }, address) {
			const identified = identify(identifier);
			const account = identified && (await accounts.findBy(identified));
			const key = keyOf(account, identified?.value ?? '');
			const before = await locked(key, address);
			if (before) return before;
			const right = await isPassword(account?.passwordHash ?? null, password);
			// others may have failed while this one was being looked at
			const meanwhile = await locked(key, address);
			if (meanwhile) return meanwhile;
			if (!right || !account) return failed('sign-in-wrong' as const, key, account?.person ?? null, address, 'password');
			if (account.deactivated) {
				await noteOf('sign-in.denied', account.person, address);
				return 'deactivated';
			}
			let by = 'password';
			if (account.secondFactor) {
				if (code === null) return 'second-factor-needed';
				const used = await secondFactor.use(account.person, code, Date.now());
				if (used === null) return failed('second-factor-wrong' as const, key, account.person, address, 'second-factor');
				by = used;
			}
			await guessing.succeeded(key, address ?? unknown);
			if (isOutdated(account.passwordHash!)) await accounts.renewHash(account.person, account.passwordHash!, await hashPassword(password));
			await noteOf('sign-in', account.person, address, { by });
			return { person: account.person };
		},
		async signInByPasskey(response, origin, address) {
			const before = await locked(null, address);
			if (before) return before;
			const person = await passkeys.signIn(response, origin);
			const account = person && (await accounts.find(person));
			if (!account) return failed('passkey-refused' as const, null, null, address, 'passkey');
			if (account.deactivated) {
				await noteOf('sign-in.denied', account.person, address);
				return 'deactivated';
			}
			await noteOf('sign-in', account.person, address, { by: 'passkey' });
			return { person: account.person };
		},
		async prove(person, password, address) {
			const before = await locked(person, address);
			if (before) return before;
			const account = await accounts.find(person);
			const right = await isPassword(account?.passwordHash ?? null, password);
			const meanwhile = await locked(person, address);
			if (meanwhile) return meanwhile;
			if (!right) return failed('password-wrong' as const, person, person, address, 'password');
			await guessing.succeeded(person, address ?? unknown);
			return 'proven';
		}
	};
}
