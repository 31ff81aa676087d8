import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Metrics } from '../metrics.ts';
import type { Append, DocumentStore } from '../ports.ts';

/**
 * The log of all documents: edits that arrive while a commit is under way share the next one.
 * `append` resolves after the commit, and rejects when the database could not do it; then the edit may or may
 * not be in the log, and only the log can tell. `generation`: of the document that the edit was made in; into another
 * one it is not appended.
 */
export interface Journal {
	append(document: Id, update: Uint8Array, generation: number): Promise<{ seq: number; at: number }>;
	/** resolves when nothing is under way */
	settled(): Promise<void>;
	readonly statistics: { commits: number; edits: number };
}

interface Waiting {
	row: Append;
	resolve: (place: { seq: number; at: number }) => void;
	reject: (error: unknown) => void;
}

export function journalOver(store: Pick<DocumentStore, 'append'>, metrics: Metrics): Journal {
	const waiting: Waiting[] = [];
	let writing: Promise<void> | null = null;
	const statistics = { commits: 0, edits: 0 };

	async function write(): Promise<void> {
		while (waiting.length > 0) {
			const batch = takeUpTo(limits.commitBytes, waiting, ({ row }) => row.update.byteLength);
			const began = performance.now();
			try {
				const places = await store.append(batch.map(({ row }) => row));
				statistics.commits++;
				statistics.edits += batch.length;
				metrics.took('commit', (performance.now() - began) / 1000);
				metrics.count('commits', null);
				metrics.count('edits', null, batch.length);
				batch.forEach(({ resolve }, i) => resolve(places[i]!));
			} catch (error) {
				metrics.count('failed_commits', null);
				for (const { reject } of batch) reject(error);
			}
		}
		writing = null;
	}

	return {
		append(document, update, generation) {
			return new Promise((resolve, reject) => {
				waiting.push({ row: { document, update, generation }, resolve, reject });
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

/** Takes from the front of a list as many as have this many bytes together, and at least one. */
export function takeUpTo<Item>(bytes: number, from: Item[], bytesOf: (item: Item) => number): Item[] {
	let taken = 0;
	let count = 0;
	while (count < from.length && (count === 0 || taken + bytesOf(from[count]!) <= bytes)) taken += bytesOf(from[count++]!);
	return from.splice(0, count);
}
