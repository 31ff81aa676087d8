import type { Connection } from '../connection.ts';

/** How often something was done, and for how long that still counts. */
export interface Count {
	times: number;
	/** milliseconds */
	leftMs: number;
}

/** Counts things for a while, over all processes and restarts. By the database's clock. */
export interface CountStore {
	/**
	 * Counts each of these once more, and answers all of them. They count for this long from the first; `fullAt`: by this
	 * one, for as long again.
	 */
	count(keys: readonly { key: string; fullAt?: number }[], forMs: number): Promise<Map<string, Count>>;
	/** Those of the keys that have been counted. */
	of(keys: readonly string[]): Promise<Map<string, Count>>;
	forget(key: string): Promise<void>;
	/** Removes what counts no longer. */
	removeExpired(): Promise<void>;
}

export function countStore(connection: Connection): CountStore {
	const asMap = (rows: readonly { key: string; times: number; left: number }[]) =>
		new Map(rows.map(({ key, times, left }): [string, Count] => [key, { times, leftMs: Math.ceil(left) }]));

	return {
		async count(keys, forMs) {
			// in one order, so that no two wait for each other
			const sorted = keys.toSorted((a, b) => (a.key < b.key ? -1 : 1));
			const rows = await connection.run(
				({ sql }) => sql<{ key: string; times: number; left: number }[]>`
					insert into counts as c (key, times, until)
					select key, 1, clock_timestamp() + make_interval(secs => ${forMs / 1000}) from unnest(${sorted.map(({ key }) => key)}::text[]) as k (key)
					on conflict (key) do update set
						times = case when c.until <= clock_timestamp() then 1 else c.times + 1 end,
						until = case
							when c.until <= clock_timestamp()
								or c.times + 1 = (select full_at from unnest(${sorted.map(({ key }) => key)}::text[], ${sorted.map(({ fullAt = 0 }) => fullAt)}::int[]) as f (key, full_at) where f.key = c.key)
							then excluded.until else c.until end
					returning key, times, (extract(epoch from until - clock_timestamp()) * 1000)::float as left`
			);
			return asMap(rows);
		},

		async of(keys) {
			const rows = await connection.run(
				({ sql }) => sql<{ key: string; times: number; left: number }[]>`
					select key, times, (extract(epoch from until - clock_timestamp()) * 1000)::float as left from counts
					where key = any(${[...keys]}) and until > clock_timestamp()`
			);
			return asMap(rows);
		},

		async forget(key) {
			await connection.run(({ sql }) => sql`delete from counts where key = ${key}`);
		},

		async removeExpired() {
			// what is just being counted anew is left out: neither waits for the other
			await connection.run(({ sql }) => sql`delete from counts where key in (select key from counts where until < clock_timestamp() for update skip locked)`);
		}
	};
}
