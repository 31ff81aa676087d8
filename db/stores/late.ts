import { createHash } from 'node:crypto';
import { and, asc, desc, eq, isNull, or, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Participant } from '#realtime/meeting/meetings.ts';
import type { LateContribution, LateStore } from '#realtime/server/ports.ts';
import type { Connection } from '../connection.ts';
import { lateContributions as late, meetings } from '../schema/meetings.ts';
import { people } from '../schema/people.ts';
import { memberships } from '../schema/think-tanks.ts';
import { now } from '../schema/types.ts';

/** A late contribution as a page shows it. */
export interface ShownContribution extends Omit<LateContribution, 'meeting' | 'person' | 'update'> {
	author: Omit<Participant, 'role'>;
	/** the words in it, clipped; empty: it moves and deletes, and says nothing */
	excerpt: string;
	/** milliseconds since 1970 */
	arrivedAt: number;
	decidedAt: number | null;
}

export interface LateReads {
	/** Those to a meeting, of one author or of all (null): what waits first, then the last decided. */
	shown(meeting: Id, author: Id | null): Promise<ShownContribution[]>;
}

export function lateStore(connection: Connection): LateStore & LateReads {
	const columns = { id: late.id, update: late.update, admitted: late.admitted };
	return {
		of: (document, person) =>
			connection.run(({ orm }) =>
				orm
					.select(columns)
					.from(late)
					.where(and(eq(late.documentId, document), eq(late.personId, person), or(isNull(late.admitted), eq(late.admitted, false))))
					.orderBy(asc(late.arrivedAt), asc(late.id))
			),

		async keep({ id, meeting, document, person, update, excerpt }, grown) {
			const kept = await connection.run(({ orm }) =>
				grown
					? orm.update(late).set({ update, excerpt, arrivedAt: now }).where(waiting(id, grown)).returning({ id: late.id })
					: orm.insert(late).values({ id, meetingId: meeting, documentId: document, personId: person, update, excerpt }).returning({ id: late.id })
			);
			return kept.length > 0;
		},

		async find(id) {
			const [found] = await connection.run(({ orm }) =>
				orm
					.select({ ...columns, meeting: late.meetingId, document: late.documentId, person: late.personId })
					.from(late)
					.where(eq(late.id, id))
			);
			return found ?? null;
		},

		async decide(id, update, { admitted, by }) {
			const decided = await connection.run(({ orm }) =>
				orm.update(late).set({ admitted, decidedBy: by, decidedAt: now }).where(waiting(id, update)).returning({ id: late.id })
			);
			return decided.length > 0;
		},

		shown: (meeting, author) =>
			connection.run(({ orm }) =>
				orm
					.select({
						id: late.id,
						document: late.documentId,
						admitted: late.admitted,
						excerpt: late.excerpt,
						arrivedAt: late.arrivedAt,
						decidedAt: late.decidedAt,
						author: {
							id: people.id,
							name: people.name,
							office: sql<Participant['office']>`coalesce(${memberships.office}, ${people.office})`,
							province: people.province
						}
					})
					.from(late)
					.innerJoin(meetings, eq(meetings.id, late.meetingId))
					.innerJoin(people, eq(people.id, late.personId))
					.leftJoin(memberships, and(eq(memberships.thinkTankId, meetings.thinkTankId), eq(memberships.personId, people.id)))
					.where(and(eq(late.meetingId, meeting), author === null ? undefined : eq(late.personId, author)))
					.orderBy(sql`${late.decidedAt} desc nulls first`, desc(late.arrivedAt), asc(late.id))
			)
	};
}

/** That a contribution waits, and is what it was. Compared by digest, since a megabyte more takes a statement too long. */
const waiting = (id: Id, update: Uint8Array) =>
	and(eq(late.id, id), isNull(late.admitted), sql`encode(sha256(${late.update}), 'hex') = ${createHash('sha256').update(update).digest('hex')}`);
