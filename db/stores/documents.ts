import type { DocumentKind } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { StorageError, type DocumentStore, type LogRow } from '#realtime/server/ports.ts';
import type { Connection } from '../connection.ts';
import { page } from '../limits.ts';

/** How long a snapshot is kept after a newer one has replaced it, should the newer one prove wrong. */
const formerSnapshotDays = 30;

/** The type `bytea[]` by its fixed number: on a fresh connection the driver does not know yet which array holds bytes. */
const byteaArray = 1001;

/** The log, and reading all of it: what a rebuilding needs beside what rooms need. */
export interface DocumentLog extends DocumentStore {
	/** One page of the log after row `after`, archived rows included; empty at its end. */
	rowsAfter(document: Id, after: number): Promise<LogRow[]>;
}

/** The log of every document, in tables. */
export function documentStore(connection: Connection): DocumentLog {
	async function rowsAfter(document: Id, after: number): Promise<LogRow[]> {
		const rows = await connection.run(
			// both tables in one statement: a row that is moved meanwhile is seen once
			({ sql }) => sql<LogRow[]>`
				select seq, update, floor(extract(epoch from at) * 1000)::bigint as at from (
					select seq, update, at, sum(octet_length(update)) over (order by seq) - octet_length(update) as before from (
						(select seq, update, at from document_updates where document_id = ${document} and seq > ${after} order by seq limit ${page.rows})
						union all
						(select seq, update, at from document_archive where document_id = ${document} and seq > ${after} order by seq limit ${page.rows})
						order by seq limit ${page.rows}
					) as log
				) as measured where before < ${page.bytes} order by seq`
		);
		return rows.map(({ seq, update, at }) => ({ seq, update, at }));
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

	return {
		rowsAfter,

		async load(id) {
			const [found] = await connection.run(
				({ sql }) => sql<{ kind: DocumentKind; generation: number; last_seq: number; projected_seq: number; snapshot_seq: number | null }[]>`
					select kind, generation, last_seq, projected_seq, (select max(seq) from document_snapshots where document_id = d.id) as snapshot_seq
					from documents d where d.id = ${id}`
			);
			if (!found) return null;
			const { kind, generation, last_seq: lastSeq, projected_seq: projectedSeq, snapshot_seq: snapshotSeq } = found;
			const snapshot = snapshotSeq === null ? null : { seq: snapshotSeq, state: await snapshotState(id, snapshotSeq) };
			const tail: LogRow[] = [];
			for (let seq = snapshotSeq ?? 0; seq < lastSeq;) {
				const rows = await rowsAfter(id, seq);
				for (const row of rows) if (row.seq !== ++seq) throw new StorageError(`the log of document ${id} lacks row ${seq}`, { full: false });
				if (rows.length === 0) throw new StorageError(`the log of document ${id} ends before row ${seq + 1}`, { full: false });
				tail.push(...rows);
			}
			return { id, kind, generation, snapshot, tail, projectedSeq };
		},

		isBehind: async (id) =>
			(await connection.run(({ sql }) => sql`select from documents where id = ${id} and kind in ('board', 'actions') and projected_seq < last_seq`)).length > 0,

		async append(rows) {
			if (rows.length === 0) return [];
			const written = await connection.run(
				// one statement, so one transaction without a way to and fro; rows of documents are locked in one order by all processes
				({ sql }) => sql<{ document_id: Id; seq: number; at: number }[]>`
					with given as (
						select document_id, update, row_number() over (partition by document_id order by position) as nth
						from unnest(${rows.map(({ document }) => document)}::text[], ${sql.array(
							rows.map(({ update }) => update),
							byteaArray
						)}) with ordinality as g (document_id, update, position)
					), locked as (
						select id from documents where id in (select document_id from given) order by id for update
					), advanced as (
						update documents d set last_seq = d.last_seq + (select count(*) from given where document_id = d.id)
						from locked where d.id = locked.id
						returning d.id, d.last_seq - (select count(*) from given where document_id = d.id) as before
					)
					insert into document_updates (document_id, seq, update)
					select given.document_id, advanced.before + given.nth, given.update from given join advanced on advanced.id = given.document_id
					returning document_id, seq, floor(extract(epoch from at) * 1000)::bigint as at`
			);
			if (written.length < rows.length) throw new StorageError('an edit for a document that does not exist', { full: false });
			const places = new Map<Id, { seq: number; at: number }[]>();
			for (const { document_id: document, seq, at } of written.sort((a, b) => b.seq - a.seq))
				places.set(document, [...(places.get(document) ?? []), { seq, at }]);
			return rows.map(({ document }) => places.get(document)!.pop()!);
		},

		async keepSnapshot(document, { seq, state, stateVector }) {
			const [newest] = await connection.run(
				({ sql }) => sql<{ seq: number | null }[]>`
					select (select max(seq) from document_snapshots where document_id = d.id) as seq from documents d where id = ${document} and last_seq >= ${seq}`
			);
			if (!newest || (newest.seq ?? 0) >= seq) return;
			await writePieces(document, seq, state);
			await connection.run(
				({ sql }) => sql`insert into document_snapshots (document_id, seq, state_vector) values (${document}, ${seq}, ${stateVector}) on conflict do nothing`
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
							delete from document_updates where document_id = ${document} and seq in (select seq from page) returning document_id, seq, update, at
						)
						insert into document_archive (document_id, seq, update, at) select document_id, seq, update, at from taken`
				);
				moved = rows.count;
			}
		}
	};
}
