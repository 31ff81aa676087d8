import { desc, lt } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Connection } from '../connection.ts';
import { auditEntries } from '../schema/people.ts';

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

/** What was done in matters of access, in order. Entries are added and read, never changed. */
export interface AuditStore {
	add(entry: AuditEntry): Promise<void>;
	/** The newest first, before this entry (null: from the newest). */
	list(before: number | null, limit: number): Promise<StoredAuditEntry[]>;
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
		}
	};
}
