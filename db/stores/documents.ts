import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { reachOf } from '#realtime/board/replica.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { StorageError, type Append, type DocumentStore, type Head, type StoredRow } from '#realtime/server/ports.ts';
import type { Connection, Queries } from '../connection.ts';
import { page } from '../limits.ts';
import { msOf } from '../schema/types.ts';
import { leaseStore } from './leases.ts';

/** How long a snapshot is kept after a newer one has replaced it, should the newer one prove wrong. */
const formerSnapshotDays = 30;

/** Keeping one takes less than this, with a database that stands still meanwhile; a process that is killed over it holds up the next for as long. */
const snapshotMs = 5 * 60_000;

/** The type `bytea[]` by its fixed number: on a fresh connection the driver does not know yet which array holds bytes. */
const byteaArray = 1001;

/** What a snapshot's state is known by. */
export const sumOf = (state: Uint8Array): Uint8Array => createHash('sha256').update(state).digest();

/** Keeps a row of a log within whatever transaction this is. A statement a row, and its bytes in it once: so it stays as short as one has to be. Answers when, in milliseconds since 1970. */
export async function keepRow(queries: Queries, document: Id, seq: number, update: Uint8Array): Promise<number> {
	const [row] = await queries.execute<{ at: string }>(sql`
		insert into document_updates (document_id, seq, update, sum, reach)
		select ${document}, ${seq}::bigint, update, log_sum(${document}, ${seq}::bigint, update), ${reachOf(update)}::bytea
		from (select ${update}::bytea as update) as row
		returning ${sql.raw(msOf('at'))} as at`);
	return Number(row!.at);
}

const notThere = () => new StorageError('an edit for a document that does not exist, or is of another generation', { full: false });

