import { clockOf } from '#realtime/board/replica.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { DocumentShape } from '#realtime/board/shapes.ts';
import type * as Y from 'yjs';
import { checkDeletions } from './check-deletions.ts';
import { Effort } from './effort.ts';
import { placeStructs } from './place-structs.ts';
import { Places } from './places.ts';
import type { ReadUpdate } from './read-update.ts';
import { Refused, type Refusal } from './refusal.ts';

/** The clients of whom an update brings something that the document does not have. */
export const bringsOf = (doc: Y.Doc, { sections }: ReadUpdate): number[] =>
	[...sections.values()].filter(({ client, end }) => end > clockOf(doc, client)).map(({ client }) => client);

/** What stands before a document: it takes what a page of ours could have written there, and nothing else. */
export class Gate {
	readonly #doc: Y.Doc;
	readonly #shape: DocumentShape;
	readonly #places: Places;
	readonly #whole: boolean;

	/** `whole`: nothing is taken out of a root that the shape does not have; else what is foreign may go with what it lies in. */
	constructor(doc: Y.Doc, shape: DocumentShape, { whole = false }: { whole?: boolean } = {}) {
		this.#doc = doc;
		this.#shape = shape;
		this.#whole = whole;
		this.#places = new Places(doc, shape);
	}

	/**
	 * Holds an update against the document as it stands, and changes nothing. `isNew`: is there anything in it that
	 * the document lacks? What passes can be applied: Yjs will neither throw nor wait for anything.
	 */
	weigh(read: ReadUpdate): { isNew: boolean } | Refusal {
		// what is large has been tried besides, and its time was taken
		const effort = new Effort(read.large ? limits.trialProcessorMs : limits.applyMs);
		try {
			placeStructs(this.#doc, this.#shape, this.#places, read, effort);
			const deletes = checkDeletions(this.#doc, this.#shape, this.#places, read, effort, this.#whole);
			return { isNew: deletes || bringsOf(this.#doc, read).length > 0 };
		} catch (error) {
			if (error instanceof Refused) return error.refusal;
			throw error;
		}
	}
}
