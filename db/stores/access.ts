import type { DocumentKind } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting, MeetingState, Participant } from '#realtime/meeting/meetings.ts';
import type { Access, Grant, Subject } from '#realtime/server/ports.ts';
import type { Connection } from '../connection.ts';
import type { MeetingStore } from './meetings.ts';

/** What people are to documents and meetings at the moment: the part of {@link Access} that SQL knows. */
export type AccessReads = Pick<Access, 'document' | 'documents' | 'meeting' | 'meetings'>;

interface Found extends Omit<Participant, 'role'> {
	signed_in: boolean;
	/** null: no member, or no such document or meeting */
	role: Participant['role'] | null;
}

type FoundDocument = Found & { kind: DocumentKind; meeting: Id | null; meeting_state: MeetingState | null };

/** A session that has not expired, its person, and that person's role in the think tank `t` of what is asked for. */
const columns = `s.digest is not null as signed_in, p.id, p.name, p.office, p.province, m.role`;
const joins = `
	left join sessions s on s.digest = asked.session and s.person_id = asked.person and s.expires_at > clock_timestamp()
	left join people p on p.id = s.person_id
	left join memberships m on m.think_tank_id = o.think_tank_id and m.person_id = p.id`;

/** Each question is one statement, however many sockets it is for. */
export function accessReads(connection: Connection, meetingStore: MeetingStore): AccessReads {
	const documents: AccessReads['documents'] = async (asked) => {
		if (asked.length === 0) return [];
		const rows = await connection.run(
			({ sql }) => sql<FoundDocument[]>`
				select ${sql.unsafe(columns)}, o.kind, held.id as meeting, held.state as meeting_state
				from unnest(${sessionsOf(asked)}::text[], ${personsOf(asked)}::text[], ${asked.map(({ document }) => document)}::text[])
					with ordinality as asked (session, person, object, nth)
				left join documents o on o.id = asked.object
				${sql.unsafe(joins)}
				left join lateral (
					select meetings.id, meetings.state from agenda_items join meetings on meetings.id = agenda_items.meeting_id
					where agenda_items.document_id = o.id order by meetings.number desc limit 1
				) held on true
				order by asked.nth`
		);
		return rows.map((row): Grant | null | 'signed-out' => {
			if (!row.signed_in) return 'signed-out';
			const participant = participantOf(row);
			// what belongs to no meeting is open as long as its think tank is
			return participant && { kind: row.kind, participant, meeting: row.meeting, meetingState: row.meeting_state ?? 'live' };
		});
	};

	const meetings: AccessReads['meetings'] = async (asked) => {
		if (asked.length === 0) return [];
		const rows = await connection.run(
			({ sql }) => sql<Found[]>`
				select ${sql.unsafe(columns)}
				from unnest(${sessionsOf(asked)}::text[], ${personsOf(asked)}::text[], ${asked.map(({ meeting }) => meeting)}::text[])
					with ordinality as asked (session, person, object, nth)
				left join meetings o on o.id = asked.object
				${sql.unsafe(joins)}
				order by asked.nth`
		);
		return rows.map((row) => (row.signed_in ? participantOf(row) : 'signed-out'));
	};

	return {
		documents,
		meetings,
		async document(subject, document) {
			const [grant] = await documents([{ subject, document }]);
			return grant === undefined || grant === 'signed-out' ? null : grant;
		},
		async meeting(subject, id): Promise<{ meeting: Meeting; participant: Participant } | null> {
			const [participant] = await meetings([{ subject, meeting: id }]);
			if (participant === undefined || participant === null || participant === 'signed-out') return null;
			const meeting = await meetingStore.find(id);
			return meeting && { meeting, participant };
		}
	};
}

const sessionsOf = (asked: readonly { subject: Subject }[]) => asked.map(({ subject }) => subject.session);
const personsOf = (asked: readonly { subject: Subject }[]) => asked.map(({ subject }) => subject.person);

const participantOf = ({ id, name, office, province, role }: Found): Participant | null => (role === null ? null : { id, name, office, province, role });
