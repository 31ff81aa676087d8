import { index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { instant } from './types.ts';

/** What all processes that serve the database have to know of each other's, for a while. */

/** How often something was done that is not to be done too often: a wrong password, a guest at a door, a question answered. */
export const counts = pgTable(
	'counts',
	{
		/** a digest, under the installation's key, of what is counted: of whom, and from which network address */
		key: text().primaryKey(),
		times: integer().notNull(),
		/** from then on it counts anew */
		until: instant().notNull()
	},
	(table) => [index('counts_until').on(table.until)]
);

/** Work that one process does for all: nobody else begins it before then. Who has begun it and is gone keeps it no longer than that. */
export const leases = pgTable('leases', {
	name: text().primaryKey(),
	until: instant().notNull()
});
