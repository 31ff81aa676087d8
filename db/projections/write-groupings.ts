import { sql, type SQL } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { LoggedGrouping } from '#realtime/server/ports.ts';

/** The rows of the table of groupings that these make, as a query; whose each is, is who the client id was leased to. */
export const groupingRows = (document: Id, groupings: readonly LoggedGrouping[]): SQL => sql`
	select ${document}::text as document_id, g.seq, g.card_id, g.from_group_id, g.to_group_id, c.person_id,
		to_timestamp(g.ms / 1000.0)::timestamptz(3) as at
	from jsonb_to_recordset(${JSON.stringify(groupings.map(toRecord))}::jsonb)
		as g (seq bigint, card_id text, from_group_id text, to_group_id text, client bigint, ms float8)
	left join client_ids c on c.id = g.client`;

/** A statement that writes them if a condition holds; what is there already stays. */
export const writeGroupings = (document: Id, groupings: readonly LoggedGrouping[], condition: SQL = sql`true`): SQL => sql`
	insert into groupings (document_id, seq, card_id, from_group_id, to_group_id, person_id, at)
	${groupingRows(document, groupings)} where ${condition}
	on conflict do nothing`;

const toRecord = ({ seq, card, from, to, client, at }: LoggedGrouping) => ({ seq, card_id: card, from_group_id: from, to_group_id: to, client, ms: at });
