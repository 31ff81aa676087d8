import { and, eq, gt, sql } from 'drizzle-orm';
import { emptyState, emptyStateVector } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { DraftStore, Reveal, StoredDraft } from '#realtime/server/ports.ts';
import type { Connection, Queries } from '../connection.ts';
import { page } from '../limits.ts';
import { documents } from '../schema/documents.ts';
import { drafts } from '../schema/drafts.ts';
import { keepRow, sumOf } from './documents.ts';

export interface DraftReads {
	/** The documents in which this person writes in private, by the activities of a meeting. */
	own(meeting: Id, person: Id): Promise<Record<Id, Id>>;
	/**
	 * The document in which somebody writes in private at an activity; if there is none, this new one. `anonymous`: nobody is
	 * to know who wrote what is in it. Once that was promised it stays so: words may still be on a device that it was made to.
	 * `passedOn`: whoever writes is told that a few others are given some of it before the reveal. Of words that were written, or
	 * came late, without that, nothing is.
	 */
	open(asked: { meeting: Id; thinkTank: Id; item: Id; person: Id; document: Id; anonymous: boolean; passedOn: boolean }): Promise<Id>;
}

/** Where people write in private. */
export function draftStore(connection: Connection): DraftStore & DraftReads {
	return {
		of: (item) =>
			connection.run(({ orm }) =>
				orm
					.select({
						document: drafts.documentId,
						person: drafts.personId,
						generation: documents.generation,
						lastSeq: documents.lastSeq,
						anonymous: drafts.anonymous,
						hasNew: sql<boolean>`${documents.lastSeq} > ${drafts.revealedSeq}`,
						passedOn: sql<boolean>`coalesce(${drafts.passedOn}, false)`
					})
					.from(drafts)
					.innerJoin(documents, eq(documents.id, drafts.documentId))
					.where(eq(drafts.itemId, item))
					.orderBy(drafts.documentId)
			),

		hidden: (meeting) =>
			connection.run(({ orm }) =>
				orm
					.select({
						item: drafts.itemId,
						people: sql<number>`count(*)::int`,
						cards: sql<number>`sum(${drafts.cards})::int`,
						anonymous: sql<number>`count(*) filter (where ${drafts.anonymous})::int`
					})
					.from(drafts)
					.where(and(eq(drafts.meetingId, meeting), gt(drafts.cards, 0)))
					.groupBy(drafts.itemId)
			),

		async count(document, seq, cards) {
			const [found] = await connection.run(
				({ sql }) => sql<{ meeting_id: Id }[]>`
					with moved as (update documents set projected_seq = ${seq} where id = ${document} and projected_seq < ${seq} returning id)
					update drafts set cards = ${cards} from moved where document_id = moved.id returning meeting_id`
			);
			return found?.meeting_id ?? null;
		},

		async own(meeting, person) {
			const rows = await connection.run(({ orm }) =>
				orm
					.select({ item: drafts.itemId, document: drafts.documentId })
					.from(drafts)
					.where(and(eq(drafts.meetingId, meeting), eq(drafts.personId, person)))
			);
			return Object.fromEntries(rows.map(({ item, document }) => [item, document]));
		},

		open: ({ meeting, thinkTank, item, person, document, anonymous, passedOn }) =>
			connection.transaction(async (queries) => {
				// of two that ask at once, one waits here and finds what the other made
				await queries.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${item} ${person}`}, 0))`);
				const [found] = await queries.execute<{ document: Id }>(sql`
					update drafts set anonymous = anonymous or ${anonymous}, passed_on = coalesce(passed_on, cards = 0) and ${passedOn} where item_id = ${item} and person_id = ${person} returning document_id as document`);
				if (found) return found.document;
				await queries.insert(documents).values({ id: document, kind: 'drafts', thinkTankId: thinkTank });
				await queries.insert(drafts).values({ itemId: item, personId: person, meetingId: meeting, documentId: document, anonymous, passedOn });
				return document;
			})
	};
}

