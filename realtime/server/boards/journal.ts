import type { Id } from '#realtime/meeting/ids.ts';
import type { Append, DocumentStore } from '../ports.ts';

/**
 * The log of all documents: edits that arrive while a commit is under way share the next one.
 * `append` resolves after the commit, and rejects when the database could not do it; then the edit may or may
 * not be in the log, and only the log can tell.
 */
export interface Journal {
	append(document: Id, update: Uint8Array): Promise<{ seq: number; at: number }>;
	/** resolves when nothing is under way */
	settled(): Promise<void>;
	readonly statistics: { commits: number; edits: number };
}

interface Waiting {
	row: Append;
	resolve: (place: { seq: number; at: number }) => void;
	reject: (error: unknown) => void;
}

export function journalOver(store: Pick<DocumentStore, 'append'>): Journal {
	let waiting: Waiting[] = [];
	let writing: Promise<void> | null = null;
	const statistics = { commits: 0, edits: 0 };

	async function write(): Promise<void> {
		while (waiting.length > 0) {
			const batch = waiting;
			waiting = [];
			try {
				const places = await store.append(batch.map(({ row }) => row));
				statistics.commits++;
				statistics.edits += batch.length;
				batch.forEach(({ resolve }, i) => resolve(places[i]!));
			} catch (error) {
				for (const { reject } of batch) reject(error);
			}
		}
		writing = null;
	}

	return {
		append(document, update) {
			return new Promise((resolve, reject) => {
				waiting.push({ row: { document, update }, resolve, reject });
				// in a microtask, so that all rooms that flush in this turn share the commit
				writing ??= Promise.resolve().then(write);
			});
		},
		settled: async () => {
			while (writing) await writing;
		},
		statistics
	};
}
