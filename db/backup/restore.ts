import { setTimeout as pause } from 'node:timers/promises';
import { client, applicationName, connectionWithin, type Address, type Connection, type Sql } from '../connection.ts';
import { CommandError } from '../errors.ts';
import { page } from '../limits.ts';
import { appliedMigrations, applyWithin, lockSchema, migrations } from '../migrate.ts';
import { documentsOf, rebuildActions, rebuildFactors } from '../projections/rebuild.ts';
import { documentStore } from '../stores/documents.ts';
import { StoredDocumentHash } from './document-hash.ts';
import { readBackup, readHeader, type BackupHeader } from './file.ts';
import { eachByItself, storedDocument } from './stored-document.ts';
import { fromText, quoted, tablesOf, type Table } from './tables.ts';
import { verifyBackup } from './write.ts';

/** What a restore brought back. */
export interface Restored {
	/** when the backup was made, in milliseconds since 1970 */
	at: number;
	rows: number;
	documents: number;
	/** documents whose log cannot be read to its end: they are as they were, and the tables that follow them are not there */
	unread: string[];
}

interface LoadedDocument {
	document: string;
	seq: number;
	hash: string;
}

/**
 * Makes a database what a backup holds, in one transaction: it is there as a whole, or what was there before is.
 * Throws {@link CommandError} before anything is changed if the file is damaged or of a version to come, if a server is
 * on the database, or if there is something in it that is not to be replaced.
 *
 * The schema is made as it was when the backup was written, and brought up to date with what was loaded into it.
 * Documents begin a new generation: pages and devices that know a former one put nothing of it into this one.
 */
export async function restoreBackup(address: Address, file: string, { replace, now }: { replace: boolean; now: number }): Promise<Restored> {
	const header = await readHeader(file);
	const known = header.migrations.every((migration, i) => migrations[i]?.folderMillis === migration);
	if (!known || header.migrations.length === 0)
		throw new CommandError(`${file} was written by a newer version of the product. Use that version, or a newer one, to restore it`);
	await verifyBackup(file);

	const sql = client(address, { max: 1 });
	try {
		const restored = (await sql.begin((transaction) => restore(connectionWithin(sql, transaction), file, header, { replace, now }))) as Restored;
		// while nobody waits for it
		await sql`set statement_timeout = 0`;
		await sql`vacuum (analyze)`;
		return restored;
	} finally {
		await sql.end({ timeout: 5 });
	}
}

async function restore(
	connection: Connection & { sql: Sql },
	file: string,
	header: BackupHeader,
	{ replace, now }: { replace: boolean; now: number }
): Promise<Restored> {
	const { sql } = connection;
	await sql`select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`;
	await lockSchema(sql);
	await clearPlace(sql, replace);

	const then = migrations.slice(0, header.migrations.length);
	await applyWithin(sql, then);
	const tables = await tablesOf(sql);
	await sql.unsafe(`truncate ${tables.map(({ name }) => quoted(name)).join(', ')}`);
	const references = await sql<{ table: string; name: string; definition: string }[]>`
		select conrelid::regclass::text as table, conname::text as name, pg_get_constraintdef(oid) as definition
		from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`;
	for (const { table, name } of references) await sql.unsafe(`alter table ${table} drop constraint ${quoted(name)}`);
	const { documents, rows } = await load(sql, file, tables);
	// rows came in the order of the file; that all they refer to is there is seen here
	for (const { table, name, definition } of references) await sql.unsafe(`alter table ${table} add constraint ${quoted(name)} ${definition}`);
	await countOn(sql, tables);
	for (const { document, seq, hash } of documents) {
		const read = new StoredDocumentHash();
		for await (const { table, bytes } of storedDocument(eachByItself(connection), tables, document, seq)) {
			if (table === 'document_snapshot_pieces') read.piece(bytes!);
			else if (table === 'document_updates') read.update(bytes!);
		}
		if (read.end() !== hash) throw new CommandError(`document ${document} is not what it was when it is read back. Nothing was changed`);
	}

	await applyWithin(sql, migrations.slice(then.length));
	await sql`
		update documents set projected_seq = case when kind = 'drafts' then projected_seq else 0 end,
			generation = greatest(generation, coalesce((select generation from former_documents f where f.id = documents.id), 0), ${Math.floor(now / 1000) - generationsSince}::integer) + 1`;
	return { at: header.at, rows, documents: documents.length, unread: await follow(connection) };
}