/** Keeps what is revealed within whatever transaction this is. Answers the row of the board; null: a document is not as it was read. */
export async function keepReveal(queries: Queries, { board, drafts: read }: Reveal): Promise<{ seq: number; at: number } | 'kept' | null> {
	const all = [...read.map(({ document }) => document), ...(board ? [board.document] : [])];
	if (all.length === 0) return 'kept';
	// in the order in which every append locks them
	const locked = await queries.execute<{ id: Id; generation: number; last_seq: string }>(
		sql`select id, generation, last_seq from documents where id in ${all} order by id for update`
	);
	const found = new Map(locked.map(({ id, generation, last_seq }) => [id, { generation, lastSeq: Number(last_seq) }]));
	for (const { document, generation, lastSeq } of read) {
		const now = found.get(document);
		if (now?.generation !== generation || now.lastSeq !== lastSeq) return null;
	}
	for (const group of inGroups(read.filter(({ anonymous }) => anonymous))) await destroy(queries, group);
	for (const group of inGroups(read.filter(({ anonymous }) => !anonymous))) await archive(queries, group);
	if (!board) return 'kept';
	const before = found.get(board.document);
	if (!before) return null;
	const seq = before.lastSeq + 1;
	await queries.execute(sql`update documents set last_seq = ${seq} where id = ${board.document}`);
	return { seq, at: await keepRow(queries, board.document, seq, board.update) };
}

/** Documents whose logs one statement takes in well below 50 ms. */
function* inGroups(drafts: readonly StoredDraft[]): Generator<Id[]> {
	let group: Id[] = [];
	let rows = 0;
	for (const { document, lastSeq } of drafts) {
		if (group.length > 0 && rows + lastSeq > page.rows) {
			yield group;
			[group, rows] = [[], 0];
		}
		group.push(document);
		rows += lastSeq;
	}
	if (group.length > 0) yield group;
}

/** What the words of an activity were written in, and how many letters at a time, says whose they are: nothing of it stays. */
async function destroy(queries: Queries, group: readonly Id[]): Promise<void> {
	for (const table of ['document_updates', 'document_archive', 'document_snapshots', 'document_snapshot_pieces', 'document_quarantine'])
		await queries.execute(sql`delete from ${sql.identifier(table)} where document_id in ${group}`);
	await queries.execute(sql`delete from projection_dead_letters where document_id in ${group}`);
	await queries.execute(sql`delete from late_contributions where document_id in ${group}`);
	await queries.execute(sql`update documents set generation = generation + 1, last_seq = 0, projected_seq = 0 where id in ${group}`);
	await queries.execute(sql`update drafts set cards = 0, revealed_seq = 0, anonymous = true, passed_on = null where document_id in ${group}`);
}

/** The log becomes history, and nothing is in the documents any more. */
async function archive(queries: Queries, group: readonly Id[]): Promise<void> {
	await queries.execute(sql`
		insert into document_snapshots (document_id, seq, state_vector, sum)
		select id, last_seq, ${emptyStateVector}::bytea, ${sumOf(emptyState)}::bytea from documents where id in ${group}
		on conflict (document_id, seq) do update set state_vector = excluded.state_vector, sum = excluded.sum`);
	await queries.execute(sql`delete from document_snapshot_pieces p using documents d where d.id = p.document_id and p.seq = d.last_seq and d.id in ${group}`);
	await queries.execute(sql`
		insert into document_snapshot_pieces (document_id, seq, position, piece) select id, last_seq, 0, ${emptyState}::bytea from documents where id in ${group}`);
	await queries.execute(sql`
		with taken as (delete from document_updates where document_id in ${group} returning document_id, seq, update, at, sum, reach)
		insert into document_archive (document_id, seq, update, at, sum, reach) select document_id, seq, update, at, sum, reach from taken`);
	await queries.execute(sql`update documents set generation = generation + 1, projected_seq = last_seq where id in ${group}`);
	await queries.execute(sql`
		update drafts set cards = 0, revealed_seq = d.last_seq, passed_on = null from documents d where d.id = drafts.document_id and d.id in ${group}`);
}
