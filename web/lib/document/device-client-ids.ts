import type { ClientIdPool } from '#realtime/client/client-ids.ts';
import { stores, transact } from './device-database.ts';

/** The client ids leased to this device. Without a database every page asks the server for one. */
export function deviceClientIds(database: IDBDatabase | null, lease: ClientIdPool['lease']): ClientIdPool {
	return {
		lease,
		async take() {
			if (!database) return null;
			// taken out in the transaction that finds it, so that no other tab gets it
			const id = await transact<number>(database, stores.clientIds, 'readwrite', (store, done) => {
				const request = store.getAllKeys(null, 1);
				request.onsuccess = () => {
					const [key] = request.result;
					if (key === undefined) return;
					store.delete(key);
					done(key as number);
				};
			});
			return id ?? null;
		},
		async put(ids) {
			if (!database || ids.length === 0) return;
			await transact(database, stores.clientIds, 'readwrite', (store) => {
				for (const id of ids) store.put(Date.now(), id);
			});
		}
	};
}
