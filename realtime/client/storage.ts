import type { CloseReason } from '#realtime/protocol/close-codes.ts';

/**
 * Where a device keeps a board, so that what was written without a network survives a reload.
 * The page's is IndexedDB, a bot's is memory. A storage belongs to one person and one document.
 */
export interface BoardStorage {
	/**
	 * Everything kept, in the order it was kept. `unsent`: own edits that the server has not acknowledged; `refused`:
	 * why it will not take them, if it has said so.
	 */
	load(): Promise<{ updates: Uint8Array[]; unsent: { key: number; at: number; update: Uint8Array }[]; refused: CloseReason | null }>;
	/**
	 * Keeps an update and answers its key; one's own stays unsent until {@link BoardStorage.sent}. Once it has
	 * rejected it keeps nothing more: what follows on an edit that is not there would be worthless.
	 */
	keep(update: Uint8Array, own: boolean): Promise<number>;
	sent(keys: readonly number[]): Promise<void>;
	/** Notes that the server will not take what is unsent, so that it is not sent again. */
	refuse(reason: CloseReason): Promise<void>;
	/** Forgets the board on this device, all but own edits that are unsent. */
	clear(): Promise<void>;
	/** The generation of the document that is kept here (null: none is known), and the words that were set aside. */
	noted(): Promise<{ generation: number | null; words: readonly string[] }>;
	/** What is kept from now on is of this generation of the document. */
	begin(generation: number): Promise<void>;
	/** Forgets the board of the present generation, own edits that are unsent too, and keeps these words instead. */
	setAside(words: readonly string[]): Promise<void>;
	/** The words that were set aside are with the person, or not wanted. */
	dropWords(): Promise<void>;
}

/** A storage for as long as the process lives. */
export function memoryStorage(): BoardStorage {
	let next = 0;
	const updates = new Map<number, Uint8Array>();
	const unsent = new Map<number, number>();
	let generation: number | null = null;
	let words: readonly string[] = [];
	let refused: CloseReason | null = null;
	return {
		load: async () => ({ updates: [...updates.values()], unsent: [...unsent].map(([key, at]) => ({ key, at, update: updates.get(key)! })), refused }),
		async keep(update, own) {
			const key = next++;
			updates.set(key, update);
			if (own) unsent.set(key, Date.now());
			return key;
		},
		async sent(keys) {
			for (const key of keys) unsent.delete(key);
		},
		async refuse(reason) {
			if (unsent.size > 0) refused = reason;
		},
		async clear() {
			for (const key of [...updates.keys()]) if (!unsent.has(key)) updates.delete(key);
		},
		noted: async () => ({ generation, words }),
		async begin(present) {
			generation = present;
		},
		async setAside(more) {
			updates.clear();
			unsent.clear();
			generation = refused = null;
			words = [...new Set([...words, ...more])];
		},
		async dropWords() {
			words = [];
		}
	};
}
