import { and, asc, desc, eq, gt, gte, inArray, isNull, lte, or, sql, type SQL } from 'drizzle-orm';
import { actionTexts } from '#realtime/board/actions-schema.ts';
import type { ActionState } from '#realtime/board/schema.ts';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { ActionStore } from '#realtime/server/ports.ts';
import type { Connection, Queries } from '../connection.ts';
import { page } from '../limits.ts';
import { historyRows, projectedAction, stretchKey, type HistoryRow, type ProjectedAction } from '../projections/action-rows.ts';
import { actionChanges, actions } from '../schema/actions.ts';
import { clientIds, documents } from '../schema/documents.ts';
import { agendaItems } from '../schema/meetings.ts';
import { memberships, thinkTanks } from '../schema/think-tanks.ts';
import { holds } from './folded.ts';

/** An action in SQL. */
export interface ActionRow extends ProjectedAction {
	documentId: Id;
	thinkTankId: Id;
	/** the point of the agenda with the card that it was made of; null: there is none */
	originActivityId: Id | null;
}

/** An action of somebody's, wherever. */
export interface OwnActionRow extends ActionRow {
	thinkTankName: LocalText;
}

/** Which actions of a think tank, and in what order. */
export interface ActionQuery {
	states?: readonly ActionState[] | undefined;
	/** null: nobody's, so neither a person's nor an office's */
	person?: Id | null | undefined;
	/** days as 2026-11-23, both included */
	dueFrom?: string | undefined;
	dueTo?: string | undefined;
	/** in what is to be done, in the notes or in the name of the office */
	text?: string | undefined;
	sort: 'due' | 'changed' | 'what' | 'state' | 'place';
	descending: boolean;
	from: number;
	count: number;
}

export interface ActionReads {
	/** The document of a think tank's actions; null: no such think tank. */
	documentOf(thinkTank: Id): Promise<Id | null>;
	list(thinkTank: Id, query: ActionQuery): Promise<{ actions: ActionRow[]; total: number }>;
	/** What somebody has to do in the think tanks that they are in, and what they finished since; by day. */
	ofPerson(person: Id, finishedSince: number): Promise<OwnActionRow[]>;
	/** One action; null: none of that id in this document. */
	find(document: Id, action: Id): Promise<ActionRow | null>;
	/** What changed of an action, the newest first. */
	history(document: Id, action: Id): Promise<HistoryRow[]>;
}

/** Rows that one request is given at most of what has no pages. */
const mostRows = 500;

