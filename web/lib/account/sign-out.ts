import { answerOf, api } from '#lib/api.ts';
import { deviceDatabaseOf, openDeviceDatabase, stores, transact, type KeptUpdate } from '#lib/document/device-database.ts';
import { forgetBallots } from '#lib/voting/kept-ballot.ts';
import type { Id } from '#realtime/meeting/ids.ts';

/** How many of a person's edits are on this device alone. */
export async function unsentEdits(person: Id): Promise<number> {
	const database = await openDeviceDatabase(person).catch(() => null);
	if (!database) return 0;
	const unsent = await transact<number>(database, stores.updates, 'readonly', (store, done) => {
		const request = store.getAll() as IDBRequest<KeptUpdate[]>;
		request.onsuccess = () => done(request.result.filter((row) => row.unsent === 1).length);
	}).catch(() => 0);
	database.close();
	return unsent ?? 0;
}

/** Ends this browser's session and leaves nothing of the person's boards and pages on the device. False: it did not work, and nothing was touched. */
export async function signOut(person: Id): Promise<boolean> {
	const answer = await answerOf(api(fetch)['sign-out'].$post());
	if (!answer.ok) return false;
	indexedDB.deleteDatabase(deviceDatabaseOf(person));
	forgetBallots(person);
	// caches exist only where a service worker may
	if ('caches' in globalThis) await Promise.all((await caches.keys()).filter((name) => name.startsWith('seen')).map((name) => caches.delete(name)));
	return true;
}
