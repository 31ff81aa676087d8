import type { LinkStatus } from '#realtime/client/link-status.ts';
import { limits } from '#realtime/meeting/limits.ts';

/** What the page may say of a person's words. `saved` only if the server has acknowledged every one of them. */
export type SavedState = 'opening' | 'saved' | 'saving' | 'unsaved' | 'offline' | 'ended';

/** What a link's status means for the person who writes, at this moment (milliseconds since 1970). */
export function savedStateOf({ connection, opened, unsaved, unsavedSince }: LinkStatus, now: number): SavedState {
	if (connection === 'ended') return 'ended';
	if (unsaved > 0) return unsavedSince !== null && now - unsavedSince >= limits.unsavedAfterMs ? 'unsaved' : 'saving';
	if (connection === 'online') return 'saved';
	return connection === 'offline' ? 'offline' : opened ? 'saving' : 'opening';
}

/** How long until {@link savedStateOf} may say something else without a change of the status; null: never. */
export const changesInMs = ({ connection, unsaved, unsavedSince }: LinkStatus, now: number): number | null =>
	connection !== 'ended' && unsaved > 0 && unsavedSince !== null && now - unsavedSince < limits.unsavedAfterMs
		? unsavedSince + limits.unsavedAfterMs - now
		: null;
