/**
 * As much of IndexedDB as the device's stores use, in memory: transactions that run one after the other, commit
 * when nothing more is asked of them, and can be made to fail. Several storages over one of these are several tabs.
 */
export class FakeDeviceDatabase {
	readonly rows = new Map<string, Map<number, unknown>>();
	/** the next writing transaction aborts */
	refuses = false;
	#nextKey = 1;

	store(name: string): Map<number, unknown> {
		let rows = this.rows.get(name);
		if (!rows) this.rows.set(name, (rows = new Map()));
		return rows;
	}

	transaction(name: string, mode: string): unknown {
		const rows = this.store(name);
		const before = new Map(rows);
		const asked: (() => void)[] = [];
		const transaction = {
			oncomplete: null as (() => void) | null,
			onabort: null as (() => void) | null,
			error: new Error('refused'),
			objectStore: () => store
		};
		const ask = (run: () => unknown) => {
			const request = { result: undefined as unknown, onsuccess: null as (() => void) | null };
			asked.push(() => {
				request.result = run();
				request.onsuccess?.();
			});
			return request;
		};
		const of = (document: string) => [...rows].filter(([, row]) => (row as { document?: string }).document === document).sort(([a], [b]) => a - b);
		const index = {
			getAll: (document: string) => ask(() => of(document).map(([, row]) => row)),
			getAllKeys: (document: string) => ask(() => of(document).map(([key]) => key)),
			openCursor: (document: string) => {
				const found = of(document);
				let at = 0;
				const request = { result: null as unknown, onsuccess: null as (() => void) | null };
				const step = () =>
					asked.push(() => {
						const row = found[at++];
						request.result = row && { value: row[1], delete: () => rows.delete(row[0]), continue: step };
						request.onsuccess?.();
					});
				step();
				return request;
			}
		};
		const store = {
			add: (value: unknown) => ask(() => (rows.set(this.#nextKey, structuredClone(value)), this.#nextKey++)),
			put: (value: unknown, key: number) => ask(() => rows.set(key, structuredClone(value))),
			get: (key: number) => ask(() => rows.get(key)),
			delete: (key: number) => ask(() => rows.delete(key)),
			getAllKeys: (_range: null, count: number) => ask(() => [...rows.keys()].sort((a, b) => a - b).slice(0, count)),
			index: () => index
		};
		queueMicrotask(() => {
			for (let next = asked.shift(); next; next = asked.shift()) next();
			if (mode === 'readwrite' && this.refuses) {
				this.refuses = false;
				this.rows.set(name, before);
				transaction.onabort?.();
			} else transaction.oncomplete?.();
		});
		return transaction;
	}

	/** As the stores take it. */
	get database(): IDBDatabase {
		return this as unknown as IDBDatabase;
	}
}
