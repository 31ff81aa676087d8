import { applyBatch } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Doc } from 'yjs';
import { contentsOf, followsOn } from '../boards/row.ts';
import type { LateStore } from '../ports.ts';
import { Turns } from '../turns.ts';

/** Why a decision about a late contribution is refused. It stands as it stood. */
export type LateRefusal =
	/** no such contribution to this meeting */
	| 'not-found'
	/** somebody has decided otherwise already */
	| 'late-decided'
	/** the document is not any more what these words were written in */
	| 'late-unfit';

export interface LateDeskWorld {
	late: Pick<LateStore, 'find' | 'decide'>;
	/** changes a document and shows it to everybody; resolves after the commit, rejects with what `change` throws */
	edit: (document: Id, person: null, change: (doc: Doc) => void) => Promise<void>;
	/** tells whom it concerns; called after the decision is kept */
	changed: (meeting: Id, author: Id) => void;
}

/** Where it is decided what becomes of late contributions. The same decision again changes nothing. */
export class LateDesk {
	readonly #world: LateDeskWorld;
	readonly #turns = new Turns<Id>();

	constructor(world: LateDeskWorld) {
		this.#world = world;
	}

	/**
	 * Admits a contribution into its document, under its author's own client ids, or declines it. Null: it is so now.
	 * Whoever asks may decide. Rejects with StorageError.
	 */
	decide(meeting: Id, id: Id, admitted: boolean, by: Id): Promise<LateRefusal | null> {
		const { late, edit, changed } = this.#world;
		return this.#turns.take(id, async () => {
			for (;;) {
				const found = await late.find(id);
				if (found?.meeting !== meeting) return 'not-found';
				if (found.admitted !== null) return found.admitted === admitted ? null : 'late-decided';
				// first into the document: if what follows fails, it is admitted again, and changes nothing
				if (admitted) {
					try {
						await edit(found.document, null, (doc) => admit(doc, found.update));
					} catch (error) {
						if (error instanceof Unfit) return 'late-unfit';
						throw error;
					}
				}
				if (await late.decide(id, found.update, { admitted, by })) {
					changed(meeting, found.person);
					return null;
				}
				// more of the same person's words have joined it meanwhile
			}
		});
	}
}

class Unfit extends Error {}

/** It passed the gate when it was kept, of a document that has only grown since, unless a backup was restored. */
function admit(doc: Doc, update: Uint8Array): void {
	if (!followsOn(doc, contentsOf(update))) throw new Unfit('a late contribution does not fit its document');
	applyBatch(doc, [update]);
}
