import { clockOf, contentsOf, type Contents } from '#realtime/board/replica.ts';
import { rootsOf } from '#realtime/board/schema.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { may } from '#realtime/meeting/permissions.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Doc } from 'yjs';
import type { Grant } from '../ports.ts';

/** An edit that has passed the door: its bytes, and what is in it. */
export interface Admitted {
	update: Uint8Array;
	contents: Contents;
}

/** Reads an edit and holds it against what this person may write, without the document. */
export function examine(update: Uint8Array, grant: Grant): Admitted | CloseReason | 'nothing new' {
	if (update.byteLength > limits.offlineFrameBytes) return 'too-large';
	let contents: Contents;
	try {
		contents = contentsOf(update);
	} catch {
		return 'malformed';
	}
	if (!may(grant.participant.role, 'board.write', grant.meetingState)) {
		// every page answers the server's step 1, and that answer repeats all deletions
		if (contents.structs.size === 0) return 'nothing new';
		return grant.meetingState === 'closed' && may(grant.participant.role, 'board.write', 'live') ? 'meeting-closed' : 'read-only';
	}
	if (contents.structs.size > limits.clientIdsPerUpdate) return 'not-allowed';
	if (contents.longestTextUnits > limits.textUnits) return 'too-large';
	for (const root of contents.roots) if (!rootsOf[grant.kind].includes(root)) return 'not-allowed';
	return { update, contents };
}

/**
 * Does the edit follow on what the document holds? `ahead` carries the clocks of the batch that it is part of,
 * and is brought forward by it.
 */
export function followsOn(doc: Doc, { contents }: Admitted, ahead: Map<number, number>): boolean {
	const known = (client: number) => ahead.get(client) ?? clockOf(doc, client);
	for (const [client, { from }] of contents.structs) if (from > known(client)) return false;
	for (const [client, { to }] of contents.structs) ahead.set(client, Math.max(to, known(client)));
	for (const [client, to] of contents.deletes) if (to > known(client)) return false;
	return true;
}
