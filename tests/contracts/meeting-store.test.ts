import { and, eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { open } from '#db/open.ts';
import { documents, documentUpdates } from '#db/schema/documents.ts';
import { agendaItems, meetingEvents, meetings } from '#db/schema/meetings.ts';
import { insertThinkTank } from '#db/stores/think-tanks.ts';
import { createCard, setDeleted, splice } from '#realtime/board/edits.ts';
import { freshCopy } from '#realtime/board/fresh-copy.ts';
import type { Command, CommandBody } from '#realtime/meeting/commands.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { agendaKinds, surfaceOf, type AgendaItem, type Meeting } from '#realtime/meeting/meetings.ts';
import { Rooms } from '#realtime/server/boards/rooms.ts';
import { MeetingDesk, type DeskWorld } from '#realtime/server/meetings/meeting-desk.ts';
import { StorageError, type CarriedOut, type Decided, type MeetingStore, type Subject } from '#realtime/server/ports.ts';
import { addPerson, clear, databaseKinds, newId, temporaryFolder, type TestDatabase } from '../support/databases.ts';
import { sameThread } from '../support/same-thread.ts';
import { commandFor, mandate, people, planned, scheduled, strangers, written } from '../support/meeting-commands.ts';
import { deskOver } from '../support/desk.ts';
import { fewest } from '../support/fewest.ts';

const words = { fa: 'نشست', en: 'Meeting' };
const startsAt = Date.UTC(2026, 11, 1);
const point = (kind: AgendaItem['kind'] = 'discussion') => ({ kind, title: words, minutes: 5 });
const bodyOf = (change: object = {}): CommandBody<'meeting.schedule'> =>
	(
		commandFor({ name: 'meeting.schedule', body: { title: words, startsAt, minutes: 60, agenda: [point()], ...change } }, null) as {
			body: CommandBody<'meeting.schedule'>;
		}
	).body;
const add = (kind: AgendaItem['kind'] = 'swot') => commandFor({ name: 'agenda.add', body: point(kind) }, null);
const { card: _, ...wording } = written;
const done = (answer: CarriedOut | string): CarriedOut => {
	if (typeof answer === 'string') throw new Error(answer);
	return answer;
};

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`meetings on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let on: TestDatabase;
		let thinkTank: Id;
		/** somebody in each role, and an administrator who is nothing else */
		let subjects: Subject[];
		let facilitator: Subject;
		beforeAll(async () => (on = await start()), 60_000);
		afterAll(() => on?.stop());

		beforeEach(async () => {
			const { database } = on;
			await clear(database);
			for (const person of [...people, ...strangers]) await addPerson(database, person);
			await database.connection.run(({ orm }) => orm.execute(sql`update people set administrator = true where id = ${strangers[0]}`));
			thinkTank = await addThinkTank(mandate);
			const roles = ['facilitator', 'chair', 'member', 'member', 'observer'] as const;
			for (const [n, person] of people.entries()) await database.thinkTanks.addMember(thinkTank, person, roles[n]!);
			subjects = await Promise.all([...people, strangers[0]!].map(signedIn));
			[facilitator] = subjects as [Subject];
		});

		async function addThinkTank(mandate: readonly Id[] = []): Promise<Id> {
			const id = newId();
			await on.database.connection.transaction((queries) =>
				insertThinkTank(queries, { id, name: words, host: words, purpose: words, actions: newId(), mandate: mandate.map((id) => ({ id, text: words })) })
			);
			return id;
		}

		async function signedIn(person: Id): Promise<Subject> {
			const session = newId();
			await on.database.sessions.put({ digest: session, person, expiresAt: Date.now() + 3_600_000 });
			return { session, person };
		}

		/** A desk as one process has it. `changed`: what it tells. */
		const deskOf = (
			store: Partial<MeetingStore> = {},
			changed: (events: readonly MeetingEvent[]) => void = () => {},
			freshCopy: DeskWorld['freshCopy'] = async () => []
		) =>
			deskOver(on.database, {
				meetings: { ...on.database.meetings, ...store },
				freshCopy,
				hidden: (meeting) => on.database.drafts.hidden(meeting),
				reveal: async ({ item }, keep) => {
					const kept = await keep({ board: null, drafts: await on.database.drafts.of(item) });
					return kept === 'clash' ? 'clash' : 'kept';
				},
				candidates: (document) => on.database.votes.candidates(document),
				wording: async () => written,
				changed: (_meeting, _from, events) => changed(events)
			});
		const schedule = async (desk: MeetingDesk, change: object = {}, id = newId()) =>
			done(await desk.schedule(facilitator, thinkTank, id, { name: 'meeting.schedule', body: bodyOf(change) })).meeting;
		const find = async (meeting: Id) => (await on.database.meetings.find(meeting))!;
		const eventsOf = (meeting: Id) =>
			on.database.connection.run(({ orm }) => orm.select().from(meetingEvents).where(eq(meetingEvents.meetingId, meeting)).orderBy(meetingEvents.version));
		const numbers = async () =>
			(
				await on.database.connection.run(({ orm }) =>
					orm.select({ number: meetings.number }).from(meetings).where(eq(meetings.thinkTankId, thinkTank)).orderBy(meetings.number)
				)
			).map(({ number }) => number);
		const documentsOf = async (meeting: Id) =>
			on.database.connection.run(({ orm }) =>
				orm
					.select({ item: agendaItems.id, kind: agendaItems.kind, document: documents.kind, thinkTank: documents.thinkTankId, lastSeq: documents.lastSeq })
					.from(agendaItems)
					.innerJoin(documents, eq(documents.id, agendaItems.documentId))
					.where(eq(agendaItems.meetingId, meeting))
			);

		test('MEET-11 MEET-14 whatever happens to meetings, the database has what the events make of them', async () => {
			const happened = new Set<string>();
			const history = fc.array(fc.record({ plan: planned, who: fc.integer({ min: 0, max: 11 }), which: fc.nat() }), {
				minLength: 40,
				maxLength: 50,
				size: 'max'
			});
			await fc.assert(
				fc.asyncProperty(scheduled, history, async (begin, steps) => {
					const kept: Decided[] = [];
					const desk = deskOf({
						async keep(decided, command) {
							const became = await on.database.meetings.keep(decided, command);
							if (became === 'kept') kept.push(...decided);
							return became;
						}
					});
					const ids: Id[] = [];
					const first = commandFor(begin, null) as Extract<Command, { name: 'meeting.schedule' }>;
					const made = await desk.schedule(facilitator, thinkTank, newId(), first);
					ids.push(done(made).meeting);
					const compare = async () => {
						for (const { before, after, events } of kept.splice(0)) {
							expect(events.reduce<Meeting | null>(evolve, before)).toEqual(after);
							expect(await find(after.id)).toEqual(after);
							for (const event of events) happened.add(event.name);
						}
					};
					await compare();
					for (const { plan, who, which } of steps) {
						if (plan.name === 'meeting.schedule') continue;
						const meeting = ids[which % ids.length]!;
						// the facilitator, mostly
						const subject = subjects[who] ?? facilitator;
						const answer = await desk.command(subject, meeting, newId(), commandFor(plan, await find(meeting)));
						if (typeof answer !== 'string' && answer.into !== null) ids.push(answer.into);
						await compare();
					}
					for (const id of ids) {
						const rows = await eventsOf(id);
						const meeting = await find(id);
						expect(rows.map(({ version }) => version)).toEqual(rows.map((_, i) => i + 1));
						expect(rows.map(({ event }) => event).reduce<Meeting | null>(evolve, null)).toEqual(meeting);
						const written = await documentsOf(id);
						expect(written.map(({ item }) => item).sort()).toEqual(meeting.agenda.map((item) => item.id).sort());
						for (const one of written) expect(one).toMatchObject({ document: surfaceOf[one.kind], thinkTank, lastSeq: 0 });
					}
				}),
				{ numRuns: 16, endOnFailure: true }
			);
			// histories in which hardly anything happened would prove little; the next test has every kind
			expect(happened.size).toBeGreaterThan(7);
		}, 120_000);

		test('MEET-11 after every kind of event', async () => {
			const desk = deskOf();
			const meeting = await schedule(desk, { agenda: [point('brainstorm'), point('swot')], place: 'Tehran' });
			const plans: [name: Command['name'], body: object][] = [
				['meeting.describe', { title: { en: 'b' }, place: null, callLink: 'https://example.org/', quorum: { share: 'two-thirds' } }],
				['meeting.postpone', { startsAt: limits.earliestMs, minutes: 7 }],
				['agenda.propose', point('vote')],
				['agenda.accept', { item: { pick: 2 } }],
				['agenda.add', { ...point('review'), owner: people[2], mandate: mandate[1], before: { pick: 0 } }],
				['agenda.change', { item: { pick: 1 }, owner: people[3], columns: [{ id: 'ideas', title: 'a' }] }],
				['agenda.move', { item: { pick: 0 }, before: null }],
				['agenda.remove', { item: { pick: 1 } }],
				['facilitator.name', { person: people[2] }],
				['facilitator.name', { person: people[3] }],
				['facilitator.release', { person: people[2] }],
				['meeting.cancel', {}],
				['meeting.reopen', {}],
				['meeting.open', {}],
				['meeting.duplicate', { startsAt }],
				['timer.start', { minutes: 5 }],
				['timer.pause', {}],
				['timer.extend', { minutes: 1 }],
				['timer.resume', {}],
				['timer.stop', {}],
				['timer.start', { minutes: 5 }],
				['turns.ask', { as: 'for' }],
				['turns.withdraw', {}],
				['turns.ask', { as: 'order' }],
				['turns.drop', { person: people[0] }],
				['turns.give', { person: people[1] }],
				['turns.set', { seconds: 60, fair: false }],
				['turns.end', { person: people[1] }],
				['turns.give', { person: people[2] }],
				['vote.open', { item: { pick: 0 }, rule: { kind: 'choice' }, level: 'secret', options: { texts: ['a'] }, majority: 'simple' }],
				['vote.cancel', { vote: { pick: 0, of: 'votes' } }],
				['vote.again', { vote: { pick: 0, of: 'votes' } }],
				['vote.close', { vote: { pick: 0, of: 'votes' } }],
				['decision.adopt', { ...wording, item: { pick: 0 }, wording: newId(), by: 'consensus' }],
				['decision.withdraw', { decision: { pick: 0, of: 'decisions' } }],
				['meeting.close', {}],
				['meeting.reopen', {}]
			];
			const kinds = new Set<string>(['meeting.scheduled']);
			for (const [name, body] of plans) {
				const before = await find(meeting);
				const answer = done(await desk.command(facilitator, meeting, newId(), commandFor({ name, body }, before)));
				const { event } = (await eventsOf(meeting)).at(-1)!;
				kinds.add(event.name);
				const after = await find(meeting);
				expect(after, name).toEqual(evolve(before, event));
				expect(answer.version).toBe(after.version);
			}
			expect(kinds.size).toBe(31);
			// who still spoke at the end has spoken, and nothing of the timer is left
			const { timer, floor } = await find(meeting);
			expect([timer, floor]).toMatchObject([null, { seconds: 60, fair: false, speaker: null, spoken: [{ person: people[1] }, { person: people[2] }] }]);
		});

		test('MEET-14 MEET-15 each kind of point has a document of its kind, with its first rows', async () => {
			const seed = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
			const answer = await deskOf().schedule(
				facilitator,
				thinkTank,
				newId(),
				{ name: 'meeting.schedule', body: bodyOf({ agenda: agendaKinds.map(point) }) },
				({ kind }) => (kind === 'swot' ? seed : [])
			);
			const written = await documentsOf(done(answer).meeting);
			expect(new Map(written.map(({ kind, document, lastSeq }) => [kind, [document, lastSeq]]))).toEqual(
				new Map(agendaKinds.map((kind) => [kind, [surfaceOf[kind], kind === 'swot' ? seed.length : 0]]))
			);
			const rows = await on.database.connection.run(({ orm }) => orm.select().from(documentUpdates).orderBy(documentUpdates.seq));
			expect(rows.map(({ seq, update }) => [seq, [...update]])).toEqual(seed.map((update, at) => [at + 1, [...update]]));
		});

		test('GATE-11 MEET-14 a point that goes on from another has its rows before anybody is told, and SQL follows them', async () => {
			const { database } = on;
			const quiet = { info: () => {}, warn: () => {}, error: () => {} };
			const rooms = new Rooms(
				{ ...database, access: { ...database.access, sessionIn: () => null, authenticate: async () => null, ownOrigin: () => true }, log: quiet },
				sameThread
			);
			try {
				// several rows of what would be one
				const inRows: DeskWorld['freshCopy'] = async (document, surface) => {
					expect((await rooms.freshCopy(document, surface))?.length).toBe(1);
					let rows: Uint8Array[] = [];
					await rooms.edit(document, null, (doc) => (rows = freshCopy(doc, surface, 300)));
					return rows;
				};
				const told: MeetingEvent[] = [];
				const desk = deskOf({}, (events) => told.push(...events), inRows);
				const meeting = await schedule(desk, { agenda: [point('swot')] });
				const [{ id: from, document }] = (await find(meeting)).agenda as [AgendaItem];
				const author = facilitator.person;
				for (const text of ['یک', 'دو', 'سه', 'چهار']) {
					const id = newId();
					await rooms.edit(document, author, (doc) => {
						createCard(doc, { id, author, createdAt: 1, column: 'strengths', group: null, before: null });
						splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
						if (text === 'چهار') setDeleted(doc, id, true);
					});
				}
				const command = commandFor({ name: 'agenda.add', body: { ...point('swot'), from } }, null);
				const id = newId();
				done(await desk.command(facilitator, meeting, id, command));
				expect(done(await desk.command(facilitator, meeting, id, command)).version).toBe(2);
				expect(told).toMatchObject([{ name: 'agenda.added', from }]);
				const [, made] = (await find(meeting)).agenda as [AgendaItem, AgendaItem];
				expect(made.document).not.toBe(document);
				const { tail, lastSeq } = (await database.documents.load(made.document))!;
				expect(lastSeq).toBe(tail.length);
				expect(tail.length).toBeGreaterThan(1);
				expect(tail.every(({ intact }) => intact)).toBe(true);
				for (const one of [document, made.document]) await rooms.projectNow(one);
				const shown = async (of: Id) => (await database.factors.of(of)).map(({ cardId, text, authorId }) => [cardId, text, authorId]);
				const copied = await shown(made.document);
				expect(copied.map(([, text]) => text)).toEqual(['یک', 'دو', 'سه']);
				expect(await shown(document)).toEqual(expect.arrayContaining(copied));
				// it could not be made: nothing has happened
				expect(
					await deskOf(
						{},
						() => {},
						async () => null
					).command(facilitator, meeting, newId(), command)
				).toBe('no-copy');
				await rooms.stop();
				await expect(desk.command(facilitator, meeting, newId(), command)).rejects.toBeInstanceOf(StorageError);
				expect((await find(meeting)).agenda).toHaveLength(2);
			} finally {
				await rooms.stop();
			}
		});

		test('MEET-10 numbers count within a think tank, also when two servers make meetings at once', async () => {
			const [a, b] = [deskOf(), deskOf()];
			const first = await schedule(a);
			const made = await Promise.all([
				...Array.from({ length: 4 }, () => schedule(a)),
				...Array.from({ length: 4 }, () => schedule(b)),
				// neither waits for its turn among those
				b.command(facilitator, first, newId(), commandFor({ name: 'meeting.duplicate', body: { startsAt } }, null))
			]);
			expect(made).not.toContain('clash');
			expect(await numbers()).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
			// another one counts for itself
			const elsewhere = await addThinkTank();
			await on.database.thinkTanks.addMember(elsewhere, facilitator.person, 'chair');
			const other = await a.schedule(facilitator, elsewhere, newId(), { name: 'meeting.schedule', body: bodyOf() });
			expect((await find(done(other).meeting)).number).toBe(1);
		});

		test('MEET-12 of two servers that decide at once, one decides anew', async () => {
			const a = deskOf();
			const meeting = await schedule(a);
			let between = true;
			const told: string[] = [];
			const b = deskOf(
				{
					async keep(decided, command) {
						if (between) done(await a.command(facilitator, meeting, newId(), commandFor({ name: 'meeting.open', body: {} }, null)));
						between = false;
						return on.database.meetings.keep(decided, command);
					}
				},
				(events) => told.push(...events.map(({ name }) => name))
			);
			// what it decided first stood on a meeting that was not open
			expect(await b.command(facilitator, meeting, newId(), commandFor({ name: 'meeting.postpone', body: { startsAt: startsAt + 1 } }, null))).toBe(
				'meeting-live'
			);
			between = true;
			done(await a.command(facilitator, meeting, newId(), commandFor({ name: 'meeting.close', body: {} }, null)));
			done(await a.command(facilitator, meeting, newId(), commandFor({ name: 'meeting.reopen', body: {} }, null)));
			between = false;
			expect(told).toEqual([]);
			const adding = await Promise.all([...Array(6).keys()].flatMap(() => [a, b].map((desk) => desk.command(facilitator, meeting, newId(), add()))));
			const kept = adding.filter((answer) => typeof answer !== 'string').length;
			expect(kept).toBeGreaterThan(6);
			expect((await find(meeting)).agenda).toHaveLength(1 + kept);
			expect(new Set(adding.map((answer) => (typeof answer === 'string' ? answer : answer.version))).size).toBeGreaterThanOrEqual(kept);
		});

		test('MEET-12 a point that others removed meanwhile is not removed twice', async () => {
			const a = deskOf();
			const meeting = await schedule(a, { agenda: [point(), point()] });
			const remove = commandFor({ name: 'agenda.remove', body: { item: { pick: 0 } } }, await find(meeting));
			const answers = await Promise.all([a, deskOf()].map((desk) => desk.command(facilitator, meeting, newId(), remove)));
			expect(answers.filter((answer) => answer === 'no-such-item')).toHaveLength(1);
			expect((await find(meeting)).agenda).toHaveLength(1);
		});

		test('MEET-13 the same command twice, also at once and on two servers, has one effect and one answer', async () => {
			const [a, b] = [deskOf(), deskOf()];
			const made = await Promise.all([newId()].flatMap((id) => [a, b, a, b].map((desk) => schedule(desk, {}, id))));
			expect(new Set(made).size).toBe(1);
			const [meeting] = made as [Id];
			const id = newId();
			const answers = await Promise.all([a, b, a, b].map((desk) => desk.command(facilitator, meeting, id, add())));
			expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
			const duplicate = newId();
			const again = () =>
				Promise.all([a, b].map((desk) => desk.command(facilitator, meeting, duplicate, commandFor({ name: 'meeting.duplicate', body: { startsAt } }, null))));
			const copies = [...(await again()), ...(await again())];
			expect(new Set(copies.map((answer) => JSON.stringify(answer))).size).toBe(1);
			expect(done(copies[0]!).into).not.toBeNull();
			expect(await numbers()).toEqual([1, 2]);
			// much later, when the meeting has gone on
			done(await b.command(facilitator, meeting, newId(), add()));
			expect(await a.command(facilitator, meeting, id, add())).toEqual(answers[0]);
			expect((await find(meeting)).agenda).toHaveLength(3);
			expect((await find(meeting)).version).toBe(4);
		});

		test('MEET-13 a command id that was used has no effect elsewhere, and tells nothing of where', async () => {
			const desk = deskOf();
			const [first, second] = [await schedule(desk), await schedule(desk)];
			const id = newId();
			done(await desk.command(facilitator, first, id, add()));
			expect(await desk.command(facilitator, second, id, add())).toBe('clash');
			expect((await find(second)).version).toBe(1);
			const elsewhere = await addThinkTank();
			await on.database.thinkTanks.addMember(elsewhere, facilitator.person, 'chair');
			expect(await desk.schedule(facilitator, elsewhere, id, { name: 'meeting.schedule', body: bodyOf() })).toBe('clash');
		});

		test('MEET-14 a duplicate is kept with its trace, or neither is', async () => {
			const desk = deskOf();
			const meeting = await schedule(desk);
			const before = await find(meeting);
			const decide = async (copy: Partial<Meeting>): Promise<Decided[]> => {
				const into = newId();
				const events: MeetingEvent[] = [{ name: 'meeting.duplicated', into }];
				const scheduled: MeetingEvent = {
					name: 'meeting.scheduled',
					meeting: into,
					thinkTank,
					number: 2,
					title: words,
					startsAt,
					minutes: 1,
					place: null,
					callLink: null,
					quorum: null,
					agenda: before.agenda.map((item) => ({ ...item, id: newId(), document: newId() })),
					...copy
				};
				return [
					{ before, after: evolve(before, events[0]!)!, events, seeds: new Map() },
					{ before: null, after: evolve(null, scheduled)!, events: [scheduled], seeds: new Map() }
				];
			};
			const counts = async () => {
				const [row] = await on.database.connection.run(({ orm }) =>
					orm.execute<Record<string, number>>(
						sql`select (select count(*)::int from meetings) as meetings, (select count(*)::int from meeting_events) as events, (select count(*)::int from documents) as documents, (select count(*)::int from agenda_items) as items`
					)
				);
				return row;
			};
			const then = await counts();
			const command = () => ({ id: newId(), actor: facilitator.person });
			// its number was taken meanwhile
			expect(await on.database.meetings.keep(await decide({ number: 1 }), command())).toBe('clash');
			// the database fails at the last of its statements: nobody of that id is a person
			const failing = await decide({ agenda: before.agenda.map((item) => ({ ...item, id: newId(), document: newId(), owner: newId() })) });
			await expect(on.database.meetings.keep(failing, command())).rejects.toBeInstanceOf(StorageError);
			expect(await counts()).toEqual(then);
			expect(await find(meeting)).toEqual(before);
			expect(await on.database.meetings.keep(await decide({}), command())).toBe('kept');
			expect(await counts()).toEqual({ meetings: 2, events: 3, documents: then!['documents']! + 1, items: 2 });
		});

		test('MEET-14 what a failing database did not keep is told to nobody, and done when it is asked again', async () => {
			const told: string[] = [];
			let failing = true;
			const desk = deskOf(
				{
					keep: (decided, command) => {
						if (failing) throw new StorageError('away', { full: false });
						return on.database.meetings.keep(decided, command);
					}
				},
				(events) => told.push(...events.map(({ name }) => name))
			);
			const meeting = await schedule(deskOf());
			const id = newId();
			await expect(desk.command(facilitator, meeting, id, add())).rejects.toBeInstanceOf(StorageError);
			expect(told).toEqual([]);
			expect((await find(meeting)).version).toBe(1);
			failing = false;
			expect(done(await desk.command(facilitator, meeting, id, add())).version).toBe(2);
			expect(told).toEqual(['agenda.added']);
		});

		test('a meeting of another think tank and a missing one look alike', async () => {
			const desk = deskOf();
			const meeting = await schedule(desk);
			const stranger = await signedIn(strangers[1]!);
			for (const id of [meeting, newId()]) expect(await desk.command(stranger, id, newId(), add())).toBe('not-found');
			expect(await desk.schedule(stranger, thinkTank, newId(), { name: 'meeting.schedule', body: bodyOf() })).toBe('not-found');
		});
	});
}

test('MEET-15 no statement of a decision takes longer than it may, with a full agenda on the embedded database', async () => {
	const slow: string[] = [];
	const log = {
		info: () => {},
		error: () => {},
		warn: (fields: Record<string, unknown>, message: string) => void slow.push(`${message} ${String(fields['ms'])} ${String(fields['statement'])}`)
	};
	const database = await open({ dataDir: temporaryFolder(), log });
	try {
		const person = await addPerson(database, people[0]);
		const thinkTank = newId();
		await database.connection.transaction((queries) =>
			insertThinkTank(queries, { id: thinkTank, name: words, host: words, purpose: words, actions: newId(), mandate: [] })
		);
		await database.thinkTanks.addMember(thinkTank, person, 'facilitator');
		const session = newId();
		await database.sessions.put({ digest: session, person, expiresAt: Date.now() + 3_600_000 });
		const longest = { text: 'و'.repeat(limits.decisionUnits), person, office: null, due: '2027-01-31', mandate: null, card: newId() };
		const fullest = async () => Array.from({ length: 12 }, (_, at) => new Uint8Array(limits.seedRowBytes).fill(at));
		const desk = deskOver(database, {
			freshCopy: fullest,
			wording: async () => longest
		});
		const subject = { session, person };
		const agenda = Array.from({ length: limits.agendaItems }, () => ({
			...point('swot'),
			title: { fa: 'ن'.repeat(limits.titleUnits), en: 'n'.repeat(limits.titleUnits) }
		}));
		const slowIn = (work: () => Promise<unknown>) =>
			fewest(async () => {
				slow.length = 0;
				await work();
				return [...slow];
			});
		let meeting = '';
		const seed = [new Uint8Array(4_000)];
		expect(
			await slowIn(async () => {
				meeting = done(await desk.schedule(subject, thinkTank, newId(), { name: 'meeting.schedule', body: bodyOf({ agenda }) }, () => seed)).meeting;
			})
		).toEqual([]);
		const say = (name: Command['name'], body: object) => async () =>
			done(await desk.command(subject, meeting, newId(), commandFor({ name, body }, await database.meetings.find(meeting))));
		expect(await slowIn(say('agenda.move', { item: { pick: 0 }, before: null }))).toEqual([]);
		expect(await slowIn(say('meeting.duplicate', { startsAt }))).toEqual([]);
		const remove = say('agenda.remove', { item: { pick: 0 } });
		const add = say('agenda.add', { ...point('swot'), from: { pick: 0 } });
		expect(await slowIn(() => remove().then(add))).toEqual([]);
		// and with as many decisions as there may be
		await say('meeting.open', {})();
		const { card: _, ...said } = longest;
		const adopt = () => say('decision.adopt', { ...said, item: { pick: 0 }, wording: newId(), by: 'consensus' })();
		for (let n = 5; n < limits.decisionsPerMeeting; n++) await adopt();
		expect(await slowIn(adopt)).toEqual([]);
		expect(await slowIn(say('meeting.describe', { place: 'Tehran' }))).toEqual([]);
		const [row] = await database.connection.run(({ orm }) =>
			orm
				.select({ id: documentUpdates.documentId })
				.from(documentUpdates)
				.where(and(eq(documentUpdates.seq, 1)))
				.limit(1)
		);
		expect(row).toBeDefined();
	} finally {
		await database.close();
	}
}, 60_000);
