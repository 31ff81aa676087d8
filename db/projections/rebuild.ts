import { isDeepStrictEqual } from 'node:util';
import { and, asc, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import type { DocumentKind } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { LoggedGrouping, LogRow, StoredRow } from '#realtime/server/ports.ts';
import type { Database } from '../open.ts';
import type { Queries } from '../connection.ts';
import { page } from '../limits.ts';
import { actionChanges, actions } from '../schema/actions.ts';
import { documents, factors, projectionDeadLetters } from '../schema/documents.ts';
import { personsOf, writeActions, writeHistory } from '../stores/actions.ts';
import { writeAllFactors } from '../stores/factors.ts';
import { actionReplay, type ActionReplay } from './action-replay.ts';
import { historyRows, type HistoryRow } from './action-rows.ts';
import { boardReplay, type BoardReplay } from './board-replay.ts';
import { projectedCards } from './factor-rows.ts';
import { groupingRows, writeGroupings } from './write-groupings.ts';

/** What rebuilding did to one document. */
export interface Rebuilt {
	document: Id;
	/** rows of the log that were replayed */
	rows: number;
	/** cards or actions in it, deleted ones included */
	entries: number;
	/** rows of the tables that were not as the log says */
	changed: number;
	/** rows of the tables that the log knows nothing of */
	removed: number;
}

/** A document as it comes to be, row by row of its log. */
interface Replay {
	/** the last row that was applied */
	readonly seq: number;
	/** Applies the next row. Throws on bytes that are no update. */
	apply(row: LogRow): void;
	/** Goes past a row that cannot be read. */
	pass(row: StoredRow): void;
	/** Is everything in it, what was in such rows too? */
	isWhole(): boolean;
}

/** The ids of all documents of a kind, page by page. */
export async function* documentsOf({ connection }: Pick<Database, 'connection'>, kind: DocumentKind): AsyncGenerator<Id> {
	for (let last: Id = ''; ;) {
		const found = await connection.run(({ orm }) =>
			orm
				.select({ id: documents.id })
				.from(documents)
				.where(and(eq(documents.kind, kind), gt(documents.id, last)))
				.orderBy(asc(documents.id))
				.limit(page.rows)
		);
		for (const { id } of found) yield id;
		const end = found.at(-1);
		if (!end) return;
		last = end.id;
	}
}

/**
 * Makes the rows of one board again from its whole log, replayed row by row, and leaves exactly those. Reads in
 * pages; writes in one transaction that holds the document's row, so that a running server neither appends nor
 * projects meanwhile.
 */
export async function rebuildFactors(database: Pick<Database, 'connection' | 'documents'>, document: Id): Promise<Rebuilt> {
	const replay = boardReplay();
	try {
		for (;;) {
			await readOn(database, document, replay);
			const rebuilt = await writeBoard(database, document, replay);
			// the server has followed the board further while we read: read on
			if (rebuilt) return rebuilt;
		}
	} finally {
		replay.close();
	}
}

/** Reads up to what the log holds now; what is written meanwhile is not waited for. */
async function readOn({ connection, documents: log }: Pick<Database, 'connection' | 'documents'>, document: Id, replay: Replay): Promise<void> {
	const [found] = await connection.run(({ orm }) => orm.select({ lastSeq: documents.lastSeq }).from(documents).where(eq(documents.id, document)));
	if (!found) throw new Error(`there is no document ${document}`);
	while (replay.seq < found.lastSeq) {
		const rows = await log.rowsAfter(document, replay.seq);
		if (rows.length === 0) throw new Error(`the log of document ${document} ends before row ${replay.seq + 1}`);
		for (const row of rows) {
			if (row.seq !== replay.seq + 1) throw new Error(`the log of document ${document} lacks row ${replay.seq + 1}`);
			if (row.intact) replay.apply(row);
			else replay.pass(row);
		}
	}
	// tables that say less than they did would be another loss
	if (!replay.isWhole()) throw new Error(`the log of document ${document} has rows that cannot be read, and nothing has brought back what was in them`);
}

/** Null: SQL has followed the board further than was read. */
function writeBoard({ connection }: Pick<Database, 'connection'>, document: Id, replay: BoardReplay): Promise<Rebuilt | null> {
	const { seq, changedAt } = replay;
	const { cards } = projectedCards(replay.board());
	const known = new Set(cards.map(({ cardId }) => cardId));
	return connection.transaction(async (queries) => {
		const [found] = await queries.select({ projectedSeq: documents.projectedSeq }).from(documents).where(eq(documents.id, document)).for('update');
		if (!found || found.projectedSeq > seq) return null;
		const strangers: Id[] = [];
		for (let last: Id = ''; ;) {
			const rows = await queries
				.select({ id: factors.cardId })
				.from(factors)
				.where(and(eq(factors.documentId, document), gt(factors.cardId, last)))
				.orderBy(asc(factors.cardId))
				.limit(page.rows);
			strangers.push(...rows.map(({ id }) => id).filter((id) => !known.has(id)));
			const end = rows.at(-1);
			if (!end) break;
			last = end.id;
		}
		for (let at = 0; at < strangers.length; at += page.rows) {
			await queries.delete(factors).where(and(eq(factors.documentId, document), inArray(factors.cardId, strangers.slice(at, at + page.rows))));
		}
		const changed = await writeAllFactors(
			queries,
			document,
			seq,
			cards.map((card) => ({ ...card, changedAt: changedAt.get(card.cardId) ?? null }))
		);
		const grouped = await writeGroupingsAnew(queries, document, replay.groupings);
		await queries.delete(projectionDeadLetters).where(eq(projectionDeadLetters.documentId, document));
		return { document, rows: seq, entries: cards.length, changed: changed + grouped.changed, removed: strangers.length + grouped.removed };
	});
}

/** Leaves exactly these rows, in pages that end between two rows of the log. */
async function writeGroupingsAnew(queries: Queries, document: Id, all: readonly LoggedGrouping[]): Promise<Pick<Rebuilt, 'changed' | 'removed'>> {
	let [changed, removed] = [0, 0];
	for (let from = 0, after = 0; ;) {
		let to = Math.min(from + page.cards, all.length);
		while (to < all.length && all[to]!.seq === all[to - 1]!.seq) to++;
		const last = to === all.length;
		const given = all.slice(from, to);
		const until = last ? sql`` : sql`and seq <= ${all[to - 1]!.seq}`;
		const gone = await queries.execute<{ seq: number; card_id: Id }>(sql`
			delete from groupings g where document_id = ${document} and seq > ${after} ${until} and not exists (
				select from (${groupingRows(document, given)}) r where (r.seq, r.card_id) = (g.seq, g.card_id)
					and (r.from_group_id, r.to_group_id, r.person_id, r.at) is not distinct from (g.from_group_id, g.to_group_id, g.person_id, g.at)
			) returning seq, card_id`);
		const written = await queries.execute(sql`${writeGroupings(document, given)} returning 1`);
		const known = new Set(given.map(({ seq, card }) => `${seq} ${card}`));
		changed += written.length;
		removed += gone.filter(({ seq, card_id: card }) => !known.has(`${seq} ${card}`)).length;
		if (last) return { changed, removed };
		[from, after] = [to, all[to - 1]!.seq];
	}
}

/** As {@link rebuildFactors}, for the actions of a think tank and their history. */
export async function rebuildActions(database: Pick<Database, 'connection' | 'documents'>, document: Id): Promise<Rebuilt> {
	const replay = actionReplay();
	try {
		for (;;) {
			await readOn(database, document, replay);
			const rebuilt = await writeActionsAnew(database, document, replay);
			if (rebuilt) return rebuilt;
		}
	} finally {
		replay.close();
	}
}

/** Null: SQL has followed the document further than was read. */
function writeActionsAnew({ connection }: Pick<Database, 'connection'>, document: Id, replay: ActionReplay): Promise<Rebuilt | null> {
	const { seq } = replay;
	const rows = replay.rows();
	return connection.transaction(async (queries) => {
		const [found] = await queries
			.select({ projectedSeq: documents.projectedSeq, thinkTankId: documents.thinkTankId })
			.from(documents)
			.where(eq(documents.id, document))
			.for('update');
		if (!found || found.projectedSeq > seq) return null;
		const persons = await personsOf(
			queries,
			replay.changes.map(({ client }) => client)
		);
		const history = historyRows(replay.changes, (client) => persons.get(client) ?? null, new Map());

		const known = new Map(rows.map((row) => [row.actionId, row]));
		const strangers: Id[] = [];
		const right = new Set<Id>();
		for (let last: Id = ''; ;) {
			const there = await queries
				.select()
				.from(actions)
				.where(and(eq(actions.documentId, document), gt(actions.actionId, last)))
				.orderBy(asc(actions.actionId))
				.limit(page.cards);
			for (const { documentId: _, thinkTankId, ...row } of there) {
				if (!known.has(row.actionId)) strangers.push(row.actionId);
				else if (isDeepStrictEqual(known.get(row.actionId), row) && thinkTankId === found.thinkTankId) right.add(row.actionId);
			}
			const end = there.at(-1);
			if (!end) break;
			last = end.actionId;
		}
		for (let at = 0; at < strangers.length; at += page.rows) {
			await queries.delete(actions).where(and(eq(actions.documentId, document), inArray(actions.actionId, strangers.slice(at, at + page.rows))));
		}
		const wrong = rows.filter(({ actionId }) => !right.has(actionId));
		await writeActions(queries, { id: document, thinkTankId: found.thinkTankId }, wrong);

		const keyOf = ({ actionId, seq, field }: HistoryRow) => `${actionId} ${seq} ${field}`;
		const knownChanges = new Map(history.map((row) => [keyOf(row), row]));
		const rightChanges = new Set<string>();
		let removed = strangers.length;
		for (let last = -1; ;) {
			// all rows of one row of the log together: a page ends between two of them
			const seqs = await queries
				.select({ seq: actionChanges.seq })
				.from(actionChanges)
				.where(and(eq(actionChanges.documentId, document), gt(actionChanges.seq, last)))
				.groupBy(actionChanges.seq)
				.orderBy(asc(actionChanges.seq))
				.limit(page.cards);
			const end = seqs.at(-1);
			if (!end) break;
			const there = await queries
				.select()
				.from(actionChanges)
				.where(and(eq(actionChanges.documentId, document), gt(actionChanges.seq, last), lte(actionChanges.seq, end.seq)));
			for (const { documentId: _, ...row } of there) {
				const wanted = knownChanges.get(keyOf(row));
				if (wanted && isDeepStrictEqual(wanted, row)) rightChanges.add(keyOf(row));
				else if (!wanted) {
					removed++;
					await queries
						.delete(actionChanges)
						.where(
							and(
								eq(actionChanges.documentId, document),
								eq(actionChanges.actionId, row.actionId),
								eq(actionChanges.seq, row.seq),
								eq(actionChanges.field, row.field)
							)
						);
				}
			}
			last = end.seq;
		}
		const wrongChanges = history.filter((row) => !rightChanges.has(keyOf(row)));
		await writeHistory(queries, document, wrongChanges);
		await queries.update(documents).set({ projectedSeq: seq }).where(eq(documents.id, document));
		await queries.delete(projectionDeadLetters).where(eq(projectionDeadLetters.documentId, document));
		return { document, rows: seq, entries: rows.length, changed: wrong.length + wrongChanges.length, removed };
	});
}
