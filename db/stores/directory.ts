import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection, Queries } from '../connection.ts';
import { nameOf, people, sessions } from '../schema/people.ts';
import { msOf } from '../schema/types.ts';
import { holds } from './folded.ts';
import { revokeResets, revokeUnbacked } from './invitations.ts';

/** `guest`: came by a meeting's link and has no account. */
export const personStates = ['active', 'deactivated', 'guest'] as const;
export type PersonState = (typeof personStates)[number];

/** A person as an administrator sees them: never a password or a secret. */
export interface DirectoryEntry {
	id: Id;
	name: LocalText;
	office: LocalText | null;
	province: Province | null;
	/** what they sign in by */
	userName: string | null;
	mobile: string | null;
	email: string | null;
	administrator: boolean;
	state: PersonState;
	/** milliseconds since 1970; null: not while anybody kept note */
	seenAt: number | null;
	memberships: { thinkTank: Id; name: LocalText; role: MemberRole }[];
}

/** The same, looked at closely. */
export interface DirectoryDetails extends DirectoryEntry {
	hasPassword: boolean;
	/** an authenticator or a passkey */
	secondFactor: boolean;
	/** actions of theirs that are neither done nor dropped */
	openActions: { id: Id; what: string; thinkTank: LocalText; due: string | null }[];
	/** how many, also of those that are not listed */
	openActionCount: number;
}

/** Why somebody's account stays as it is. `no-account`: a guest, or deactivated. */
export type AccountRefusal = 'not-found' | 'no-account' | 'last-administrator';

/** Everybody of the installation, for its administrators. */
export interface DirectoryStore {
	/** Those in this state whose name, office or sign-in name holds the words of the search, by name; and how many there are. */
	list(wanted: { state: PersonState; search: string; from: number; limit: number }): Promise<{ people: DirectoryEntry[]; total: number }>;
	find(id: Id): Promise<DirectoryDetails | null>;
	/** Changes what is given. False: nobody of that id. */
	change(id: Id, changes: { name?: LocalText; office?: LocalText | null; province?: Province | null }): Promise<boolean>;
	/** There is always one administrator, however many stop being one at once. */
	setAdministrator(id: Id, administrator: boolean): Promise<'changed' | AccountRefusal>;
	/** Ends all sessions, and whatever links they could come back or bring others in by; they are no administrator any more. */
	deactivate(id: Id): Promise<'changed' | AccountRefusal>;
	/** Lets somebody in again. False: nobody of that id who is deactivated. */
	reactivate(id: Id): Promise<boolean>;
}

/** Actions that are shown one by one. */
const listedActions = 20;

interface Row extends Record<string, unknown>, Omit<DirectoryEntry, 'userName' | 'seenAt'> {
	user_name: string | null;
	seen_at: number | null;
}

const entryColumns = sql`
	people.id, people.name, people.office, people.province, people.user_name, people.mobile, people.email, people.administrator,
	case when people.deactivated_at is not null then 'deactivated' when people.guest then 'guest' else 'active' end as state,
	${sql.raw(msOf('greatest(people.home_seen_at, (select max(seen_at) from sessions where person_id = people.id))'))} as seen_at,
	coalesce((
		select jsonb_agg(jsonb_build_object('thinkTank', t.id, 'name', t.name, 'role', m.role) order by t.archived_at is not null, t.created_at, t.id)
		from memberships m join think_tanks t on t.id = m.think_tank_id where m.person_id = people.id
	), '[]') as memberships`;

const stateIs: Record<PersonState, SQL> = {
	active: sql`people.deactivated_at is null and not people.guest`,
	deactivated: sql`people.deactivated_at is not null`,
	guest: sql`people.deactivated_at is null and people.guest`
};

const entryOf = ({ id, name, office, province, user_name, mobile, email, administrator, state, seen_at, memberships }: Row): DirectoryEntry => ({
	id,
	name,
	office,
	province,
	userName: user_name,
	mobile,
	email,
	administrator,
	state,
	seenAt: seen_at === null ? null : Number(seen_at),
	memberships
});

/** Waits for whoever makes or unmakes an administrator at the moment; those that there are then. */
const administrators = (queries: Queries) =>
	queries.select({ id: people.id }).from(people).where(eq(people.administrator, true)).orderBy(people.id).for('update');

