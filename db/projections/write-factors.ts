import { sql, type SQL } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { LoggedGrouping } from '#realtime/server/ports.ts';
import type { ProjectedCard } from './factor-rows.ts';
import { writeGroupings } from './write-groupings.ts';

/** A row to write. `changedAt`: when the card changed, or null to keep the time that the table has. */
export type FactorToWrite = ProjectedCard & { changedAt: number | null };

/** What a statement of {@link writeFactors} answers, in one row. */
export interface Written extends Record<string, unknown> {
	/** rows that differed from what was there */
	written: number;
	/** did the condition hold? */
	held: boolean;
}

/**
 * A statement that writes these rows where they differ from what is there, and how cards were grouped. `condition`, if given,
 * is a query that must find or change a row; otherwise nothing is written.
 */
export function writeFactors(
	document: Id,
	cards: readonly FactorToWrite[],
	groupings: readonly LoggedGrouping[] = [],
	condition: SQL = sql`select`
): SQL<Written> {
	return sql`
		with condition as (${condition}), given as (
			select r.card_id, r."column", r.place, r.text, r.group_id, r.group_title, r.author_id, p.province, r.evidence, r.deleted,
				to_timestamp(r.created_ms / 1000.0)::timestamptz(3) as created_at,
				coalesce(to_timestamp(r.changed_ms / 1000.0)::timestamptz(3), f.updated_at, clock_timestamp()) as updated_at
			from jsonb_to_recordset(${JSON.stringify(cards.map(toRecord))}::jsonb) as r (
				card_id text, "column" text, place text, text text, group_id text, group_title text, author_id text,
				evidence jsonb, deleted boolean, created_ms float8, changed_ms float8
			)
			left join people p on p.id = r.author_id
			left join factors f on f.document_id = ${document} and f.card_id = r.card_id
			where exists (select from condition) and (
				f.card_id is null
				or (f."column", f.place, f.text, f.group_id, f.group_title, f.author_id, f.province, f.evidence, f.deleted, f.created_at, f.updated_at)
				is distinct from (r."column", r.place, r.text, r.group_id, r.group_title, r.author_id, p.province, r.evidence, r.deleted,
					to_timestamp(r.created_ms / 1000.0)::timestamptz(3),
					coalesce(to_timestamp(r.changed_ms / 1000.0)::timestamptz(3), f.updated_at))
			)
		), written as (
			insert into factors (document_id, card_id, "column", place, text, group_id, group_title, author_id, province, evidence, deleted, created_at, updated_at)
			select ${document}, given.* from given
			on conflict (document_id, card_id) do update set
				"column" = excluded."column", place = excluded.place, text = excluded.text, group_id = excluded.group_id, group_title = excluded.group_title,
				author_id = excluded.author_id, province = excluded.province, evidence = excluded.evidence, deleted = excluded.deleted,
				created_at = excluded.created_at, updated_at = excluded.updated_at
			returning 1
		), grouped as (
			${writeGroupings(document, groupings, sql`exists (select from condition)`)}
		)
		select (select count(*) from written)::int as written, exists (select from condition) as held`;
}

const toRecord = (card: FactorToWrite) => ({
	card_id: card.cardId,
	column: card.column,
	place: card.place,
	text: card.text,
	group_id: card.groupId,
	group_title: card.groupTitle,
	author_id: card.authorId,
	evidence: card.evidence,
	deleted: card.deleted,
	created_ms: card.createdAt,
	changed_ms: card.changedAt
});
