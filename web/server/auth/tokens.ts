import { createHash, randomBytes } from 'node:crypto';
import { idFrom, idLength, type Id } from '#realtime/meeting/ids.ts';

/** A fresh id of anything that is stored. */
export const newId = (): Id => idFrom(randomBytes(idLength));

/** A secret for a cookie or a link: 192 random bits in 32 characters that are safe in both. */
export const newToken = (): string => randomBytes(24).toString('base64url');

/** What is stored of a token: its SHA-256, from which nobody gets the token back. */
export const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Could this be a token of ours? Nothing else is looked up. */
export const isToken = (value: string): boolean => /^[\w-]{32}$/.test(value);
