import type { Sql } from '../connection.ts';

/** Tables that no backup holds, each with its reason. Every other table of the schema is in every backup, also one that is added later. */
export const leftOut: Readonly<Record<string, string>> = {
	sessions: 'a session that was ended since would be open again: people sign in anew',
	counts: 'of the last minutes: whoever was locked out then would be so again, or be free too soon',
	leases: 'says which process is at work, and a restored database has none',
	factors: 'follows the log of its document, and is made again from it',
	groupings: 'follows the log of its document, and is made again from it',
	actions: 'follows the log of its document, and is made again from it',
	action_changes: 'follows the log of its document, and is made again from it'
};

/** The log of documents and its snapshots: never changed once written, so they are read document by document, up to where each stood. */
export const logTables = ['document_snapshots', 'document_snapshot_pieces', 'document_archive', 'document_updates'] as const;

export interface Column {
	name: string;
	/** as PostgreSQL writes it */
	type: string;
	/** counted by the database */
	identity: boolean;
}

export interface Table {
	name: string;
	columns: Column[];
	/** the names of the primary key's columns, in its order */
	key: string[];
}

/** The tables of a schema as the database itself describes them, by name. */
export async function tablesOf(sql: Sql): Promise<Table[]> {
	const rows = await sql<{ table: string; name: string; type: string; identity: boolean; key: number | null }[]>`
		select c.relname::text as table, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type, a.attidentity <> '' as identity,
			array_position(i.indkey::int2[], a.attnum) as key
		from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_index i on i.indrelid = c.oid and i.indisprimary
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
		order by c.relname, a.attnum`;
	const tables = new Map<string, Table & { places: number[] }>();
	for (const { table: name, key, ...column } of rows) {
		const table = tables.get(name) ?? { name, columns: [], key: [], places: [] };
		tables.set(name, table);
		table.columns.push(column);
		if (key === null) continue;
		table.key.push(column.name);
		table.places.push(key);
	}
	return [...tables.values()].map(({ places, key, ...table }) => ({
		...table,
		key: key
			.map((name, i) => ({ name, place: places[i]! }))
			.sort((a, b) => a.place - b.place)
			.map(({ name }) => name)
	}));
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The SQL of a column's value as text that any PostgreSQL reads as the same value, whatever its settings are. */
export function asText({ name, type }: Column): string {
	if (type === 'bytea') return `encode(${quoted(name)}, 'hex')`;
	if (type.startsWith('timestamp')) return `to_json(${quoted(name)}) #>> '{}'`;
	return `${quoted(name)}::text`;
}

/** The SQL of such a text as a value of the column again. */
export const fromText = (text: string, { type }: Column): string => (type === 'bytea' ? `decode(${text}, 'hex')` : `(${text})::${type}`);

/** Values of rows as {@link asText} selects them. */
export const valuesOf = async (sql: Sql, query: string, parameters: readonly (string | number)[]): Promise<(string | null)[][]> =>
	(await sql.unsafe(query, [...parameters]).values()) as unknown as (string | null)[][];
