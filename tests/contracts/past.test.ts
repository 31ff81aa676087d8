import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { rebuildFactors } from '#db/projections/rebuild.ts';
import { insertThinkTank } from '#db/stores/think-tanks.ts';
import { createCard, groupCards, moveCard, setDeleted, splice, ungroup } from '#realtime/board/edits.ts';
import { notesOf } from '#realtime/board/notes.ts';
import { documentOf, stateOf } from '#realtime/board/replica.ts';
import { readStood, type Stood } from '#realtime/board/stood.ts';
import type { AnyCommandInput } from '#realtime/meeting/commands.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { stepsOf } from '#realtime/meeting/recipes.ts';
import { Past } from '#realtime/server/boards/past.ts';
import { Rooms } from '#realtime/server/boards/rooms.ts';
import { MeetingDesk } from '#realtime/server/meetings/meeting-desk.ts';
import { StorageError, type Access, type Subject } from '#realtime/server/ports.ts';
import { JobEnded } from '#realtime/server/workbench/workbench.ts';
import { addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';
import { deskOver } from '../support/desk.ts';
import { sameThread } from '../support/same-thread.ts';
import { storedDoc } from '../support/stored.ts';

/** Boards and notes as they stood when the meeting left them, held against what their documents were then. */

// slow machines
vi.setConfig({ testTimeout: 120_000 });

const words = { fa: 'نشست' };
const log = { info() {}, warn() {}, error() {} };

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`what stood, on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let on: TestDatabase;
		let thinkTank: Id;
		let facilitator: Subject;
		let rooms: Rooms;
		let desk: MeetingDesk;
		let past: Past;
		beforeAll(async () => (on = await start()), 60_000);
		afterAll(() => on?.stop());

		beforeEach(async () => {
			const { database } = on;
			await clear(database);
			thinkTank = newId();
			await database.connection.transaction((queries) =>
				insertThinkTank(queries, { id: thinkTank, name: words, host: words, purpose: words, actions: newId(), mandate: [] })
			);
			const person = await addPerson(database, newId());
			await database.thinkTanks.addMember(thinkTank, person, 'facilitator');
			facilitator = { session: newId(), person };
			await database.sessions.put({ digest: facilitator.session, person, expiresAt: Date.now() + 3_600_000 });
			serve();
		});

		/** A process of its own, whose rooms keep a snapshot whenever they end. */
		function serve(): void {
			const { database } = on;
			rooms = new Rooms({ ...database, access: database.access as unknown as Access, log }, sameThread, { snapshotRows: 1 });
			past = new Past(database.documents, sameThread);
			desk = deskOver(database, {
				hidden: (meeting) => database.drafts.hidden(meeting),
				reveal: (activity, keep) => rooms.reveal(activity, keep)
			});
		}

		async function command(meeting: Id, asked: AnyCommandInput): Promise<number> {
			const answer = await desk.command(facilitator, meeting, newId(), asked as never);
			if (typeof answer === 'string') throw new Error(answer);
			return answer.version;
		}

		/** A live meeting that writes silently first and talks then. */
		async function begin(): Promise<Meeting> {
			const asked = { title: words, minutes: 5, owner: null, mandate: null };
			const done = await desk.schedule(facilitator, thinkTank, newId(), {
				name: 'meeting.schedule',
				body: {
					title: words,
					startsAt: 0,
					minutes: 60,
					place: null,
					callLink: null,
					quorum: null,
					agenda: [
						{ kind: 'swot', ...asked, steps: stepsOf('silent', newId) },
						{ kind: 'discussion', ...asked, steps: stepsOf('talk', newId) }
					]
				}
			});
			if (typeof done === 'string') throw new Error(done);
			await command(done.meeting, { name: 'meeting.open', body: {} });
			return (await on.database.meetings.find(done.meeting))!;
		}

		async function write(document: Id, text: string): Promise<Id> {
			const id = newId();
			await rooms.edit(document, facilitator.person, (doc) => {
				createCard(doc, { id, author: facilitator.person, createdAt: 1, column: 'threats', group: null, before: null });
				splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
			});
			return id;
		}

		const turn = ({ agenda }: Meeting, point: number, step: number): AnyCommandInput => ({
			name: 'step.turn',
			body: { item: agenda[point]!.id, step: agenda[point]!.steps[step]!.id }
		});

		/** What a document is now, made without any of what is tested here. */
		async function now(document: Id, surface: 'board' | 'notes'): Promise<Stood> {
			const doc = await storedDoc(on.database, document);
			return readStood[surface](doc);
		}

		/** What is answered of each step that was left. */
		async function stood(meeting: Id): Promise<(Stood & { whole: boolean })[]> {
			const left = (await on.database.meetings.course(meeting)).filter(({ ended }) => ended !== null);
			const answers = [];
			for (const { version } of left) {
				const { step, seq } = (await on.database.meetings.ended(meeting, version))!;
				answers.push(JSON.parse((await past.asItStood(step.document, seq, step.kind === 'swot' ? 'board' : 'notes'))!) as Stood & { whole: boolean });
			}
			return answers;
		}

		test('STEP-8 each step that was left is shown as its document was then, whatever is written, compacted and taken off the agenda since', async () => {
			const meeting = await begin();
			const [board, notes] = meeting.agenda.map(({ document }) => document) as [Id, Id];
			const expected: Stood[] = [];
			const leave = async (document: Id, surface: 'board' | 'notes', asked: AnyCommandInput) => {
				expected.push(await now(document, surface));
				await command(meeting.id, asked);
			};
			const first = await write(board, 'Before anything was silent');
			const draft = await on.database.drafts.open({
				meeting: meeting.id,
				thinkTank,
				item: meeting.agenda[0]!.id,
				person: facilitator.person,
				document: newId(),
				anonymous: false,
				passedOn: false
			});
			await write(draft, 'Hidden');
			await leave(board, 'board', turn(meeting, 0, 1));
			const [revealed] = (await now(board, 'board')).cards.filter(({ text }) => text === 'Hidden');
			await leave(board, 'board', turn(meeting, 0, 2));
			await rooms.edit(board, facilitator.person, (doc) => groupCards(doc, first, revealed!.cardId, newId()));
			// the process ends, and what there is by then is compacted
			await rooms.stop();
			serve();
			const deleted = await write(board, 'Deleted later');
			await leave(board, 'board', turn(meeting, 0, 3));
			await rooms.edit(board, facilitator.person, (doc) => setDeleted(doc, deleted, true));
			await leave(board, 'board', { name: 'meeting.turn', body: { item: meeting.agenda[1]!.id } });
			for (const words of ['one', 'two']) {
				await rooms.edit(notes, facilitator.person, (doc) => {
					const paragraph = new Y.XmlElement('paragraph');
					paragraph.insert(0, [new Y.XmlText(words)]);
					notesOf(doc).insert(0, [paragraph]);
				});
				await leave(notes, 'notes', words === 'one' ? turn(meeting, 1, 1) : { name: 'meeting.close', body: {} });
			}
			expect(new Set(expected.map((one) => JSON.stringify(one))).size).toBe(6);
			const whole = expected.map((one) => ({ whole: true, ...one }));
			expect(await stood(meeting.id)).toEqual(whole);
			// silent words are not on the board of the step at which they were written
			expect(whole[0]!.cards.map(({ text }) => text)).toEqual(['Before anything was silent']);

			await command(meeting.id, { name: 'meeting.reopen', body: {} });
			await command(meeting.id, { name: 'agenda.remove', body: { item: meeting.agenda[0]!.id } });
			await write(board, 'After the end');
			await rooms.stop();
			serve();
			expect((await on.database.documents.load(board))!.tail).toEqual([]);
			expect(await stood(meeting.id)).toEqual(whole);
			const told = (await on.database.meetings.course(meeting.id)).flatMap(({ what, ended }) => (ended ? [[what, ended.kind, ended.step.kind]] : []));
			expect(told).toEqual([
				['step.turned', 'swot', 'write'],
				['step.turned', 'swot', 'reveal'],
				['step.turned', 'swot', 'group'],
				['meeting.turned', 'swot', 'vote'],
				['step.turned', 'discussion', 'discuss'],
				['meeting.closed', 'discussion', 'decide']
			]);
			await rooms.stop();
		});

		test('STEP-12 what each put into which group is told between the events of the course, and what was taken back is not', async () => {
			const meeting = await begin();
			const { id: item, document } = meeting.agenda[0]!;
			const other = await addPerson(on.database);
			const [market, law] = [newId(), newId()];
			const [a, b, c, d] = [await write(document, 'a'), await write(document, 'b'), await write(document, 'c'), await write(document, 'd')];
			const edit = (person: Id, change: (doc: Y.Doc) => void) => rooms.edit(document, person, change);
			const out = { column: 'threats', group: null, before: null };

			await command(meeting.id, turn(meeting, 0, 2));
			await edit(facilitator.person, (doc) => groupCards(doc, a, b, market));
			await edit(facilitator.person, (doc) => splice(doc, { group: market }, { at: 0, removed: 0, inserted: 'Market' }));
			await edit(other, (doc) => groupCards(doc, c, a, newId()));
			await edit(other, (doc) => groupCards(doc, d, a, newId()));
			await edit(other, (doc) => moveCard(doc, d, out));
			// a card that is made in a group was put there by nobody
			await edit(other, (doc) => createCard(doc, { ...out, id: newId(), author: other, createdAt: 1, group: market }));
			await rooms.projectNow(document);
			await command(meeting.id, turn(meeting, 0, 3));
			await edit(other, (doc) => moveCard(doc, c, out));
			await edit(facilitator.person, (doc) => groupCards(doc, c, d, law));
			await edit(other, (doc) => ungroup(doc, law));
			await edit(other, (doc) => moveCard(doc, a, out));
			await command(meeting.id, { name: 'meeting.turn', body: { item: meeting.agenda[1]!.id } });
			await command(meeting.id, { name: 'agenda.remove', body: { item } });
			await rooms.stop();

			const by = (id: Id) => expect.objectContaining({ id });
			const told = [
				{ by: by(facilitator.person), item, groups: [{ id: market, title: 'Market', cards: 2 }], at: expect.any(Number) as number },
				{ by: by(other), item, groups: [{ id: market, title: 'Market', cards: 1 }], at: expect.any(Number) as number },
				{ by: by(other), item, groups: [{ id: null, title: null, cards: 2 }], at: expect.any(Number) as number }
			];
			const grouped = await on.database.groupings.ofMeeting(meeting.id);
			expect(grouped).toEqual(told);
			const turned = (await on.database.meetings.course(meeting.id)).filter(({ what }) => what === 'step.turned').map(({ at }) => at);
			expect(grouped.map(({ at }) => turned.filter((time) => time <= at).length)).toEqual([1, 1, 2]);

			expect(await rebuildFactors(on.database, document)).toMatchObject({ changed: 0, removed: 0 });
			await on.database.connection.run(
				({ sql }) => sql`
					with moved as (update groupings set to_group_id = ${law} where card_id = ${a}),
						forgotten as (delete from groupings where card_id = ${b})
					insert into groupings select document_id, 99, ${newId()}, null, ${market}, person_id, at from groupings where card_id = ${d} limit 1`
			);
			expect(await on.database.groupings.ofMeeting(meeting.id)).not.toEqual(told);
			expect(await rebuildFactors(on.database, document)).toMatchObject({ changed: 3, removed: 1 });
			expect(await on.database.groupings.ofMeeting(meeting.id)).toEqual(told);
		});

		test('STEP-8 while others write, what was kept before the step ended is there, and what was begun after it is not', async () => {
			const meeting = await begin();
			const board = meeting.agenda[0]!.document;
			await command(meeting.id, turn(meeting, 0, 2));
			const done: string[] = [];
			let count = 0;
			let over = false;
			const hands = Array.from({ length: 3 }, async () => {
				while (!over) {
					const text = `card ${++count}`;
					await write(board, text);
					done.push(text);
				}
			});
			const bounds: { before: string[]; after: number }[] = [];
			for (let round = 0; round < 6; round++) {
				const enough = done.length + 2 + randomInt(5);
				while (done.length < enough) await new Promise((resolve) => setImmediate(resolve));
				const before = [...done];
				await command(meeting.id, turn(meeting, 0, round % 2 === 0 ? 3 : 2));
				bounds.push({ before, after: count });
			}
			over = true;
			await Promise.all(hands);
			const [, ...answers] = await stood(meeting.id);
			expect(answers).toHaveLength(bounds.length);
			for (const [n, { cards }] of answers.entries()) {
				const texts = cards.map(({ text }) => text);
				expect(new Set(texts).size).toBe(texts.length);
				expect(bounds[n]!.before.filter((text) => !texts.includes(text))).toEqual([]);
				expect(texts.filter((text) => Number(text.slice(5)) > bounds[n]!.after)).toEqual([]);
			}
			await rooms.stop();
		});

		test('STEP-8 what cannot be read any more is left out, and that is said', async () => {
			const meeting = await begin();
			const board = meeting.agenda[0]!.document;
			for (const text of ['one', 'two', 'three']) await write(board, text);
			await command(meeting.id, turn(meeting, 0, 2));
			await write(board, 'four');
			await command(meeting.id, turn(meeting, 0, 3));
			await rooms.stop();
			serve();
			const [row] = await on.database.documents.rowsAfter(board, 3);
			const harm = (seq: number) =>
				on.database.connection.run(
					({ sql }) => sql`update document_archive set update = set_byte(update, 3, 255 - get_byte(update, 3)) where document_id = ${board} and seq = ${seq}`
				);
			const told = async () =>
				(await stood(meeting.id)).map(({ whole, cards }) => [
					whole,
					cards
						.map(({ text }) => text)
						.sort()
						.join(' ')
				]);
			await harm(row!.seq);
			expect(await told()).toEqual([
				[true, 'one three two'],
				// the snapshot of the end has it still
				[true, 'four one three two']
			]);
			await harm(2);
			expect((await told())[0]).toEqual([false, 'one']);
			await rooms.stop();
		});

		test('STEP-8 of what happened before it was noted, and of what ends no step, there is nothing to be seen', async () => {
			const meeting = await begin();
			await command(meeting.id, turn(meeting, 0, 1));
			expect((await on.database.meetings.course(meeting.id)).map(({ ended }) => ended !== null)).toEqual([false, false, true]);
			await on.database.connection.run(({ sql }) => sql`update meeting_events set ended_step = null, ended_seq = null`);
			expect((await on.database.meetings.course(meeting.id)).map(({ ended }) => ended)).toEqual([null, null, null]);
			for (const version of [0, 1, 2, 3, 4, 99]) expect(await on.database.meetings.ended(meeting.id, version)).toBeNull();
			expect(await past.asItStood(newId(), 1, 'board')).toBeNull();
			await rooms.stop();
		});

		test('STEP-8 who ask for the same at once are given the same, made once', async () => {
			const meeting = await begin();
			const board = meeting.agenda[0]!.document;
			await write(board, 'one');
			let made = 0;
			const counting: Past = new Past(on.database.documents, {
				...sameThread,
				do(name, given) {
					made++;
					return sameThread.do(name, given);
				}
			});
			const answers = await Promise.all(Array.from({ length: 200 }, () => counting.asItStood(board, 1, 'board')));
			expect(new Set(answers).size).toBe(1);
			expect(made).toBe(1);
			await counting.asItStood(board, 1, 'board');
			expect(made).toBe(2);
			await rooms.stop();
		});
	});
}

test('STEP-8 a thread that ended by itself makes it come again later; work that takes too much is refused', async () => {
	const doc = documentOf([]);
	const stored = {
		id: newId(),
		kind: 'board' as const,
		generation: 1,
		snapshot: { seq: 1, state: stateOf(doc) },
		setAside: [],
		tail: [],
		lastSeq: 1,
		projectedSeq: 1
	};
	const over = (excess: boolean) =>
		new Past({ load: async () => stored }, { ...sameThread, do: () => Promise.reject(new JobEnded('ended', excess)) }).asItStood(stored.id, 1, 'board');
	await expect(over(false)).rejects.toBeInstanceOf(StorageError);
	await expect(over(true)).rejects.toBeInstanceOf(JobEnded);
});
