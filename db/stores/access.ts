import type { DocumentKind } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { MeetingState, Participant } from '#realtime/meeting/meetings.ts';
import { presentStep, type Step } from '#realtime/meeting/steps.ts';
import type { Role } from '#realtime/meeting/roles.ts';
import type { Access, Grant, MeetingStore, Standing, Subject, Thing } from '#realtime/server/ports.ts';
import type { Connection } from '../connection.ts';
import { Together } from '../together.ts';

/** What people are to think tanks, meetings and documents at the moment: the part of {@link Access} that SQL knows. */
export type AccessReads = Pick<Access, 'standing' | 'document' | 'documents' | 'meeting' | 'meetings'>;

/** One answer of {@link question}. */
interface Found extends Omit<Participant, 'role'> {
	signed_in: boolean;
	administrator: boolean;
	/** null: nothing to this person, or there is no such thing */
	role: Role | null;
	/** null: there is no such thing */
	think_tank: Id | null;
	archived: boolean;
	meeting: Id | null;
	state: MeetingState | null;
	/** of the activity that it belongs to; null: to none */
	steps: Step[] | null;
	step: string | null;
	kind: DocumentKind | null;
}

type Asked = 'thinkTank' | 'meeting' | 'document';

/** The think tank and the meeting of what is asked for. What somebody writes in private is there for them alone. A guest meets the actions at the meeting that let them in. */
const objects: Record<Asked, string> = {
	thinkTank: `
		left join think_tanks t on t.id = asked.object
		left join (select *, null::jsonb as steps, null::text as step from meetings) held on false
		left join documents o on false`,
	meeting: `
		left join (select *, null::jsonb as steps, null::text as step from meetings) held on held.id = asked.object
		left join think_tanks t on t.id = held.think_tank_id
		left join documents o on false`,
	document: `
		left join documents o on o.id = asked.object
		left join drafts on o.kind = 'drafts' and drafts.document_id = o.id and drafts.person_id = asked.person
		left join think_tanks t on t.id = o.think_tank_id and (o.kind <> 'drafts' or drafts.person_id is not null)
		left join lateral (
			select meetings.*, steps, step from (
				select meeting_id, steps, step from agenda_items where document_id = o.id
				union all
				select meeting_id, steps, step from agenda_items where id = drafts.item_id
				limit 1
			) as item join meetings on meetings.id = item.meeting_id
			union all
			select meetings.*, null, null from meetings join guests on guests.meeting_id = meetings.id join links on links.digest = guests.link_digest and links.revoked_at is null
			where o.kind = 'actions' and meetings.think_tank_id = o.think_tank_id and meetings.state = 'live' and guests.person_id = asked.person
				and guests.state = 'admitted' and not exists (select from memberships where think_tank_id = o.think_tank_id and person_id = asked.person)
			limit 1
		) held on true`
};

/** For each that is asked, in their order: a session that has not ended, its person, and what they are there. What is looked up for each by itself goes by its index, whatever the database guesses of tables that it has no statistics of. */
const question = (about: Asked): string => `
	select p.id is not null as signed_in, p.id, p.name, coalesce(m.office, p.office) as office, p.province, coalesce(p.administrator, false) as administrator,
		case
			when m.role in ('member', 'observer') and held.co_facilitators ? p.id then 'co-facilitator'
			when m.role is not null then m.role
			when g.person_id is not null then 'guest'
		end as role,
		t.id as think_tank, t.archived_at is not null as archived, held.id as meeting, held.state, held.steps, held.step, o.kind
	from unnest($1::text[], $2::text[], $3::text[]) with ordinality as asked (session, person, object, nth)
	left join lateral (
		select people.* from sessions join people on people.id = person_id
		where digest = asked.session and person_id = asked.person and expires_at > clock_timestamp() and deactivated_at is null
		limit 1
	) p on true
	${objects[about]}
	left join lateral (select role, office from memberships where think_tank_id = t.id and person_id = p.id limit 1) m on true
	left join lateral (
		select guests.person_id from guests join links on links.digest = guests.link_digest
		where guests.meeting_id = held.id and guests.person_id = p.id and guests.state = 'admitted' and links.revoked_at is null
		limit 1
	) g on true
	order by asked.nth`;

/** Each question is one statement, however many sockets it is for. */
export function accessReads(connection: Connection, meetingStore: Pick<MeetingStore, 'find'>): AccessReads {
	const ask = async (about: Asked, asked: readonly { subject: Subject; object: Id }[]): Promise<Found[]> =>
		asked.length === 0
			? []
			: connection.prepared<Found>({
					sql: question(about),
					params: [asked.map(({ subject }) => subject.session), asked.map(({ subject }) => subject.person), asked.map(({ object }) => object)]
				});

	const documents: AccessReads['documents'] = async (asked) => {
		const rows = await ask(
			'document',
			asked.map(({ subject, document }) => ({ subject, object: document }))
		);
		return rows.map((row): Grant | null | 'signed-out' => {
			if (!row.signed_in) return 'signed-out';
			const participant = participantOf(row);
			return participant && row.kind && { kind: row.kind, participant, meeting: row.meeting, situation: situationOf(row) };
		});
	};

	const meetings: AccessReads['meetings'] = async (asked) => {
		const rows = await ask(
			'meeting',
			asked.map(({ subject, meeting }) => ({ subject, object: meeting }))
		);
		// a guest is one only as long as the meeting lasts
		return rows.map((row) => (row.signed_in ? (row.role === 'guest' && row.state !== 'live' ? null : participantOf(row)) : 'signed-out'));
	};

	const oneDocument = new Together(documents);

	return {
		documents,
		meetings,
		async standing(subject, thing): Promise<Standing | null> {
			const [about, object] = Object.entries(thing)[0] as [keyof UnionKeys<Thing>, Id];
			const [row] = await ask(about, [{ subject, object }]);
			if (!row?.signed_in || row.think_tank === null) return null;
			return { rights: { role: row.role, administrator: row.administrator }, thinkTank: row.think_tank, meeting: row.meeting, situation: situationOf(row) };
		},
		async document(subject, document) {
			const grant = await oneDocument.ask({ subject, document });
			return grant === 'signed-out' ? null : grant;
		},
		async meeting(subject, id) {
			const [row] = await ask('meeting', [{ subject, object: id }]);
			const participant = row?.signed_in ? participantOf(row) : null;
			if (!row || !participant || (row.role === 'guest' && row.state !== 'live')) return null;
			const meeting = await meetingStore.find(id);
			return meeting && { meeting, participant, archived: row.archived };
		}
	};
}

/** The keys of each member of a union. */
type UnionKeys<Union> = Union extends unknown ? Record<keyof Union, never> : never;

function situationOf({ state, archived, steps, step }: Found): Standing['situation'] {
	if (!steps) return { state, archived, step: null };
	const { see, edit } = presentStep({ steps, step });
	return { state, archived, step: { see, edit } };
}

const participantOf = ({ id, name, office, province, role }: Found): Participant | null => (role === null ? null : { id, name, office, province, role });
