import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { mayWrite } from '../../authorize.ts';
import type { Grant } from '../../ports.ts';
import { readUpdate, type ReadUpdate } from './read-update.ts';
import { refusalFor, type Refusal } from './refusal.ts';

/** An edit that has passed the door: read, and not yet held against the document. */
export interface Admitted {
	read: ReadUpdate;
	/** it brings back what was lost, which is taken also of whoever may write no more */
	isReturn: boolean;
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
	const refusal = refusalOf(grant, takesLate);
	// every page answers the server's step 1, and that answer repeats all deletions
	if (refusal !== null && refusal !== 'late' && read.structs > 0) return refusal;
	return { read, isReturn: false };
}

/**
 * As what an edit is refused now, or kept apart as `late`, unless the document holds all of it; null: it is taken.
 * To be asked when it is taken in, and not only when it comes: rights may have changed while it waited.
 */
export const unlessHeld = ({ isReturn }: Admitted, { grant, acknowledges }: { grant: Grant; acknowledges: boolean }): CloseReason | null =>
	isReturn ? null : refusalOf(grant, acknowledges);

/** Why whatever this person writes is refused now, if it is. */
function refusalOf(grant: Grant, takesLate: boolean): CloseReason | null {
	const writes = mayWrite(grant);
	if (writes === true) return null;
	if (!writes) return 'read-only';
	return takesLate && grant.meeting !== null ? 'late' : 'meeting-closed';
}
