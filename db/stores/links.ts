import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Connection } from '../connection.ts';
import { links, people, type LinkPurpose } from '../schema/people.ts';
import { insertPerson, type NewPerson } from './people.ts';

export interface StoredLink {
	purpose: LinkPurpose;
	/** milliseconds since 1970 */
	expiresAt: number;
	/** null: not yet */
	usedAt: number | null;
}

/** What became of a link that somebody followed. */
export type LinkUse = 'used-now' | 'unknown' | 'expired' | 'used';

/** One-time links by the digests of their tokens. */
export interface LinkStore {
	/** Adds a set-up link in place of those that nobody used: only the one printed last opens anything. */
	renewSetUp(link: { digest: string; expiresAt: number }): Promise<void>;
	find(digest: string): Promise<StoredLink | null>;
	/**
	 * Uses a set-up link up and makes this person the first administrator, both or neither. Of two who follow it
	 * at once, one is told `used-now`. Once there is an administrator, every set-up link counts as used.
	 */
	useSetUp(digest: string, now: number, person: NewPerson): Promise<LinkUse>;
}

/** Set-up links are used one after the other, also by several processes. Any number, the same for ever. */
const setUpLock = 4_118_221_406;

export function linkStore(connection: Connection): LinkStore {
	const columns = { purpose: links.purpose, expiresAt: links.expiresAt, usedAt: links.usedAt };
	const isOpen = (digest: string) => and(eq(links.digest, digest), eq(links.purpose, 'set-up'), isNull(links.usedAt));
	return {
		renewSetUp: ({ digest, expiresAt }) =>
			connection.transaction(async (queries) => {
				await queries.delete(links).where(and(eq(links.purpose, 'set-up'), isNull(links.usedAt)));
				await queries.insert(links).values({ digest, purpose: 'set-up', expiresAt });
			}),
		find: async (digest) => (await connection.run(({ orm }) => orm.select(columns).from(links).where(eq(links.digest, digest))))[0] ?? null,
		useSetUp: (digest, now, person) =>
			connection.transaction(async (queries) => {
				await queries.execute(sql`select pg_advisory_xact_lock(${setUpLock}::bigint)`);
				const [link] = await queries.select(columns).from(links).where(eq(links.digest, digest));
				if (!link) return 'unknown';
				const [administrator] = await queries.select({ id: people.id }).from(people).where(eq(people.administrator, true)).limit(1);
				if (link.usedAt !== null || administrator) return 'used';
				if (link.expiresAt <= now) return 'expired';
				await insertPerson(queries, { ...person, administrator: true });
				// decides by itself, whatever was read before
				const used = await queries
					.update(links)
					.set({ usedAt: now, usedBy: person.id })
					.where(and(isOpen(digest), gt(links.expiresAt, now)))
					.returning({ digest: links.digest });
				if (used.length === 0) throw new Error('a set-up link was used twice');
				return 'used-now';
			})
	};
}
