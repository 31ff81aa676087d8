import type { DocumentKind } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Connection } from '../connection.ts';
import { CommandError } from '../errors.ts';
import { page } from '../limits.ts';
import { appliedMigrations } from '../migrate.ts';
import { StoredDocumentHash } from './document-hash.ts';
import { BackupWriter, readBackup, type BackupFooter, type BackupLine } from './file.ts';
import { msOf } from '../schema/types.ts';
import { eachByItself, storedDocument, type Run } from './stored-document.ts';
import { asText, leftOut, logTables, quoted, tablesOf, valuesOf, type Column, type Table } from './tables.ts';

/** What is remembered of the moment that a backup shows. */
interface Moment {
	/** how far the log of each document went */
	documents: { id: Id; seq: number; kind: DocumentKind }[];
	people: Set<string>;
	/** how far each meeting had come, and whether it was live */
	meetings: Map<string, { version: number; live: boolean }>;
	/** votes that were over */
	counted: Set<string>;
	/** milliseconds since 1970, by the database's clock */
	at: number;
	/** the last entry of the audit log */
	auditEntry: number;
}

/**
 * Writes everything into a file while a server goes on working, as it all was at one moment; resolves when it lies on
 * the disk, was read back, and every document in it gives its hash.
 *
 * What changes is read in one transaction that sees one moment. In the embedded database nobody else gets on
 * meanwhile, so what may be long is not read there but after it, page by page: the logs of documents up to where each
 * stood, since no row of those ever changes; and what only grows or is over ({@link lasting}). With that the
 * transaction is as long as its rows of people, meetings and their points take. The logs of what people write in private
 * are replaced when it is revealed, and short: they are read at the moment too.
 */
export async function writeBackup(connection: Connection, file: string, at: number): Promise<BackupFooter> {
	const { tables, migrations } = await connection.run(async ({ sql }) => ({ tables: await tablesOf(sql), migrations: await appliedMigrations(sql) }));
	const writer = new BackupWriter(file, { at, migrations });
	try {
		const moment = await writeMoment(connection, writer, tables);
		await writeLasting(connection, writer, tables, moment);
		const others = moment.documents.filter((document) => !isReplaced(document));
		await writeLogs(eachByItself(connection), writer, tables, others);
		return await writer.finish(verifyBackup);
	} catch (error) {
		await writer.abandon();
		throw error;
	}
}

/** Reads a whole backup. Throws {@link CommandError} if anything in it is not as it was written, or a document does not give its hash. */
export async function verifyBackup(file: string): Promise<BackupFooter> {
	let table = '';
	let place: Record<string, number> = {};
	let seen = { snapshot: 0, document: new StoredDocumentHash() };
	const lines = readBackup(file);
	for (;;) {
		const { value, done } = await lines.next();
		if (done) return value;
		if ('table' in value) {
			table = value.table;
			place = Object.fromEntries(value.columns.map((name, i) => [name, i]));
		} else if ('document' in value) {
			if (seen.document.end() !== value.hash) throw new CommandError(`${file}: document ${value.document} is not as it was stored`);
			seen = { snapshot: 0, document: new StoredDocumentHash() };
		} else if (table === 'document_snapshot_pieces') seen.document.piece(Buffer.from(value[place['piece']!]!, 'hex'));
		else if (table === 'document_updates') seen.document.update(Buffer.from(value[place['update']!]!, 'hex'));
	}
}

/** Of what people write in private the log is replaced when it is revealed: it is read at the moment itself. */
const isReplaced = ({ kind }: Moment['documents'][number]): boolean => kind === 'drafts';

/** A column of the row at hand. */
type Value = (column: string) => string | null;

/**
 * Tables that are read after the moment, since what was in them then is there as it was: `was` says of a row whether it
 * was there. Rows that `changing` names, as SQL, may be other ones by then, and are read at the moment.
 */
const lasting: Readonly<Record<string, { changing?: string; was: (moment: Moment, value: Value) => boolean }>> = {
	client_ids: { was: ({ people }, value) => value('person_id') === null || people.has(value('person_id')!) },
	audit_entries: { was: ({ auditEntry }, value) => Number(value('id')) <= auditEntry },
	meeting_events: { was: ({ meetings }, value) => Number(value('version')) <= (meetings.get(value('meeting_id')!)?.version ?? 0) },
	attendances: {
		changing: "meeting_id = any(array(select id from meetings where state = 'live'))",
		was: ({ meetings, at }, value) => meetings.get(value('meeting_id')!)?.live === false && Date.parse(value('came_at')!) <= at
	},
	voters: { changing: 'vote_id = any(array(select id from vote_boxes where open))', was: ({ counted }, value) => counted.has(value('vote_id')!) },
	ballots: { changing: 'vote_id = any(array(select id from vote_boxes where open))', was: ({ counted }, value) => counted.has(value('vote_id')!) }
};
const isLog = (name: string): boolean => (logTables as readonly string[]).includes(name);

