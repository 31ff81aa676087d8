import { idFrom, idLength, type Id } from '#realtime/meeting/ids.ts';

/** A new id, in a browser and in Node alike. */
export const drawId = (): Id => idFrom(crypto.getRandomValues(new Uint8Array(idLength)));
