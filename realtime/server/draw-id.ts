import { randomBytes } from 'node:crypto';
import { idFrom, idLength, type Id } from '#realtime/meeting/ids.ts';

/** A new id. */
export const drawId = (): Id => idFrom(randomBytes(idLength));
