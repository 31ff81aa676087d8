import { and, asc, between, desc, eq, getTableColumns, gt, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import type { DocumentKind } from '#realtime/board/schema.ts';
import { courseEvents, endedBy, type CourseEvent, type EndedStep } from '#realtime/meeting/course.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Decision } from '#realtime/meeting/decisions.ts';
import { surfaceOf, type AgendaItem, type BoardColumn, type Meeting, type Participant } from '#realtime/meeting/meetings.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import { StorageError, type Decided, type MeetingStore } from '#realtime/server/ports.ts';
import type { Connection, Queries } from '../connection.ts';
import { documents } from '../schema/documents.ts';
import { drafts } from '../schema/drafts.ts';
import { agendaItems, attendances, meetingEvents, meetings } from '../schema/meetings.ts';
import { people } from '../schema/people.ts';
import { mandateItems, memberships } from '../schema/think-tanks.ts';
import { decisionsOfMeeting, keepDecisions } from './decisions.ts';
import { keepRow } from './documents.ts';
import { keepReveal } from './drafts.ts';
import { keepVotes, lockedBox } from './votes.ts';

/** Somebody who was in a meeting. */
export interface Attendance extends Participant {
	/** from when to when they were there, in milliseconds since 1970, in order */
	stretches: { from: number; to: number }[];
}

/** Something that belongs to the course of a meeting. */
export interface CourseEntry {
	/** of the meeting from then on */
	version: number;
	/** milliseconds since 1970 */
	at: number;
	/** null: nobody that is known */
	by: { id: Id; name: LocalText } | null;
	what: CourseEvent;
	/** the point of the agenda that it is about, the step, the vote, the decision; null: about none */
	item: Id | null;
	step: string | null;
	vote: Id | null;
	/** the step that it ended, if its board can be seen as it stood then */
	ended: EndedStep | null;
	decision: Id | null;
}

/** A member of the think tank of a meeting. */
export interface MeetingMember extends Participant {
	role: MemberRole;
	/** may they sign in? */
	active: boolean;
}

/** What pages read of meetings beside what the live server needs. */
export interface MeetingReads {
	/** Who was there, in the order in which they came. */
	attendance(meeting: Id): Promise<Attendance[]>;
	/** How a meeting went, in order, and who had it so. */
	course(meeting: Id): Promise<CourseEntry[]>;
	/** The step that a meeting left when it came to a version, and the last row of its document's log of then; null: it left none, or it is not known. */
	ended(meeting: Id, version: number): Promise<{ step: EndedStep; seq: number } | null>;
	/** Who may answer for a point of an agenda, and which mandate items there are; one that was taken off the list only if one of these cites it. */
	around(
		thinkTank: Id,
		citing: readonly Pick<AgendaItem, 'mandate'>[]
	): Promise<{ members: MeetingMember[]; mandate: { id: Id; text: LocalText; removed: boolean }[] }>;
	/** The points at which something has been written. */
	written(agenda: readonly Pick<AgendaItem, 'id' | 'document'>[]): Promise<Id[]>;
	/** The meeting with the highest number that was not cancelled; null: there is none. */
	last(thinkTank: Id): Promise<Meeting | null>;
	/** The columns of the point that a document is written at; none, if it has no columns of its own. */
	columnsOf(document: Id): Promise<BoardColumn[]>;
}

export function meetingStore(connection: Connection): MeetingStore & MeetingReads {
	/** Does all of a command in one transaction, or nothing of it: if it was done before, or if `work` answers null. */
	async function inOne<Result>(command: Id, work: (queries: Queries) => Promise<Result | null>): Promise<Result | 'clash'> {
		const clash = new StorageError('a meeting is not as it was decided about', { full: false });
		try {
			return await connection.transaction(async (queries) => {
				const result = (await isRepeated(queries, command)) ? null : await work(queries);
				// thrown, so that nothing stays of what was written before
				if (result === null) throw clash;
				return result;
			});
		} catch (error) {
			if (error === clash) return 'clash';
			throw error;
		}
	}

	async function keepAll(queries: Queries, decided: readonly Decided[], command: { id: Id; actor: Id | null }): Promise<boolean> {
		for (const one of decided) if (!(await keepOne(queries, one, command))) return false;
		return true;
	}

	return {
		async find(id) {
			const rows = await connection.run(({ orm }) =>
				orm
					.select({
						meeting: meetingColumns,
						item: itemColumns,
						// with the first point alone, and not over again with each
						decisions: sql<Decision[] | null>`case when row_number() over (order by ${agendaItems.position}) = 1 then ${decisionsOfMeeting} end`
					})
					.from(meetings)
					.leftJoin(agendaItems, eq(agendaItems.meetingId, meetings.id))
					.where(eq(meetings.id, id))
					.orderBy(asc(agendaItems.position))
			);
			const [found] = rows;
			if (!found) return null;
			const { thinkTankId: thinkTank, ...meeting } = found.meeting;
			return { ...meeting, thinkTank, agenda: rows.flatMap(({ item }) => (item ? [itemOf(item)] : [])), decisions: found.decisions ?? [] };
		},

		async versions(ids) {
			const rows = await connection.run(({ orm }) =>
				orm
					.select({ id: meetings.id, version: meetings.version })
					.from(meetings)
					.where(inArray(meetings.id, [...ids]))
			);
			return new Map(rows.map(({ id, version }) => [id, version]));
		},

		async eventsBetween(meeting, from, to) {
			const rows = await connection.run(({ orm }) =>
				orm
					.select({ event: meetingEvents.event })
					.from(meetingEvents)
					.where(and(eq(meetingEvents.meetingId, meeting), between(meetingEvents.version, from + 1, to)))
					.orderBy(asc(meetingEvents.version))
			);
			return rows.map(({ event }) => event);
		},

		async thinkTank(id) {
			const [found] = await connection.run(
				({ sql }) => sql<{ archived: boolean; next_number: number; next_decision: number; members: Id[]; mandate: Id[] }[]>`
					select archived_at is not null as archived,
						(select coalesce(max(number), 0) + 1 from meetings where think_tank_id = t.id) as next_number,
						(select coalesce(max(number), 0) + 1 from decisions where think_tank_id = t.id) as next_decision,
						array(select person_id from memberships where think_tank_id = t.id) as members,
						array(select id from mandate_items where think_tank_id = t.id and removed_at is null) as mandate
					from think_tanks t where id = ${id}`
			);
			if (!found) return null;
			const { archived, next_number: nextNumber, next_decision: nextDecision, members, mandate } = found;
			return { id, archived, nextNumber, nextDecision, members: new Set(members), mandate: new Set(mandate) };
		},

		async carriedOut(command, on) {
			const [found] = await connection.run(({ orm }) =>
				orm
					.select({ meeting: meetings.id, version: meetingEvents.version, event: meetingEvents.event })
					.from(meetingEvents)
					.innerJoin(meetings, eq(meetings.id, meetingEvents.meetingId))
					.where(
						and(
							eq(meetingEvents.commandId, command),
							'meeting' in on ? eq(meetings.id, on.meeting) : and(eq(meetings.thinkTankId, on.thinkTank), eq(meetingEvents.version, 1))
						)
					)
					.orderBy(desc(meetingEvents.version))
					.limit(1)
			);
			return found ? { meeting: found.meeting, version: found.version, into: found.event.name === 'meeting.duplicated' ? found.event.into : null } : null;
		},

		keep: (decided, command) => inOne(command.id, async (queries) => ((await keepAll(queries, decided, command)) ? 'kept' : null)),

		reveal: (decided, command, reveal) =>
			inOne(command.id, async (queries) => ((await keepAll(queries, decided, command)) ? keepReveal(queries, reveal) : null)),

		keepCounted: (vote, decide, command) =>
			inOne(command.id, async (queries) => {
				const box = await lockedBox(queries, vote);
				if (!box) return null;
				const decided = decide(box);
				return typeof decided === 'string' || (await keepOne(queries, decided, command)) ? decided : null;
			}),

		async attend(meeting, people, withinMs) {
			if (people.length === 0) return;
			await connection.run(
				({ sql }) => sql`
					with here as (
						select * from unnest(${people.map(({ id }) => id)}::text[], ${people.map(({ role }) => role)}::text[], ${people.map(({ province }) => province)}::text[])
							as h (person, role, province)
					), held as (
						select state = 'live' as live, case when state = 'live' then clock_timestamp() else closed_at end as at
						from meetings where id = ${meeting} and state in ('live', 'closed')
					), drawn_out as (
						update attendances a set seen_at = greatest(a.seen_at, held.at) from here, held
						where a.meeting_id = ${meeting} and a.person_id = here.person and a.seen_at > held.at - make_interval(secs => ${withinMs / 1000})
						returning a.person_id
					)
					insert into attendances (meeting_id, person_id, came_at, seen_at, role, province)
					select ${meeting}, person, held.at, held.at, role, province from here, held
					where held.live and person not in (select person_id from drawn_out)
					on conflict do nothing`
			);
		},

		async course(meeting) {
			const rows = await connection.run(({ orm }) =>
				orm
					.select({
						version: meetingEvents.version,
						at: meetingEvents.at,
						event: meetingEvents.event,
						ended: meetingEvents.endedStep,
						id: people.id,
						name: people.name
					})
					.from(meetingEvents)
					.leftJoin(people, eq(people.id, meetingEvents.actorId))
					.where(and(eq(meetingEvents.meetingId, meeting), inArray(sql`${meetingEvents.event} ->> 'name'`, [...courseEvents])))
					.orderBy(asc(meetingEvents.version))
			);
			return rows.map(({ version, at, event, ended, id, name }) => {
				const about = event as { name: CourseEvent; item?: Id; step?: string; vote?: Id | Vote; decision?: Id | Decision };
				const { name: what, item = null, step = null, vote = null, decision = null } = about;
				const asked = vote !== null && typeof vote === 'object' ? vote : null;
				const adopted = decision !== null && typeof decision === 'object' ? decision : null;
				return {
					version,
					at,
					by: id !== null && name !== null ? { id, name } : null,
					what,
					item: asked?.item ?? adopted?.item ?? item,
					step,
					vote: asked?.id ?? (vote as Id | null),
					decision: adopted?.id ?? (decision as Id | null),
					ended
				};
			});
		},

		async ended(meeting, version) {
			const [found] = await connection.run(({ orm }) =>
				orm
					.select({ step: meetingEvents.endedStep, seq: meetingEvents.endedSeq })
					.from(meetingEvents)
					.where(and(eq(meetingEvents.meetingId, meeting), eq(meetingEvents.version, version)))
			);
			return found && found.step !== null && found.seq !== null ? { step: found.step, seq: found.seq } : null;
		},

		async attendance(meeting) {
			const rows = await connection.run(({ orm }) =>
				orm
					.select({
						id: people.id,
						name: people.name,
						office: sql<LocalText | null>`coalesce(${memberships.office}, ${people.office})`,
						province: attendances.province,
						role: attendances.role,
						from: attendances.cameAt,
						to: attendances.seenAt
					})
					.from(attendances)
					.innerJoin(people, eq(people.id, attendances.personId))
					.innerJoin(meetings, eq(meetings.id, attendances.meetingId))
					.leftJoin(memberships, sql`${memberships.thinkTankId} = ${meetings.thinkTankId} and ${memberships.personId} = ${people.id}`)
					.where(eq(attendances.meetingId, meeting))
					.orderBy(asc(attendances.cameAt), asc(people.id))
			);
			const found = new Map<Id, Attendance>();
			for (const { from, to, ...person } of rows) {
				const stretches = found.get(person.id)?.stretches ?? [];
				const last = stretches.at(-1);
				// of two that began at once, as with pages on two processes
				if (last && from - last.to < limits.attendanceGapMs) last.to = Math.max(last.to, to);
				else stretches.push({ from, to });
				// as they came last
				found.set(person.id, { ...person, stretches });
			}
			return [...found.values()];
		},

		async around(thinkTank, citing) {
			const cited = citing.flatMap(({ mandate }) => mandate ?? []);
			const [members, mandate] = await Promise.all([
				connection.run(({ orm }) =>
					orm
						.select({
							id: people.id,
							name: people.name,
							office: sql<LocalText | null>`coalesce(${memberships.office}, ${people.office})`,
							province: people.province,
							role: memberships.role,
							active: sql<boolean>`${people.deactivatedAt} is null`
						})
						.from(memberships)
						.innerJoin(people, eq(people.id, memberships.personId))
						.where(eq(memberships.thinkTankId, thinkTank))
						.orderBy(asc(memberships.since), asc(people.id))
				),
				connection.run(({ orm }) =>
					orm
						.select({ id: mandateItems.id, text: mandateItems.text, removed: sql<boolean>`${mandateItems.removedAt} is not null` })
						.from(mandateItems)
						.where(
							and(eq(mandateItems.thinkTankId, thinkTank), or(isNull(mandateItems.removedAt), cited.length > 0 ? inArray(mandateItems.id, cited) : undefined))
						)
						.orderBy(asc(mandateItems.position))
				)
			]);
			return { members, mandate };
		},

		async written(agenda) {
			if (agenda.length === 0) return [];
			const rows = await connection.run(({ orm }) =>
				orm
					.select({ id: documents.id })
					.from(documents)
					.where(
						and(
							inArray(
								documents.id,
								agenda.map(({ document }) => document)
							),
							gt(documents.lastSeq, 0)
						)
					)
			);
			const hidden = await connection.run(({ orm }) =>
				orm
					.selectDistinct({ id: drafts.itemId })
					.from(drafts)
					.where(
						and(
							inArray(
								drafts.itemId,
								agenda.map(({ id }) => id)
							),
							gt(drafts.cards, 0)
						)
					)
			);
			const found = new Set([...rows, ...hidden].map(({ id }) => id));
			return agenda.flatMap(({ id, document }) => (found.has(document) || found.has(id) ? [id] : []));
		},

		async last(thinkTank) {
			const [found] = await connection.run(({ orm }) =>
				orm
					.select({ id: meetings.id })
					.from(meetings)
					.where(and(eq(meetings.thinkTankId, thinkTank), ne(meetings.state, 'cancelled')))
					.orderBy(desc(meetings.number))
					.limit(1)
			);
			return found ? this.find(found.id) : null;
		},

		async columnsOf(document) {
			const [found] = await connection.run(({ orm }) =>
				orm.select({ columns: agendaItems.columns }).from(agendaItems).where(eq(agendaItems.documentId, document)).limit(1)
			);
			return found?.columns ?? [];
		}
	};
}

/** What makes a meeting what it is, and not what it is found by. */
const { createdAt: _createdAt, words: _words, ...meetingColumns } = getTableColumns(meetings);
const { words: _itemWords, ...itemColumns } = getTableColumns(agendaItems);

const itemOf = ({
	id,
	kind,
	title,
	minutes,
	usedMs,
	ownerId,
	mandateItemId,
	documentId,
	columns,
	steps,
	step,
	reveals,
	proposedBy
}: Omit<typeof agendaItems.$inferSelect, 'words'>): AgendaItem => ({
	id,
	kind,
	title,
	minutes,
	usedMs,
	owner: ownerId,
	mandate: mandateItemId,
	document: documentId,
	columns,
	steps,
	step,
	reveals,
	proposedBy
});

/** Was something kept of this command? Whoever sends the same one again waits here for the first, and then finds it carried out. */
async function isRepeated(queries: Queries, command: Id): Promise<boolean> {
	await queries.execute(sql`select pg_advisory_xact_lock(hashtextextended(${command}, 0))`);
	const repeated = await queries.select({ id: meetingEvents.meetingId }).from(meetingEvents).where(eq(meetingEvents.commandId, command)).limit(1);
	return repeated.length > 0;
}

/** Keeps one decision within whatever transaction this is. False: the meeting is not as it was decided about. */
export async function keepOne(
	queries: Queries,
	{ before, after, events, seeds, signingKeys }: Decided,
	command: { id: Id; actor: Id | null }
): Promise<boolean> {
	const { id, thinkTank, agenda: _, decisions: __, ...rest } = after;
	const row = { ...rest, thinkTankId: thinkTank };
	const written = before
		? await queries
				.update(meetings)
				.set(row)
				.where(sql`${meetings.id} = ${id} and ${meetings.version} = ${before.version}`)
				.returning({ id: meetings.id })
		: await queries
				.insert(meetings)
				.values({ id, ...row })
				.onConflictDoNothing()
				.returning({ id: meetings.id });
	if (written.length === 0) return false;
	await queries.insert(meetingEvents).values(
		withEnded(before, events).map(({ event, ended }, i) => ({
			meetingId: id,
			version: (before?.version ?? 0) + i + 1,
			event,
			commandId: command.id,
			actorId: command.actor,
			endedStep: ended,
			// what is committed of its document now, before anything that comes with the decision
			endedSeq: ended && sql<number>`(select ${documents.lastSeq} from ${documents} where ${documents.id} = ${ended.document})`
		}))
	);
	await keepAgenda(queries, after, before?.agenda ?? [], seeds);
	await keepVotes(queries, after.id, events, signingKeys);
	return keepDecisions(queries, after, events);
}

/** What happens to a meeting, each with the step that it ends. */
function withEnded(before: Meeting | null, events: readonly MeetingEvent[]): { event: MeetingEvent; ended: EndedStep | null }[] {
	let meeting = before;
	return events.map((event) => {
		const ended = endedBy(meeting, event);
		meeting = evolve(meeting, event);
		return { event, ended };
	});
}

async function keepAgenda(
	queries: Queries,
	{ id: meetingId, thinkTank, agenda }: Meeting,
	before: readonly AgendaItem[],
	seeds: Decided['seeds']
): Promise<void> {
	const known = new Set(before.map(({ id }) => id));
	const fresh = agenda.filter(({ id }) => !known.has(id));
	if (fresh.length > 0) {
		await queries.insert(documents).values(
			fresh.map(({ document, kind }) => ({
				id: document,
				kind: surfaceOf[kind] satisfies DocumentKind,
				thinkTankId: thinkTank,
				lastSeq: seeds.get(document)?.length ?? 0
			}))
		);
		for (const { document } of fresh) for (const [at, update] of (seeds.get(document) ?? []).entries()) await keepRow(queries, document, at + 1, update);
	}
	const stay = new Set(agenda.map(({ id }) => id));
	const gone = before.flatMap(({ id }) => (stay.has(id) ? [] : [id]));
	// the document stays: what was written in it is history
	if (gone.length > 0) await queries.delete(agendaItems).where(inArray(agendaItems.id, gone));
	const moved = agenda.flatMap((item, position) => (item === before[position] ? [] : [rowOf(item, meetingId, position + 1)]));
	if (moved.length === 0) return;
	await queries
		.insert(agendaItems)
		.values(moved)
		.onConflictDoUpdate({
			target: agendaItems.id,
			set: {
				position: sql`excluded.position`,
				title: sql`excluded.title`,
				minutes: sql`excluded.minutes`,
				usedMs: sql`excluded.used_ms`,
				ownerId: sql`excluded.owner_id`,
				mandateItemId: sql`excluded.mandate_item_id`,
				columns: sql`excluded.columns`,
				steps: sql`excluded.steps`,
				step: sql`excluded.step`,
				reveals: sql`excluded.reveals`,
				proposedBy: sql`excluded.proposed_by`
			}
		});
}

const rowOf = (
	{ id, kind, title, minutes, usedMs, owner, mandate, document, columns, steps, step, reveals, proposedBy }: AgendaItem,
	meetingId: Id,
	position: number
) => ({
	id,
	meetingId,
	position,
	kind,
	title,
	minutes,
	usedMs,
	ownerId: owner,
	mandateItemId: mandate,
	documentId: document,
	columns,
	steps,
	step,
	reveals,
	proposedBy
});
