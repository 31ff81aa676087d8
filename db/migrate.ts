import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import { client, type Address } from './connection.ts';

/** Any number, the same for ever: processes that start together migrate one after the other. */
const lockNumber = 4_118_221_405;

/**
 * Brings the schema of the database up to date; does nothing if it is. On a connection of its own: the migrator
 * opens its own transaction, and the lock belongs to the session.
 */
export async function migrate(address: Address): Promise<void> {
	const sql = client(address, { max: 1 });
	try {
		// a change of the schema, or another process's, may take its time
		await sql`set statement_timeout = 0`;
		await sql`select pg_advisory_lock(${lockNumber})`;
		await applyMigrations(drizzle(sql), {
			migrationsFolder: path.dirname(path.dirname(fileURLToPath(import.meta.resolve('#db/migrations/meta/_journal.json'))))
		});
		await sql`select pg_advisory_unlock(${lockNumber})`;
	} finally {
		await sql.end({ timeout: 5 });
	}
}
