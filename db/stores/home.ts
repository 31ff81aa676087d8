import type { ActionState } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { MeetingState } from '#realtime/meeting/meetings.ts';
import type { MemberRole, Role } from '#realtime/meeting/roles.ts';
import type { Step } from '#realtime/meeting/steps.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection, Sql } from '../connection.ts';
import { msOf } from '../schema/types.ts';

export interface Named {
	id: Id;
	name: LocalText;
}

export interface HomeThinkTank extends Named {
	host: LocalText;
	role: MemberRole;
	archived: boolean;
}

/** A meeting that is live or to come. */
export interface HomeMeeting {
	id: Id;
	number: number;
	title: LocalText;
	state: Extract<MeetingState, 'live' | 'scheduled'>;
	startsAt: number;
	minutes: number;
	place: string | null;
	callLink: string | null;
	thinkTank: Named;
	role: Role;
	/** the step that a live one is at, if that stays open until a date, in milliseconds since 1970; null: it is done while everybody is there */
	open: (Pick<Step, 'kind' | 'title'> & { until: number }) | null;
}

/** An action item of one's own. */
export interface HomeAction {
	id: Id;
	what: string;
	/** as 2026-11-23; null: none */
	due: string | null;
	state: ActionState;
	thinkTank: Named;
}

export type MeetingNews = 'scheduled' | 'postponed' | 'cancelled' | 'opened' | 'closed' | 'reopened' | 'named' | 'released';

/** Something that others did and that concerns a person. */
export type News = { at: number } & (
	| {
			about: 'meeting';
			what: MeetingNews;
			meeting: { id: Id; number: number; title: LocalText; state: MeetingState; startsAt: number };
			thinkTank: Named;
	  }
	/** `by`: who did it; null: not known */
	| { about: 'action'; what: 'given' | 'changed' | 'removed'; action: HomeAction; by: LocalText | null }
	/** `role`: what the person is there from then on */
	| { about: 'membership'; what: 'joined' | 'role'; thinkTank: Named; role: MemberRole }
	| { about: 'membership'; what: 'left'; thinkTank: Named; role: null }
	| { about: 'administrator'; what: 'made' | 'unmade' }
);

/** What a person finds first. Nothing of it is about a think tank that they are not in, but that they left it, and meetings that let them in as guests. */
export interface HomeReads {
	/** When they last looked at their home, else when they came; and the database's time. */
	seen(person: Id): Promise<{ seenAt: number; now: number }>;
	/** That they looked at it as it was then; what they looked at later stays. */
	look(person: Id, at: number): Promise<void>;
	/** those in use first, in the order in which they were made */
	thinkTanks(person: Id): Promise<HomeThinkTank[]>;
	/** the live ones first, then by their time */
	meetings(person: Id): Promise<HomeMeeting[]>;
	/** the open ones, those that are due first; and how many there are */
	actions(person: Id): Promise<{ actions: HomeAction[]; count: number }>;
	/** What others did since then, the newest first; of each meeting and action the last. */
	news(person: Id, since: number): Promise<News[]>;
}

const ms = (sql: Sql, time: string) => sql.unsafe(msOf(time));

interface MeetingRow {
	id: Id;
	number: number;
	title: LocalText;
	state: MeetingState;
	starts_at: number;
	think_tank: Named;
}

interface ActionRow {
	id: Id;
	what: string;
	due: string | null;
	state: ActionState;
	think_tank: Named;
}

const actionOf = ({ id, what, due, state, think_tank: thinkTank }: ActionRow): HomeAction => ({
	id,
	what,
	due: due !== null && Number.isNaN(Date.parse(due)) ? null : due,
	state,
	thinkTank
});

