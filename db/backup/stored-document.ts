import type { Id } from '#realtime/meeting/ids.ts';
import type { Connection, Sql } from '../connection.ts';
import { page } from '../limits.ts';
import { asText, quoted, valuesOf, type logTables, type Table } from './tables.ts';

/** A row of what is stored of a document, and the bytes in it. */
export interface StoredRow {
	table: (typeof logTables)[number];
	/** each value as text, see tables */
	row: (string | null)[];
	bytes: Uint8Array | null;
}

/** Runs a query: by itself, or at the moment that a backup shows. */
export type Run = <Result>(query: (sql: Sql) => PromiseLike<Result>) => PromiseLike<Result>;

/** Each query by itself. */
export const eachByItself =
	(connection: Connection): Run =>
	(query) =>
		connection.run(({ sql }) => query(sql));

/**
 * Everything that is stored of a document up to row `seq` of its log: its newest snapshot of then, the rows that the
 * snapshot covers, and those after it, wherever they lie by now. A page a statement; a server may write on meanwhile.
 */
export async function* storedDocument(run: Run, tables: readonly Table[], document: Id, seq: number): AsyncGenerator<StoredRow> {
	const columnsOf = (name: string) => tables.find((table) => table.name === name)!.columns;
	const texts = (name: string) =>
		columnsOf(name)
			.map((column) => asText(column))
			.join(', ');
	const query = (text: string, parameters: (string | number)[]) => run((sql) => valuesOf(sql, text, parameters));
	const bytesOf = (name: string, column: string, row: readonly (string | null)[]) =>
		Buffer.from(row[columnsOf(name).findIndex((one) => one.name === column)]!, 'hex');

	const [snapshot] = await query(
		`select seq::text, ${texts('document_snapshots')} from document_snapshots where document_id = $1 and seq <= $2 order by document_snapshots.seq desc limit 1`,
		[document, seq]
	);
	const covered = snapshot ? Number(snapshot[0]) : 0;
	if (snapshot) {
		yield { table: 'document_snapshots', row: snapshot.slice(1), bytes: null };
		for (let position = 0; ; position++) {
			const name = 'document_snapshot_pieces';
			const [row] = await query(`select ${texts(name)} from ${name} where document_id = $1 and seq = $2 and position = $3`, [document, covered, position]);
			if (!row) break;
			yield { table: name, row, bytes: bytesOf(name, 'piece', row) };
		}
	}

	// both tables have the same columns; in one statement, so that a row that is moved meanwhile is seen once
	const names = columnsOf('document_updates').map(({ name }) => quoted(name));
	const one = (table: string) => `(select ${names.join(', ')} from ${table} where document_id = $1 and seq > $2 and seq <= $3 order by seq limit ${page.rows})`;
	const log = `select measured.seq::text, ${texts('document_updates')} from (
		select *, sum(octet_length(update)) over (order by seq) - octet_length(update) as before
		from (${one('document_updates')} union all ${one('document_archive')} order by seq limit ${page.rows}) as log
	) as measured where before < ${page.bytes} order by measured.seq`;
	for (let last = 0; ;) {
		const rows = await query(log, [document, last, seq]);
		for (const [at, ...row] of rows) {
			last = Number(at);
			const table = last <= covered ? 'document_archive' : 'document_updates';
			yield { table, row, bytes: bytesOf('document_updates', 'update', row) };
		}
		if (rows.length === 0) return;
	}
}
