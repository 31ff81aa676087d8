import type { MeetingState } from './meetings.ts';
import { roles, type Role } from './roles.ts';

/** What one may want to do to a board. */
export const actions = ['board.see', 'board.write'] as const;
export type Action = (typeof actions)[number];

type Rule = (state: MeetingState) => boolean;
const always: Rule = () => true;
const never: Rule = () => false;
const untilClosed: Rule = (state) => state !== 'closed';
const whileLive: Rule = (state) => state === 'live';

/** The one table of rights: action × role, decided by the state of the meeting. */
const table: Record<Action, Record<Role, Rule>> = {
	'board.see': { facilitator: always, chair: always, member: always, observer: always, guest: whileLive },
	'board.write': { facilitator: untilClosed, chair: untilClosed, member: untilClosed, observer: never, guest: whileLive }
};

/** May somebody with this role do this, while the meeting is in this state? Whoever has no role may nothing. */
export const may = (role: Role | null, action: Action, state: MeetingState): boolean => role !== null && roles.includes(role) && table[action][role](state);
