import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { openBoard } from '#realtime/client/board-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits, rates } from '#realtime/meeting/limits.ts';
import type { MeetingState } from '#realtime/meeting/meetings.ts';
import type { Role } from '#realtime/meeting/roles.ts';
import { closeCodes } from '#realtime/protocol/close-codes.ts';
import { committedFrame, step2Frame, updateFrame, step1Frame } from '#realtime/protocol/frames.ts';
import { LateDesk } from '#realtime/server/late/late-desk.ts';
import { StorageError, type Grant } from '#realtime/server/ports.ts';
import { JobEnded, openWorkbench, type Workbench } from '#realtime/server/workbench/workbench.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { Line } from '../support/memory-database.ts';
import { randomFrom } from '../support/random.ts';
import { sameThread } from '../support/same-thread.ts';
import { roomsInMemory, type ScriptedPage } from '../support/scripted-page.ts';

// slow machines
vi.setConfig({ testTimeout: 60_000 });

/** Words that reach a board after its meeting was closed, on rooms in memory. */

const random = randomFrom(5);
const until = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 5 });
const cardOf = (text: string, id: Id = random.id()) => ({
	id,
	make(doc: Y.Doc) {
		createCard(doc, { id, author: id, createdAt: 1, column: 'strengths', group: null, before: null });
		splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
	}
});
const texts = (page: { doc: Y.Doc }) => [...readBoard(page.doc).cards.values()].map(({ text }) => text).sort();

/** A board with one card, written while the meeting was live, and how to close and reopen the meeting. */
async function scene(line?: Line, workbench?: Workbench) {
	const inMemory = roomsInMemory(line, workbench);
	const { database, rooms, grants, document, person, page, arrivedLate, meeting } = inMemory;
	const board = document();
	const author = person();
	const other = person();
	const witness = await page(board, other).join();
	const first = cardOf('پیش از پایان');
	witness.write(first.make);
	await until(() => expect(witness.committed).toBe(2));
	const told: Id[] = [];
	const desk = new LateDesk({
		late: database.connect().late,
		edit: (document, who, change) => rooms.edit(document, who, change),
		changed: (_meeting, who) => told.push(who)
	});
	return {
		...inMemory,
		board,
		author,
		witness,
		first,
		told,
		decide: (id: Id, admitted: boolean) => desk.decide(meeting, id, admitted, other),
		setState(state: MeetingState, ...who: Id[]) {
			for (const id of who.length > 0 ? who : [author, other]) {
				const grant = grants.get(id);
				if (grant && grant !== 'signed-out') grants.set(id, { ...grant, situation: { state, archived: false, step: null } });
			}
		},
		lower(who: Id) {
			const grant = grants.get(who) as Grant;
			grants.set(who, { ...grant, participant: { ...grant.participant, role: 'observer' } });
		},
		/** a page that has what the board has, closed before it sends anything more */
		async away(query?: Record<string, string>): Promise<ScriptedPage> {
			const before = await page(board, author, query).join();
			await until(() => expect(texts(before)).toEqual(expect.arrayContaining([expect.stringContaining('پیش')])));
			before.leave();
			return before;
		},
		/** brings what a page wrote offline, as a provider does when it comes back */
		async bring(offline: ScriptedPage, query?: Record<string, string>): Promise<ScriptedPage> {
			const back = page(board, author, query);
			Y.applyUpdate(back.doc, Y.encodeStateAsUpdate(offline.doc));
			return back.join().catch(() => back);
		},
		waiting: () => [...database.late.values()].filter(({ admitted }) => admitted === null),
		arrivals: () => arrivedLate.length
	};
}

