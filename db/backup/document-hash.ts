import * as Y from 'yjs';
import { canonicalHash } from '#realtime/board/canonical.ts';
import { applyBatch } from '#realtime/board/replica.ts';

/** A document put together from what is stored of it, in its order: the pieces of its snapshot, then the log after it. */
export class StoredDocumentHash {
	readonly #doc = new Y.Doc();
	#pieces: Uint8Array[] = [];

	piece(bytes: Uint8Array): void {
		this.#pieces.push(bytes);
	}

	/** What cannot be read is left out, here and wherever the same rows are looked at again. */
	update(bytes: Uint8Array): void {
		this.#takeSnapshot();
		this.#apply(bytes);
	}

	/** The hash of what it holds. The last that is asked of it. */
	end(): string {
		this.#takeSnapshot();
		const hash = canonicalHash(this.#doc);
		this.#doc.destroy();
		return hash;
	}

	#takeSnapshot(): void {
		if (this.#pieces.length > 0) this.#apply(Buffer.concat(this.#pieces.splice(0)));
	}

	#apply(bytes: Uint8Array): void {
		try {
			applyBatch(this.#doc, [bytes]);
		} catch {
			// a row of the log that is damaged is backed up as it is
		}
	}
}
