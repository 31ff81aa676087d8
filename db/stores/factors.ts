import { eq, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { quadrants } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import type { FactorStore, LoggedGrouping } from '#realtime/server/ports.ts';
import type { Connection, Queries } from '../connection.ts';
import { page } from '../limits.ts';
import { projectedCards, type ProjectedCard } from '../projections/factor-rows.ts';
import { writeFactors, type FactorToWrite, type Written } from '../projections/write-factors.ts';
import { writeGroupings } from '../projections/write-groupings.ts';
import { documents, factors } from '../schema/documents.ts';

/** A card in SQL. */
export interface FactorRow extends ProjectedCard {
	documentId: Id;
	/** the author's */
	province: Province | null;
	/** milliseconds since 1970 by the database's clock */
	updatedAt: number;
}

export interface FactorReads {
	/** The cards of a board, deleted ones included: column by column, groups together, in the order of their places. */
	of(document: Id): Promise<FactorRow[]>;
	/** cards left out so far because no row can hold them */
	readonly dropped: number;
}

/** What was last written of a board by this process, so that only what differs is sent. */
interface Remembered {
	seq: number;
	/** card → its row, as text */
	rows: Map<Id, string>;
	/** cards that no row can hold */
	dropped: number;
}

const dialect = new PgDialect();

/** Boards that are remembered at once; of more, the one that was projected longest ago is compared by the database. */
const rememberedBoards = 64;

/** The table of factors, which follows the boards. */
export function factorStore(connection: Connection): FactorStore & FactorReads {
	const remembered = new Map<Id, Remembered>();
	let dropped = 0;

	function remember(document: Id, board: Remembered): void {
		remembered.delete(document);
		remembered.set(document, board);
		const [oldest] = remembered.keys();
		if (remembered.size > rememberedBoards && oldest !== undefined) remembered.delete(oldest);
	}

	/** One statement, if the table still is as this process left it and little has changed. False: it was not. */
	async function projectChanges(
		document: Id,
		seq: number,
		cards: readonly FactorToWrite[],
		groupings: readonly LoggedGrouping[],
		former: Remembered
	): Promise<boolean> {
		const changed = cards.filter((card) => card.changedAt !== null || former.rows.get(card.cardId) !== rowOf(card));
		if (changed.length > page.cards || groupings.length > page.cards) return false;
		const moved = sql`
			update documents set projected_seq = ${seq} where id = ${document} and projected_seq = ${former.seq} and projected_seq < ${seq} returning id`;
		const [result] = await connection.prepared<Written>(dialect.sqlToQuery(writeFactors(document, changed, groupings, moved)));
		return result?.held === true;
	}

	return {
		get dropped() {
			return dropped;
		},

		async project(document, seq, board, changedAt, groupings) {
			const projected = projectedCards(board);
			const cards = projected.cards.map((card) => ({ ...card, changedAt: changedAt.get(card.cardId) ?? null }));
			const former = remembered.get(document);
			if (!former || !(await projectChanges(document, seq, cards, groupings, former))) {
				remembered.delete(document);
				const followed = await connection.transaction((queries) => projectAll(queries, document, seq, cards, groupings));
				if (!followed) return;
			}
			dropped += Math.max(0, projected.dropped - (former?.dropped ?? 0));
			remember(document, { seq, rows: new Map(projected.cards.map((card) => [card.cardId, JSON.stringify(card)])), dropped: projected.dropped });
		},

		async of(document) {
			const rows: FactorRow[] = [];
			for (let last = ''; ;) {
				const more = await connection.run(({ orm }) =>
					orm
						.select()
						.from(factors)
						.where(sql`${factors.documentId} = ${document} and ${factors.cardId} > ${last}`)
						.orderBy(factors.cardId)
						.limit(page.cards)
				);
				rows.push(...more);
				const end = more.at(-1);
				if (!end || more.length < page.cards) return inBoardOrder(rows);
				last = end.cardId;
			}
		}
	};
}

/** Writes a whole board under a lock on its document. False: SQL is further already. */
async function projectAll(
	queries: Queries,
	document: Id,
	seq: number,
	cards: readonly FactorToWrite[],
	groupings: readonly LoggedGrouping[]
): Promise<boolean> {
	const [found] = await queries.select({ projectedSeq: documents.projectedSeq }).from(documents).where(eq(documents.id, document)).for('update');
	if (!found || found.projectedSeq >= seq) return false;
	for (let at = 0; at < groupings.length; at += page.cards) {
		await queries.execute(writeGroupings(document, groupings.slice(at, at + page.cards)));
	}
	await writeAllFactors(queries, document, seq, cards);
	return true;
}

/** Writes all rows of a board that differ, in pages, and that SQL has followed it so far. Answers how many differed. */
export async function writeAllFactors(queries: Queries, document: Id, seq: number, cards: readonly FactorToWrite[]): Promise<number> {
	let written = 0;
	for (let at = 0; at < cards.length; at += page.cards) {
		const [result] = await queries.execute<Written>(writeFactors(document, cards.slice(at, at + page.cards)));
		written += result?.written ?? 0;
	}
	await queries.update(documents).set({ projectedSeq: seq }).where(eq(documents.id, document));
	return written;
}

const rowOf = ({ changedAt: _, ...card }: FactorToWrite): string => JSON.stringify(card satisfies ProjectedCard);

function inBoardOrder(rows: FactorRow[]): FactorRow[] {
	const order = new Map<string, number>(quadrants.map((quadrant, i) => [quadrant, i]));
	// a group lies where the first of its cards would
	const groupPlaces = new Map<Id, string>();
	for (const { groupId, place } of rows) if (groupId !== null && place < (groupPlaces.get(groupId) ?? '\uFFFF')) groupPlaces.set(groupId, place);
	const keys = new Map(
		rows.map((row) => [
			row,
			[
				String(order.get(row.column) ?? quadrants.length),
				row.column,
				groupPlaces.get(row.groupId ?? '') ?? row.place,
				row.groupId ?? row.cardId,
				row.place,
				row.cardId
			]
		])
	);
	return rows.sort((a, b) => {
		const [left, right] = [keys.get(a)!, keys.get(b)!];
		const differing = left.findIndex((key, i) => key !== right[i]);
		return differing < 0 ? 0 : left[differing]! < right[differing]! ? -1 : 1;
	});
}
