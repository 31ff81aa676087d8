import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection, Queries } from '../connection.ts';
import { nameOf, people } from '../schema/people.ts';
import { memberships } from '../schema/think-tanks.ts';
import { holds } from './folded.ts';
import { revokeUnbacked } from './invitations.ts';
import { lockThinkTank } from './mandates.ts';

/** Somebody of a think tank, with what tells two people of one name apart. */
export interface Member {
	id: Id;
	name: LocalText;
	/** what they are everywhere */
	office: LocalText | null;
	/** what they are here; null: the same */
	officeHere: LocalText | null;
	province: Province | null;
	role: MemberRole;
	/** may not come in any more */
	deactivated: boolean;
}

/** Somebody who could be made a member. */
export interface Candidate {
	id: Id;
	name: LocalText;
	office: LocalText | null;
	province: Province | null;
	userName: string | null;
}

/** Why somebody's membership stays as it is. */
export type MembershipRefusal = 'no-such-person' | 'already-member' | 'last-facilitator';

/** `facilitatorOptional`: may the think tank be left without a facilitator who can come in? */
interface Leave {
	facilitatorOptional: boolean;
}

/** Who is in a think tank, as what. What they may follows from it at the next question. */
export interface MemberStore {
	/** facilitators, chair, members, observers; each by name */
	of(thinkTank: Id): Promise<Member[]>;
	/** People with an account who are not in it, and whose name, office or user name holds the words of the search. */
	candidates(thinkTank: Id, search: string, limit: number): Promise<Candidate[]>;
	add(thinkTank: Id, person: Id, as: { role: MemberRole; office: LocalText | null }): Promise<'added' | Exclude<MembershipRefusal, 'last-facilitator'>>;
	/** Changes what is given. What they could invite others to as what they were is revoked. */
	change(
		thinkTank: Id,
		person: Id,
		changes: { role?: MemberRole; office?: LocalText | null },
		leave: Leave
	): Promise<{ before: MemberRole } | Exclude<MembershipRefusal, 'already-member'>>;
	/** Ends a membership; what they wrote stays. */
	remove(thinkTank: Id, person: Id, leave: Leave): Promise<'removed' | Exclude<MembershipRefusal, 'already-member'>>;
}

export function memberStore(connection: Connection): MemberStore {
	const membership = (thinkTank: Id, person: Id) => and(eq(memberships.thinkTankId, thinkTank), eq(memberships.personId, person));

	/** Changes a membership while nobody else changes one here. `stays`: is the person a facilitator afterwards? */
	const within = <Done>(
		thinkTank: Id,
		person: Id,
		{ facilitatorOptional }: Leave,
		stays: (role: MemberRole) => boolean,
		work: (queries: Queries, role: MemberRole) => Promise<Done>
	) =>
		connection.transaction(async (queries): Promise<Done | 'no-such-person' | 'last-facilitator'> => {
			await lockThinkTank(queries, thinkTank);
			const [found] = await queries.select({ role: memberships.role }).from(memberships).where(membership(thinkTank, person));
			if (!found) return 'no-such-person';
			if (!facilitatorOptional && found.role === 'facilitator' && !stays(found.role) && !(await hasOtherFacilitator(queries, thinkTank, person))) {
				return 'last-facilitator';
			}
			const done = await work(queries, found.role);
			await revokeUnbacked(queries, person);
			return done;
		});

	return {
		of: (thinkTank) =>
			connection.run(({ orm }) =>
				orm
					.select({
						id: people.id,
						name: people.name,
						office: people.office,
						officeHere: memberships.office,
						province: people.province,
						role: memberships.role,
						deactivated: sql<boolean>`${people.deactivatedAt} is not null`
					})
					.from(memberships)
					.innerJoin(people, eq(people.id, memberships.personId))
					.where(eq(memberships.thinkTankId, thinkTank))
					.orderBy(sql`array_position(array['facilitator', 'chair', 'member', 'observer'], ${memberships.role})`, nameOf(people.name), people.id)
			),

		candidates: (thinkTank, search, limit) => {
			// not by numbers and addresses, which are nobody's to find out here
			const found = holds([people.words], search);
			if (!found) return Promise.resolve([]);
			return connection.run(({ orm }) =>
				orm
					.select({ id: people.id, name: people.name, office: people.office, province: people.province, userName: people.userName })
					.from(people)
					.where(
						and(
							isNull(people.deactivatedAt),
							eq(people.guest, false),
							sql`not exists (select from memberships m where m.think_tank_id = ${thinkTank} and m.person_id = ${people.id})`,
							found
						)
					)
					.orderBy(nameOf(people.name), people.id)
					.limit(limit)
			);
		},

		add: (thinkTank, person, { role, office }) =>
			connection.transaction(async (queries) => {
				await lockThinkTank(queries, thinkTank);
				const [found] = await queries
					.select({ id: people.id })
					.from(people)
					.where(and(eq(people.id, person), isNull(people.deactivatedAt), eq(people.guest, false)));
				if (!found) return 'no-such-person';
				const added = await queries
					.insert(memberships)
					.values({ thinkTankId: thinkTank, personId: person, role, office })
					.onConflictDoNothing()
					.returning({ person: memberships.personId });
				return added.length > 0 ? 'added' : 'already-member';
			}),

		change: (thinkTank, person, changes, leave) =>
			within(
				thinkTank,
				person,
				leave,
				(role) => (changes.role ?? role) === 'facilitator',
				async (queries, before) => {
					if (Object.keys(changes).length > 0) await queries.update(memberships).set(changes).where(membership(thinkTank, person));
					return { before };
				}
			),

		remove: (thinkTank, person, leave) =>
			within(
				thinkTank,
				person,
				leave,
				() => false,
				async (queries) => {
					await queries.delete(memberships).where(membership(thinkTank, person));
					return 'removed' as const;
				}
			)
	};
}

async function hasOtherFacilitator(queries: Queries, thinkTank: Id, person: Id): Promise<boolean> {
	const others = await queries
		.select({ id: memberships.personId })
		.from(memberships)
		.innerJoin(people, eq(people.id, memberships.personId))
		.where(and(eq(memberships.thinkTankId, thinkTank), eq(memberships.role, 'facilitator'), ne(memberships.personId, person), isNull(people.deactivatedAt)))
		.limit(1);
	return others.length > 0;
}
