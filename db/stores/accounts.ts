import { and, eq, ne, or, sql, type SQL } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { IdentifierKind } from '#realtime/meeting/identifiers.ts';
import type { Connection, Queries } from '../connection.ts';
import { authenticators, passwords, people, sessions } from '../schema/people.ts';
import type { Person } from './people.ts';

/** What a person signs in by, each folded; null: not given. */
export type Identifiers = Record<IdentifierKind, string | null>;

/** A person as somebody who signs in. */
export interface Account extends Identifiers {
	person: Id;
	guest: boolean;
	deactivated: boolean;
	/** null: they have no password yet */
	passwordHash: string | null;
	/** is a code of their authenticator app asked for? */
	secondFactor: boolean;
}

/** What a person changes of how they appear and sign in. */
export type Profile = Pick<Person, 'name' | 'office' | 'province'> & Identifiers;

/** `taken`: somebody else signs in by this already, and nothing was changed. */
export type Taken = { taken: IdentifierKind };

export interface AccountStore {
	find(person: Id): Promise<Account | null>;
	/** whoever signs in by this */
	findBy(identifier: { kind: IdentifierKind; value: string }): Promise<Account | null>;
	/** Changes what is given. */
	changeProfile(person: Id, profile: Partial<Profile>): Promise<'changed' | Taken>;
	/** Sets the password and ends all sessions of the person but this one, together. */
	setPassword(person: Id, hash: string, keptSession: string): Promise<void>;
	/** Replaces the hash of a password that stays the same, unless it was changed meanwhile. */
	renewHash(person: Id, before: string, after: string): Promise<void>;
}

/** What people sign in by is given out one after the other, also by several processes. Any number, the same for ever. */
const identifiersLock = 4_118_221_407;

/** Which of these somebody else has, within a transaction: until its end nobody is given any. Null: none. */
export async function takenOf(queries: Queries, wanted: Partial<Identifiers>, except: Id | null = null): Promise<IdentifierKind | null> {
	const given = (['userName', 'mobile', 'email'] as const).filter((kind) => wanted[kind] !== undefined && wanted[kind] !== null);
	if (given.length === 0) return null;
	await queries.execute(sql`select pg_advisory_xact_lock(${identifiersLock}::bigint)`);
	const rows = await queries
		.select({ userName: people.userName, mobile: people.mobile, email: people.email })
		.from(people)
		.where(and(or(...given.map((kind) => eq(people[kind], wanted[kind]!))), except === null ? undefined : ne(people.id, except)));
	return given.find((kind) => rows.some((row) => row[kind] === wanted[kind])) ?? null;
}

/** Gives a person this password, within whatever transaction this is. */
export const putPassword = (queries: Queries, personId: Id, hash: string) =>
	queries
		.insert(passwords)
		.values({ personId, hash })
		.onConflictDoUpdate({ target: passwords.personId, set: { hash, changedAt: sql`clock_timestamp()` } });

export function accountStore(connection: Connection): AccountStore {
	const findOne = async (which: SQL | undefined): Promise<Account | null> => {
		const [found] = await connection.run(({ orm }) =>
			orm
				.select({
					person: people.id,
					userName: people.userName,
					mobile: people.mobile,
					email: people.email,
					guest: people.guest,
					deactivated: sql<boolean>`${people.deactivatedAt} is not null`,
					passwordHash: passwords.hash,
					secondFactor: sql<boolean>`${authenticators.confirmedAt} is not null`
				})
				.from(people)
				.leftJoin(passwords, eq(passwords.personId, people.id))
				.leftJoin(authenticators, eq(authenticators.personId, people.id))
				.where(which)
		);
		return found ?? null;
	};
	return {
		find: (person) => findOne(eq(people.id, person)),
		findBy: ({ kind, value }) => findOne(eq(people[kind], value)),
		changeProfile: (person, profile) =>
			connection.transaction(async (queries) => {
				const taken = await takenOf(queries, profile, person);
				if (taken) return { taken };
				if (Object.keys(profile).length > 0) await queries.update(people).set(profile).where(eq(people.id, person));
				return 'changed' as const;
			}),
		setPassword: (person, hash, keptSession) =>
			connection.transaction(async (queries) => {
				await putPassword(queries, person, hash);
				await queries.delete(sessions).where(and(eq(sessions.personId, person), ne(sessions.digest, keptSession)));
			}),
		renewHash: async (person, before, after) =>
			void (await connection.run(({ orm }) =>
				orm
					.update(passwords)
					.set({ hash: after })
					.where(and(eq(passwords.personId, person), eq(passwords.hash, before)))
			))
	};
}