export function actionStore(connection: Connection): ActionStore & ActionReads {
	const columns = {
		documentId: actions.documentId,
		actionId: actions.actionId,
		thinkTankId: actions.thinkTankId,
		what: actions.what,
		notes: actions.notes,
		personId: actions.personId,
		office: actions.office,
		due: actions.due,
		state: actions.state,
		place: actions.place,
		originMeetingId: actions.originMeetingId,
		originDocumentId: actions.originDocumentId,
		originCardId: actions.originCardId,
		originDecisionId: actions.originDecisionId,
		authorId: actions.authorId,
		deleted: actions.deleted,
		createdAt: actions.createdAt,
		updatedAt: actions.updatedAt,
		originActivityId: sql<Id | null>`(select ${agendaItems.id} from ${agendaItems}
			where ${agendaItems.meetingId} = ${actions.originMeetingId} and ${agendaItems.documentId} = ${actions.originDocumentId} limit 1)`
	};

	return {
		project: (document, seq, changed, changes) =>
			connection.transaction(async (queries) => {
				const [found] = await queries
					.select({ projectedSeq: documents.projectedSeq, thinkTankId: documents.thinkTankId })
					.from(documents)
					.where(eq(documents.id, document))
					.for('update');
				if (!found || found.projectedSeq >= seq) return;
				await writeActions(
					queries,
					{ id: document, thinkTankId: found.thinkTankId },
					changed.flatMap(({ action, at }) => projectedAction(action, at) ?? [])
				);
				const news = changes.filter(({ action, seq }) => isId(action) && seq > found.projectedSeq);
				if (news.length > 0) {
					const persons = await personsOf(
						queries,
						news.map(({ client }) => client)
					);
					const last = await lastOfTexts(queries, document, [...new Set(news.map(({ action }) => action))]);
					await writeHistory(
						queries,
						document,
						historyRows(news, (client) => persons.get(client) ?? null, last)
					);
				}
				await queries.update(documents).set({ projectedSeq: seq }).where(eq(documents.id, document));
			}),

		documentsOf: (person, other) =>
			connection.run(({ orm }) =>
				orm
					.select({
						document: documents.id,
						// a select of one table writes its columns without their table's name, which is another's in here
						otherIsMember: sql<boolean>`exists (select from memberships m where m.think_tank_id = documents.think_tank_id and m.person_id = ${other})`
					})
					.from(documents)
					.where(
						// beginning with the person: of documents there are many more
						sql`${documents.id} in (
							select d.id from memberships m join documents d on d.think_tank_id = m.think_tank_id and d.kind = 'actions' where m.person_id = ${person}
							union select document_id from ${actions} where person_id = ${person}
						)`
					)
					.orderBy(documents.id)
			),

		documentOf: async (thinkTank) =>
			(
				await connection.run(({ orm }) =>
					orm
						.select({ id: documents.id })
						.from(documents)
						.where(and(eq(documents.thinkTankId, thinkTank), sql`${documents.kind} = 'actions'`))
						.limit(1)
				)
			)[0]?.id ?? null,

		async list(thinkTank, query) {
			const where = and(eq(actions.thinkTankId, thinkTank), eq(actions.deleted, false), ...conditionsOf(query));
			const [counted, rows] = await Promise.all([
				connection.run(({ orm }) =>
					orm
						.select({ total: sql<number>`count(*)::int` })
						.from(actions)
						.where(where)
				),
				connection.run(({ orm }) =>
					orm
						.select(columns)
						.from(actions)
						.where(where)
						.orderBy(...orderOf(query))
						.limit(query.count)
						.offset(query.from)
				)
			]);
			return { actions: rows, total: counted[0]!.total };
		},

		ofPerson: (person, finishedSince) =>
			connection.run(({ orm }) =>
				orm
					.select({ ...columns, thinkTankName: thinkTanks.name })
					.from(actions)
					.innerJoin(memberships, and(eq(memberships.thinkTankId, actions.thinkTankId), eq(memberships.personId, person)))
					.innerJoin(thinkTanks, eq(thinkTanks.id, actions.thinkTankId))
					.where(
						and(eq(actions.personId, person), eq(actions.deleted, false), or(inArray(actions.state, ['open', 'doing']), gt(actions.updatedAt, finishedSince)))
					)
					.orderBy(sql`${actions.due} asc nulls last`, asc(actions.place), asc(actions.actionId))
					.limit(mostRows)
			),

		find: async (document, action) =>
			(
				await connection.run(({ orm }) =>
					orm
						.select(columns)
						.from(actions)
						.where(and(eq(actions.documentId, document), eq(actions.actionId, action)))
				)
			)[0] ?? null,

		history: async (document, action) =>
			(
				await connection.run(({ orm }) =>
					orm
						.select()
						.from(actionChanges)
						.where(
							and(
								eq(actionChanges.documentId, document),
								eq(actionChanges.actionId, action),
								// what was written and taken back again is no change
								sql`${actionChanges.before} is distinct from ${actionChanges.after}`
							)
						)
						.orderBy(desc(actionChanges.seq), asc(actionChanges.field))
						.limit(mostRows)
				)
			).map(({ documentId: _, ...row }) => row)
	};
}

function conditionsOf({ states, person, dueFrom, dueTo, text }: ActionQuery): (SQL | undefined)[] {
	const searched = [actions.what, actions.notes, actions.office].map((column) => sql`folded(${column})`);
	return [
		states && states.length > 0 ? inArray(actions.state, [...states]) : undefined,
		person === undefined ? undefined : person === null ? and(isNull(actions.personId), isNull(actions.office)) : eq(actions.personId, person),
		dueFrom === undefined ? undefined : gte(actions.due, dueFrom),
		dueTo === undefined ? undefined : lte(actions.due, dueTo),
		text === undefined ? undefined : (holds(searched, text) ?? sql`false`)
	];
}

