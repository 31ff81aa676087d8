import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { insertThinkTank } from '#db/stores/think-tanks.ts';
import { createCard, splice } from '#realtime/board/edits.ts';
import { cardsWithWords } from '#realtime/board/read.ts';
import type { AnyCommandInput } from '#realtime/meeting/commands.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { stepsOf, type RecipeName } from '#realtime/meeting/recipes.ts';
import { Rooms } from '#realtime/server/boards/rooms.ts';
import { MeetingDesk } from '#realtime/server/meetings/meeting-desk.ts';
import type { Access, Reveal, StoredDraft, Subject } from '#realtime/server/ports.ts';
import { addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';
import { sameThread } from '../support/same-thread.ts';
import { storedDoc } from '../support/stored.ts';
import { deskOver } from '../support/desk.ts';

// slow machines
vi.setConfig({ testTimeout: 120_000 });

const words = { fa: 'نشست' };
/** words that are nowhere else in a database */
const ideas = ['نبودِ خریدِ تضمینی', 'Courts take years', 'قانونِ مبهم', 'No adviser'];

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`what is written in private, on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let on: TestDatabase;
		let thinkTank: Id;
		let writers: Subject[];
		let rooms: Rooms;
		let desk: MeetingDesk;
		const counted: Id[] = [];
		const logged: unknown[] = [];
		beforeAll(async () => (on = await start()), 60_000);
		afterAll(() => on?.stop());

		beforeEach(async () => {
			const { database } = on;
			await clear(database);
			thinkTank = newId();
			await database.connection.transaction((queries) =>
				insertThinkTank(queries, { id: thinkTank, name: words, host: words, purpose: words, actions: newId(), mandate: [] })
			);
			writers = [];
			for (let n = 0; n < 4; n++) {
				const person = await addPerson(database, newId());
				await database.thinkTanks.addMember(thinkTank, person, n === 0 ? 'facilitator' : 'member');
				const session = newId();
				await database.sessions.put({ digest: session, person, expiresAt: Date.now() + 3_600_000 });
				writers.push({ session, person });
			}
			[rooms, desk] = serverOver();
			logged.length = counted.length = 0;
		});

		/** Rooms and a desk, as one process has them. */
		function serverOver(): [Rooms, MeetingDesk] {
			const { database } = on;
			const note = (...said: unknown[]) => void logged.push(said);
			const rooms = new Rooms({ ...database, access: database.access as unknown as Access, log: { info: note, warn: note, error: note } }, sameThread, {
				hidden: (meeting) => counted.push(meeting)
			});
			const desk = deskOver(database, {
				hidden: (meeting) => database.drafts.hidden(meeting),
				reveal: (activity, keep) => rooms.reveal(activity, keep)
			});
			return [rooms, desk];
		}

		async function command(meeting: Id, asked: AnyCommandInput, id = newId()) {
			const answer = await desk.command(writers[0]!, meeting, id, asked as never);
			if (typeof answer === 'string') throw new Error(answer);
			return answer;
		}

		/** A live meeting at an activity that is done by a recipe. */
		async function begin(recipe: RecipeName): Promise<Meeting> {
			const done = await desk.schedule(writers[0]!, thinkTank, newId(), {
				name: 'meeting.schedule',
				body: {
					title: words,
					startsAt: 0,
					minutes: 60,
					place: null,
					callLink: null,
					quorum: null,
					agenda: [{ kind: 'swot', title: words, minutes: 5, owner: null, mandate: null, steps: stepsOf(recipe, newId) }]
				}
			});
			if (typeof done === 'string') throw new Error(done);
			await command(done.meeting, { name: 'meeting.open', body: {} });
			return (await on.database.meetings.find(done.meeting))!;
		}

		/** Where somebody writes, as the API opens it. */
		const open = ({ id, agenda }: Meeting, { person }: Subject, anonymous: boolean, passedOn = false) =>
			on.database.drafts.open({ meeting: id, thinkTank, item: agenda[0]!.id, person, document: newId(), anonymous, passedOn });

		async function write(document: Id, { person }: Subject, text: string, at = rooms): Promise<void> {
			const card = newId();
			await at.edit(document, person, (doc) => {
				createCard(doc, { id: card, author: person, createdAt: Date.now(), column: 'threats', group: null, before: null });
				splice(doc, { card }, { at: 0, removed: 0, inserted: text });
			});
		}

		const turn = (meeting: Meeting, place: number): AnyCommandInput => ({
			name: 'step.turn',
			body: { item: meeting.agenda[0]!.id, step: meeting.agenda[0]!.steps[place]!.id }
		});
		const cardsOn = async (document: Id) => {
			const doc = await storedDoc(on.database, document);
			const cards = cardsWithWords(doc);
			doc.destroy();
			return cards;
		};
		const boardOf = (meeting: Meeting) => meeting.agenda[0]!.document;

		/** All rows of all tables as text, bytes as hexadecimal digits. */
		async function dump(): Promise<string[]> {
			const tables = await on.database.connection.run(
				({ sql }) => sql<{ name: string }[]>`select tablename as name from pg_tables where schemaname = 'public'`
			);
			const rows: string[] = [];
			for (const { name } of tables) {
				const found = await on.database.connection.run(({ sql }) => sql<{ row: string }[]>`select (t.*)::text as row from ${sql(name)} t`);
				rows.push(...found.map(({ row }) => `${name} ${row}`));
			}
			return rows;
		}

		test('DRAFT-5 SYNC-11 late words that were acknowledged just before a kill wait without their writer’s coming back', async () => {
			const meeting = await begin('silent');
			const document = await open(meeting, writers[1]!, false);
			await command(meeting.id, turn(meeting, 1));
			await write(document, writers[1]!, ideas[0]!);
			await rooms.stop();
			// as a process leaves it that is gone before SQL has followed
			await on.database.connection.run(async ({ sql }) => {
				await sql`update documents set projected_seq = 0 where id = ${document}`;
				await sql`update drafts set cards = 0`;
			});
			[rooms, desk] = serverOver();
			const admit: AnyCommandInput = { name: 'drafts.admit', body: { item: meeting.agenda[0]!.id } };
			expect(await on.database.documents.behind()).toEqual([document]);
			await command(meeting.id, admit);
			expect(await cardsOn(boardOf(meeting))).toEqual([]);
			await rooms.catchUp();
			expect(await on.database.documents.behind()).toEqual([]);
			expect(counted).toContain(meeting.id);
			await command(meeting.id, admit);
			expect((await cardsOn(boardOf(meeting))).map(({ text }) => text)).toEqual([ideas[0]]);
		});

		test('DRAFT-7 at an inspiring step one is given what others have written to be passed on, and after the reveal nothing', async () => {
			const meeting = await begin('inspired');
			const [item] = meeting.agenda as [Meeting['agenda'][number]];
			const documents = await Promise.all(writers.map((writer) => open(meeting, writer, false, true)));
			for (const [n, writer] of writers.slice(0, 3).entries()) await write(documents[n]!, writer, ideas[n]!);
			const given = async (server: Rooms, { person }: Subject) => (await server.inspire(item.id, 'round', person)).map(({ text }) => text).toSorted();
			expect(await given(rooms, writers[3]!)).toEqual(ideas.slice(0, 3).toSorted());
			expect(await given(rooms, writers[0]!)).toEqual([ideas[1]!, ideas[2]!].toSorted());
			// what is written from then on is drawn from by nobody
			await write(documents[3]!, writers[3]!, ideas[3]!);
			expect(await given(rooms, writers[0]!)).toEqual([ideas[1]!, ideas[2]!].toSorted());
			// another process draws from what it finds
			expect(await given(serverOver()[0], writers[0]!)).toEqual(ideas.slice(1).toSorted());
			for (const place of [1, 2]) await command(meeting.id, turn(meeting, place));
			for (const server of [rooms, serverOver()[0]]) expect(await given(server, writers[3]!)).toEqual([]);
		});

		test('DRAFT-7 what was written without knowing that it is passed on, is not: before the step came in, and late words of a former round', async () => {
			const meeting = await begin('inspired');
			const [item] = meeting.agenda as [Meeting['agenda'][number]];
			const [, one, two] = writers as [Subject, Subject, Subject, Subject];
			const given = async () => (await serverOver()[0].inspire(item.id, 'round', writers[3]!.person)).map(({ text }) => text);
			const promised = await open(meeting, one, false, false);
			await write(promised, one, ideas[0]!);
			// told only now
			await open(meeting, one, false, true);
			await write(await open(meeting, two, false, true), two, ideas[1]!);
			expect(await given()).toEqual([ideas[1]]);
			// after the reveal it begins anew, but for what arrives late
			for (const place of [1, 2]) await command(meeting.id, turn(meeting, place));
			await write(promised, one, 'late');
			await rooms.projectNow(promised);
			for (const writer of [one, two]) await open(meeting, writer, false, true);
			await write(promised, one, 'second round');
			await write(await open(meeting, two, false, true), two, ideas[3]!);
			expect(await given()).toEqual([ideas[3]]);
		});

		test('DRAFT-3 is put onto the board with the step, each card once and by its author, and begins anew empty', async () => {
			const meeting = await begin('silent');
			const documents = await Promise.all(writers.map((writer) => open(meeting, writer, false)));
			for (const [n, writer] of writers.entries()) await write(documents[n]!, writer, ideas[n]!);
			for (const document of documents) await rooms.projectNow(document);
			expect(counted).toContain(meeting.id);
			expect(await on.database.drafts.hidden(meeting.id)).toEqual([{ item: meeting.agenda[0]!.id, people: 4, cards: 4, anonymous: 0 }]);

			const id = newId();
			const done = await command(meeting.id, turn(meeting, 1), id);
			expect(await command(meeting.id, turn(meeting, 1), id)).toEqual(done);
			const shown = await cardsOn(boardOf(meeting));
			expect(shown.map(({ text, author }) => `${text} ${author}`).sort()).toEqual(ideas.map((text, n) => `${text} ${writers[n]!.person}`).sort());
			const now = (await on.database.meetings.find(meeting.id))!;
			expect(now.agenda[0]).toMatchObject({ step: meeting.agenda[0]!.steps[1]!.id, reveals: 1 });
			expect(await on.database.drafts.hidden(meeting.id)).toEqual([]);
			for (const document of documents) {
				expect(await cardsOn(document)).toEqual([]);
				const stored = (await on.database.documents.load(document))!;
				expect([stored.generation, stored.tail.length]).toEqual([2, 0]);
				// the log is history
				expect((await on.database.documents.rowsAfter(document, 0)).length).toBeGreaterThan(0);
			}
			// SQL follows the board
			await rooms.projectNow(boardOf(meeting));
			expect((await on.database.factors.of(boardOf(meeting))).map(({ text }) => text).sort()).toEqual([...ideas].sort());
			await rooms.stop();
		});

		test('DRAFT-5 a second round, and what came late, lose nothing and show nothing twice', async () => {
			const meeting = await begin('silent');
			const [mine, others] = await Promise.all([open(meeting, writers[0]!, false), open(meeting, writers[1]!, false)]);
			await write(mine, writers[0]!, ideas[0]!);
			await command(meeting.id, turn(meeting, 1));
			await write(others, writers[1]!, ideas[1]!);
			await rooms.projectNow(others);
			await command(meeting.id, { name: 'drafts.admit', body: { item: meeting.agenda[0]!.id } });
			await command(meeting.id, turn(meeting, 0));
			await write(mine, writers[0]!, ideas[2]!);
			await command(meeting.id, turn(meeting, 2));
			expect((await cardsOn(boardOf(meeting))).map(({ text }) => text).sort()).toEqual(ideas.slice(0, 3).sort());
			expect((await on.database.meetings.find(meeting.id))!.agenda[0]!.reveals).toBe(3);
			await rooms.stop();
		});

		test('DRAFT-4 without names nobody is named in any row, and nothing is left of what it was written in', async () => {
			const meeting = await begin('anonymous');
			const documents = await Promise.all(writers.map((writer) => open(meeting, writer, true)));
			for (const [n, writer] of writers.entries()) await write(documents[n]!, writer, ideas[n]!);
			await command(meeting.id, turn(meeting, 1));
			await rooms.projectNow(boardOf(meeting));
			const cards = await cardsOn(boardOf(meeting));
			expect(cards.map(({ text, author, createdAt }) => [text, author, createdAt])).toHaveLength(4);
			for (const { author, createdAt } of cards) expect([author, createdAt]).toEqual([null, null]);

			const rows = await dump();
			const bytesOf = (text: string) => Buffer.from(text).toString('hex');
			for (const { id, text } of cards) {
				const with_ = rows.filter((row) => [id, text, bytesOf(id), bytesOf(text)].some((trace) => row.includes(trace)));
				expect(with_.length).toBeGreaterThan(0);
				for (const row of with_) {
					expect(row).toMatch(/^(document_updates|factors) /);
					for (const { person } of writers) for (const trace of [person, bytesOf(person)]) expect(row).not.toContain(trace);
					for (const document of documents) expect(row).not.toContain(document);
				}
			}
			// what their documents are now says the same of each
			const left = documents.map((document) => rows.filter((row) => row.includes(document)).map((row) => row.split(' ')[0]));
			for (const tables of left) expect(tables.sort()).toEqual(['documents', 'drafts']);
			const stored = await Promise.all(documents.map((document) => on.database.documents.load(document)));
			for (const document of stored) expect(document).toMatchObject({ generation: 2, lastSeq: 0, snapshot: null, tail: [] });
			// all of it came in one moment
			const moments = await on.database.connection.run(
				({ sql }) => sql`select distinct xmin::text, updated_at from factors where document_id = ${boardOf(meeting)}`
			);
			expect(moments).toHaveLength(1);
			expect(JSON.stringify(logged)).not.toMatch(new RegExp(ideas.join('|')));
			await rooms.stop();
		});

		test('DRAFT-4 a promise stays with the words, whatever becomes of the steps', async () => {
			const meeting = await begin('anonymous');
			const document = await open(meeting, writers[1]!, true);
			await write(document, writers[1]!, ideas[0]!);
			// a round with names, before what was written without is revealed
			expect(await open(meeting, writers[1]!, false)).toBe(document);
			expect((await on.database.drafts.of(meeting.agenda[0]!.id))[0]).toMatchObject({ anonymous: true });
			await command(meeting.id, turn(meeting, 1));
			expect((await cardsOn(boardOf(meeting)))[0]).toMatchObject({ text: ideas[0], author: null });
			// and late words of that round
			await write(document, writers[1]!, ideas[1]!);
			expect((await on.database.drafts.of(meeting.agenda[0]!.id))[0]).toMatchObject({ anonymous: true });
			// words may still be on a device: a round with names does not take it back
			await open(meeting, writers[1]!, false);
			expect((await on.database.drafts.of(meeting.agenda[0]!.id))[0]).toMatchObject({ anonymous: true });
			await rooms.projectNow(document);
			await expect(command(meeting.id, { name: 'drafts.admit', body: { item: meeting.agenda[0]!.id } })).rejects.toThrow('too-few');
			await rooms.stop();
		});

		test('DRAFT-4 whoever did not ask for the document before the step had no names keeps theirs to themself too', async () => {
			const meeting = await begin('anonymous');
			const document = await open(meeting, writers[1]!, false);
			await write(document, writers[1]!, ideas[0]!);
			await command(meeting.id, turn(meeting, 1));
			expect((await cardsOn(boardOf(meeting)))[0]).toMatchObject({ author: null });
			expect((await on.database.drafts.of(meeting.agenda[0]!.id))[0]).toMatchObject({ anonymous: true });
			await rooms.stop();
		});

		test('DRAFT-5 one card without a name among late ones with names waits for two others, and so it does in a round with names', async () => {
			const meeting = await begin('twice');
			const documents = await Promise.all(writers.map((writer, n) => open(meeting, writer, n === 0)));
			await command(meeting.id, turn(meeting, 1));
			for (const [n, writer] of writers.entries()) {
				await write(documents[n]!, writer, ideas[n]!);
				await rooms.projectNow(documents[n]!);
			}
			await command(meeting.id, { name: 'drafts.admit', body: { item: meeting.agenda[0]!.id } });
			expect((await cardsOn(boardOf(meeting))).map(({ text }) => text).sort()).toEqual(ideas.slice(1).sort());
			await command(meeting.id, turn(meeting, 2));
			await command(meeting.id, turn(meeting, 3));
			expect(await cardsOn(boardOf(meeting))).toHaveLength(3);
			expect(await cardsOn(documents[0]!)).toHaveLength(1);
			await rooms.stop();
		});

		test('DRAFT-3 of what is written meanwhile nothing is lost and nothing there twice, whenever the reveal comes', async () => {
			const meeting = await begin('silent');
			const documents = await Promise.all(writers.map((writer) => open(meeting, writer, false)));
			const written: string[] = [];
			const hands = writers.map(async (writer, n) => {
				for (let i = 0; i < 12; i++) {
					const text = `${ideas[n]} ${i}`;
					await write(documents[n]!, writer, text);
					written.push(text);
				}
			});
			for (let round = 0; round < 4; round++) {
				while (written.length < (round + 1) * 8 + randomInt(4)) await new Promise((resolve) => setImmediate(resolve));
				await command(meeting.id, turn(meeting, 1));
				await command(meeting.id, turn(meeting, 0));
			}
			await Promise.all(hands);
			await command(meeting.id, turn(meeting, 1));
			expect((await cardsOn(boardOf(meeting))).map(({ text }) => text).sort()).toEqual(written.sort());
			await rooms.stop();
		});

		test('DRAFT-3 of two processes that take a silent step on at once, each card comes onto the board once, and the step is turned once', async () => {
			const meeting = await begin('silent');
			const documents = await Promise.all(writers.map((writer) => open(meeting, writer, false)));
			const [otherRooms, otherDesk] = serverOver();
			const both = [rooms, otherRooms] as const;
			const kept: string[] = [];
			/** what nobody knows of: the database may have it or not */
			const unknown: string[] = [];
			let over = false;
			const hands = writers.map(async (writer, n) => {
				for (let i = 0; !over; i++) {
					const text = `${ideas[n]} ${i}`;
					// each writes at one of the two, and everybody at both in the end
					await write(documents[n]!, writer, text, both[(n + (i >> 2)) % 2]).then(
						() => kept.push(text),
						() => unknown.push(text)
					);
				}
			});
			const turns = async (place: number) => {
				const asked = turn(meeting, place) as never;
				const answers = await Promise.all([desk, otherDesk].map((one) => one.command(writers[0]!, meeting.id, newId(), asked)));
				// the one that came second found it done
				for (const answer of answers) expect(answer).toMatchObject({ meeting: meeting.id });
			};
			for (let round = 0; round < 4; round++) {
				const enough = kept.length + 8;
				while (kept.length < enough) await new Promise((resolve) => setImmediate(resolve));
				await turns(1);
				await turns(0);
			}
			over = true;
			await Promise.all(hands);
			await turns(1);
			const [shown, ...left] = await Promise.all([boardOf(meeting), ...documents].map(cardsOn));
			const found = [...shown!, ...left.flat()].map(({ text }) => text);
			expect(new Set(found).size).toBe(found.length);
			expect(kept.filter((text) => !found.includes(text))).toEqual([]);
			expect(found.filter((text) => !kept.includes(text) && !unknown.includes(text))).toEqual([]);
			expect(shown!.length).toBeGreaterThan(0);
			const events = await on.database.connection.run(
				({ sql }) => sql<{ name: string }[]>`select event ->> 'name' as name from meeting_events where meeting_id = ${meeting.id} order by version`
			);
			const round = ['drafts.revealed', 'step.turned'];
			expect(events.slice(2).map(({ name }) => name)).toEqual([...Array.from({ length: 4 }, () => [...round, 'step.turned']).flat(), ...round]);
			await Promise.all(both.map((one) => one.stop()));
		});

		test.each([true, false])(
			'DRAFT-3 DRAFT-5 a process that has not heard of a reveal keeps nothing in what was revealed (without names: %s)',
			async (anonymous) => {
				const meeting = await begin(anonymous ? 'anonymous' : 'silent');
				const document = await open(meeting, writers[1]!, anonymous);
				// this process has the document open, and the other one reveals it
				await write(document, writers[1]!, ideas[0]!);
				const [otherRooms, otherDesk] = serverOver();
				await otherDesk.command(writers[0]!, meeting.id, newId(), turn(meeting, 1) as never);
				const before = await on.database.documents.load(document);
				expect(before).toMatchObject({ generation: 2, tail: [] });
				await expect(write(document, writers[1]!, ideas[1]!)).rejects.toThrow('generation');
				expect(await on.database.documents.load(document)).toEqual(before);
				// it has let go of the document, and what is sent again waits as what came late
				await write(document, writers[1]!, ideas[1]!);
				expect((await cardsOn(document)).map(({ text }) => text)).toEqual([ideas[1]]);
				expect((await cardsOn(boardOf(meeting))).map(({ text }) => text)).toEqual([ideas[0]]);
				await Promise.all([rooms.stop(), otherRooms.stop()]);
			}
		);

		test('DRAFT-3 a decision that was overtaken, or documents that have changed since they were read, are kept by nobody', async () => {
			const meeting = await begin('silent');
			const document = await open(meeting, writers[1]!, false);
			await write(document, writers[1]!, ideas[0]!);
			const [read] = (await on.database.drafts.of(meeting.agenda[0]!.id)) as [StoredDraft];
			const reveal = (change: Partial<Reveal>): Reveal => ({ board: null, drafts: [read], ...change });
			const decided = [
				{
					before: meeting,
					after: { ...meeting, version: meeting.version + 1 },
					events: [{ name: 'drafts.revealed' as const, item: meeting.agenda[0]!.id }],
					seeds: new Map()
				}
			];
			const asked = { id: newId(), actor: writers[0]!.person };
			for (const stale of [
				{ ...read, lastSeq: read.lastSeq - 1 },
				{ ...read, generation: 9 }
			])
				expect(await on.database.meetings.reveal(decided, asked, reveal({ drafts: [stale] }))).toBe('clash');
			const former = [{ ...decided[0]!, before: { ...meeting, version: meeting.version - 1 } }];
			expect(await on.database.meetings.reveal(former, asked, reveal({}))).toBe('clash');
			expect(await cardsOn(document)).toHaveLength(1);
			expect((await on.database.meetings.find(meeting.id))!.version).toBe(meeting.version);
			expect(await on.database.meetings.reveal(decided, asked, reveal({}))).toBe('kept');
			expect(await cardsOn(document)).toHaveLength(0);
			await rooms.stop();
		});
	});
}