export function homeReads(connection: Connection): HomeReads {
	const meetingNews = (person: Id, since: string) =>
		connection.run(
			({ sql }) => sql<(MeetingRow & { what: MeetingNews; at: number })[]>`
				select what, ${ms(sql, 'latest.at')} as at, h.id, h.number, h.title, h.state, ${ms(sql, 'h.starts_at')} as starts_at,
					jsonb_build_object('id', t.id, 'name', t.name) as think_tank
				from memberships m
				join think_tanks t on t.id = m.think_tank_id
				-- think tank by think tank, and meeting by meeting: in all others of the installation happens as much
				cross join lateral (select * from meetings where think_tank_id = m.think_tank_id offset 0) h
				cross join lateral (
					select distinct on (role) split_part(e.event->>'name', '.', 2) as what, e.at, e.event->>'name' like 'facilitator.%' as role
					from meeting_events e
					where e.meeting_id = h.id and e.at > greatest(${since}::timestamptz, m.created_at) and e.actor_id is distinct from ${person}
						and (e.event->>'name' in ('meeting.scheduled', 'meeting.postponed', 'meeting.cancelled', 'meeting.opened', 'meeting.closed', 'meeting.reopened')
							or e.event->>'name' in ('facilitator.named', 'facilitator.released') and e.event->>'person' = ${person})
					order by role, e.version desc
				) latest
				where m.person_id = ${person}
				order by latest.at desc limit ${limits.homeNews}`
		);

	const actionNews = (person: Id, since: string) =>
		connection.run(
			({ sql }) => sql<(ActionRow & { given: boolean; removed: boolean; at: number; by: LocalText | null })[]>`
				select changed.id, what, due, state, think_tank, given, removed, ${ms(sql, 'changed.at')} as at, p.name as by from (
					select a.action_id as id, a.what, a.due, a.state, jsonb_build_object('id', t.id, 'name', t.name) as think_tank, a.deleted as removed,
						coalesce(c.given, true) as given, coalesce(c.at, a.created_at) as at, case when c.at is null then a.author_id else c.by end as by
					from actions a
					join memberships m on m.think_tank_id = a.think_tank_id and m.person_id = a.person_id
					join think_tanks t on t.id = a.think_tank_id
					left join lateral (
						select max(at) as at, bool_or(field = 'who') as given, bool_or(field = 'deleted') as removed,
							(array_agg(person_id order by at desc, seq desc))[1] as by
						from action_changes
						where document_id = a.document_id and action_id = a.action_id and at > ${since} and person_id is distinct from ${person}
							-- what was written and taken back again is no change
							and before is distinct from after
					) c on true
					where a.person_id = ${person} and a.updated_at > ${since} and (not a.deleted or c.removed)
						and (c.at is not null or a.created_at > ${since} and a.author_id is distinct from ${person})
				) changed
				left join people p on p.id = changed.by
				order by changed.at desc limit ${limits.homeNews}`
		);

	const standingNews = (person: Id, since: string) =>
		connection.run(
			({ sql }) => sql<{ kind: string; at: number; think_tank: Named | null; role: MemberRole | null }[]>`
				select 'joined' as kind, ${ms(sql, 'm.created_at')} as at, jsonb_build_object('id', t.id, 'name', t.name) as think_tank, m.role
				from memberships m join think_tanks t on t.id = m.think_tank_id
				-- whoever makes a think tank is in it from the beginning
				where m.person_id = ${person} and m.created_at > ${since} and m.created_at > t.created_at + interval '2 seconds'
				union all (
					select e.kind, ${ms(sql, 'e.at')}, case when t.id is not null then jsonb_build_object('id', t.id, 'name', t.name) end, e.details->>'role'
					from audit_entries e left join think_tanks t on t.id = e.think_tank_id
					where e.subject_id = ${person} and e.at > ${since} and e.actor_id is distinct from ${person}
						and (e.kind in ('member.removed', 'administrator.made', 'administrator.unmade')
							or e.kind = 'member.changed' and e.details->>'role' is distinct from e.details->>'before')
					order by e.at desc limit ${limits.homeNews}
				)`
		);

	return {
		async seen(person) {
			const [found] = await connection.run(
				({ sql }) => sql<{ seen_at: number; now: number }[]>`
					select ${ms(sql, 'coalesce(home_seen_at, created_at)')} as seen_at, ${ms(sql, 'clock_timestamp()')} as now from people where id = ${person}`
			);
			return { seenAt: found!.seen_at, now: found!.now };
		},

		async look(person, at) {
			await connection.run(
				({ sql }) => sql`
					update people set home_seen_at = least(${new Date(at).toISOString()}::timestamptz, clock_timestamp())
					where id = ${person} and (home_seen_at is null or home_seen_at < ${new Date(at).toISOString()}::timestamptz)`
			);
		},

		thinkTanks: async (person) => [
			...(await connection.run(
				({ sql }) => sql<HomeThinkTank[]>`
					select t.id, t.name, t.host, m.role, t.archived_at is not null as archived
					from memberships m join think_tanks t on t.id = m.think_tank_id
					where m.person_id = ${person}
					order by archived, t.created_at, t.id`
			))
		],

		async meetings(person) {
			const rows = await connection.run(
				({ sql }) => sql<(MeetingRow & Pick<HomeMeeting, 'state' | 'minutes' | 'place' | 'role' | 'open'> & { call_link: string | null })[]>`
					select h.id, h.number, h.title, h.state, ${ms(sql, 'h.starts_at')} as starts_at, h.minutes, h.place, h.call_link,
						jsonb_build_object('id', t.id, 'name', t.name) as think_tank,
						case when h.state = 'live' then (
							select jsonb_build_object('kind', one -> 'kind', 'title', one -> 'title', 'until', one -> 'until')
							from agenda_items i, jsonb_array_elements(i.steps) one
							where i.id = h.point and one ->> 'id' = i.step and one ->> 'until' is not null
						) end as open,
						case when mine.role in ('member', 'observer') and h.co_facilitators ? ${person} then 'co-facilitator' else mine.role end as role
					from (
						select ahead.id as meeting, m.role from memberships m cross join lateral (
							select id from meetings where think_tank_id = m.think_tank_id and state in ('live', 'scheduled')
							order by state <> 'live', starts_at, id limit ${limits.homeMeetings}
						) ahead
						where m.person_id = ${person}
						union all
						select g.meeting_id, 'guest' from guests g join links l on l.digest = g.link_digest join meetings h on h.id = g.meeting_id
						where g.person_id = ${person} and g.state = 'admitted' and l.revoked_at is null and h.state in ('live', 'scheduled')
							and not exists (select from memberships where think_tank_id = h.think_tank_id and person_id = ${person})
					) mine
					join meetings h on h.id = mine.meeting
					join think_tanks t on t.id = h.think_tank_id and t.archived_at is null
					order by h.state <> 'live', h.starts_at, h.id
					limit ${limits.homeMeetings}`
			);
			return rows.map(({ starts_at: startsAt, call_link: callLink, think_tank: thinkTank, ...meeting }) => ({ ...meeting, startsAt, callLink, thinkTank }));
		},

		async actions(person) {
			const rows = await connection.run(
				({ sql }) => sql<(ActionRow & { count: number })[]>`
					select a.action_id as id, a.what, a.due, a.state, jsonb_build_object('id', t.id, 'name', t.name) as think_tank, count(*) over () as count
					from actions a
					join memberships m on m.think_tank_id = a.think_tank_id and m.person_id = a.person_id
					join think_tanks t on t.id = a.think_tank_id and t.archived_at is null
					where a.person_id = ${person} and not a.deleted and a.state in ('open', 'doing')
					order by a.due nulls last, a.place, a.action_id
					limit ${limits.homeActions}`
			);
			return { actions: rows.map(actionOf), count: rows[0]?.count ?? 0 };
		},

		async news(person, from) {
			const since = new Date(from).toISOString();
			const [meetings, actions, standing] = await Promise.all([meetingNews(person, since), actionNews(person, since), standingNews(person, since)]);
			return [
				...meetings.map(({ what, at, think_tank: thinkTank, starts_at: startsAt, id, number, title, state }): News => ({
					about: 'meeting',
					what,
					at,
					meeting: { id, number, title, state, startsAt },
					thinkTank
				})),
				...actions.map(({ given, removed, at, by, ...row }): News => ({
					about: 'action',
					what: removed ? 'removed' : given ? 'given' : 'changed',
					at,
					action: actionOf(row),
					by
				})),
				...standing.flatMap(({ kind, at, think_tank: thinkTank, role }): News[] => {
					if (kind === 'administrator.made' || kind === 'administrator.unmade')
						return [{ about: 'administrator', what: kind === 'administrator.made' ? 'made' : 'unmade', at }];
					if (!thinkTank) return [];
					if (kind === 'member.removed') return [{ about: 'membership', what: 'left', at, thinkTank, role: null }];
					return role ? [{ about: 'membership', what: kind === 'joined' ? 'joined' : 'role', at, thinkTank, role }] : [];
				})
			]
				.sort((a, b) => b.at - a.at)
				.slice(0, limits.homeNews);
		}
	};
}
