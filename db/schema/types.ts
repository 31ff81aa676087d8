import { sql } from 'drizzle-orm';
import { customType } from 'drizzle-orm/pg-core';

/** A point in time: milliseconds since 1970 in the program, a timestamp to the millisecond in the database. */
export const instant = customType<{ data: number; driverData: string }>({
	dataType: () => 'timestamp(3) with time zone',
	toDriver: (ms) => new Date(ms).toISOString(),
	fromDriver: (text) => Date.parse(text)
});

/** In SQL, what expression of a time it may be: milliseconds since 1970, as {@link instant} has them in the program. */
export const msOf = (time: string): string => `floor(extract(epoch from ${time}) * 1000)::bigint`;

/** Bytes, as they are. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** The database's own clock: what times are written by unless a column says otherwise. */
export const now = sql`clock_timestamp()`;

export const createdAt = () => instant('created_at').notNull().default(now);
