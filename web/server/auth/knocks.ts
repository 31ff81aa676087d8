import type { Database } from '#db/open.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { openSealing } from './sealing.ts';

/** Keeps whoever has a guest link from flooding a meeting with guests. */
export interface Knocks {
	/** Counts somebody who comes by a link. False: too many came by it, or from this network address (null: not known), just now. */
	admit(link: string, address: string | null): Promise<boolean>;
}

/** Counted in the database, for all processes. */
export function countKnocks(database: Pick<Database, 'counts' | 'keys'>): Knocks {
	const sealing = openSealing(database, 'counting');
	async function within(what: string, context: string, most: number): Promise<boolean> {
		const key = await sealing.digest(what, context);
		return (await database.counts.count([{ key }], limits.knockWindowMs)).get(key)!.times <= most;
	}
	return {
		// one address that is over its own limit must not use up the link's
		admit: async (link, address) =>
			(address === null || (await within(address, 'knocks from', limits.knocksPerAddress))) && (await within(link, 'knocks by', limits.knocksPerLink))
	};
}
