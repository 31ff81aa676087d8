import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Damage } from '#realtime/protocol/frames.ts';

/** How a board's link stands. Replaced as a whole when anything of it changes. */
export interface LinkStatus {
	/** `ended`: the server closed for good, and said why */
	connection: 'connecting' | 'online' | 'offline' | 'ended';
	/** why the server closed, if it was the server */
	reason: CloseReason | null;
	/** the content is here, from this device or from the server */
	opened: boolean;
	/** own edits that the server has not acknowledged */
	unsaved: number;
	/** when the oldest of them was made, in milliseconds since 1970 */
	unsavedSince: number | null;
	/** words of a copy that was given up which are not in the document, for their writer to take along */
	words: readonly string[];
	/** what the server could not read of this document when it opened it; null: nothing */
	damage: Damage | null;
	/** it holds more than half of what a document may hold */
	halfFull: boolean;
}

/** How a link stands before anything is known of it. */
export const notLinkedYet: LinkStatus = {
	connection: 'connecting',
	reason: null,
	opened: false,
	unsaved: 0,
	unsavedSince: null,
	words: [],
	damage: null,
	halfFull: false
};
