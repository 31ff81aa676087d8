import { eq, gt, lte, and, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Connection } from '../connection.ts';
import { people, sessions } from '../schema/people.ts';
import { personColumns, type Person } from './people.ts';

/** A session by the digest of its token; the token itself is nowhere but in its holder's cookie. */
export interface StoredSession {
	digest: string;
	person: Id;
	/** milliseconds since 1970 */
	expiresAt: number;
}

export interface SessionStore {
	put(session: StoredSession): Promise<void>;
	/** The session and its person, also when it has expired; null: there is none. */
	find(digest: string): Promise<{ digest: string; person: Person; expiresAt: number } | null>;
	extend(digest: string, expiresAt: number): Promise<void>;
	remove(digest: string): Promise<void>;
	removeAllOf(person: Id): Promise<void>;
	/** Removes what had expired at this time. */
	removeExpired(now: number): Promise<void>;
	/** those of a person that have not expired by the database's clock */
	of(person: Id): Promise<StoredSession[]>;
}

export function sessionStore(connection: Connection): SessionStore {
	const columns = { digest: sessions.digest, person: sessions.personId, expiresAt: sessions.expiresAt };
	return {
		put: async ({ digest, person, expiresAt }) =>
			void (await connection.run(({ orm }) => orm.insert(sessions).values({ digest, personId: person, expiresAt }))),
		async find(digest) {
			const [found] = await connection.run(({ orm }) =>
				orm
					.select({ digest: sessions.digest, expiresAt: sessions.expiresAt, person: personColumns })
					.from(sessions)
					.innerJoin(people, eq(people.id, sessions.personId))
					.where(eq(sessions.digest, digest))
			);
			return found ?? null;
		},
		extend: async (digest, expiresAt) => void (await connection.run(({ orm }) => orm.update(sessions).set({ expiresAt }).where(eq(sessions.digest, digest)))),
		remove: async (digest) => void (await connection.run(({ orm }) => orm.delete(sessions).where(eq(sessions.digest, digest)))),
		removeAllOf: async (person) => void (await connection.run(({ orm }) => orm.delete(sessions).where(eq(sessions.personId, person)))),
		removeExpired: async (now) => void (await connection.run(({ orm }) => orm.delete(sessions).where(lte(sessions.expiresAt, now)))),
		of: (person) =>
			connection.run(({ orm }) =>
				orm
					.select(columns)
					.from(sessions)
					.where(and(eq(sessions.personId, person), gt(sessions.expiresAt, sql`clock_timestamp()`)))
			)
	};
}
