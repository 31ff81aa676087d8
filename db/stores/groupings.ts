import { courseEvents } from '#realtime/meeting/course.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection } from '../connection.ts';
import { msOf } from '../schema/types.ts';

/** What somebody did to the groups of a board between two events of the course of its meeting. */
export interface Grouped {
	/** when they last did, in milliseconds since 1970 */
	at: number;
	by: { id: Id; name: LocalText };
	/** the point of the agenda */
	item: Id;
	/** how many cards they put into each group, called as it is called by now (null: it has no cards any more), or took out of one (`id` null) */
	groups: { id: Id | null; title: string | null; cards: number }[];
}

export interface GroupingReads {
	/** How cards were grouped at the points of a meeting, in order, and by whom. What was taken back between two events is left out. */
	ofMeeting(meeting: Id): Promise<Grouped[]>;
}

/** What one person put into one group. */
interface Row {
	/** the version that the meeting had come to */
	since: number | null;
	at: number;
	item: Id;
	person: Id;
	name: LocalText;
	group: Id | null;
	title: string | null;
	cards: number;
}

export const groupingStore = (connection: Connection): GroupingReads => ({
	async ofMeeting(meeting) {
		const rows = await connection.run(
			({ sql }) => sql<Row[]>`
				with points as (
					select id as item, document_id from agenda_items where meeting_id = ${meeting}
					union
					-- what has been taken off the agenda since
					select ended_step ->> 'item', ended_step ->> 'document' from meeting_events where meeting_id = ${meeting} and ended_step is not null
				), moments as (
					select p.item, g.document_id, g.card_id, g.seq, g.from_group_id, g.to_group_id, g.person_id, g.at, null::int as version
					from points p join groupings g on g.document_id = p.document_id
					union all
					select null, null, null, null, null, null, null, at, version from meeting_events
					where meeting_id = ${meeting} and event ->> 'name' in ${sql([...courseEvents])}
				), placed as (
					select *, max(version) over (order by at, version rows unbounded preceding) as since from moments
				), moved as (
					select item, document_id, since, max(at) as at,
						(array_agg(from_group_id order by seq))[1] as from_group_id,
						(array_agg(to_group_id order by seq desc))[1] as to_group_id,
						(array_agg(person_id order by seq desc))[1] as person_id
					from placed where version is null group by item, document_id, card_id, since
				)
				select item, since, m.person_id as person, p.name, m.to_group_id as "group", count(*)::int as cards,
					${sql.unsafe(msOf('max(m.at)'))} as at,
					(select f.group_title from factors f where f.document_id = m.document_id and f.group_id = m.to_group_id limit 1) as title
				from moved m join people p on p.id = m.person_id
				where m.from_group_id is distinct from m.to_group_id
				group by item, m.document_id, since, m.person_id, p.name, m.to_group_id
				order by since, max(m.at), m.to_group_id`
		);
		const found = new Map<string, Grouped>();
		for (const { since, at, item, person, name, group: id, title, cards } of rows) {
			const key = `${since} ${item} ${person}`;
			const former = found.get(key);
			found.set(key, { at: Math.max(at, former?.at ?? 0), by: { id: person, name }, item, groups: [...(former?.groups ?? []), { id, title, cards }] });
		}
		return [...found.values()].sort((a, b) => a.at - b.at);
	}
});
