import { and, desc, eq, gt, inArray, lt, lte, ne, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Connection } from '../connection.ts';
import { page } from '../limits.ts';
import { Together } from '../together.ts';
import { sessions } from '../schema/people.ts';
import { msOf } from '../schema/types.ts';
import { personColumns, type Person } from './people.ts';

/** A session by the digest of its token; the token itself is nowhere but in its holder's cookie. */
export interface StoredSession {
	digest: string;
	person: Id;
	/** milliseconds since 1970 */
	expiresAt: number;
}

/** A session as its person sees it in a list. */
export interface ListedSession extends Omit<StoredSession, 'person'> {
	/** what the browser calls itself; null: it did not say */
	device: string | null;
	createdAt: number;
	seenAt: number;
}

export interface SessionStore {
	put(session: StoredSession & { device?: string | null }): Promise<void>;
	/** The session and its person, also when it has expired; null: there is none, or its person has been deactivated. */
	find(digest: string): Promise<{ digest: string; person: Person; expiresAt: number; seenAt: number } | null>;
	/** Notes that it is used, unless that was noted after this time. */
	seen(digest: string, unlessAfter: number): Promise<void>;
	extend(digest: string, expiresAt: number): Promise<void>;
	remove(digest: string): Promise<void>;
	/** Ends one of a person's. False: they have no such session. */
	removeOwn(person: Id, digest: string): Promise<boolean>;
	/** Ends all of a person's but one: how many. */
	removeOthers(person: Id, kept: string): Promise<number>;
	removeAllOf(person: Id): Promise<void>;
	/** Removes what had expired at this time. */
	removeExpired(now: number): Promise<void>;
	/** those of a person that have not expired by the database's clock */
	of(person: Id): Promise<StoredSession[]>;
	/** as {@link SessionStore.of}, the last used first */
	list(person: Id): Promise<ListedSession[]>;
}

interface Found extends Person {
	session: string;
	expiresAt: number;
	seenAt: number;
}

/** Asked with every request, and of everybody who comes. */
const byDigest = `
	select s.digest as session, ${msOf('s.expires_at')} as "expiresAt", ${msOf('s.seen_at')} as "seenAt",
		${Object.entries(personColumns).map(([key, { name }]) => `p.${name} as "${key}"`)}
	from sessions s join people p on p.id = s.person_id
	where s.digest = any($1::text[]) and p.deactivated_at is null`;

export function sessionStore(connection: Connection): SessionStore {
	const columns = { digest: sessions.digest, person: sessions.personId, expiresAt: sessions.expiresAt };
	const found = new Together(async (digests: readonly string[]) => {
		const rows = await connection.prepared<Found>({ sql: byDigest, params: [digests] });
		const bySession = new Map(rows.map(({ expiresAt, seenAt, session, ...person }) => [session, { digest: session, expiresAt, seenAt, person }]));
		return digests.map((digest) => bySession.get(digest) ?? null);
	});
	return {
		put: async ({ digest, person, expiresAt, device = null }) =>
			void (await connection.run(({ orm }) => orm.insert(sessions).values({ digest, personId: person, expiresAt, device }))),
		find: (digest) => found.ask(digest),
		seen: async (digest, unlessAfter) =>
			void (await connection.run(({ orm }) =>
				orm
					.update(sessions)
					.set({ seenAt: sql`clock_timestamp()` })
					.where(and(eq(sessions.digest, digest), lt(sessions.seenAt, unlessAfter)))
			)),
		extend: async (digest, expiresAt) => void (await connection.run(({ orm }) => orm.update(sessions).set({ expiresAt }).where(eq(sessions.digest, digest)))),
		remove: async (digest) => void (await connection.run(({ orm }) => orm.delete(sessions).where(eq(sessions.digest, digest)))),
		removeOwn: async (person, digest) =>
			(
				await connection.run(({ orm }) =>
					orm
						.delete(sessions)
						.where(and(eq(sessions.digest, digest), eq(sessions.personId, person)))
						.returning({ digest: sessions.digest })
				)
			).length > 0,
		removeOthers: async (person, kept) =>
			(
				await connection.run(({ orm }) =>
					orm
						.delete(sessions)
						.where(and(eq(sessions.personId, person), ne(sessions.digest, kept)))
						.returning({ digest: sessions.digest })
				)
			).length,
		removeAllOf: async (person) => void (await connection.run(({ orm }) => orm.delete(sessions).where(eq(sessions.personId, person)))),
		async removeExpired(now) {
			for (let removed: number = page.light; removed === page.light;) {
				const some = await connection.run(({ orm }) =>
					orm
						.delete(sessions)
						.where(inArray(sessions.digest, orm.select({ digest: sessions.digest }).from(sessions).where(lte(sessions.expiresAt, now)).limit(page.light)))
				);
				removed = some.count;
			}
		},
		of: (person) =>
			connection.run(({ orm }) =>
				orm
					.select(columns)
					.from(sessions)
					.where(and(eq(sessions.personId, person), gt(sessions.expiresAt, sql`clock_timestamp()`)))
			),
		list: (person) =>
			connection.run(({ orm }) =>
				orm
					.select({
						digest: sessions.digest,
						expiresAt: sessions.expiresAt,
						device: sessions.device,
						createdAt: sessions.createdAt,
						seenAt: sessions.seenAt
					})
					.from(sessions)
					.where(and(eq(sessions.personId, person), gt(sessions.expiresAt, sql`clock_timestamp()`)))
					.orderBy(desc(sessions.seenAt), sessions.digest)
			)
	};
}
