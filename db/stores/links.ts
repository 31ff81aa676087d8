import { and, eq, gt, isNull, lte, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection, Queries } from '../connection.ts';
import { links, passwords, people, sessions, type LinkPurpose } from '../schema/people.ts';
import { memberships, thinkTanks } from '../schema/think-tanks.ts';
import { putPassword, takenOf, type Profile, type Taken } from './accounts.ts';
import { insertPerson, personColumns, type NewPerson, type Person } from './people.ts';

export interface StoredLink {
	purpose: LinkPurpose;
	/** milliseconds since 1970 */
	expiresAt: number;
	/** null: not yet */
	usedAt: number | null;
}

/** What became of a link that somebody followed. */
export type LinkUse = 'used-now' | 'unknown' | 'expired' | 'used';

/** Somebody new, with all that they sign in by. */
export type NewAccount = Profile & { id: Id; language: Person['language']; passwordHash: string };

/** What an invitation is to. */
export interface Invitation {
	/** null: into the installation, and no think tank as yet */
	thinkTank: { id: Id; name: LocalText; role: MemberRole } | null;
	/** the one person it was made for, as they have been entered; null: whoever has it */
	person: Person | null;
}

/** Why a link of an invitation or a reset opens nothing. */
export type DeadLink = 'unknown' | 'expired' | 'revoked' | 'used';

/** What became of an invitation that somebody accepted. */
export type Accepted =
	| { joined: Id; thinkTank: Id | null }
	| DeadLink
	| Taken
	/** it was made for another person, and is still open for them */
	| 'of-another'
	/** its think tank has been archived */
	| 'archived';

/** One-time links by the digests of their tokens. */
export interface LinkStore {
	/** Adds a set-up link in place of those that nobody used and that expire by `former`. */
	renewSetUp(link: { digest: string; expiresAt: number }, former: number): Promise<void>;
	find(digest: string): Promise<StoredLink | null>;
	/**
	 * Uses a set-up link up and makes this person the first administrator, both or neither. Of two who follow it
	 * at once, one is told `used-now`. Once there is an administrator, every set-up link counts as used.
	 */
	useSetUp(digest: string, now: number, person: NewPerson, passwordHash?: string): Promise<LinkUse>;
	/** What an invitation is to, if it opens anything now. */
	invitation(digest: string, now: number): Promise<Invitation | DeadLink | 'archived'>;
	/**
	 * Makes somebody new a member, or a guest of the installation, who keeps their id; both they and the use of the
	 * link, or neither. `guest`: who they are already. Of two who take the last use at once, one joins.
	 */
	acceptAsNew(digest: string, now: number, account: NewAccount, guest: Id | null): Promise<Accepted>;
	/** Makes somebody who has an account a member. Who is one already stays as they are, and uses nothing up. */
	acceptAs(digest: string, now: number, person: Id): Promise<Accepted>;
	/** Whose password a reset link renews, if it opens anything now. */
	reset(digest: string, now: number): Promise<Pick<Person, 'id' | 'name'> | DeadLink>;
	/** Sets the password of the link's person and ends all their sessions. Of two who use it at once, one succeeds. */
	useReset(digest: string, now: number, passwordHash: string): Promise<{ person: Id } | DeadLink>;
}

/** Set-up links are used one after the other, also by several processes. Any number, the same for ever. */
const setUpLock = 4_118_221_406;

export function linkStore(connection: Connection): LinkStore {
	const columns = { purpose: links.purpose, expiresAt: links.expiresAt, usedAt: links.usedAt };
	const isOpen = (digest: string) => and(eq(links.digest, digest), eq(links.purpose, 'set-up'), isNull(links.usedAt));
	return {
		renewSetUp: ({ digest, expiresAt }, former) =>
			connection.transaction(async (queries) => {
				await queries.delete(links).where(and(eq(links.purpose, 'set-up'), isNull(links.usedAt), lte(links.expiresAt, former)));
				await queries.insert(links).values({ digest, purpose: 'set-up', expiresAt });
			}),
		find: async (digest) => (await connection.run(({ orm }) => orm.select(columns).from(links).where(eq(links.digest, digest))))[0] ?? null,
		useSetUp: (digest, now, person, passwordHash) =>
			connection.transaction(async (queries) => {
				await queries.execute(sql`select pg_advisory_xact_lock(${setUpLock}::bigint)`);
				const [link] = await queries.select(columns).from(links).where(eq(links.digest, digest));
				if (!link) return 'unknown';
				const [administrator] = await queries.select({ id: people.id }).from(people).where(eq(people.administrator, true)).limit(1);
				if (link.usedAt !== null || administrator) return 'used';
				if (link.expiresAt <= now) return 'expired';
				await insertPerson(queries, { ...person, administrator: true });
				if (passwordHash !== undefined) await putPassword(queries, person.id, passwordHash);
				// decides by itself, whatever was read before
				const used = await queries
					.update(links)
					.set({ usedAt: now, usedBy: person.id })
					.where(and(isOpen(digest), gt(links.expiresAt, now)))
					.returning({ digest: links.digest });
				if (used.length === 0) throw new Error('a set-up link was used twice');
				return 'used-now';
			}),
		...openedLinks(connection)
	};
}