describe('late contributions', () => {
	test('LATE-1 what was written offline arrives after the end: kept, acknowledged, told, and shown to nobody', async () => {
		const { rooms, board, author, meeting, witness, away, bring, setState, waiting, database, arrivedLate } = await scene();
		const offline = await away();
		offline.edit(cardOf('در راه نوشته شد').make);
		offline.edit(cardOf('و این هم').make);
		setState('closed');
		const back = await bring(offline);
		await until(() => expect(back.closed).toBe('late'));
		expect(back.committed).toBe(1);
		expect(waiting()).toMatchObject([{ meeting, document: board, person: author, excerpt: 'در راه نوشته شد\nو این هم' }]);
		expect(arrivedLate).toEqual([[meeting, author]]);
		expect(texts(witness)).toEqual(['پیش از پایان']);
		expect(database.documents.get(board)!.log).toHaveLength(1);
		await rooms.stop();
	});

	test('LATE-1 WIRE-5 an edit is judged by the right of the moment at which it is taken in, however early it was sent', async () => {
		const { rooms, board, page, person, lower, meeting, setState, waiting, database } = await scene();
		const early = (query?: Record<string, string>) => {
			const who = person();
			const sender = page(board, who, query);
			sender.send(updateFrame(sender.edit(cardOf('پیش از پاسخ').make)));
			return { who, sender };
		};
		const [lowered, ours, stock] = [early(), early(), early({})];
		await until(() => expect(rooms.statistics.connections).toBe(4));
		lower(lowered.who);
		setState('closed', ours.who, stock.who);
		await rooms.askRights();
		for (const { sender } of [lowered, ours, stock]) sender.send(step2Frame(Uint8Array.of(0, 0)));
		await until(() => expect([lowered, ours, stock].map(({ sender }) => sender.closed)).toEqual(['read-only', 'late', 'meeting-closed']));
		expect(waiting()).toMatchObject([{ meeting, document: board, person: ours.who }]);
		expect(database.documents.get(board)!.log).toHaveLength(1);
		await rooms.stop();
	});

	test('WIRE-5 who is on the way in while rights are asked anew comes in with what they are allowed by then', async () => {
		const { rooms, document, page, person, grants, lower, database } = await scene();
		const [board, who, gone] = [document(), person(), person()];
		const [sender, leaver] = [page(board, who), page(board, gone)];
		lower(who);
		grants.set(gone, null);
		await rooms.askRights();
		await sender.join();
		sender.write(cardOf('نباید').make);
		await until(() => expect([sender.closed, leaver.closed]).toEqual(['read-only', 'not-found']));
		expect(database.documents.get(board)!.log).toHaveLength(0);
		await rooms.stop();
	});

	test('LATE-1 nothing that came with late words is acknowledged unless they are kept', async () => {
		const { rooms, board, author, page, setState, waiting, world } = await scene();
		const writer = await page(board, author).join();
		await until(() => expect(writer.committed).toBe(1));
		setState('closed');
		await rooms.askRights();
		vi.spyOn(world.late, 'keep').mockRejectedValueOnce(new StorageError('away', { full: false }));
		writer.sendTogether([updateFrame(writer.edit(cardOf('دیررسیده').make)), step2Frame(Uint8Array.of(0, 0))]);
		await until(() => expect(writer.closed).toBe('storage-unavailable'));
		expect([writer.committed, waiting()]).toEqual([1, []]);
		await rooms.stop();
	});

	test('LATE-1 WIRE-14 what it takes to keep late words is paid by whoever brings them', async () => {
		let workedMs = 0;
		const slow: Workbench = {
			...sameThread,
			async do(name, given, took) {
				took?.(200);
				return sameThread.do(name, given);
			}
		};
		const { rooms, document, page, person, grants } = roomsInMemory(undefined, slow, { processorMs: () => (workedMs += 100) });
		const [board, author] = [document(), person()];
		const writer = await page(board, author).join();
		await until(() => expect(writer.committed).toBe(1));
		grants.set(author, { ...(grants.get(author) as Grant), situation: { state: 'closed', archived: false, step: null } });
		await rooms.askRights();
		writer.write(cardOf('دیررسیده').make);
		await until(() => expect(writer.closed).toBe('late'));
		// to weigh it
		expect(rooms.allowances.of(author).waitMs('workMs')).toBeGreaterThan(0);
		// to make what its words are tried on, and to try them: some of it is paid off by now
		const owed = (what: 'answerMs' | 'trialMs') => rooms.allowances.of(author).waitMs(what, rates[what].atOnce);
		expect(owed('answerMs')).toBeGreaterThan(((0.9 * 100) / rates.answerMs.perSecond) * 1_000);
		expect(owed('trialMs')).toBeGreaterThan(((0.5 * 200) / rates.trialMs.perSecond) * 1_000);
		await rooms.stop();
	});

	test('LATE-1 GATE-8 words that are kept are acknowledged, also if what follows on them is refused', async () => {
		const { rooms, board, author, page, setState, waiting } = await scene();
		const writer = await page(board, author).join();
		await until(() => expect(writer.committed).toBe(1));
		setState('closed');
		await rooms.askRights();
		writer.sendTogether([updateFrame(writer.edit(cardOf('دیررسیده').make)), updateFrame(new Uint8Array(limits.liveFrameBytes + 1))]);
		await until(() => expect(writer.closed).toBe('late'));
		expect(writer.committed).toBe(2);
		expect(waiting()).toMatchObject([{ excerpt: 'دیررسیده' }]);
		await rooms.stop();
	});

	test('LATE-1 a frame on the way at the moment of closing is kept like that too', async () => {
		const { rooms, board, author, page, setState, waiting, witness, sweeps } = await scene();
		const live = await page(board, author).join();
		live.write(cardOf('در نشست').make);
		await until(() => expect(live.committed).toBe(2));
		setState('closed');
		// until rights are asked anew it counts as live
		const before = sweeps();
		await until(() => expect(sweeps()).toBeGreaterThan(before));
		expect(live.closed).toBeNull();
		const [a, b] = [live.edit(cardOf('یک').make), live.edit(cardOf('دو').make)];
		live.send(updateFrame(a));
		live.send(updateFrame(b));
		await until(() => expect(live.closed).toBe('late'));
		expect(live.committed).toBe(4);
		expect(waiting()).toMatchObject([{ excerpt: 'یک\nدو' }]);
		expect(texts(witness)).toEqual(['در نشست', 'پیش از پایان'].sort());
		await rooms.stop();
	});

	test('LATE-1 a stock page, and whoever might not write at any time, are told what they were told before', async () => {
		const { rooms, board, page, person, away, bring, setState, waiting } = await scene();
		const offline = await away({});
		offline.edit(cardOf('بی‌خبر').make);
		setState('closed');
		const stock = await bring(offline, {});
		await until(() => expect(stock.closed).toBe('meeting-closed'));
		const observer = await page(board, person('observer' as Role, 'closed')).join();
		observer.write(cardOf('ناظر').make);
		await until(() => expect(observer.closed).toBe('read-only'));
		const cancelled = await page(board, person('member', 'cancelled')).join();
		cancelled.write(cardOf('لغوشده').make);
		await until(() => expect(cancelled.closed).toBe('read-only'));
		expect(waiting()).toEqual([]);
		await rooms.stop();
	});

	test('LATE-1 nothing is acknowledged that the database did not keep, and it is kept when it comes again', async () => {
		let away = false;
		const line: Line = {
			async before() {
				if (away) throw new StorageError('away', { full: false });
			},
			after: async () => {}
		};
		const s = await scene(line);
		const offline = await s.away();
		offline.edit(cardOf('ماند').make);
		s.setState('closed');
		const waitForRoom = await s.page(s.board, s.author).join();
		const update = Y.encodeStateAsUpdate(offline.doc, Y.encodeStateVector(waitForRoom.doc));
		await until(() => expect(waitForRoom.committed).toBe(1));
		// its client id is known, so that what fails is the keeping
		s.database.clientIds.set(offline.doc.clientID, s.author);
		away = true;
		waitForRoom.send(updateFrame(update));
		await until(() => expect(waitForRoom.closed).toBe('storage-unavailable'));
		expect(waitForRoom.committed).toBe(1);
		expect(s.waiting()).toEqual([]);
		away = false;
		const back = await s.bring(offline);
		await until(() => expect(back.closed).toBe('late'));
		expect(s.waiting()).toMatchObject([{ excerpt: 'ماند' }]);
		await s.rooms.stop();
	});

	test('LATE-3 the same words again, from any tab, make no second contribution, and are acknowledged', async () => {
		const { rooms, away, bring, setState, waiting, decide, arrivals } = await scene();
		const offline = await away();
		offline.edit(cardOf('یک بار').make);
		setState('closed');
		for (let times = 0; times < 3; times++) {
			const back = await bring(offline);
			await until(() => expect(back.closed).toBe('late'));
			expect(back.committed).toBe(1);
		}
		expect(waiting()).toHaveLength(1);
		expect(arrivals()).toBe(1);
		// also when it has been declined
		expect(await decide(waiting()[0]!.id, false)).toBeNull();
		const again = await bring(offline);
		await until(() => expect(again.closed).toBe('late'));
		expect(waiting()).toEqual([]);
		expect(arrivals()).toBe(1);
		await rooms.stop();
	});

	test('LATE-3 more words of the same person join what waits; after a decision they wait by themselves', async () => {
		const { rooms, away, bring, setState, waiting, decide, database, witness } = await scene();
		const offline = await away();
		offline.edit(cardOf('اول').make);
		setState('closed');
		const once = await bring(offline);
		await until(() => expect(once.closed).toBe('late'));
		offline.edit(cardOf('دوم').make);
		const twice = await bring(offline);
		await until(() => expect(twice.closed).toBe('late'));
		expect(waiting()).toMatchObject([{ excerpt: 'اول\nدوم' }]);
		expect(await decide(waiting()[0]!.id, true)).toBeNull();
		await until(() => expect(texts(witness)).toEqual(['اول', 'دوم', 'پیش از پایان'].sort()));
		offline.edit(cardOf('سوم').make);
		const thrice = await bring(offline);
		await until(() => expect(thrice.closed).toBe('late'));
		expect(waiting()).toMatchObject([{ excerpt: 'سوم' }]);
		expect(database.late.size).toBe(2);
		await rooms.stop();
	});

	test('LATE-3 what only repeats the board is no contribution, and deleting on it is one', async () => {
		const { rooms, board, author, page, first, setState, waiting, witness, decide } = await scene();
		const live = await page(board, author).join();
		const repeated = live.edit(cardOf('در نشست').make);
		live.send(updateFrame(repeated));
		await until(() => expect(live.committed).toBe(2));
		setState('closed');
		const reader = await page(board, author).join();
		await until(() => expect(texts(reader)).toHaveLength(2));
		reader.send(updateFrame(repeated));
		await until(() => expect(reader.committed).toBe(2));
		expect([reader.closed, waiting().length]).toEqual([null, 0]);
		reader.write((doc) => splice(doc, { card: first.id }, { at: 0, removed: 4, inserted: '' }));
		await until(() => expect(reader.closed).toBe('late'));
		expect(waiting()).toMatchObject([{ excerpt: '' }]);
		expect(texts(witness)).toContain('پیش از پایان');
		expect(await decide(waiting()[0]!.id, true)).toBeNull();
		await until(() => expect(texts(witness)).toContain('پیش از پایان'.slice(4)));
		await rooms.stop();
	});

	test('LATE-4 hostile bytes are refused as live ones are, and none is kept', async () => {
		const { vectors } = JSON.parse(readFileSync(join(import.meta.dirname, '../support/hostile-updates.json'), 'utf8')) as {
			vectors: { id: string; update: string }[];
		};
		const { rooms, board, author, page, person, setState, waiting, witness, grants } = await scene();
		setState('closed');
		for (const { id, update } of vectors) {
			const attacker = await page(board, author).join();
			attacker.send(updateFrame(Buffer.from(update, 'hex')));
			await until(() => expect(['malformed', 'not-allowed', 'too-large'], id).toContain(attacker.closed));
		}
		const foreign = await page(board, author).join();
		// under the client id of somebody else
		foreign.doc.clientID = witness.doc.clientID;
		foreign.send(updateFrame(foreign.edit(cardOf('به نام دیگری').make)));
		await until(() => expect(foreign.closed).toBe('not-allowed'));
		const elsewhere = await page(board, author).join();
		elsewhere.send(updateFrame(elsewhere.edit((doc) => doc.getMap('notes').set('a', 1))));
		await until(() => expect(elsewhere.closed).toBe('not-allowed'));
		expect(waiting()).toEqual([]);
		expect(witness.closed).toBeNull();
		expect(grants.has(person())).toBe(true);
		await rooms.stop();
	});

	test('LATE-4 no more waits of one person for one document than a statement takes', async () => {
		const { rooms, board, author, page, setState, waiting } = await scene();
		setState('closed');
		const long = 'ب'.repeat(28_000);
		let refused: string | null = null;
		const offline = await page(board, author).join();
		await until(() => expect(texts(offline)).toHaveLength(1));
		for (let count = 0; count < 40 && refused === null; count++) {
			const back = await page(board, author).join();
			await until(() => expect(texts(back)).toHaveLength(1));
			back.doc.clientID = offline.doc.clientID + count;
			back.send(updateFrame(back.edit(cardOf(long).make)));
			await until(() => expect(back.closed).not.toBeNull());
			if (back.closed !== 'late') refused = back.closed;
		}
		expect(refused).toBe('too-large');
		expect(waiting()).toHaveLength(1);
		expect(waiting()[0]!.update.byteLength).toBeLessThanOrEqual(limits.lateBytes);
		expect(waiting()[0]!.excerpt).toHaveLength(limits.lateExcerptUnits);
		await rooms.stop();
	});

	test('LATE-5 admitted words are shown to everybody under their author’s client id, though the meeting is closed', async () => {
		const { rooms, board, author, page, away, bring, setState, waiting, witness, decide, told, database } = await scene();
		const offline = await away();
		const late = cardOf('دیر رسید');
		offline.edit(late.make);
		setState('closed');
		await bring(offline).then((back) => until(() => expect(back.closed).toBe('late')));
		const { id } = waiting()[0]!;
		// two facilitators at once, and once more
		expect(await Promise.all([decide(id, true), decide(id, true)])).toEqual([null, null]);
		expect(await decide(id, false)).toBe('late-decided');
		expect(await decide(id, true)).toBeNull();
		await until(() => expect(texts(witness)).toEqual(['دیر رسید', 'پیش از پایان'].sort()));
		expect(told).toEqual([author]);
		expect(database.documents.get(board)!.log).toHaveLength(2);
		expect(Y.decodeUpdate(database.documents.get(board)!.log[1]!.update).structs.every((struct) => struct.id.client === offline.doc.clientID)).toBe(true);
		expect(database.clientIds.get(offline.doc.clientID)).toBe(author);
		const reload = await page(board, author).join();
		await until(() => expect(texts(reload)).toHaveLength(2));
		// a tab that still had them repeats what is there
		const tab = await bring(offline);
		await until(() => expect(tab.committed).toBe(1));
		expect(tab.closed).toBeNull();
		expect(waiting()).toEqual([]);
		await rooms.stop();
	});

	test('LATE-5 declined words are kept, and on no board', async () => {
		const { rooms, away, bring, setState, waiting, witness, decide, database } = await scene();
		const offline = await away();
		offline.edit(cardOf('نه').make);
		setState('closed');
		await bring(offline).then((back) => until(() => expect(back.closed).toBe('late')));
		const { id } = waiting()[0]!;
		expect(await Promise.all([decide(id, false), decide(id, true), decide(id, false)])).toEqual([null, 'late-decided', null]);
		expect(database.late.get(id)).toMatchObject({ admitted: false, excerpt: 'نه' });
		expect(texts(witness)).toEqual(['پیش از پایان']);
		expect(await decide(random.id(), true)).toBe('not-found');
		await rooms.stop();
	});

	test('LATE-5 words that join while it is being decided are not lost', async () => {
		const { rooms, meeting, away, bring, setState, waiting, witness, database } = await scene();
		const offline = await away();
		offline.edit(cardOf('الف').make);
		setState('closed');
		await bring(offline).then((back) => until(() => expect(back.closed).toBe('late')));
		let grows = true;
		const store = database.connect().late;
		const desk = new LateDesk({
			late: store,
			async edit(document, person, change) {
				await rooms.edit(document, person, change);
				if (!grows) return;
				grows = false;
				offline.edit(cardOf('ب').make);
				await bring(offline).then((back) => until(() => expect(back.closed).toBe('late')));
			},
			changed: () => {}
		});
		expect(await desk.decide(meeting, waiting()[0]!.id, true, 'x')).toBeNull();
		await until(() => expect(texts(witness)).toEqual(['الف', 'ب', 'پیش از پایان'].sort()));
		expect([...database.late.values()].every(({ admitted }) => admitted !== false)).toBe(true);
		await rooms.stop();
	});

	test('LATE-6 what no longer fits is refused and stays as it was', async () => {
		const { rooms, board, author, meeting, waiting, witness, decide, database } = await scene();
		const elsewhere = new Y.Doc();
		const lost: Uint8Array[] = [];
		cardOf('پایه').make(elsewhere);
		elsewhere.on('update', (update: Uint8Array) => lost.push(update));
		cardOf('بی‌پایه').make(elsewhere);
		const id = random.id();
		await database.connect().late.keep({ id, meeting, document: board, person: author, update: Y.mergeUpdates(lost), excerpt: 'بی‌پایه' }, null);
		expect(await decide(id, true)).toBe('late-unfit');
		expect(waiting()).toHaveLength(1);
		expect(texts(witness)).toEqual(['پیش از پایان']);
		expect(witness.closed).toBeNull();
		await rooms.stop();
	});

	test('LATE-5 a meeting that is live again takes what waits from its author’s page, and admitting it changes nothing', async () => {
		const { rooms, away, bring, setState, waiting, witness, decide, board, database } = await scene();
		const offline = await away();
		offline.edit(cardOf('دوباره').make);
		setState('closed');
		await bring(offline).then((back) => until(() => expect(back.closed).toBe('late')));
		setState('live');
		const tab = await bring(offline);
		await until(() => expect(tab.committed).toBe(1));
		expect(texts(witness)).toHaveLength(2);
		const rows = database.documents.get(board)!.log.length;
		expect(await decide(waiting()[0]!.id, true)).toBeNull();
		expect(database.documents.get(board)!.log).toHaveLength(rows);
		await rooms.stop();
	});
});