/** Seconds since 1970 of 2026: with them a generation fits its column for 68 years. */
const generationsSince = Date.UTC(2026) / 1000;

/** Takes away what is there, if that is nothing or may be replaced, and remembers the generations of its documents. */
async function clearPlace(sql: Sql, replace: boolean): Promise<void> {
	await waitAlone(sql);
	const there = await tablesOf(sql);
	await sql`create temporary table former_documents (id text primary key, generation integer not null) on commit drop`;
	if (there.length === 0) return;
	if ((await appliedMigrations(sql)).length === 0) throw new CommandError('This database holds something else than this product. Nothing was changed');
	const [found] = await sql<{ full: boolean }[]>`select exists (select from people) or exists (select from documents) as full`;
	if (found!.full && !replace)
		throw new CommandError('This database is not empty. With --replace, what is in it goes and the backup takes its place. Nothing was changed');
	await sql`insert into former_documents select id, generation from documents`;
	await sql.unsafe(`drop table ${there.map(({ name }) => quoted(name)).join(', ')} cascade`);
	await sql`drop schema drizzle cascade`;
}

/** A connection that was closed just now may be seen for a moment still. */
const alone = { tries: 20, everyMs: 100 } as const;

async function waitAlone(sql: Sql): Promise<void> {
	for (let tries = 1; ; tries++) {
		// a transaction sees one moment of this too, unless it is told to look again
		await sql`select pg_stat_clear_snapshot()`;
		const others = await sql`
			select from pg_stat_activity where datname = current_database() and application_name = ${applicationName} and pid <> pg_backend_pid() limit 1`;
		if (others.length === 0) return;
		if (tries === alone.tries) throw new CommandError('A server is running on this database. Stop it first. Nothing was changed');
		await pause(alone.everyMs);
	}
}

/** Puts the rows of a backup into its tables, which are empty and refer to nothing. */
async function load(sql: Sql, file: string, tables: readonly Table[]): Promise<{ documents: LoadedDocument[]; rows: number }> {
	const documents: LoadedDocument[] = [];
	let rows = 0;
	let insert = '';
	let waiting: string[] = [];
	let waitingUnits = 0;
	const put = async () => {
		if (waiting.length > 0) await sql.unsafe(insert, [`[${waiting.join(',')}]`]);
		rows += waiting.length;
		waiting = [];
		waitingUnits = 0;
	};
	for await (const line of readBackup(file)) {
		if (Array.isArray(line)) {
			const text = JSON.stringify(line);
			waiting.push(text);
			waitingUnits += text.length;
			if (waiting.length >= page.rows || waitingUnits >= page.bytes) await put();
			continue;
		}
		await put();
		if ('table' in line) insert = insertion(tables, line);
		else documents.push(line);
	}
	await put();
	return { documents, rows };
}

function insertion(tables: readonly Table[], { table, columns: names }: { table: string; columns: readonly string[] }): string {
	const known = tables.find(({ name }) => name === table)?.columns ?? [];
	const columns = names.map((name) => known.find((column) => column.name === name));
	if (columns.includes(undefined)) throw new CommandError(`the backup holds what its schema does not have, in table ${table}. Nothing was changed`);
	const values = columns.map((column, i) => fromText(`value ->> ${i}`, column!));
	return `insert into ${quoted(table)} (${names.map(quoted).join(', ')}) overriding system value
		select ${values.join(', ')} from json_array_elements($1::text::json) as value`;
}

/** What the database counts goes on after the highest number that was loaded. */
async function countOn(sql: Sql, tables: readonly Table[]): Promise<void> {
	for (const { name, columns } of tables) {
		for (const column of columns.filter(({ identity }) => identity)) {
			await sql.unsafe(`select setval(pg_get_serial_sequence($1, $2), coalesce(max(${quoted(column.name)}), 0) + 1, false) from ${quoted(name)}`, [
				quoted(name),
				column.name
			]);
		}
	}
}

/** Makes the tables that follow documents. Answers the documents that could not be read. */
async function follow(connection: Connection): Promise<string[]> {
	const database = { connection, documents: documentStore(connection) };
	const unread: string[] = [];
	for (const [kind, rebuild] of [
		['board', rebuildFactors],
		['actions', rebuildActions]
	] as const) {
		for await (const document of documentsOf(database, kind)) {
			await rebuild(database, document).catch(() => void unread.push(document));
		}
	}
	return unread;
}
