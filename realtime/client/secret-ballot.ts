import { RSABSSA } from '@cloudflare/blindrsa-ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Marks } from '#realtime/meeting/vote-rules.ts';

/**
 * The voter's half of a secret ballot (RFC 9474): a token is drawn and blinded here, signed by a server that does not
 * see it, and unblinded here again. Needs `crypto.subtle`, so a secure address.
 */

const suite = RSABSSA.SHA384.PSS.Deterministic();
const tokenBytes = 32;

/** A ballot on its way, as the voter's device keeps it: with it, everything can be asked for again after a reload. All bytes as base64. */
export interface SecretBallot {
	vote: Id;
	marks: Marks;
	token: string;
	/** what goes to the server to be signed, and what takes the blinding off again */
	blinded: string;
	inverse: string;
	/** null: not signed yet */
	signature: string | null;
}

/** A ballot under a new token. `key`: the vote's public key. */
export async function prepareBallot(vote: Id, key: string, marks: Marks): Promise<SecretBallot> {
	const token = crypto.getRandomValues(new Uint8Array(tokenBytes));
	const { blindedMsg, inv } = await suite.blind(await imported(key), token);
	return { vote, marks, token: base64(token), blinded: base64(blindedMsg), inverse: base64(inv), signature: null };
}

/** The ballot with its token signed. Rejects if that is no signature of the vote's key. */
export async function unblind(ballot: SecretBallot, key: string, blindSignature: string): Promise<SecretBallot & { signature: string }> {
	const signature = await suite.finalize(await imported(key), bytes(ballot.token), bytes(blindSignature), bytes(ballot.inverse));
	return { ...ballot, signature: base64(signature) };
}

/** What a ballot is found by after the closing: the digest of its token. */
export async function receiptOf({ token }: Pick<SecretBallot, 'token'>): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(token)));
	return [...digest.slice(0, 20)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const imported = (key: string): Promise<CryptoKey> => crypto.subtle.importKey('spki', bytes(key), { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
