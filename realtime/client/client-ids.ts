import { limits } from '#realtime/meeting/limits.ts';

/** The client ids leased to a device, each for one page load: an id used twice would make replicas differ for ever. */
export interface ClientIdPool {
	/** takes one out, so that no other page gets it; null: none left */
	take(): Promise<number | null>;
	put(ids: readonly number[]): Promise<void>;
	/** asks the server for new ones; rejects without a network */
	lease(count: number): Promise<number[]>;
}

/**
 * A client id that no page has had. Works without a network while the device has leased ids left, and
 * refills them otherwise. Rejects when there is neither an id nor a network.
 */
export async function takeClientId(pool: ClientIdPool): Promise<number> {
	// a device that cannot keep ids still gets one from the server
	const kept = await pool.take().catch(() => null);
	const refill = pool.lease(limits.leasedClientIds);
	if (kept !== null) {
		// without a network the pool is refilled by the next page that has one
		refill.then((ids) => pool.put(ids)).catch(() => {});
		return kept;
	}
	const [own, ...ahead] = await refill;
	if (own === undefined) throw new Error('the server leased no client id');
	void pool.put(ahead).catch(() => {});
	return own;
}
