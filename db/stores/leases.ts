import type { Connection } from '../connection.ts';

/** Work that one of several processes does for all. By the database's clock. */
export interface LeaseStore {
	/** Takes this work for so long, unless somebody has it. */
	take(name: string, forMs: number): Promise<boolean>;
	/** It may be begun again at once; by whoever has it. */
	giveBack(name: string): Promise<void>;
	/** Removes those that nobody has any more. */
	removeExpired(): Promise<void>;
}

export function leaseStore(connection: Connection): LeaseStore {
	return {
		async take(name, forMs) {
			const taken = await connection.run(
				({ sql }) => sql`
					insert into leases as l (name, until) values (${name}, clock_timestamp() + make_interval(secs => ${forMs / 1000}))
					on conflict (name) do update set until = excluded.until where l.until <= clock_timestamp()
					returning name`
			);
			return taken.length > 0;
		},

		giveBack: async (name) => void (await connection.run(({ sql }) => sql`delete from leases where name = ${name}`)),
		removeExpired: async () => void (await connection.run(({ sql }) => sql`delete from leases where until <= clock_timestamp()`))
	};
}