export function directoryStore(connection: Connection): DirectoryStore {
	/** Takes something from somebody with an account, unless that left the installation without an administrator. */
	const lessen = (id: Id, work: (queries: Queries) => Promise<unknown>) =>
		connection.transaction(async (queries): Promise<'changed' | AccountRefusal> => {
			const all = await administrators(queries);
			const refusal = await accountRefusal(queries, id);
			if (refusal) return refusal;
			if (all.length === 1 && all[0]!.id === id) return 'last-administrator';
			await work(queries);
			await revokeUnbacked(queries, id);
			return 'changed';
		});

	return {
		async list({ state, search, from, limit }) {
			const where = and(stateIs[state], holds([people.words, people.mobile, people.email], search) ?? undefined);
			const [rows, [count]] = await Promise.all([
				connection.run(({ orm }) =>
					// what is told of each is looked up for those of the page alone
					orm.execute<Row>(sql`
						select ${entryColumns} from people join (
							select id from people where ${where} order by ${nameOf(people.name)}, id limit ${limit} offset ${from}
						) page on page.id = people.id order by ${nameOf(people.name)}, people.id`)
				),
				connection.run(({ orm }) => orm.execute<{ total: number }>(sql`select count(*)::int as total from people where ${where}`))
			]);
			return { people: rows.map(entryOf), total: count!.total };
		},

		async find(id) {
			const [row] = await connection.run(({ orm }) =>
				orm.execute<Row & { has_password: boolean; second_factor: boolean; open_action_count: number }>(sql`
					select ${entryColumns},
						exists (select from passwords where person_id = people.id) as has_password,
						exists (select from authenticators where person_id = people.id and confirmed_at is not null)
							or exists (select from passkeys where person_id = people.id) as second_factor,
						(select count(*)::int from actions a where a.person_id = people.id and a.state in ('open', 'doing') and not a.deleted) as open_action_count
					from people where people.id = ${id}`)
			);
			if (!row) return null;
			const openActions = await connection.run(({ orm }) =>
				orm.execute<Record<string, unknown> & DirectoryDetails['openActions'][number]>(sql`
					select a.action_id as id, a.what, t.name as "thinkTank", a.due from actions a join think_tanks t on t.id = a.think_tank_id
					where a.person_id = ${id} and a.state in ('open', 'doing') and not a.deleted order by a.due nulls last, a.action_id limit ${listedActions}`)
			);
			return {
				...entryOf(row),
				hasPassword: row.has_password,
				secondFactor: row.second_factor,
				openActions: [...openActions],
				openActionCount: row.open_action_count
			};
		},

		async change(id, changes) {
			if (Object.keys(changes).length === 0)
				return (await connection.run(({ orm }) => orm.select({ id: people.id }).from(people).where(eq(people.id, id)))).length > 0;
			return (await connection.run(({ orm }) => orm.update(people).set(changes).where(eq(people.id, id)).returning({ id: people.id }))).length > 0;
		},

		setAdministrator(id, administrator) {
			if (!administrator) return lessen(id, (queries) => queries.update(people).set({ administrator }).where(eq(people.id, id)));
			return connection.transaction(async (queries) => {
				const refusal = await accountRefusal(queries, id);
				if (refusal) return refusal;
				await queries.update(people).set({ administrator }).where(eq(people.id, id));
				return 'changed';
			});
		},

		deactivate: (id) =>
			lessen(id, async (queries) => {
				await queries
					.update(people)
					.set({ administrator: false, deactivatedAt: sql`clock_timestamp()` as never })
					.where(eq(people.id, id));
				await queries.delete(sessions).where(eq(sessions.personId, id));
				await revokeResets(queries, id);
			}),

		reactivate: async (id) =>
			(
				await connection.run(({ orm }) =>
					orm
						.update(people)
						.set({ deactivatedAt: null })
						.where(and(eq(people.id, id), sql`${people.deactivatedAt} is not null`))
						.returning({ id: people.id })
				)
			).length > 0
	};
}

/** Why this is nobody with an account; null: it is somebody, whom nobody else changes meanwhile. */
async function accountRefusal(queries: Queries, id: Id): Promise<'not-found' | 'no-account' | null> {
	const [found] = await queries.select({ guest: people.guest, deactivatedAt: people.deactivatedAt }).from(people).where(eq(people.id, id)).for('update');
	if (!found) return 'not-found';
	return found.guest || found.deactivatedAt !== null ? 'no-account' : null;
}
