import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { mayWrite } from '../../authorize.ts';
import type { Grant } from '../../ports.ts';
import { readUpdate, type ReadUpdate } from './read-update.ts';
import { refusalFor, type Refusal } from './refusal.ts';

/** An edit that has passed the door: read, and not yet held against the document. */
export interface Admitted {
	read: ReadUpdate;
	/** it may only repeat what the document holds; with anything else it is refused like this, or kept apart as `late` */
	unlessHeld: CloseReason | null;
}

/** Structs and ranges of deletions of an edit: what taking it in costs grows with them. */
export const piecesOf = ({ read }: Admitted): number => read.structs + read.deletions.length;

/**
 * Reads an edit and holds it against what this person may write, without the document. `limitBytes`: of a live
 * edit, or of all that was written offline. `takesLate`: the page can be told that its words arrived late.
 */
export function examine(update: Uint8Array, grant: Grant, limitBytes: number, takesLate: boolean): Admitted | Refusal | CloseReason {
	if (update.byteLength > limitBytes) return refusalFor('too-many-bytes');
	const read = readUpdate(update);
	if ('because' in read) return read;
	const unlessHeld = refusalOf(grant, takesLate);
	// every page answers the server's step 1, and that answer repeats all deletions
	if (unlessHeld !== null && unlessHeld !== 'late' && read.structs > 0) return unlessHeld;
	return { read, unlessHeld };
}

/** Why whatever this person writes is refused now, if it is. */
function refusalOf(grant: Grant, takesLate: boolean): CloseReason | null {
	const writes = mayWrite(grant);
	if (writes === true) return null;
	if (writes === false) return 'read-only';
	return takesLate && grant.meeting !== null ? 'late' : 'meeting-closed';
}
