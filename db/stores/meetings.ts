import { asc, eq } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { Connection } from '../connection.ts';
import { agendaItems, meetings } from '../schema/tables.ts';

export interface MeetingStore {
	/** A meeting with its agenda in order; null: there is none. */
	find(id: Id): Promise<Meeting | null>;
}

export function meetingStore(connection: Connection): MeetingStore {
	return {
		async find(id) {
			const rows = await connection.run(({ orm }) =>
				orm.select().from(meetings).leftJoin(agendaItems, eq(agendaItems.meetingId, meetings.id)).where(eq(meetings.id, id)).orderBy(asc(agendaItems.position))
			);
			const meeting = rows[0]?.meetings;
			if (!meeting) return null;
			const { thinkTankId: thinkTank, number, title, state, startsAt } = meeting;
			const agenda = rows.flatMap(({ agenda_items: item }) =>
				item ? [{ id: item.id, kind: item.kind, title: item.title, minutes: item.minutes, mandate: item.mandateItemId, document: item.documentId }] : []
			);
			return { id, thinkTank, number, title, state, startsAt, agenda };
		}
	};
}