/** A workbench in which late words are tried one after the other, each when and as the test says. */
function heldWorkbench() {
	const held: PromiseWithResolvers<void>[] = [];
	let ended = 0;
	const workbench: Workbench = {
		...sameThread,
		async do(name, given) {
			if (name !== 'tryLate') return sameThread.do(name, given);
			const trial = Promise.withResolvers<void>();
			held.push(trial);
			await trial.promise;
			return sameThread.do(name, given);
		}
	};
	return {
		workbench,
		asked: () => held.length,
		go: () => held[ended++]!.resolve(),
		fail: (error: Error) => held[ended++]!.reject(error)
	};
}

/** A page of the author's whose late words are being tried. */
async function tried() {
	const trial = heldWorkbench();
	const s = await scene(undefined, trial.workbench);
	const writer = await s.page(s.board, s.author).join();
	await until(() => expect(writer.committed).toBe(1));
	s.setState('closed', s.author);
	await s.rooms.askRights();
	writer.write(cardOf('دیررسیده').make);
	await until(() => expect(trial.asked()).toBe(1));
	return { ...s, trial, writer };
}

describe('while late words are tried', () => {
	test('LATE-9 others write on, and it is acknowledged and shown to all', async () => {
		const { rooms, trial, writer, witness, waiting } = await tried();
		witness.write(cardOf('نگه نداشت').make);
		await until(() => expect(witness.committed).toBe(3));
		await until(() => expect(texts(writer)).toContain('نگه نداشت'));
		expect([writer.closed, writer.committed, waiting()]).toEqual([null, 1, []]);
		// they count among what waits for the database
		expect(rooms.statistics.queuedBytes).toBeGreaterThan(0);
		trial.go();
		await until(() => expect(writer.closed).toBe('late'));
		await until(() => expect(rooms.statistics.queuedBytes).toBe(0));
		expect(writer.committed).toBe(2);
		expect(waiting()).toMatchObject([{ excerpt: 'دیررسیده' }]);
		expect(texts(witness)).toEqual(['نگه نداشت', 'پیش از پایان'].sort());
		await rooms.stop();
	});

	test('LATE-9 those of two people on one document are tried one after the other', async () => {
		const { rooms, trial, writer, board, person, page, setState, waiting } = await tried();
		const another = person();
		const second = await page(board, another).join();
		await until(() => expect(second.committed).toBe(1));
		setState('closed', another);
		await rooms.askRights();
		second.write(cardOf('دومی').make);
		// it has been taken in once what came after it is answered
		const asker = await page(board, person()).join();
		await until(() => expect(asker.committed).toBe(1));
		expect(trial.asked()).toBe(1);
		trial.go();
		await until(() => expect(writer.closed).toBe('late'));
		await until(() => expect(trial.asked()).toBe(2));
		trial.go();
		await until(() => expect(second.closed).toBe('late'));
		expect(waiting()).toHaveLength(2);
		await rooms.stop();
	});

	test('LATE-9 nothing that their page sends after them is taken before them', async () => {
		const { rooms, trial, writer, witness, board, author, page, setState, waiting, database } = await tried();
		setState('live', author);
		await rooms.askRights();
		const later = cardOf('پس از آن');
		writer.write(later.make);
		witness.write(cardOf('نگه نداشت').make);
		await until(() => expect(witness.committed).toBe(3));
		expect([writer.closed, writer.committed]).toEqual([null, 1]);
		trial.go();
		await until(() => expect(writer.closed).toBe('late'));
		expect(writer.committed).toBe(2);
		expect(waiting()).toMatchObject([{ excerpt: 'دیررسیده' }]);
		expect(database.documents.get(board)!.log).toHaveLength(2);
		// it is not with the server, and comes again
		const back = page(board, author);
		Y.applyUpdate(back.doc, Y.encodeStateAsUpdate(writer.doc));
		await back.join();
		await until(() => expect(back.committed).toBe(1));
		await until(() => expect(texts(witness)).toContain('پس از آن'));
		await rooms.stop();
	});

	test('LATE-9 GATE-8 what is refused of their page is refused after they are acknowledged', async () => {
		const trial = heldWorkbench();
		const { rooms, board, author, page, setState, waiting, counted } = await scene(undefined, trial.workbench);
		const writer = await page(board, author).join();
		await until(() => expect(writer.committed).toBe(1));
		setState('closed', author);
		await rooms.askRights();
		const late = updateFrame(writer.edit(cardOf('دیررسیده').make));
		const foreign = new Y.Doc();
		// under the server's own client id
		foreign.clientID = 1;
		cardOf('به نام دیگری').make(foreign);
		writer.sendTogether([late, updateFrame(Y.encodeStateAsUpdate(foreign))]);
		await until(() => expect(trial.asked()).toBe(1));
		expect([writer.closed, writer.committed]).toEqual([null, 1]);
		trial.go();
		await until(() => expect(writer.closed).toBe('late'));
		expect(writer.committed).toBe(2);
		expect(waiting()).toMatchObject([{ excerpt: 'دیررسیده' }]);
		expect(counted.get('refused_edits of-another')).toBe(1);
		await rooms.stop();
	});

	test.each([
		['takes too long', new JobEnded('over its budget', true), 'too-large'],
		['ends otherwise', new JobEnded('no thread', false), 'restarting']
	] as const)('LATE-9 if trying them %s, none is kept, and nothing acknowledged', async (_what, failure, reason) => {
		const { rooms, trial, writer, witness, waiting } = await tried();
		trial.fail(failure);
		await until(() => expect(writer.closed).toBe(reason));
		expect([writer.committed, witness.closed, waiting()]).toEqual([1, null, []]);
		await rooms.stop();
	});

	test('LATE-9 WIRE-9 who loses the right is gone at once, and none of theirs is kept', async () => {
		const { rooms, trial, writer, grants, author, waiting } = await tried();
		grants.set(author, null);
		await rooms.askRights();
		expect(writer.closed).toBe('not-found');
		trial.go();
		await rooms.stop();
		expect([writer.committed, waiting()]).toEqual([1, []]);
	});

	test('LATE-9 who leaves by themselves has them kept', async () => {
		const { rooms, trial, writer, waiting } = await tried();
		writer.leave();
		trial.go();
		await until(() => expect(waiting()).toMatchObject([{ excerpt: 'دیررسیده' }]));
		expect(writer.committed).toBe(1);
		await rooms.stop();
	});

	test('LATE-9 SYNC-15 a server that stops keeps them to the end, and begins with none that wait', async () => {
		const { rooms, trial, writer, author, board, page, waiting } = await tried();
		const second = await page(board, author).join();
		second.write(cardOf('دومی').make);
		// it has been taken in once what came after it is answered
		const asker = await page(board, author).join();
		await until(() => expect(asker.committed).toBe(1));
		const stopped = rooms.stop();
		expect([writer.closed, second.closed]).toEqual(['restarting', 'restarting']);
		trial.go();
		await stopped;
		expect(waiting()).toMatchObject([{ excerpt: 'دیررسیده' }]);
		expect([trial.asked(), writer.committed]).toEqual([1, 1]);
	});

	test('LATE-9 LATE-3 those of one person from several tabs are tried one after the other, and wait together', async () => {
		const { rooms, trial, writer, author, board, page, waiting } = await tried();
		const second = await page(board, author).join();
		await until(() => expect(second.committed).toBe(1));
		// of two client ids Yjs writes the higher one first
		second.doc.clientID = writer.doc.clientID - 1;
		second.write(cardOf('دومی').make);
		trial.go();
		await until(() => expect(writer.closed).toBe('late'));
		await until(() => expect(trial.asked()).toBe(2));
		trial.go();
		await until(() => expect(second.closed).toBe('late'));
		expect(second.committed).toBe(2);
		expect(waiting()).toMatchObject([{ excerpt: 'دیررسیده\nدومی' }]);
		await rooms.stop();
	});

	test('LATE-9 SYNC-5 they are tried on nothing that is not committed', async () => {
		const { rooms, world, trial, writer, witness, author, board, page, waiting } = await tried();
		const second = await page(board, author).join();
		await until(() => expect(second.committed).toBe(1));
		second.write(cardOf('دومی').make);
		// it has been taken in once what came after it is answered
		const asker = await page(board, author).join();
		await until(() => expect(asker.committed).toBe(1));
		const append = Promise.withResolvers<never>();
		const appended = vi.spyOn(world.documents, 'append').mockReturnValueOnce(append.promise);
		witness.write(cardOf('ثبت نشد').make);
		await until(() => expect(appended).toHaveBeenCalled());
		trial.go();
		await until(() => expect(writer.closed).toBe('late'));
		append.reject(new StorageError('away', { full: false }));
		await until(() => expect([second.closed, witness.closed]).toEqual(['storage-unavailable', 'storage-unavailable']));
		await rooms.stop();
		expect(trial.asked()).toBe(1);
		expect(waiting()).toMatchObject([{ excerpt: 'دیررسیده' }]);
	});

	test.each([
		['in a thread of its own', undefined, 'late', ['دیررسیده']],
		['in one that dies', fileURLToPath(new URL('../support/failing-worker.ts', import.meta.url)), 'restarting', []]
	] as const)('LATE-9 they are tried %s', async (_where, script, reason, kept) => {
		const workbench = openWorkbench(script === undefined ? {} : { script });
		const { rooms, board, author, page, setState, waiting } = await scene(undefined, workbench);
		const writer = await page(board, author).join();
		await until(() => expect(writer.committed).toBe(1));
		setState('closed', author);
		await rooms.askRights();
		writer.write(cardOf('دیررسیده').make);
		await until(() => expect(writer.closed).toBe(reason));
		expect(writer.committed).toBe(1 + kept.length);
		expect(waiting().map(({ excerpt }) => excerpt)).toEqual(kept);
		await rooms.stop();
		await workbench.stop();
	});
});

