import type { Database } from '#db/open.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { openSealing } from './sealing.ts';

/**
 * Stops guessing. Only failures count: for an account from one address, for an account from anywhere, and for an
 * address whatever the account. Whoever gets in is never counted, so an office behind one address gets in as a whole.
 * It is counted in the database, for all processes, and by digests: what is typed as a name may be a password.
 */
export interface Guessing {
	/** When this account (null: no certain one) may be tried from this address again, in milliseconds since 1970; null: now. */
	lockedUntil(account: string | null, address: string): Promise<number | null>;
	/** Counts a failure; answers as {@link Guessing.lockedUntil} what follows from it. */
	failed(account: string | null, address: string): Promise<number | null>;
	/** The account's own mistakes at this address are forgiven. */
	succeeded(account: string, address: string): Promise<void>;
}

export function openGuessing(database: Pick<Database, 'counts' | 'keys'>): Guessing {
	const sealing = openSealing(database, 'counting');
	const pair = (account: string, address: string) => sealing.digest(JSON.stringify([account, address]), 'failures here');
	/** What is counted, and how many failures are too many. */
	async function keysOf(account: string | null, address: string): Promise<Map<string, number>> {
		const keys = new Map<string, number>([[await sealing.digest(address, 'failures from'), limits.failuresPerAddress]]);
		if (account === null) return keys;
		return keys
			.set(await pair(account, address), limits.failuresPerAccountAndAddress)
			.set(await sealing.digest(account, 'failures anywhere'), limits.failuresPerAccount);
	}

	const latest = (keys: ReadonlyMap<string, number>, counted: Awaited<ReturnType<Database['counts']['of']>>): number | null => {
		const waits = [...counted].flatMap(([key, { times, leftMs }]) => (times >= keys.get(key)! ? leftMs : []));
		return waits.length > 0 ? Date.now() + Math.max(...waits) : null;
	};

	return {
		async lockedUntil(account, address) {
			const keys = await keysOf(account, address);
			return latest(keys, await database.counts.of([...keys.keys()]));
		},
		async failed(account, address) {
			const keys = await keysOf(account, address);
			// the whole time from the last one, not what was left from the first
			const counting = [...keys].map(([key, fullAt]) => ({ key, fullAt }));
			return latest(keys, await database.counts.count(counting, limits.failuresMs));
		},
		succeeded: async (account, address) => database.counts.forget(await pair(account, address))
	};
}