function orderOf({ sort, descending }: ActionQuery): SQL[] {
	const by = {
		due: sql`${actions.due}`,
		changed: sql`${actions.updatedAt}`,
		what: sql`${actions.what}`,
		state: sql`array_position(array['open', 'doing', 'done', 'dropped'], ${actions.state})`,
		place: sql`${actions.place} collate "C"`
	}[sort];
	// what has no date comes last, whichever way
	return [descending ? sql`${by} desc nulls last` : sql`${by} asc nulls last`, sql`${actions.place} collate "C"`, asc(actions.actionId)];
}

/** Writes these rows, in pages. */
export async function writeActions(queries: Queries, document: { id: Id; thinkTankId: Id }, rows: readonly ProjectedAction[]): Promise<void> {
	for (let at = 0; at < rows.length; at += page.cards) {
		await queries
			.insert(actions)
			.values(rows.slice(at, at + page.cards).map((row) => ({ ...row, documentId: document.id, thinkTankId: document.thinkTankId })))
			.onConflictDoUpdate({
				target: [actions.documentId, actions.actionId],
				set: {
					what: sql`excluded.what`,
					notes: sql`excluded.notes`,
					personId: sql`excluded.person_id`,
					office: sql`excluded.office`,
					due: sql`excluded.due`,
					state: sql`excluded.state`,
					place: sql`excluded.place`,
					originMeetingId: sql`excluded.origin_meeting_id`,
					originDocumentId: sql`excluded.origin_document_id`,
					originCardId: sql`excluded.origin_card_id`,
					originDecisionId: sql`excluded.origin_decision_id`,
					authorId: sql`excluded.author_id`,
					deleted: sql`excluded.deleted`,
					createdAt: sql`excluded.created_at`,
					updatedAt: sql`excluded.updated_at`
				}
			});
	}
}

/** Writes these rows of the history, in pages; one that goes on takes the place of what it was. */
export async function writeHistory(queries: Queries, document: Id, rows: readonly HistoryRow[]): Promise<void> {
	for (let at = 0; at < rows.length; at += page.cards) {
		await queries
			.insert(actionChanges)
			.values(rows.slice(at, at + page.cards).map((row) => ({ ...row, documentId: document })))
			.onConflictDoUpdate({
				target: [actionChanges.documentId, actionChanges.actionId, actionChanges.seq, actionChanges.field],
				set: { before: sql`excluded.before`, after: sql`excluded.after`, personId: sql`excluded.person_id`, at: sql`excluded.at` }
			});
	}
}

/** Whose these client ids are; the server's own are nobody's. */
export async function personsOf(queries: Queries, clients: readonly (number | null)[]): Promise<Map<number, Id>> {
	const wanted = [...new Set(clients)].filter((client) => client !== null);
	const persons = new Map<number, Id>();
	for (let at = 0; at < wanted.length; at += page.rows) {
		const rows = await queries
			.select({ id: clientIds.id, personId: clientIds.personId })
			.from(clientIds)
			.where(inArray(clientIds.id, wanted.slice(at, at + page.rows)));
		for (const { id, personId } of rows) if (personId !== null) persons.set(id, personId);
	}
	return persons;
}

/** The last row of the history of each text of these actions. */
async function lastOfTexts(queries: Queries, document: Id, ids: readonly Id[]): Promise<Map<string, HistoryRow>> {
	const last = new Map<string, HistoryRow>();
	for (let at = 0; at < ids.length; at += page.cards) {
		const rows = await queries
			.selectDistinctOn([actionChanges.actionId, actionChanges.field])
			.from(actionChanges)
			.where(
				and(
					eq(actionChanges.documentId, document),
					inArray(actionChanges.actionId, ids.slice(at, at + page.cards)),
					inArray(actionChanges.field, [...actionTexts])
				)
			)
			.orderBy(actionChanges.actionId, actionChanges.field, desc(actionChanges.seq));
		for (const { documentId: _, ...row } of rows) last.set(stretchKey(row), row);
	}
	return last;
}
