/**
 * Why a board's socket is closed by the server. The name travels as the close reason. y-websocket's provider
 * gives up on 4400–4499 (nothing changes by trying again) and comes back after everything else.
 */
export const closeCodes = {
	/** bytes that are no message of ours */
	malformed: 4400,
	/** there is no session, or it has ended */
	'signed-out': 4401,
	/** no such document, or none for this person: the two look alike */
	'not-found': 4404,
	/** this person may read and not write */
	'read-only': 4405,
	/** the same page is connected again, and that connection goes on */
	'taken-over': 4409,
	/** this page has come to hold something else than everybody: it drops its copy, and opens the document anew */
	diverged: 4410,
	/** a message, a text or a batch over its limit */
	'too-large': 4413,
	/** edits under a client id of somebody else, or into a part that this kind of document does not have */
	'not-allowed': 4422,
	/** the meeting has been closed */
	'meeting-closed': 4423,
	/** the meeting had been closed before these edits came: they are kept for its facilitator, and not on the board */
	late: 4424,
	/** the document was restored from a backup: what this page has is of a former generation, and must not be mixed with this one */
	restored: 4425,
	/** the page is of another version of the product: it is to be loaded anew */
	outdated: 4426,
	/** the document is as large as one may be: it is read, and takes only what makes it smaller */
	'document-full': 4428,
	/** more sockets or messages than honest pages need */
	'too-many': 4429,
	/** the server stops or starts again */
	restarting: 1012,
	/** this reader does not keep up: it is to come back and catch up */
	'too-slow': 4508,
	/** the database does not take edits at the moment */
	'storage-unavailable': 4503,
	/** the database has no room left */
	'storage-full': 4507
} as const;

export type CloseReason = keyof typeof closeCodes;

/** The reason behind a close event, null if the socket was closed by something else, such as the network. */
export function closeReason(code: number, reason: string): CloseReason | null {
	if (Object.hasOwn(closeCodes, reason) && closeCodes[reason as CloseReason] === code) return reason as CloseReason;
	return (Object.keys(closeCodes) as CloseReason[]).find((name) => closeCodes[name] === code) ?? null;
}

/** Does coming back make no difference? The range is y-websocket's. */
export const isFinal = (reason: CloseReason): boolean => closeCodes[reason] >= 4400 && closeCodes[reason] < 4500;

/** Was it an edit that the server will never take, however often it comes? */
export const isRefusal = (reason: CloseReason): boolean => refusals.includes(reason);

/** Is it what honest pages are hardly ever closed for, and never come back after by themselves? */
export const isAbuse = (reason: CloseReason): boolean => abuses.includes(reason);

const abuses: readonly CloseReason[] = ['malformed', 'not-allowed', 'too-large', 'too-many'];

const refusals: readonly CloseReason[] = ['malformed', 'not-allowed', 'too-large', 'document-full'];
