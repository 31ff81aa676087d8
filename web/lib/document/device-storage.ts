import { mergedOf } from '#realtime/board/replica.ts';
import { memoryStorage, type BoardStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { stores, transact, type KeptDocument, type KeptUpdate } from './device-database.ts';

/** Rows beyond this are merged into one when the board is opened: a few screens of writing. */
const compactAfterRows = 100;

export interface DeviceStorage extends BoardStorage {
	/** own edits that this device has not kept: leaving the page while the server has not acknowledged them would lose them */
	readonly unkept: number;
	/** Forgets everything of this document, own edits that never arrived too. */
	forget(): Promise<void>;
}

/**
 * A board kept in the person's database on this device. Several tabs may use it at once: each adds rows of its
 * own, and merging rows twice changes nothing. Without a database it is kept for as long as the page lives.
 */
export function deviceStorage(database: IDBDatabase | null, document: Id): DeviceStorage {
	if (!database) return memoryOnly();
	let keeping = 0;
	let lost = 0;
	/** why it keeps nothing more */
	let broken: unknown = null;
	/** of what this page keeps */
	let generation: number | null = null;

	const noted = async (): Promise<KeptDocument> =>
		(await transact<KeptDocument>(database, stores.documents, 'readonly', (store, done) => {
			const request = store.get(document) as IDBRequest<KeptDocument | undefined>;
			request.onsuccess = () => request.result && done(request.result);
		})) ?? { generation: null, words: [] };
	const note = (change: (before: KeptDocument) => KeptDocument) =>
		transact(database, stores.documents, 'readwrite', (store) => {
			const request = store.get(document) as IDBRequest<KeptDocument | undefined>;
			request.onsuccess = () => store.put(change(request.result ?? { generation: null, words: [] }), document);
		});

	return {
		get unkept() {
			return keeping + lost;
		},

		async load() {
			({ generation } = await noted());
			// a tab that still shows a former generation keeps rows of it
			const rows = (await rowsOf(database, document)).filter(([, row]) => generation === null || (row.generation ?? generation) === generation);
			const sent = rows.filter(([, row]) => row.unsent === 0);
			// on a full device it stays as it is, and is opened all the same
			if (sent.length > compactAfterRows) await compact(database, document, generation, sent).catch(() => {});
			return {
				updates: rows.map(([, row]) => row.update),
				unsent: rows.flatMap(([key, row]) => (row.unsent === 1 ? [{ key, at: row.at, update: row.update }] : [])),
				refused: rows.find(([, row]) => row.unsent === 1 && row.refused)?.[1].refused ?? null
			};
		},

		async keep(update, own) {
			const row: KeptUpdate = { document, update, unsent: own ? 1 : 0, at: Date.now(), generation };
			if (own) keeping++;
			try {
				if (broken) throw broken;
				const key = await transact<IDBValidKey>(database, stores.updates, 'readwrite', (store, done) => {
					const request = store.add(row);
					request.onsuccess = () => done(request.result);
				});
				return key as number;
			} catch (error) {
				broken ??= error;
				if (own) lost++;
				throw error;
			} finally {
				if (own) keeping--;
			}
		},

		async sent(keys) {
			if (keys.length === 0) return;
			await transact(database, stores.updates, 'readwrite', (store) => {
				for (const key of keys) {
					const request = store.get(key) as IDBRequest<KeptUpdate | undefined>;
					request.onsuccess = () => {
						if (request.result) store.put({ ...request.result, unsent: 0 } satisfies KeptUpdate, key);
					};
				}
			});
		},

		async refuse(reason) {
			await transact(database, stores.updates, 'readwrite', (store) => {
				const request = store.index('document').openCursor(IDBKeyRange.only(document));
				request.onsuccess = () => {
					const cursor = request.result;
					if (!cursor) return;
					const row = cursor.value as KeptUpdate;
					if (row.unsent === 1) cursor.update({ ...row, refused: reason } satisfies KeptUpdate);
					cursor.continue();
				};
			});
		},

		async forget() {
			await transact(database, stores.updates, 'readwrite', (store) => {
				const request = store.index('document').getAllKeys(document);
				request.onsuccess = () => {
					for (const key of request.result) store.delete(key);
				};
			});
		},

		async clear() {
			await transact(database, stores.updates, 'readwrite', (store) => {
				const request = store.index('document').openCursor(IDBKeyRange.only(document));
				request.onsuccess = () => {
					const cursor = request.result;
					if (!cursor) return;
					// one's own words that never arrived stay, to be exported
					if ((cursor.value as KeptUpdate).unsent === 0) cursor.delete();
					cursor.continue();
				};
			});
		},

		noted,

		async begin(present) {
			generation = present;
			await note((before) => ({ ...before, generation: present }));
		},

		async setAside(words) {
			// the words first: what is there twice can be dropped, and what is nowhere cannot be brought back
			await note((before) => ({ ...before, words: [...new Set([...before.words, ...words])] }));
			const former = generation;
			await transact(database, stores.updates, 'readwrite', (store) => {
				const request = store.index('document').openCursor(IDBKeyRange.only(document));
				request.onsuccess = () => {
					const cursor = request.result;
					if (!cursor) return;
					if (((cursor.value as KeptUpdate).generation ?? former) === former) cursor.delete();
					cursor.continue();
				};
			});
			// another tab may have begun with the present generation already
			await note((before) => (before.generation === former ? { ...before, generation: null } : before));
			keeping = lost = 0;
		},

		dropWords: () => note((before) => ({ ...before, words: [] })).then(() => {})
	};
}

function memoryOnly(): DeviceStorage {
	const memory = memoryStorage();
	const unsent = new Set<number>();
	return {
		...memory,
		get unkept() {
			return unsent.size;
		},
		async keep(update, own) {
			const key = await memory.keep(update, own);
			if (own) unsent.add(key);
			return key;
		},
		async sent(keys) {
			for (const key of keys) unsent.delete(key);
			await memory.sent(keys);
		},
		async setAside(words) {
			unsent.clear();
			await memory.setAside(words);
		},
		async forget() {
			unsent.clear();
		}
	};
}

async function rowsOf(database: IDBDatabase, document: Id): Promise<[number, KeptUpdate][]> {
	const rows: [number, KeptUpdate][] = [];
	await transact(database, stores.updates, 'readonly', (store) => {
		const index = store.index('document');
		const keys = index.getAllKeys(document);
		const values = index.getAll(document) as IDBRequest<KeptUpdate[]>;
		// requests of a transaction are answered in the order they were made
		values.onsuccess = () => {
			for (const [at, row] of values.result.entries()) rows.push([keys.result[at] as number, row]);
		};
	});
	return rows;
}

/** Replaces rows by one that holds all they hold. Two tabs that do it at once keep the same content twice, and lose none. */
async function compact(database: IDBDatabase, document: Id, generation: number | null, rows: readonly [number, KeptUpdate][]): Promise<void> {
	const merged: KeptUpdate = { document, update: mergedOf(rows.map(([, row]) => row.update)), unsent: 0, at: Date.now(), generation };
	await transact(database, stores.updates, 'readwrite', (store) => {
		store.add(merged);
		for (const [key] of rows) store.delete(key);
	});
}