function writeMoment(connection: Connection, writer: BackupWriter, tables: readonly Table[]): Promise<Moment> {
	const moment: Moment = { documents: [], people: new Set(), meetings: new Map(), counted: new Set(), at: 0, auditEntry: 0 };
	return connection.moment(async (sql) => {
		moment.at = (await sql<{ at: number }[]>`select ${sql.unsafe(msOf('clock_timestamp()'))} as at`)[0]!.at;
		for (const table of tables) {
			if (Object.hasOwn(leftOut, table.name) || isLog(table.name)) continue;
			const { changing = 'true' } = lasting[table.name] ?? {};
			if (Object.hasOwn(lasting, table.name) && changing === 'true') continue;
			await writeTable((query) => query(sql), writer, table, { where: changing, take: (value) => remember(moment, table.name, value) });
		}
		if (tables.some(({ name }) => name === 'audit_entries')) {
			const [last] = await sql<{ id: number | null }[]>`select max(id) as id from audit_entries`;
			moment.auditEntry = last?.id ?? 0;
		}
		await writeLogs((query) => query(sql), writer, tables, moment.documents.filter(isReplaced));
		return moment;
	});
}

/** Notes what has to be known of a row later; every row is taken. */
function remember({ people, documents, meetings, counted }: Moment, table: string, value: Value): true {
	const id = () => value('id')!;
	if (table === 'people') people.add(id());
	else if (table === 'documents') documents.push({ id: id(), seq: Number(value('last_seq')), kind: value('kind') as DocumentKind });
	else if (table === 'meetings') meetings.set(id(), { version: Number(value('version')), live: value('state') === 'live' });
	else if (table === 'vote_boxes' && value('open') === 'false') counted.add(id());
	return true;
}

/** Rows that were there at the moment, and are not written yet. */
async function writeLasting(connection: Connection, writer: BackupWriter, tables: readonly Table[], moment: Moment): Promise<void> {
	for (const table of tables) {
		const { was } = lasting[table.name] ?? {};
		if (was) await writeTable(eachByItself(connection), writer, table, { where: 'true', take: (value) => was(moment, value) });
	}
}

async function writeLogs(run: Run, writer: BackupWriter, tables: readonly Table[], documents: Moment['documents']): Promise<void> {
	const columnsOf = (name: (typeof logTables)[number]) =>
		// rows of the archive are read as those of the log
		tables.find((table) => table.name === (name === 'document_archive' ? 'document_updates' : name))!.columns.map((column) => column.name);
	for (const { id, seq } of documents) {
		const document = new StoredDocumentHash();
		let table = '';
		const begin = async (name: (typeof logTables)[number]) => {
			if (name !== table) await writer.write({ table: (table = name), columns: columnsOf(name) });
		};
		for await (const { table: name, row, bytes } of storedDocument(run, tables, id, seq)) {
			await begin(name);
			await writer.write(row);
			if (name === 'document_snapshot_pieces') document.piece(bytes!);
			else if (name === 'document_updates') document.update(bytes!);
		}
		await writer.write({ document: id, seq, hash: document.end() });
	}
}

/** Writes the rows of a table that `take` accepts, of those that `where` finds, in the order of its key, a page a statement. */
async function writeTable(run: Run, writer: BackupWriter, table: Table, { where, take }: { where: string; take: (value: Value) => boolean }): Promise<void> {
	await writer.write({ table: table.name, columns: table.columns.map(({ name }) => name) } satisfies BackupLine);
	const places = new Map(table.columns.map(({ name }, i) => [name, i]));
	let after: string[] | null = null;
	for (;;) {
		const rows: (string | null)[][] = await run((sql) => valuesOf(sql, pageOf(table, where, after !== null), after ?? []));
		for (const row of rows) if (take((column) => row[places.get(column)!] ?? null)) await writer.write(row);
		const last = rows.at(-1);
		if (!last) return;
		after = table.key.map((name) => last[places.get(name)!]!);
	}
}

/** A page: so many rows, and no more after so many bytes, as they lie in the database. */
function pageOf({ name, columns, key }: Table, where: string, after: boolean): string {
	if (key.length === 0) throw new Error(`table ${name} has no primary key`);
	const order = key.map(quoted).join(', ');
	const typeOf = (column: string) => columns.find((one) => one.name === column)!.type;
	const from = after ? `and (${order}) > (${key.map((column, i) => `$${i + 1}::text::${typeOf(column)}`).join(', ')})` : '';
	// the names of what is selected are those of its text, which has another order: the outermost order names its table
	const size = columns.map((column: Column) => `coalesce(pg_column_size(${quoted(column.name)}), 0)`).join(' + ');
	return `select ${columns.map(asText).join(', ')} from (
		select *, sum(${size}) over (order by ${order}) - (${size}) as "bytes before" from (
			select * from ${quoted(name)} where ${where} ${from} order by ${order} limit ${page.rows}
		) as rows
	) as measured where "bytes before" < ${page.bytes} order by ${key.map((column) => `measured.${quoted(column)}`).join(', ')}`;
}
