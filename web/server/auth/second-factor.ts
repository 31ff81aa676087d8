import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Database } from '#db/open.ts';
import { idFrom, type Id } from '#realtime/meeting/ids.ts';
import { latinDigits } from '#realtime/meeting/identifiers.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { openSealing } from './sealing.ts';

/** A second thing that only the person has: an authenticator app (RFC 6238), or one of ten codes on paper. */
export interface SecondFactor {
	/** A new secret, as an address for the app and as text; asked for once it is confirmed. Null: there is one in use. */
	begin(person: Id, label: string): Promise<{ address: string; secret: string } | null>;
	/** Puts it to use if the app shows this code: the recovery codes, shown this once. Null: it does not. */
	confirm(person: Id, code: string, now: number): Promise<string[] | null>;
	/** Uses up a code of the app, or a recovery code. Null: it is neither, or has been used. */
	use(person: Id, code: string, now: number): Promise<'authenticator' | 'recovery-code' | null>;
	/** New recovery codes in place of all that there were. Null: there is no second factor. */
	renewRecoveryCodes(person: Id): Promise<string[] | null>;
}

const issuer = 'Hamandish';
const secretBytes = 20;

const totp = (secret: Uint8Array, label = '') =>
	new TOTP({ issuer, label, secret: new Secret({ buffer: new Uint8Array(secret).buffer }), algorithm: 'SHA1', digits: 6, period: 30 });

/** A recovery code: 60 bits in three groups, without letters that are taken for one another. */
const newRecoveryCode = (): string =>
	idFrom(randomBytes(20))
		.slice(0, 12)
		.replace(/.{4}(?=.)/g, '$&-');

export function openSecondFactor(database: Pick<Database, 'secondFactors' | 'keys'>): SecondFactor {
	const { secondFactors } = database;
	const sealing = openSealing(database, 'second-factor');

	/** As somebody writes it from paper: capitals, spaces, and o for 0. */
	const digestOf = (person: Id, code: string) => sealing.digest(code.toLowerCase().replace(/[\s-]/g, '').replace(/o/g, '0').replace(/[il]/g, '1'), person);

	async function newCodes(person: Id): Promise<{ codes: string[]; digests: string[] }> {
		const codes = Array.from({ length: limits.recoveryCodes }, newRecoveryCode);
		return { codes, digests: await Promise.all(codes.map((code) => digestOf(person, code))) };
	}

	/** The time step that shows this code, a little before and after now; null: none. */
	function stepOf(secret: Uint8Array, code: string, now: number): number | null {
		const token = latinDigits(code).replace(/\s/g, '');
		if (!/^\d{6}$/.test(token)) return null;
		const delta = totp(secret).validate({ token, timestamp: now, window: limits.authenticatorSteps });
		return delta === null ? null : TOTP.counter({ period: 30, timestamp: now }) + delta;
	}

	return {
		async begin(person, label) {
			const secret = randomBytes(secretBytes);
			if (!(await secondFactors.begin(person, await sealing.seal(secret, person)))) return null;
			const made = totp(secret, label);
			return { address: made.toString(), secret: made.secret.base32 };
		},
		async confirm(person, code, now) {
			const found = await secondFactors.find(person);
			if (!found || found.confirmed) return null;
			const step = stepOf(await sealing.unseal(found.secret, person), code, now);
			if (step === null) return null;
			const { codes, digests } = await newCodes(person);
			return (await secondFactors.confirm(person, step, digests)) ? codes : null;
		},
		async use(person, code, now) {
			const found = await secondFactors.find(person);
			if (!found?.confirmed) return null;
			const step = stepOf(await sealing.unseal(found.secret, person), code, now);
			if (step !== null) return (await secondFactors.useStep(person, step)) ? 'authenticator' : null;
			return (await secondFactors.useRecoveryCode(person, await digestOf(person, latinDigits(code)))) ? 'recovery-code' : null;
		},
		async renewRecoveryCodes(person) {
			const { codes, digests } = await newCodes(person);
			return (await secondFactors.renewRecoveryCodes(person, digests)) ? codes : null;
		}
	};
}