/** The log of every document, in tables. */
export function documentStore(connection: Connection): DocumentStore {
	const leases = leaseStore(connection);

	async function rowsAfter(document: Id, after: number): Promise<StoredRow[]> {
		const rows = await connection.run(
			// both tables in one statement: a row that is moved meanwhile is seen once
			({ sql }) => sql<StoredRow[]>`
				select seq, update, ${sql.unsafe(msOf('at'))} as at, reach, sum = log_sum(${document}, seq, update) as intact from (
					select *, sum(octet_length(update)) over (order by seq) - octet_length(update) as before from (
						(select seq, update, at, sum, reach from document_updates where document_id = ${document} and seq > ${after} order by seq limit ${page.rows})
						union all
						(select seq, update, at, sum, reach from document_archive where document_id = ${document} and seq > ${after} order by seq limit ${page.rows})
						order by seq limit ${page.rows}
					) as log
				) as measured where before < ${page.bytes} order by seq`
		);
		return rows.map(({ seq, update, at, reach, intact }) => ({ seq, update, at, reach, intact }));
	}

	async function snapshotState(document: Id, seq: number): Promise<Uint8Array> {
		const pieces: Uint8Array[] = [];
		for (;;) {
			const [row] = await connection.run(
				({ sql }) =>
					sql<
						{ piece: Uint8Array }[]
					>`select piece from document_snapshot_pieces where document_id = ${document} and seq = ${seq} and position = ${pieces.length}`
			);
			if (!row) return new Uint8Array(Buffer.concat(pieces));
			pieces.push(row.piece);
		}
	}

	/** The newest snapshot up to a row that is what was written. Those that are not are set aside, and said. */
	async function readableSnapshot(document: Id, upTo: number): Promise<{ snapshot: { seq: number; state: Uint8Array } | null; setAside: number[] }> {
		const setAside: number[] = [];
		for (;;) {
			const [newest] = await connection.run(
				({ sql }) => sql<{ seq: number; sum: Uint8Array }[]>`
					select seq, sum from document_snapshots where document_id = ${document} and seq <= ${upTo} order by seq desc limit 1`
			);
			if (!newest) return { snapshot: null, setAside };
			const { seq, sum } = newest;
			const state = await snapshotState(document, seq);
			if (Buffer.compare(sumOf(state), sum) === 0) return { snapshot: { seq, state }, setAside };
			await setSnapshotAside(document, seq);
			setAside.push(seq);
		}
	}

	async function setSnapshotAside(document: Id, seq: number): Promise<void> {
		await connection.run(({ sql }) => sql`delete from document_snapshots where document_id = ${document} and seq = ${seq}`);
		for (let left = 1; left > 0;) {
			const moved = await connection.run(
				({ sql }) => sql`
					with piece as (
						delete from document_snapshot_pieces p where document_id = ${document} and seq = ${seq}
						and position = (select min(position) from document_snapshot_pieces where document_id = ${document} and seq = ${seq})
						returning *
					)
					insert into document_quarantine (document_id, what, seq, position, reason, bytes)
					select document_id, 'snapshot', seq, position, 'unreadable', piece from piece on conflict do nothing`
			);
			left = moved.count;
		}
	}

	/** As `append` of this row alone, which is what most commits are: planned and carried out in two thirds of the time. */
	async function appendOne({ document, update, generation }: Append): Promise<{ seq: number; at: number }> {
		const [place] = await connection.run(
			({ sql }) => sql<{ seq: number; at: number }[]>`
				with advanced as (
					update documents set last_seq = last_seq + 1 where id = ${document} and generation = coalesce(${generation ?? null}, generation) returning last_seq
				)
				insert into document_updates (document_id, seq, update, sum, reach)
				select ${document}, last_seq, ${update}::bytea, log_sum(${document}, last_seq, ${update}::bytea), ${reachOf(update)}::bytea from advanced
				returning seq, ${sql.unsafe(msOf('at'))} as at`
		);
		if (!place) throw notThere();
		return place;
	}

	/** Writes the pieces first: a snapshot that was interrupted is not there. */
	async function writePieces(document: Id, seq: number, state: Uint8Array): Promise<void> {
		await connection.run(({ sql }) => sql`delete from document_snapshot_pieces where document_id = ${document} and seq = ${seq}`);
		for (let at = 0; at < state.byteLength; at += page.bytes) {
			const piece = state.subarray(at, at + page.bytes);
			await connection.run(
				({ sql }) => sql`insert into document_snapshot_pieces (document_id, seq, position, piece) values (${document}, ${seq}, ${at / page.bytes}, ${piece})`
			);
		}
	}

	async function keepSnapshot(document: Id, { seq, state, stateVector }: { seq: number; state: Uint8Array; stateVector: Uint8Array }): Promise<void> {
		const [newest] = await connection.run(
			({ sql }) => sql<{ seq: number | null }[]>`
				select (select max(seq) from document_snapshots where document_id = d.id) as seq from documents d where id = ${document} and last_seq >= ${seq}`
		);
		if (!newest || (newest.seq ?? 0) >= seq) return;
		await writePieces(document, seq, state);
		await connection.run(
			({ sql }) => sql`
				insert into document_snapshots (document_id, seq, state_vector, sum) values (${document}, ${seq}, ${stateVector}, ${sumOf(state)})
				on conflict do nothing`
		);
		await connection.run(
			({ sql }) => sql`
				with former as (
					delete from document_snapshots s
					where document_id = ${document} and exists (
						select from document_snapshots newer where newer.document_id = s.document_id and newer.seq > s.seq
						and newer.at < clock_timestamp() - make_interval(days => ${formerSnapshotDays})
					)
					returning seq
				)
				delete from document_snapshot_pieces where document_id = ${document} and seq in (select seq from former)`
		);
		for (let moved: number = page.rows; moved > 0;) {
			const rows = await connection.run(
				({ sql }) => sql`
					with page as (
						select seq from (
							select seq, sum(octet_length(update)) over (order by seq) - octet_length(update) as before
							from (select seq, update from document_updates where document_id = ${document} and seq <= ${seq} order by seq limit ${page.rows}) as covered
						) as measured where before < ${page.bytes}
					), taken as (
						delete from document_updates where document_id = ${document} and seq in (select seq from page)
						returning document_id, seq, update, at, sum, reach
					)
					insert into document_archive (document_id, seq, update, at, sum, reach) select document_id, seq, update, at, sum, reach from taken`
			);
			moved = rows.count;
		}
	}

	return {
		rowsAfter,

		heads: (ids) =>
			connection.run(
				({ sql }) => sql<Head[]>`
					select id, generation, last_seq as "lastSeq", projected_seq as "projectedSeq" from documents where id = any(${[...ids]}::text[])`
			),

		async load(id, upTo) {
			const [found] = await connection.run(
				({ sql }) => sql<{ kind: DocumentKind; generation: number; last_seq: number; projected_seq: number }[]>`
					select kind, generation, last_seq, projected_seq from documents where id = ${id}`
			);
			if (!found) return null;
			const { kind, generation, last_seq: lastSeq, projected_seq: projectedSeq } = found;
			const { snapshot, setAside } = await readableSnapshot(id, upTo ?? Number.MAX_SAFE_INTEGER);
			const tail: StoredRow[] = [];
			for (let seq = snapshot?.seq ?? 0; seq < (upTo ?? lastSeq);) {
				const rows = await rowsAfter(id, seq);
				const last = rows.at(-1);
				if (!last) break;
				tail.push(...(upTo === undefined ? rows : rows.filter(({ seq }) => seq <= upTo)));
				seq = last.seq;
			}
			return { id, kind, generation, snapshot, setAside, tail, lastSeq: upTo ?? Math.max(lastSeq, snapshot?.seq ?? 0, tail.at(-1)?.seq ?? 0), projectedSeq };
		},

		async quarantine(document, rows) {
			for (const { seq, reason } of rows) {
				await connection.run(
					({ sql }) => sql`
						insert into document_quarantine (document_id, what, seq, position, reason, bytes)
						select ${document}, 'row', ${seq}, 0, ${reason}, (
							select update from document_updates where document_id = ${document} and seq = ${seq}
							union all select update from document_archive where document_id = ${document} and seq = ${seq}
						) on conflict do nothing`
				);
			}
		},

		async deadLetter(document, letter) {
			await connection.run(({ sql }) =>
				letter
					? sql`
						insert into projection_dead_letters (document_id, seq, reason) values (${document}, ${letter.seq}, ${letter.reason})
						on conflict (document_id) do update set seq = excluded.seq, reason = excluded.reason, at = clock_timestamp()`
					: sql`delete from projection_dead_letters where document_id = ${document}`
			);
		},

		isBehind: async (id) =>
			(await connection.run(({ sql }) => sql`select from documents where id = ${id} and kind in ('board', 'actions', 'drafts') and projected_seq < last_seq`))
				.length > 0,

		async behind() {
			const behind: Id[] = [];
			for (let last: Id | null = ''; last !== null;) {
				// all of them are looked at: an index of those that are behind would be written to by every append
				const [found] = await connection.run(
					({ sql }) => sql<{ last: Id | null; behind: Id[] }[]>`
						select max(id) as last, coalesce(array_agg(id) filter (where kind in ('board', 'actions', 'drafts') and projected_seq < last_seq), '{}') as behind
						from (select id, kind, projected_seq, last_seq from documents where id > ${last} order by id limit ${page.light}) as page`
				);
				behind.push(...found!.behind);
				last = found!.last;
			}
			return behind;
		},

		async append(rows) {
			const [first, ...others] = rows;
			if (!first) return [];
			if (others.length === 0) return [await appendOne(first)];
			const written = await connection.run(
				// one statement, so one transaction without a way to and fro; rows of documents are locked in one order by all processes
				({ sql }) => sql<{ document_id: Id; seq: number; at: number }[]>`
					with given as (
						select document_id, generation, update, reach, row_number() over (partition by document_id order by position) as nth
						from unnest(${rows.map(({ document }) => document)}::text[], ${rows.map(({ generation }) => generation ?? null)}::integer[], ${sql.array(
							rows.map(({ update }) => update),
							byteaArray
						)}, ${sql.array(
							rows.map(({ update }) => reachOf(update)),
							byteaArray
						)}) with ordinality as g (document_id, generation, update, reach, position)
					), locked as (
						select id, generation from documents where id in (select document_id from given) order by id for update
					), advanced as (
						update documents d set last_seq = d.last_seq + (select count(*) from given where document_id = d.id)
						from locked where d.id = locked.id and not exists (select from given where document_id = locked.id and given.generation <> locked.generation)
						returning d.id, d.last_seq - (select count(*) from given where document_id = d.id) as before
					)
					insert into document_updates (document_id, seq, update, sum, reach)
					select given.document_id, before + nth, update, log_sum(given.document_id, before + nth, update), reach from given join advanced on advanced.id = given.document_id
					returning document_id, seq, ${sql.unsafe(msOf('at'))} as at`
			);
			if (written.length < rows.length) throw notThere();
			const places = new Map<Id, { seq: number; at: number }[]>();
			for (const { document_id: document, seq, at } of written.sort((a, b) => b.seq - a.seq))
				places.set(document, [...(places.get(document) ?? []), { seq, at }]);
			return rows.map(({ document }) => places.get(document)!.pop()!);
		},

		async keepSnapshot(document, snapshot) {
			const work = `snapshot ${document}`;
			if (!(await leases.take(work, snapshotMs))) return;
			try {
				await keepSnapshot(document, snapshot);
			} finally {
				await leases.giveBack(work);
			}
		}
	};
}
