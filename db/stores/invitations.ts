import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection, Queries } from '../connection.ts';
import { authenticators, links, passkeys, people, recoveryCodes } from '../schema/people.ts';
import { thinkTanks } from '../schema/think-tanks.ts';

/** An invitation as those see it who may make such ones. The token is nowhere. */
export interface ListedInvitation {
	id: Id;
	/** null: into the installation alone */
	thinkTank: { id: Id; name: LocalText } | null;
	role: MemberRole | null;
	/** what its maker calls it */
	label: string | null;
	/** how many more may use it; null: any number */
	usesLeft: number | null;
	used: number;
	/** times are milliseconds since 1970 */
	expiresAt: number;
	createdAt: number;
	revokedAt: number | null;
	createdBy: { id: Id; name: LocalText } | null;
}

/** An invitation, or a reset, as it is made. */
export interface NewInvitation {
	id: Id;
	digest: string;
	expiresAt: number;
	createdBy: Id;
	/** into this think tank, as this; both null: into the installation alone */
	thinkTank: Id | null;
	role: MemberRole | null;
	label: string | null;
	/** null: any number */
	usesLeft: number | null;
}

/** The making of links that others follow: invitations, and resets. */
export interface InvitationStore {
	make(invitation: NewInvitation): Promise<void>;
	/** Those into a think tank (null: all there are), the newest first. */
	list(thinkTank: Id | null, limit: number): Promise<ListedInvitation[]>;
	/** Revokes one, of this think tank unless it is null. Null: there is no such one. Once revoked, it stays so. */
	revoke(id: Id, thinkTank: Id | null): Promise<{ thinkTank: Id | null; label: string | null } | null>;
	/**
	 * Makes the one link by which a person gives themselves a new password; those made before open nothing any more.
	 * `secondFactor`: the authenticator, its recovery codes and the passkeys go at once. `no-account`: a guest, or deactivated.
	 */
	makeReset(reset: {
		id: Id;
		digest: string;
		expiresAt: number;
		createdBy: Id;
		person: Id;
		secondFactor: boolean;
	}): Promise<'made' | 'not-found' | 'no-account'>;
}

export function invitationStore(connection: Connection): InvitationStore {
	return {
		make: async ({ thinkTank, ...invitation }) =>
			void (await connection.run(({ orm }) => orm.insert(links).values({ ...invitation, purpose: 'invitation', thinkTankId: thinkTank }))),

		async list(thinkTank, limit) {
			const rows = await connection.run(({ orm }) =>
				orm
					.select({ link: links, thinkTank: { id: thinkTanks.id, name: thinkTanks.name }, createdBy: { id: people.id, name: people.name } })
					.from(links)
					.leftJoin(thinkTanks, eq(thinkTanks.id, links.thinkTankId))
					.leftJoin(people, eq(people.id, links.createdBy))
					.where(and(eq(links.purpose, 'invitation'), thinkTank === null ? undefined : eq(links.thinkTankId, thinkTank)))
					.orderBy(desc(links.createdAt), desc(links.id))
					.limit(limit)
			);
			return rows.flatMap(({ link: { id, role, label, usesLeft, used, expiresAt, createdAt, revokedAt }, ...about }) =>
				id === null ? [] : [{ id, role, label, usesLeft, used, expiresAt, createdAt, revokedAt, ...about }]
			);
		},

		async revoke(id, thinkTank) {
			const [revoked] = await connection.run(({ orm }) =>
				orm
					.update(links)
					.set({ revokedAt: sql`coalesce(${links.revokedAt}, clock_timestamp())` as never })
					.where(and(eq(links.id, id), eq(links.purpose, 'invitation'), thinkTank === null ? undefined : eq(links.thinkTankId, thinkTank)))
					.returning({ thinkTank: links.thinkTankId, label: links.label })
			);
			return revoked ?? null;
		},

		makeReset: ({ person, secondFactor, ...reset }) =>
			connection.transaction(async (queries) => {
				const [found] = await queries
					.select({ guest: people.guest, deactivatedAt: people.deactivatedAt })
					.from(people)
					.where(eq(people.id, person))
					.for('update');
				if (!found) return 'not-found';
				if (found.guest || found.deactivatedAt !== null) return 'no-account';
				await revokeResets(queries, person);
				await queries.insert(links).values({ ...reset, purpose: 'reset', personId: person, usesLeft: 1 });
				if (secondFactor) for (const table of [authenticators, recoveryCodes, passkeys]) await queries.delete(table).where(eq(table.personId, person));
				return 'made';
			})
	};
}

const revokedNow = { revokedAt: sql`clock_timestamp()` as never };

/** Nobody resets this person's password any more by a link that was made before. */
export const revokeResets = (queries: Queries, person: Id) =>
	queries
		.update(links)
		.set(revokedNow)
		.where(and(eq(links.purpose, 'reset'), eq(links.personId, person), isNull(links.revokedAt)));

/** Revokes what somebody has made and could not make now: invitations into a think tank that they do not govern any more, and resets. */
export const revokeUnbacked = (queries: Queries, person: Id) =>
	queries
		.update(links)
		.set(revokedNow)
		.where(
			and(
				eq(links.createdBy, person),
				isNull(links.revokedAt),
				sql`${links.purpose} in ('invitation', 'reset')`,
				sql`not exists (
					select from people p where p.id = ${person} and p.deactivated_at is null and (p.administrator or exists (
						select from memberships m where m.person_id = p.id and m.think_tank_id = ${links.thinkTankId} and m.role in ('facilitator', 'chair'))))`
			)
		);
