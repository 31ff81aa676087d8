import type { CloseReason } from '#realtime/protocol/close-codes.ts';

/** The stores of a person's database on this device. */
export const stores = { updates: 'updates', clientIds: 'client-ids', documents: 'documents' } as const;

/** A piece of a document as it is kept: `unsent` is 1 for an own edit that the server has not acknowledged. */
export interface KeptUpdate {
	document: string;
	update: Uint8Array;
	unsent: 0 | 1;
	/** why the server will not take it, if it has said so of an unsent one */
	refused?: CloseReason;
	/** milliseconds since 1970 */
	at: number;
	/** of the document, as far as the page knew it; rows of another one than is noted are no part of it any more */
	generation?: number | null;
}

/** What is noted of a document beside its updates. */
export interface KeptDocument {
	generation: number | null;
	words: readonly string[];
}

const version = 2;

/** The name of a person's database. */
export const deviceDatabaseOf = (person: string): string => `hamandish-${person}`;

/** Opens the database of one person on this device. Rejects where the browser refuses one. */
export function openDeviceDatabase(person: string): Promise<IDBDatabase> {
	return new Promise((resolve, reject) => {
		const request = indexedDB.open(deviceDatabaseOf(person), version);
		request.onupgradeneeded = () => {
			const there = request.result.objectStoreNames;
			if (!there.contains(stores.updates)) request.result.createObjectStore(stores.updates, { autoIncrement: true }).createIndex('document', 'document');
			for (const store of [stores.clientIds, stores.documents]) if (!there.contains(store)) request.result.createObjectStore(store);
		};
		request.onsuccess = () => {
			// a tab with a newer version must not wait for this one
			request.result.onversionchange = () => request.result.close();
			resolve(request.result);
		};
		request.onerror = () => reject(request.error ?? new Error('no device database'));
		request.onblocked = () => reject(new Error('the device database is held by an older tab'));
	});
}

/** Runs requests in one transaction and answers, after its commit, what `work` gave. Rejects if it did not commit. */
export function transact<Result>(
	database: IDBDatabase,
	store: string,
	mode: IDBTransactionMode,
	work: (store: IDBObjectStore, done: (result: Result) => void) => void
): Promise<Result | undefined> {
	return new Promise((resolve, reject) => {
		const transaction = database.transaction(store, mode);
		let result: Result | undefined;
		transaction.oncomplete = () => resolve(result);
		transaction.onabort = () => reject(transaction.error ?? new Error('the device database did not take it'));
		work(transaction.objectStore(store), (value) => (result = value));
	});
}
