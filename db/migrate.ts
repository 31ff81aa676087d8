import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import { client, type Address, type Sql } from './connection.ts';
import { SchemaOfAnotherVersion } from './errors.ts';

/** Any number, the same for ever: processes that change the schema do so one after the other. */
const lockNumber = 4_118_221_405;

const folder = path.dirname(path.dirname(fileURLToPath(import.meta.resolve('#db/migrations/meta/_journal.json'))));

/** A change of the schema: its time in the journal, which names it, and what it does. */
export type Migration = Pick<ReturnType<typeof readMigrationFiles>[number], 'folderMillis' | 'hash' | 'sql'>;

/** All changes of the schema that this version knows, in order. */
export const migrations: readonly Migration[] = readMigrationFiles({ migrationsFolder: folder });

const newest = migrations.at(-1)!.folderMillis;

/** The changes that a database has had, by their times in the journal. */
export async function appliedMigrations(sql: Sql): Promise<number[]> {
	const [found] = await sql<{ there: boolean }[]>`select to_regclass('drizzle.__drizzle_migrations') is not null as there`;
	if (!found!.there) return [];
	return (await sql<{ created_at: number }[]>`select created_at from drizzle.__drizzle_migrations order by created_at`).map((row) => row.created_at);
}

/** Makes changes of the schema in a transaction that is open, and notes them as the migrator does. */
export async function applyWithin(sql: Sql, some: readonly Migration[]): Promise<void> {
	await sql`create schema if not exists drizzle`;
	await sql`create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`;
	for (const { sql: statements, hash, folderMillis } of some) {
		for (const statement of statements) await sql.unsafe(statement);
		await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`;
	}
}

/** Keeps others from changing the schema until this transaction ends. */
export const lockSchema = (sql: Sql): PromiseLike<unknown> => sql`select pg_advisory_xact_lock(${lockNumber})`;

/** Is the schema this version's? Throws {@link SchemaOfAnotherVersion} if not, and changes nothing. */
export async function holdToVersion(address: Address): Promise<void> {
	const sql = client(address, { max: 1 });
	try {
		const last = (await appliedMigrations(sql)).at(-1) ?? 0;
		if (last !== newest) throw new SchemaOfAnotherVersion(last > newest ? 'later' : 'former');
	} finally {
		await sql.end({ timeout: 5 });
	}
}

/**
 * Brings the schema of the database up to date; does nothing if it is. On a connection of its own: the migrator
 * opens its own transaction, and the lock belongs to the session. `before` runs where a schema that was made by a former version is changed.
 * Throws {@link SchemaOfAnotherVersion} if a later one has been here.
 */
export async function migrate(address: Address, before: () => Promise<void> = async () => {}): Promise<void> {
	const sql = client(address, { max: 1 });
	try {
		// a change of the schema, or another process's, may take its time
		await sql`set statement_timeout = 0`;
		await sql`select pg_advisory_lock(${lockNumber})`;
		const last = (await appliedMigrations(sql)).at(-1);
		if (last !== undefined && last > newest) throw new SchemaOfAnotherVersion('later');
		if (last !== undefined && last < newest) await before();
		await applyMigrations(drizzle(sql), { migrationsFolder: folder });
		await sql`select pg_advisory_unlock(${lockNumber})`;
	} finally {
		await sql.end({ timeout: 5 });
	}
}
