import type { Silence } from '#realtime/meeting/hand-over.ts';

/** Somebody who may conduct the meeting is there. */
export const conducted: Silence = { forMs: null, neededMs: 0, members: new Set(), agreed: new Set() };
