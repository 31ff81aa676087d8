import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection } from '../connection.ts';
import { auditEntries, links, people } from '../schema/people.ts';
import { thinkTanks } from '../schema/think-tanks.ts';

/** Something that was done in a matter of access. Never a secret, and nothing that people wrote. */
export interface AuditEntry {
	kind: string;
	/** who did it; null: nobody who was signed in */
	actor: Id | null;
	/** the person, think tank, meeting or link that it was done to */
	subject?: Id | null;
	thinkTank?: Id | null;
	/** the network address it came from */
	address?: string | null;
	details?: Record<string, string | number | boolean | null>;
}

export interface StoredAuditEntry extends Required<AuditEntry> {
	id: number;
	/** milliseconds since 1970 by the database's clock */
	at: number;
}

/** An entry with the names of what it speaks of, as they are now; null: it is nothing that has one. */
export interface NamedAuditEntry extends StoredAuditEntry {
	actorName: LocalText | null;
	subjectName: LocalText | null;
	thinkTankName: LocalText | null;
	/** what its maker calls the link that it was done to */
	linkLabel: string | null;
}

/** What was done in matters of access, in order. Entries are added and read, never changed. */
export interface AuditStore {
	add(entry: AuditEntry): Promise<void>;
	/** The newest first, before this entry (null: from the newest). */
	list(before: number | null, limit: number): Promise<StoredAuditEntry[]>;
	/** As {@link AuditStore.list}, those of these kinds (null: of all), with names. */
	read(wanted: { before: number | null; kinds: readonly string[] | null; limit: number }): Promise<NamedAuditEntry[]>;
}

export function auditStore(connection: Connection): AuditStore {
	return {
		async add({ kind, actor, subject = null, thinkTank = null, address = null, details = {} }) {
			await connection.run(({ orm }) =>
				orm.insert(auditEntries).values({ kind, actorId: actor, subjectId: subject, thinkTankId: thinkTank, address, details })
			);
		},
		async list(before, limit) {
			const rows = await connection.run(({ orm }) =>
				orm
					.select()
					.from(auditEntries)
					.where(before === null ? undefined : lt(auditEntries.id, before))
					.orderBy(desc(auditEntries.id))
					.limit(limit)
			);
			return rows.map(({ actorId: actor, subjectId: subject, thinkTankId: thinkTank, ...entry }) => ({ ...entry, actor, subject, thinkTank }));
		},
		async read({ before, kinds, limit }) {
			const rows = await connection.run(({ orm }) =>
				orm
					.select({
						entry: auditEntries,
						actorName: sql<LocalText | null>`(select name from ${people} where id = ${auditEntries.actorId})`,
						subjectName: people.name,
						thinkTankName: thinkTanks.name,
						linkLabel: links.label
					})
					.from(auditEntries)
					.leftJoin(people, eq(people.id, auditEntries.subjectId))
					.leftJoin(thinkTanks, eq(thinkTanks.id, auditEntries.thinkTankId))
					.leftJoin(links, eq(links.id, auditEntries.subjectId))
					.where(and(before === null ? undefined : lt(auditEntries.id, before), kinds === null ? undefined : inArray(auditEntries.kind, [...kinds])))
					.orderBy(desc(auditEntries.id))
					.limit(limit)
			);
			return rows.map(({ entry: { actorId: actor, subjectId: subject, thinkTankId: thinkTank, ...entry }, ...names }) => ({
				...entry,
				actor,
				subject,
				thinkTank,
				...names
			}));
		}
	};
}
