import { and, asc, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { MeetingState, Participant } from '#realtime/meeting/meetings.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection, Queries } from '../connection.ts';
import { documents } from '../schema/documents.ts';
import { meetings } from '../schema/meetings.ts';
import { mandateItems, memberships, thinkTanks } from '../schema/think-tanks.ts';

export interface ThinkTank {
	id: Id;
	name: LocalText;
	host: LocalText;
	purpose: LocalText;
}

/** A think tank as one of its members sees it from outside. */
export interface OwnThinkTank extends ThinkTank {
	role: MemberRole;
	/** the newest first */
	meetings: { id: Id; number: number; title: LocalText; state: MeetingState; startsAt: number }[];
}

/** Everything that a think tank is, but for its mandate, members and meetings. */
export interface ThinkTankDetails extends ThinkTank {
	/** null: national */
	province: Province | null;
	/** the term, by days as 2026-11-23, both included; null: without an end */
	termFrom: string | null;
	termTo: string | null;
	/** milliseconds since 1970; null: it is not archived */
	archivedAt: number | null;
	/** the document of its action items */
	actions: Id;
}

/** A think tank in a list of all. */
export interface ListedThinkTank extends Pick<ThinkTankDetails, 'id' | 'name' | 'host' | 'province' | 'archivedAt'> {
	/** what the reader is there; null: nothing */
	role: MemberRole | null;
	members: number;
	meetings: number;
}

/** What may be changed of a think tank. */
export type ThinkTankChanges = Partial<Omit<ThinkTankDetails, 'id' | 'archivedAt' | 'actions'>>;

export interface ThinkTankStore {
	find(id: Id): Promise<ThinkTank | null>;
	details(id: Id): Promise<ThinkTankDetails | null>;
	/** Those that somebody is a member of, or `all` there are; archived ones last, the oldest first. */
	list(person: Id, all: boolean): Promise<ListedThinkTank[]>;
	/** its meetings, the newest first */
	meetingsOf(id: Id): Promise<OwnThinkTank['meetings']>;
	/** Makes a think tank, with this facilitator or with nobody. */
	create(thinkTank: NewThinkTank, facilitator: Id | null): Promise<void>;
	/** Changes what is given. */
	change(id: Id, changes: ThinkTankChanges): Promise<void>;
	/** Makes it read-only, or brings it back; nothing is deleted. False: it is so already. */
	archive(id: Id, archived: boolean): Promise<boolean>;
	/** those that a person is a member of, the oldest first */
	of(person: Id): Promise<OwnThinkTank[]>;
	/** Is there one at all? */
	any(): Promise<boolean>;
	/** Makes somebody a member, or gives a member another role. */
	addMember(thinkTank: Id, person: Id, role: MemberRole): Promise<void>;
	/** Everybody who is a member of a document's think tank, and whoever else wrote a card or an action in it, or has one to do: they appear as guests. */
	peopleOf(document: Id): Promise<Participant[]>;
}

/** A think tank as it is made. */
export interface NewThinkTank extends Pick<ThinkTank, 'id' | 'name' | 'host' | 'purpose'> {
	/** null, and when it is not said: national */
	province?: Province | null;
	/** the term, by days as 2026-11-23, both included; null: without an end */
	termFrom?: string | null;
	termTo?: string | null;
	/** the document of its action items */
	actions: Id;
	/** in order */
	mandate: readonly { id: Id; text: LocalText }[];
}

/** Makes a think tank with its mandate and its action items, within whatever transaction this is. */
export async function insertThinkTank(queries: Queries, { actions, mandate, ...thinkTank }: NewThinkTank): Promise<void> {
	await queries.insert(thinkTanks).values(thinkTank);
	await queries.insert(documents).values({ id: actions, kind: 'actions', thinkTankId: thinkTank.id });
	if (mandate.length === 0) return;
	await queries.insert(mandateItems).values(mandate.map(({ id, text }, i) => ({ id, thinkTankId: thinkTank.id, position: i + 1, text })));
}

/** Makes somebody a member within whatever transaction this is. */
export const insertMember = (queries: Queries, thinkTankId: Id, personId: Id, role: MemberRole) =>
	queries
		.insert(memberships)
		.values({ thinkTankId, personId, role })
		.onConflictDoUpdate({ target: [memberships.thinkTankId, memberships.personId], set: { role } });

export function thinkTankStore(connection: Connection): ThinkTankStore {
	const columns = { id: thinkTanks.id, name: thinkTanks.name, host: thinkTanks.host, purpose: thinkTanks.purpose };
	return {
		find: async (id) => (await connection.run(({ orm }) => orm.select(columns).from(thinkTanks).where(eq(thinkTanks.id, id))))[0] ?? null,

		async of(person) {
			const rows = await connection.run(({ orm }) =>
				orm
					.select({
						...columns,
						role: memberships.role,
						meeting: { id: meetings.id, number: meetings.number, title: meetings.title, state: meetings.state, startsAt: meetings.startsAt }
					})
					.from(memberships)
					.innerJoin(thinkTanks, eq(thinkTanks.id, memberships.thinkTankId))
					.leftJoin(meetings, eq(meetings.thinkTankId, thinkTanks.id))
					.where(eq(memberships.personId, person))
					.orderBy(asc(thinkTanks.createdAt), asc(thinkTanks.id), desc(meetings.number))
			);
			const found = new Map<Id, OwnThinkTank>();
			for (const { meeting, ...thinkTank } of rows) {
				const own = found.get(thinkTank.id) ?? { ...thinkTank, meetings: [] };
				if (meeting) own.meetings.push(meeting);
				found.set(thinkTank.id, own);
			}
			return [...found.values()];
		},

		async details(id) {
			const [found] = await connection.run(({ orm }) =>
				orm
					.select({
						...columns,
						province: thinkTanks.province,
						termFrom: thinkTanks.termFrom,
						termTo: thinkTanks.termTo,
						archivedAt: thinkTanks.archivedAt,
						actions: documents.id
					})
					.from(thinkTanks)
					.innerJoin(documents, and(eq(documents.thinkTankId, thinkTanks.id), sql`${documents.kind} = 'actions'`))
					.where(eq(thinkTanks.id, id))
			);
			return found ?? null;
		},

		list: (person, all) =>
			connection.run(({ orm }) =>
				orm
					.select({
						id: thinkTanks.id,
						name: thinkTanks.name,
						host: thinkTanks.host,
						province: thinkTanks.province,
						archivedAt: thinkTanks.archivedAt,
						role: memberships.role,
						members: sql<number>`(select count(*)::int from memberships m where m.think_tank_id = ${thinkTanks.id})`,
						meetings: sql<number>`(select count(*)::int from meetings held where held.think_tank_id = ${thinkTanks.id})`
					})
					.from(thinkTanks)
					.leftJoin(memberships, and(eq(memberships.thinkTankId, thinkTanks.id), eq(memberships.personId, person)))
					.where(all ? undefined : isNotNull(memberships.personId))
					.orderBy(sql`${thinkTanks.archivedAt} is not null`, asc(thinkTanks.createdAt), asc(thinkTanks.id))
			),

		meetingsOf: (id) =>
			connection.run(({ orm }) =>
				orm
					.select({ id: meetings.id, number: meetings.number, title: meetings.title, state: meetings.state, startsAt: meetings.startsAt })
					.from(meetings)
					.where(eq(meetings.thinkTankId, id))
					.orderBy(desc(meetings.number))
			),

		create: (thinkTank, facilitator) =>
			connection.transaction(async (queries) => {
				await insertThinkTank(queries, thinkTank);
				if (facilitator !== null) await insertMember(queries, thinkTank.id, facilitator, 'facilitator');
			}),

		async change(id, changes) {
			if (Object.keys(changes).length === 0) return;
			await connection.run(({ orm }) => orm.update(thinkTanks).set(changes).where(eq(thinkTanks.id, id)));
		},

		async archive(id, archived) {
			const changed = await connection.run(({ orm }) =>
				orm
					.update(thinkTanks)
					.set({ archivedAt: archived ? (sql`clock_timestamp()` as never) : null })
					.where(and(eq(thinkTanks.id, id), archived ? isNull(thinkTanks.archivedAt) : isNotNull(thinkTanks.archivedAt)))
					.returning({ id: thinkTanks.id })
			);
			return changed.length > 0;
		},

		any: async () => (await connection.run(({ orm }) => orm.select({ id: thinkTanks.id }).from(thinkTanks).limit(1))).length > 0,

		addMember: async (thinkTank, person, role) => void (await connection.run(({ orm }) => insertMember(orm, thinkTank, person, role))),

		peopleOf: async (document) => [
			...(await connection.run(
				// who they are comes first, and then one by one what they are called, so that nobody else is looked at
				({ sql }) => sql<Participant[]>`
					select p.id, p.name, p.office, p.province, coalesce(there.role, 'guest') as role
					from documents d
					cross join lateral (
						select id, max(role) as role from (
							select person_id as id, role from memberships where think_tank_id = d.think_tank_id
							union all select author_id, null from factors where document_id = d.id
							union all select unnest(array[author_id, person_id]), null from actions where document_id = d.id
						) appearances group by id
					) there
					cross join lateral (select * from people where id = there.id limit 1) p
					where d.id = ${document}
					order by p.id`
			))
		]
	};
}
