import { isIP } from 'node:net';
import type {
	AuthenticationResponseJSON,
	PublicKeyCredentialCreationOptionsJSON,
	PublicKeyCredentialRequestOptionsJSON,
	RegistrationResponseJSON
} from '@simplewebauthn/server';
import type { Database } from '#db/open.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { openChallenges } from './challenges.ts';

/** Keys that a device keeps and unlocks for its owner (WebAuthn): both factors in one. `origin`: of the page that asks. */
export interface Passkeys {
	/** What a browser makes a passkey with. Null: this address has no name, and no browser makes one for it. */
	toAdd(person: { id: Id; label: string; name: string }, origin: string): Promise<PublicKeyCredentialCreationOptionsJSON | null>;
	/** Keeps what the browser made. Null: it does not answer an open question of ours to this person, or is kept already. */
	add(person: Id, name: string, response: RegistrationResponseJSON, origin: string): Promise<{ id: string } | null>;
	/** What a browser finds a passkey with, whosever it is. Null: as above. */
	toSignIn(origin: string): Promise<PublicKeyCredentialRequestOptionsJSON | null>;
	/** Whose passkey answered. Null: nobody's, or not an open question of ours. */
	signIn(response: AuthenticationResponseJSON, origin: string): Promise<Id | null>;
}

/** A third of all modules, which no start has to wait for. */
const webAuthn = () => import('@simplewebauthn/server');

/** The name that passkeys are bound to: the host's. Null: it is a bare address, which browsers refuse. */
function relyingParty(origin: string): string | null {
	const { hostname } = new URL(origin);
	return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : null;
}

/** A challenge travels as the base64url of its bytes. */
const asSent = (text: string) => new Uint8Array(Buffer.from(text));
const asMade = (challenge: string) => Buffer.from(challenge, 'base64url').toString();

export function openPasskeys(database: Pick<Database, 'passkeys' | 'counts' | 'keys'>): Passkeys {
	const { passkeys } = database;
	const challenges = openChallenges(database);
	return {
		async toAdd({ id, label, name }, origin) {
			const rpID = relyingParty(origin);
			if (rpID === null) return null;
			const { generateRegistrationOptions } = await webAuthn();
			return generateRegistrationOptions({
				rpName: 'Hamandish',
				rpID,
				userID: asSent(id),
				userName: label,
				userDisplayName: name,
				challenge: asSent(await challenges.make(id)),
				timeout: limits.passkeyChallengeMs,
				attestationType: 'none',
				excludeCredentials: (await passkeys.of(id)).map(({ id, transports }) => ({ id, transports })),
				authenticatorSelection: { residentKey: 'required', userVerification: 'required' }
			});
		},
		async add(person, name, response, origin) {
			const rpID = relyingParty(origin);
			if (rpID === null) return null;
			const { verifyRegistrationResponse } = await webAuthn();
			const verified = await verifyRegistrationResponse({
				response,
				expectedChallenge: (challenge) => challenges.take(asMade(challenge), person),
				expectedOrigin: origin,
				expectedRPID: rpID
			}).catch(() => null);
			if (!verified?.verified) return null;
			const { id, publicKey, counter, transports = [] } = verified.registrationInfo.credential;
			return (await passkeys.add({ id, person, publicKey, counter, transports, name })) ? { id } : null;
		},
		async toSignIn(origin) {
			const rpID = relyingParty(origin);
			if (rpID === null) return null;
			const { generateAuthenticationOptions } = await webAuthn();
			return generateAuthenticationOptions({
				rpID,
				challenge: asSent(await challenges.make(null)),
				timeout: limits.passkeyChallengeMs,
				userVerification: 'required'
			});
		},
		async signIn(response, origin) {
			const rpID = relyingParty(origin);
			const passkey = rpID === null ? null : await passkeys.find(response.id);
			if (rpID === null || !passkey) return null;
			const { verifyAuthenticationResponse } = await webAuthn();
			const verified = await verifyAuthenticationResponse({
				response,
				expectedChallenge: (challenge) => challenges.take(asMade(challenge), null),
				expectedOrigin: origin,
				expectedRPID: rpID,
				credential: { id: passkey.id, publicKey: new Uint8Array(passkey.publicKey), counter: passkey.counter, transports: passkey.transports }
			}).catch(() => null);
			if (!verified?.verified) return null;
			const { userHandle } = response.response;
			if (userHandle !== undefined && asMade(userHandle) !== passkey.person) return null;
			return (await passkeys.use(passkey.id, verified.authenticationInfo.newCounter)) ? passkey.person : null;
		}
	};
}
