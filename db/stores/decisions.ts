import { and, desc, eq, lt, sql, type SQL } from 'drizzle-orm';
import type { Decision } from '#realtime/meeting/decisions.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection, Queries } from '../connection.ts';
import { decisions } from '../schema/decisions.ts';
import { meetings } from '../schema/meetings.ts';
import { people } from '../schema/people.ts';
import { mandateItems } from '../schema/think-tanks.ts';
import { msOf } from '../schema/types.ts';

/** A decision of a think tank, with the meeting that adopted it. */
export interface ListedDecision extends Decision {
	meeting: { id: Id; number: number; title: LocalText };
	/** the name of the person who answers for it */
	personName: LocalText | null;
	/** the words of the mandate item that it cites */
	mandateText: LocalText | null;
}

export interface DecisionReads {
	/** The decisions of a think tank with a number below this (null: from the last one on), so many, the newest first. */
	list(thinkTank: Id, below: number | null, count: number): Promise<ListedDecision[]>;
}

export function decisionStore(connection: Connection): DecisionReads {
	return {
		async list(thinkTank, below, count) {
			const rows = await connection.run(({ orm }) =>
				orm
					.select({
						decision: decisions,
						meeting: { id: meetings.id, number: meetings.number, title: meetings.title },
						personName: people.name,
						mandateText: mandateItems.text
					})
					.from(decisions)
					.innerJoin(meetings, eq(meetings.id, decisions.meetingId))
					.leftJoin(people, eq(people.id, decisions.personId))
					.leftJoin(mandateItems, eq(mandateItems.id, decisions.mandateItemId))
					.where(and(eq(decisions.thinkTankId, thinkTank), below === null ? undefined : lt(decisions.number, below)))
					.orderBy(desc(decisions.number))
					.limit(count)
			);
			return rows.map(({ decision, ...around }) => ({ ...decisionOf(decision), ...around }));
		}
	};
}

const decisionOf = ({
	id,
	number,
	itemId,
	documentId,
	wordingId,
	cardId,
	text,
	personId,
	office,
	due,
	mandateItemId,
	by,
	adoptedAt,
	withdrawnAt
}: typeof decisions.$inferSelect): Decision => ({
	id,
	number,
	item: itemId,
	document: documentId,
	wording: wordingId,
	card: cardId,
	text,
	person: personId,
	office,
	due,
	mandate: mandateItemId,
	by,
	at: adoptedAt,
	withdrawnAt
});

/** In a query of `meetings`: the decisions of a meeting in order, as JSON of {@link Decision}. */
export const decisionsOfMeeting: SQL<Decision[]> = sql<Decision[]>`(
	select coalesce(jsonb_agg(jsonb_build_object(
		'id', d.id, 'number', d.number, 'item', d.item_id, 'document', d.document_id, 'wording', d.wording_id, 'card', d.card_id,
		'text', d.text, 'person', d.person_id, 'office', d.office, 'due', d.due, 'mandate', d.mandate_item_id, 'by', d.by,
		'at', ${sql.raw(msOf('d.adopted_at'))}, 'withdrawnAt', ${sql.raw(msOf('d.withdrawn_at'))}
	) order by d.number), '[]') from ${decisions} d where d.meeting_id = ${meetings.id})`;

/** What follows for the decisions from what has happened to a meeting, within the transaction that keeps it. False: another meeting has taken the number meanwhile. */
export async function keepDecisions(queries: Queries, { id: meetingId, thinkTank: thinkTankId }: Meeting, events: readonly MeetingEvent[]): Promise<boolean> {
	for (const event of events) {
		if (event.name === 'decision.withdrawn') await queries.update(decisions).set({ withdrawnAt: event.at }).where(eq(decisions.id, event.decision));
		if (event.name !== 'decision.adopted') continue;
		const { item: itemId, document: documentId, wording: wordingId, card: cardId, person: personId, mandate: mandateItemId, at, ...rest } = event.decision;
		const row = { ...rest, thinkTankId, meetingId, itemId, documentId, wordingId, cardId, personId, mandateItemId, adoptedAt: at };
		const kept = await queries.insert(decisions).values(row).onConflictDoNothing().returning({ id: decisions.id });
		if (kept.length === 0) return false;
	}
	return true;
}
