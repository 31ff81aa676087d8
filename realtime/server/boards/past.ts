import type { Id } from '#realtime/meeting/ids.ts';
import type { Surface } from '#realtime/meeting/meetings.ts';
import { StorageError, type DocumentStore } from '../ports.ts';
import { Turns } from '../turns.ts';
import { JobEnded, type Workbench } from '../workbench/workbench.ts';

/** Documents as they once stood, made of their logs beside the event loop. */
export class Past {
	readonly #documents: Pick<DocumentStore, 'load'>;
	readonly #workbench: Workbench;
	/** one is made at a time, so that trials have a worker */
	readonly #turns = new Turns<'all'>();
	/** what is being made: at the end of a step many ask for the same */
	readonly #asked = new Map<string, Promise<string | null>>();

	constructor(documents: Pick<DocumentStore, 'load'>, workbench: Workbench) {
		this.#documents = documents;
		this.#workbench = workbench;
	}

	/**
	 * What was to be read in a document when its log had come to row `seq`, and whether all of it can be read still: as JSON
	 * ({@link Stood}), since a large board takes long to put into words. Null: no such document. Rejects with
	 * StorageError if it may be had later, and with another error if it takes more than it may.
	 */
	asItStood(document: Id, seq: number, surface: Surface): Promise<string | null> {
		const key = `${document} ${seq}`;
		const under = this.#asked.get(key) ?? this.#turns.take('all', () => this.#make(document, seq, surface)).finally(() => this.#asked.delete(key));
		this.#asked.set(key, under);
		return under;
	}

	async #make(document: Id, seq: number, surface: Surface): Promise<string | null> {
		const stored = await this.#documents.load(document, seq);
		if (!stored) return null;
		try {
			return await this.#workbench.do('past', { stored, surface });
		} catch (cause) {
			if (cause instanceof JobEnded && !cause.excess) throw new StorageError('a document could not be made as it stood', { full: false, cause });
			throw cause;
		}
	}
}
