/**
 * Identity of everything we store: 20 characters of 5 bits each, so 100 random bits, short enough for a
 * Yjs document and safe in a URL, a file name and a log line.
 */
export type Id = string;

/** Lower-case Crockford base 32: no i, l, o, u, so an id read aloud is not misheard. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

export const idLength = 20;

const idPattern = new RegExp(`^[${alphabet}]{${idLength}}$`);

export const isId = (value: unknown): value is Id => typeof value === 'string' && idPattern.test(value);

/** An id out of random bytes (at least `idLength` of them; each gives its lowest 5 bits, without bias). */
export function idFrom(randomBytes: Uint8Array): Id {
	let id = '';
	for (let i = 0; i < idLength; i++) id += alphabet[randomBytes[i]! & 31];
	return id;
}
