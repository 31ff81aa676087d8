import { z } from 'zod/mini';
import type { Id } from './ids.ts';
import { limits } from './limits.ts';
import type { Meeting, Participant } from './meetings.ts';
import type { MemberRole, Role } from './roles.ts';

/** Quorum: how many have to be there, or to vote: so many people, or more than half of those entitled, or two thirds of them. */
export const quorum = z.union([
	z.strictObject({ voters: z.int().check(z.gte(1), z.lte(limits.quorumVoters)) }),
	z.strictObject({ share: z.enum(['half', 'two-thirds']) })
]);
export type Quorum = z.infer<typeof quorum>;

/** Are so many of so many enough? */
export const isQuorum = (quorum: Quorum, there: number, entitled: number): boolean =>
	'voters' in quorum ? there >= quorum.voters : quorum.share === 'half' ? there * 2 > entitled : there > 0 && there * 3 >= entitled * 2;

/** Is it the same, or none either way? */
export const sameQuorum = (a: Quorum | null, b: Quorum | null): boolean =>
	a === null || b === null ? a === b : 'voters' in a ? 'voters' in b && a.voters === b.voters : 'share' in b && a.share === b.share;

/** How many of those who count are in a meeting. */
export interface Attending {
	present: number;
	entitled: number;
	/** is the quorum there? null: none was asked for */
	quorate: boolean | null;
}

const counts = (role: Role): boolean => role !== 'observer' && role !== 'guest';

/**
 * Who counts for the quorum of a meeting, and who of them is there: members of the think tank who do not only observe, and
 * co-facilitators whatever they are else. Of whoever is there, what they are now counts.
 */
export function attending(
	meeting: Pick<Meeting, 'quorum' | 'coFacilitators'>,
	members: readonly { id: Id; role: MemberRole }[],
	present: readonly Pick<Participant, 'id' | 'role'>[]
): Attending {
	const roles = new Map<Id, Role>([
		...members.map(({ id, role }) => [id, meeting.coFacilitators.includes(id) ? 'co-facilitator' : role] as const),
		...present.map(({ id, role }) => [id, role] as const)
	]);
	const here = new Set(present.map(({ id }) => id));
	const entitled = [...roles].filter(([, role]) => counts(role)).map(([id]) => id);
	const there = entitled.filter((id) => here.has(id)).length;
	return { present: there, entitled: entitled.length, quorate: meeting.quorum && isQuorum(meeting.quorum, there, entitled.length) };
}