describe('a page that is told that its words were late', () => {
	/** A socket whose other end is the test. */
	class Line_ extends EventTarget {
		static sockets: Line_[] = [];
		readyState = 0;
		binaryType = 'arraybuffer';
		onopen: (() => void) | null = null;
		onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
		onclose: ((event: { code: number; reason: string }) => void) | null = null;
		onerror: (() => void) | null = null;
		sent: Uint8Array[] = [];
		constructor() {
			super();
			Line_.sockets.push(this);
			queueMicrotask(() => {
				this.readyState = 1;
				this.onopen?.();
			});
		}
		send(data: Uint8Array) {
			this.sent.push(data);
		}
		close() {
			this.readyState = 3;
		}
		say(message: Uint8Array) {
			this.onmessage?.({ data: message.slice().buffer });
		}
		end(reason: keyof typeof closeCodes) {
			this.readyState = 3;
			this.onclose?.({ code: closeCodes[reason], reason });
		}
	}

	async function onePage() {
		Line_.sockets = [];
		const storage = memoryStorage();
		const link = openBoard({ url: 'ws://x', document: 'd', clientId: 5, storage, socket: Line_ as unknown as typeof WebSocket });
		await until(() => expect(Line_.sockets).toHaveLength(1));
		await until(() => expect(Line_.sockets[0]!.sent.length).toBeGreaterThan(0));
		return { storage, link, socket: Line_.sockets[0]! };
	}

	test('LATE-2 forgets the document on this device, with the words that are safe', async () => {
		const { storage, link, socket } = await onePage();
		socket.say(step2Frame(Y.encodeStateAsUpdate(new Y.Doc())));
		cardOf('یک').make(link.doc);
		await until(() => expect(link.status.unsaved).toBeGreaterThan(0));
		socket.say(step1Frame(Y.encodeStateVector(new Y.Doc())));
		const frames = socket.sent.filter((frame) => frame[0] === 0 && frame[1] !== 0).length;
		socket.say(committedFrame(frames));
		await until(() => expect(link.status.unsaved).toBe(0));
		socket.end('late');
		expect(link.status).toMatchObject({ connection: 'ended', reason: 'late', unsaved: 0 });
		await vi.waitFor(async () => expect(await storage.load()).toEqual({ updates: [], unsent: [], refused: null }));
		// what is done to it afterwards would rest on what is forgotten
		cardOf('دو').make(link.doc);
		expect(await storage.load()).toEqual({ updates: [], unsent: [], refused: null });
		link.close();
	});

	test('LATE-2 words that are not with the server yet bring it back before it forgets', async () => {
		const { storage, link, socket } = await onePage();
		socket.say(step2Frame(Y.encodeStateAsUpdate(new Y.Doc())));
		socket.say(step1Frame(Y.encodeStateVector(new Y.Doc())));
		cardOf('یک').make(link.doc);
		const frames = socket.sent.filter((frame) => frame[0] === 0 && frame[1] !== 0).length;
		socket.say(committedFrame(frames));
		cardOf('دو').make(link.doc);
		await until(() => expect(link.status.unsaved).toBeGreaterThan(0));
		socket.end('late');
		expect(link.status.connection).toBe('offline');
		expect((await storage.load()).unsent.length).toBeGreaterThan(0);
		await until(() => expect(Line_.sockets).toHaveLength(2));
		const again = Line_.sockets[1]!;
		await until(() => expect(again.sent.length).toBeGreaterThan(0));
		again.say(step1Frame(Y.encodeStateVector(new Y.Doc())));
		again.say(committedFrame(1));
		await until(() => expect(link.status.unsaved).toBe(0));
		again.end('late');
		expect(link.status.connection).toBe('ended');
		await vi.waitFor(async () => expect(await storage.load()).toEqual({ updates: [], unsent: [], refused: null }));
		link.close();
	});
});
