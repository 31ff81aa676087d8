import type { Id } from '#realtime/meeting/ids.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { drawId } from '../draw-id.ts';
import type { LateStore } from '../ports.ts';
import type { LateEdits, LateWords } from './try-late.ts';

/** Whose words arrived too late, and for what. */
export interface Late {
	meeting: Id;
	document: Id;
	person: Id;
}

/**
 * Keeps edits that arrived for a document after its meeting was closed, as one contribution that waits for the
 * facilitator; the words of one person for one document wait together, so that they are to be kept one after the other.
 * What is kept already, or declined already, is not kept again. Resolves after the commit with `late`, or with why
 * nothing was kept. `tried`: holds them against the document beside what was brought before.
 */
export async function keepLate(
	store: Pick<LateStore, 'of' | 'keep'>,
	{ meeting, document, person }: Late,
	tried: (earlier: LateEdits['earlier']) => Promise<LateWords | CloseReason>
): Promise<{ reason: CloseReason; changed: boolean }> {
	for (;;) {
		const earlier = await store.of(document, person);
		const waiting = earlier.find(({ admitted }) => admitted === null);
		const words = await tried(earlier);
		if (typeof words === 'string') return { reason: words, changed: false };
		const contribution = { id: waiting?.id ?? drawId(), meeting, document, person, ...words };
		if (await store.keep(contribution, waiting?.update ?? null)) return { reason: 'late', changed: true };
		// somebody has decided about what waited: what is new now waits by itself
	}
}
