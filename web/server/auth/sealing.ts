import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { KeyStore } from '#db/stores/keys.ts';

/** Keeps what must be read again from being read in the database alone, and digests what is too short to be digested openly. */
export interface Sealing {
	/** `context`: what it belongs to; it opens nowhere else */
	seal(secret: Uint8Array, context: string): Promise<Uint8Array>;
	/** Rejects if it was sealed with another key, for another context, or was changed. */
	unseal(sealed: Uint8Array, context: string): Promise<Uint8Array>;
	/** A digest that nobody can make without the key. */
	digest(secret: string, context: string): Promise<string>;
}

/** AES-256-GCM (NIST SP 800-38D): 12 bytes of nonce, 16 of tag, then the text. */
const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Seals with the installation's key of this name, which the first use makes. */
export function openSealing({ keys }: { keys: KeyStore }, name: string): Sealing {
	let kept: Promise<Uint8Array> | null = null;
	const key = () =>
		(kept ??= keys.key(name, randomBytes(32)).catch((error: unknown) => {
			kept = null;
			throw error;
		}));
	return {
		async seal(secret, context) {
			const nonce = randomBytes(nonceBytes);
			const cipher = createCipheriv(algorithm, await key(), nonce).setAAD(Buffer.from(context));
			const text = Buffer.concat([cipher.update(secret), cipher.final()]);
			return Buffer.concat([nonce, cipher.getAuthTag(), text]);
		},
		async unseal(sealed, context) {
			const decipher = createDecipheriv(algorithm, await key(), sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
				.setAAD(Buffer.from(context))
				.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
			return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
		},
		digest: async (secret, context) =>
			createHmac('sha256', await key())
				.update(`${context}\n${secret}`)
				.digest('base64url')
	};
}