/** Opening the links of invitations and resets. */
function openedLinks(connection: Connection): Pick<LinkStore, 'invitation' | 'acceptAsNew' | 'acceptAs' | 'reset' | 'useReset'> {
	const linkColumns = {
		expiresAt: links.expiresAt,
		usedAt: links.usedAt,
		usesLeft: links.usesLeft,
		revokedAt: links.revokedAt,
		personId: links.personId,
		role: links.role,
		thinkTankId: links.thinkTankId
	};

	/** The link if it opens something, held until the transaction ends. */
	async function held(queries: Queries, purpose: LinkPurpose, digest: string, now: number) {
		const [link] = await queries
			.select(linkColumns)
			.from(links)
			.where(and(eq(links.digest, digest), eq(links.purpose, purpose)))
			.for('update');
		return link ? (deadness(link, now) ?? link) : 'unknown';
	}

	const takeOne = (queries: Queries, digest: string, usesLeft: number | null, person: Id, now: number) =>
		queries
			.update(links)
			.set({
				used: sql`${links.used} + 1`,
				...(usesLeft === null ? {} : { usesLeft: usesLeft - 1 }),
				...(usesLeft === 1 ? { usedAt: now, usedBy: person } : {})
			})
			.where(eq(links.digest, digest));

	const isArchived = async (queries: Queries, thinkTank: Id | null) =>
		thinkTank !== null &&
		(await queries.select({ archivedAt: thinkTanks.archivedAt }).from(thinkTanks).where(eq(thinkTanks.id, thinkTank)))[0]?.archivedAt !== null;

	/** One who is a member already keeps their role. */
	const join = (queries: Queries, thinkTankId: Id | null, personId: Id, role: MemberRole | null) =>
		thinkTankId === null
			? Promise.resolve([])
			: queries
					.insert(memberships)
					.values({ thinkTankId, personId, role: role ?? 'member' })
					.onConflictDoNothing()
					.returning({ personId: memberships.personId });

	return {
		async invitation(digest, now) {
			const [found] = await connection.run(({ orm }) =>
				orm
					.select({ link: linkColumns, thinkTank: thinkTanks, person: personColumns })
					.from(links)
					.leftJoin(thinkTanks, eq(thinkTanks.id, links.thinkTankId))
					.leftJoin(people, eq(people.id, links.personId))
					.where(and(eq(links.digest, digest), eq(links.purpose, 'invitation')))
			);
			if (!found) return 'unknown';
			const { link, thinkTank, person } = found;
			const dead = deadness(link, now);
			if (dead) return dead;
			if (thinkTank && thinkTank.archivedAt !== null) return 'archived';
			return { thinkTank: thinkTank && { id: thinkTank.id, name: thinkTank.name, role: link.role ?? 'member' }, person };
		},
		acceptAsNew: (digest, now, { passwordHash, id, ...profile }, guest) =>
			connection.transaction(async (queries) => {
				const link = await held(queries, 'invitation', digest, now);
				if (typeof link === 'string') return link;
				if (await isArchived(queries, link.thinkTankId)) return 'archived';
				if (link.personId !== null && guest !== null && guest !== link.personId) return 'of-another';
				const known = guest ?? link.personId;
				if (known !== null) {
					// an account is renewed by a reset alone
					const [password] = await queries.select({ personId: passwords.personId }).from(passwords).where(eq(passwords.personId, known));
					if (password) return 'used';
				}
				const taken = await takenOf(queries, profile, known);
				if (taken) return { taken };
				const person = known ?? id;
				if (known === null) await insertPerson(queries, { id, ...profile });
				else
					await queries
						.update(people)
						.set({ ...profile, guest: false })
						.where(eq(people.id, known));
				await putPassword(queries, person, passwordHash);
				await join(queries, link.thinkTankId, person, link.role);
				await takeOne(queries, digest, link.usesLeft, person, now);
				return { joined: person, thinkTank: link.thinkTankId };
			}),
		acceptAs: (digest, now, person) =>
			connection.transaction(async (queries) => {
				const link = await held(queries, 'invitation', digest, now);
				if (typeof link === 'string') return link;
				if (await isArchived(queries, link.thinkTankId)) return 'archived';
				if (link.personId !== null && link.personId !== person) return 'of-another';
				const joined = await join(queries, link.thinkTankId, person, link.role);
				if (joined.length > 0) await takeOne(queries, digest, link.usesLeft, person, now);
				return { joined: person, thinkTank: link.thinkTankId };
			}),
		async reset(digest, now) {
			const [found] = await connection.run(({ orm }) =>
				orm
					.select({ link: linkColumns, id: people.id, name: people.name, deactivatedAt: people.deactivatedAt })
					.from(links)
					.innerJoin(people, eq(people.id, links.personId))
					.where(and(eq(links.digest, digest), eq(links.purpose, 'reset')))
			);
			if (!found) return 'unknown';
			return deadness(found.link, now) ?? (found.deactivatedAt === null ? { id: found.id, name: found.name } : 'revoked');
		},
		useReset: (digest, now, passwordHash) =>
			connection.transaction(async (queries) => {
				const link = await held(queries, 'reset', digest, now);
				if (typeof link === 'string') return link;
				const { personId: person } = link;
				if (person === null) return 'unknown';
				const [active] = await queries
					.select({ id: people.id })
					.from(people)
					.where(and(eq(people.id, person), isNull(people.deactivatedAt)));
				if (!active) return 'revoked';
				// a reset is for one use, whatever its maker noted
				await takeOne(queries, digest, 1, person, now);
				await putPassword(queries, person, passwordHash);
				await queries.delete(sessions).where(eq(sessions.personId, person));
				return { person };
			})
	};
}

/** Why a link opens nothing now; null: it does. */
function deadness(link: Pick<typeof links.$inferSelect, 'expiresAt' | 'usedAt' | 'usesLeft' | 'revokedAt'>, now: number): Exclude<DeadLink, 'unknown'> | null {
	if (link.revokedAt !== null) return 'revoked';
	if (link.usedAt !== null || link.usesLeft === 0) return 'used';
	return link.expiresAt <= now ? 'expired' : null;
}
