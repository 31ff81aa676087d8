import { clockOf, contentsOf, type Contents } from '#realtime/board/replica.ts';
import { rootsOf } from '#realtime/board/schema.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Doc } from 'yjs';
import { mayWrite } from '../authorize.ts';
import type { Grant } from '../ports.ts';

/** An edit that has passed the door: its bytes, and what is in it. */
export interface Admitted {
	update: Uint8Array;
	contents: Contents;
	/** it may only repeat what the document holds; with anything else it is refused like this, or kept apart as `late` */
	unlessHeld: CloseReason | null;
}

/**
 * Reads an edit and holds it against what this person may write, without the document. `limitBytes`: of a live
 * edit, or of all that was written offline. `takesLate`: the page can be told that its words arrived late.
 */
export function examine(update: Uint8Array, grant: Grant, limitBytes: number, takesLate: boolean): Admitted | CloseReason {
	if (update.byteLength > limitBytes) return 'too-large';
	let contents: Contents;
	try {
		contents = contentsOf(update);
	} catch {
		return 'malformed';
	}
	const unlessHeld = refusalOf(grant, takesLate);
	if (unlessHeld !== null && unlessHeld !== 'late') {
		// every page answers the server's step 1, and that answer repeats all deletions
		return contents.structs.size === 0 ? { update, contents, unlessHeld } : unlessHeld;
	}
	if (contents.structs.size > limits.clientIdsPerUpdate) return 'not-allowed';
	if (contents.longestTextUnits > limits.textUnits) return 'too-large';
	for (const root of contents.roots) if (!rootsOf[grant.kind].includes(root)) return 'not-allowed';
	return { update, contents, unlessHeld };
}

/** Why whatever this person writes is refused now, if it is. */
function refusalOf(grant: Grant, takesLate: boolean): CloseReason | null {
	const writes = mayWrite(grant);
	if (writes === true) return null;
	if (writes === false) return 'read-only';
	return takesLate && grant.meeting !== null ? 'late' : 'meeting-closed';
}

/**
 * Does the edit follow on what the document holds? `ahead` carries the clocks of the batch that it is part of,
 * and is brought forward by it.
 */
export function followsOn(doc: Doc, { contents }: Pick<Admitted, 'contents'>, ahead: Map<number, number>): boolean {
	const known = (client: number) => ahead.get(client) ?? clockOf(doc, client);
	for (const [client, { from }] of contents.structs) if (from > known(client)) return false;
	const then = (client: number) => Math.max(contents.structs.get(client)?.to ?? 0, known(client));
	for (const [client, clock] of contents.references) if (clock >= then(client)) return false;
	for (const [client, to] of contents.deletes) if (to > then(client)) return false;
	for (const client of contents.structs.keys()) ahead.set(client, then(client));
	return true;
}
