import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Database } from '../open.ts';
import { page } from '../limits.ts';
import { documents, factors } from '../schema/documents.ts';
import { writeAllFactors } from '../stores/factors.ts';
import { boardReplay, type BoardReplay } from './board-replay.ts';
import { projectedCards } from './factor-rows.ts';

/** What rebuilding did to one board. */
export interface Rebuilt {
	document: Id;
	/** rows of the log that were replayed */
	rows: number;
	/** cards on the board, deleted ones included */
	cards: number;
	/** rows of the table that were not as the log says */
	changed: number;
	/** rows of the table that the log knows nothing of */
	removed: number;
}

/** The ids of all boards, page by page. */
export async function* boardsOf({ connection }: Pick<Database, 'connection'>): AsyncGenerator<Id> {
	for (let last: Id = ''; ;) {
		const found = await connection.run(({ orm }) =>
			orm
				.select({ id: documents.id })
				.from(documents)
				.where(and(eq(documents.kind, 'board'), gt(documents.id, last)))
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
			const rebuilt = await write(database, document, replay);
			// the server has followed the board further while we read: read on
			if (rebuilt) return rebuilt;
		}
	} finally {
		replay.close();
	}
}

/** Reads up to what the log holds now; what is written meanwhile is not waited for. */
async function readOn({ connection, documents: log }: Pick<Database, 'connection' | 'documents'>, document: Id, replay: BoardReplay): Promise<void> {
	const [found] = await connection.run(({ orm }) => orm.select({ lastSeq: documents.lastSeq }).from(documents).where(eq(documents.id, document)));
	if (!found) throw new Error(`there is no document ${document}`);
	while (replay.seq < found.lastSeq) {
		const rows = await log.rowsAfter(document, replay.seq);
		if (rows.length === 0) throw new Error(`the log of document ${document} ends before row ${replay.seq + 1}`);
		for (const row of rows) {
			if (row.seq !== replay.seq + 1) throw new Error(`the log of document ${document} lacks row ${replay.seq + 1}`);
			replay.apply(row);
		}
	}
}

/** Null: SQL has followed the board further than was read. */
function write({ connection }: Pick<Database, 'connection'>, document: Id, replay: BoardReplay): Promise<Rebuilt | null> {
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
		return { document, rows: seq, cards: cards.length, changed, removed: strangers.length };
	});
}
