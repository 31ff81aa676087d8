import { splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { sameState, stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import { presenceFrame, step1Frame, step2Frame, updateFrame } from '#realtime/protocol/frames.ts';
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { cardsFrom, texts } from '../support/cards.ts';
import { Hub } from '../support/hub.ts';
import { randomFrom } from '../support/random.ts';
import { sameThread } from '../support/same-thread.ts';
import { roomsInMemory, type ScriptedPage } from '../support/scripted-page.ts';

const random = randomFrom(29);
const newCard = cardsFrom(random);
const until = (check: () => void) => vi.waitFor(check, { timeout: 4_000, interval: 5 });

/** Two processes on one database, and the line between them. */
function twoProcesses() {
	const hub = new Hub();
	const here = roomsInMemory(undefined, sameThread, { bus: hub.join('here') });
	const there = roomsInMemory(undefined, sameThread, { bus: hub.join('there'), beside: here });
	return {
		hub,
		here,
		there,
		async stop() {
			await here.rooms.stop();
			await there.rooms.stop();
		}
	};
}

describe('boards of two processes', () => {
	test('PROCESS-1 what is committed at one process is shown at the other, once each, and nothing is appended twice', async () => {
		const { here, there, stop } = twoProcesses();
		const board = here.document();
		const [a, b] = [await here.page(board, here.person()).join(), await there.page(board, here.person()).join()];
		a.write(newCard('اینجا').make);
		await until(() => expect(texts(b)).toEqual(['اینجا']));
		b.write(newCard('آنجا').make);
		await until(() => expect(texts(a).sort()).toEqual(['آنجا', 'اینجا']));
		expect(sameState(a.doc, b.doc)).toBe(true);
		expect(here.database.documents.get(board)!.lastSeq).toBe(2);
		await stop();
	});

	test('PROCESS-1 a row that another process appended first is shown before one’s own, or with it', async () => {
		const { hub, here, there, stop } = twoProcesses();
		const board = here.document();
		const [a, b, reader] = [
			await here.page(board, here.person()).join(),
			await there.page(board, here.person()).join(),
			await here.page(board, here.person()).join()
		];
		hub.cut();
		b.write(newCard('نخست').make);
		await until(() => expect(b.committed).toBe(2));
		const shown: string[] = [];
		reader.doc.on('update', () => shown.push(texts(reader).join()));
		a.write(newCard('سپس').make);
		await until(() => expect(a.committed).toBe(2));
		expect(shown[0]).toContain('نخست');
		expect(texts(reader).sort()).toEqual(['سپس', 'نخست']);
		await stop();
	});

	test('PROCESS-2 while processes do not hear each other, the database brings them together within seconds', async () => {
		const { hub, here, there, stop } = twoProcesses();
		const board = here.document();
		const [a, b] = [await here.page(board, here.person()).join(), await there.page(board, here.person()).join()];
		hub.cut();
		a.write(newCard('بی‌خبر').make);
		await until(() => expect(texts(b)).toEqual(['بی‌خبر']));
		await stop();
	});

	test('PROCESS-4 who brings what their process has yet to hear of is not refused', async () => {
		const { hub, here, there, stop } = twoProcesses();
		const board = here.document();
		const [person, other] = [here.person(), here.person()];
		const [page, writer] = [await there.page(board, person).join(), await there.page(board, other).join()];
		await here.page(board, other).join();
		hub.cut();
		const { id, make } = newCard('پایه');
		writer.write(make);
		await until(() => expect(texts(page)).toEqual(['پایه']));
		page.leave();
		// the same page at the other process, which has nothing of this: it writes on, and gives what it has
		const back = here.page(board, person);
		Y.applyUpdate(back.doc, stateOf(page.doc));
		back.send(step1Frame(stateVectorOf(back.doc)));
		back.send(step2Frame(stateOf(back.doc)));
		back.write((doc) => splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'بر ' }));
		await until(() => expect(back.committed).toBe(2));
		expect(back.closed).toBe(null);
		await until(() => expect(texts(writer)).toEqual(['بر پایه']));
		await stop();
	});

	test('PROCESS-4 what is wrong is refused all the same', async () => {
		const { here, stop } = twoProcesses();
		const board = here.document();
		const [honest, attacker] = [await here.page(board, here.person()).join(), await here.page(board, here.person()).join()];
		const { id, make } = newCard('از من');
		honest.write(make);
		await until(() => expect(texts(attacker)).toEqual(['از من']));
		const forged = new Y.Doc();
		Y.applyUpdate(forged, stateOf(honest.doc));
		forged.clientID = honest.doc.clientID;
		splice(forged, { card: id }, { at: 0, removed: 0, inserted: 'نه ' });
		attacker.send(updateFrame(stateOf(forged, stateVectorOf(honest.doc))));
		await until(() => expect(attacker.closed).toBe('not-allowed'));
		expect(texts(honest)).toEqual(['از من']);
		await stop();
	});

	/** A page says that it is here. */
	const say = (page: ScriptedPage, clock: number, state: Record<string, unknown> | null = { card: null }) =>
		page.send(presenceFrame([{ client: page.doc.clientID, clock, state }]));
	/** Who is shown to a page. */
	const shownTo = (page: ScriptedPage) => [...page.presence.values()].flatMap(({ client, state }) => (state ? [client] : [])).sort();

	test('PROCESS-5 who is on a board at one process is shown at the other, also to whoever comes later, until they leave', async () => {
		const { here, there, stop } = twoProcesses();
		const board = here.document();
		const [a, b] = [await here.page(board, here.person()).join(), await there.page(board, here.person()).join()];
		say(a, 1);
		say(b, 1);
		const both = [a.doc.clientID, b.doc.clientID].sort();
		await until(() => expect([shownTo(a), shownTo(b)]).toEqual([both, both]));
		const late = await there.page(board, here.person()).join();
		await until(() => expect(shownTo(late)).toEqual(both));
		a.leave();
		await until(() => expect([shownTo(b), shownTo(late)]).toEqual([[b.doc.clientID], [b.doc.clientID]]));
		await stop();
	});

	test('PROCESS-5 a process that opens a board later is told who is on it, and one that is gone takes its people along', async () => {
		const { hub, here, stop } = twoProcesses();
		const board = here.document();
		const a = await here.page(board, here.person()).join();
		say(a, 1);
		await until(() => expect(shownTo(a)).toEqual([a.doc.clientID]));
		const bus = hub.join('third');
		const third = roomsInMemory(undefined, sameThread, { bus, beside: here });
		const c = await third.page(board, here.person()).join();
		await until(() => expect(shownTo(c)).toEqual([a.doc.clientID]));
		say(c, 1);
		await until(() => expect(shownTo(a)).toHaveLength(2));
		bus.kill();
		await until(() => expect(shownTo(a)).toEqual([a.doc.clientID]));
		await third.rooms.stop();
		await stop();
	});

	test('PROCESS-5 a page that goes over to another process is there once, and its older socket is told to come back', async () => {
		const { here, there, stop } = twoProcesses();
		const board = here.document();
		const person = here.person();
		const watching = await here.page(board, here.person()).join();
		const client = new Y.Doc().clientID;
		const open = (at: typeof here, clock: number) => {
			const page = at.page(board, person, { acks: '1', client: String(client) });
			page.doc.clientID = client;
			return page.join().then(() => (say(page, clock), page));
		};
		const old = await open(here, 1);
		await until(() => expect(shownTo(watching)).toEqual([client]));
		const next = await open(there, 2);
		await until(() => expect(old.closed).toBe('restarting'));
		await until(() => expect(watching.presence.get(client)).toMatchObject({ clock: 2, state: {} }));
		expect(next.closed).toBe(null);
		next.leave();
		await until(() => expect(shownTo(watching)).toEqual([]));
		await stop();
	});

	test('WIRE-7 PROCESS-5 an attempt that a page gave up takes no place at another process either', async () => {
		const { here, there, stop } = twoProcesses();
		const board = here.document();
		const person = here.person();
		const attempt = (at: typeof here, nth: number) => at.page(board, person, { acks: '1', client: '77', attempt: String(nth) });
		const second = await attempt(here, 2).join();
		const first = attempt(there, 1);
		await until(() => expect(first.closed).toBe('restarting'));
		expect(second.closed).toBe(null);
		await stop();
	});

	test('PROCESS-6 a document of another generation is left by every process, and opened anew', async () => {
		const { here, there, stop } = twoProcesses();
		const board = here.document();
		const [a, b] = [await here.page(board, here.person()).join(), await there.page(board, here.person()).join()];
		here.database.documents.get(board)!.generation++;
		await until(() => expect([a.closed, b.closed]).toEqual(['restarting', 'restarting']));
		await stop();
	});

	test('PROCESS-7 what a page brings to another process once more, before that has heard of it, changed when it came first', async () => {
		const { hub, here, there, stop } = twoProcesses();
		const [board, author] = [here.document(), here.person()];
		const [a, b] = [await here.page(board, author).join(), await there.page(board, author).join()];
		const { id, make } = newCard('رفته');
		a.write(make);
		await until(() => expect(texts(b)).toEqual(['رفته']));
		hub.cut();
		const update = a.edit((doc) => splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'باز' }));
		a.sendTogether([updateFrame(update)]);
		await until(() => expect(a.committed).toBe(3));
		b.sendTogether([updateFrame(update)]);
		await until(() => expect(b.committed).toBe(2));
		const stored = here.database.documents.get(board)!;
		await vi.waitFor(() => expect(stored.projectedSeq).toBe(stored.lastSeq), { timeout: 15_000 });
		const cameFirst = [...stored.archive, ...stored.log].find(({ seq }) => seq === 2)!;
		expect(here.database.factors.get(board)!.changedAt.get(id)).toBe(cameFirst.at);
		await stop();
	});

	test('PROCESS-7 SQL follows what either process appends, once each, also when the one that appended it is gone', async () => {
		const { hub, here, there, stop } = twoProcesses();
		const board = here.document();
		const [a, b] = [await here.page(board, here.person()).join(), await there.page(board, here.person()).join()];
		a.write(newCard('یک').make);
		await until(() => expect(texts(b)).toEqual(['یک']));
		b.write(newCard('دو').make);
		const sql = () => [...(here.database.factors.get(board)?.board.cards.values() ?? [])].map(({ text }) => text).sort();
		await until(() => expect(sql()).toEqual(['دو', 'یک'].sort()));
		// neither has anything to do for SQL any more
		await until(() => expect([here, there].map(({ rooms }) => rooms.statistics.projectionLagMs)).toEqual([0, 0]));
		// a process that appends, and dies before SQL has followed
		const row = a.edit(newCard('سه').make);
		const [place] = await here.database.connect().documents.append([{ document: board, update: row }]);
		hub.join('dead').tell('row', { document: board, generation: 1, ...place!, update: row });
		await until(() => expect(texts(b)).toHaveLength(3));
		await vi.waitFor(() => expect(sql()).toHaveLength(3), { timeout: 15_000 });
		expect([...readBoard(b.doc).cards.keys()].sort()).toEqual([...here.database.factors.get(board)!.board.cards.keys()].sort());
		await stop();
	});
});
