import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { stateOf } from '#realtime/board/replica.ts';
import { seedBoard } from '#realtime/board/seed.ts';
import { openBoard, type BoardLink } from '#realtime/client/board-link.ts';
import { memoryStorage, type BoardStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { messageTypes, step1Frame } from '#realtime/protocol/frames.ts';
import { Rooms } from '#realtime/server/boards/rooms.ts';
import { serve } from '#realtime/server/boards/serve.ts';
import { afterEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { saved, untilStatus } from '../support/page.ts';
import { randomFrom } from '../support/random.ts';
import { sameThread } from '../support/same-thread.ts';
import { roomsInMemory } from '../support/scripted-page.ts';
import { Network } from '../support/simulation/network.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A document that is restored from a backup under the pages and devices that know it. */

const random = randomFrom(17);
const texts = ({ doc }: { doc: Y.Doc }) => [...readBoard(doc).cards.values()].map(({ text }) => text).sort();
function write(doc: Y.Doc, text: string): void {
	const id = random.id();
	createCard(doc, { id, author: id, createdAt: 1, column: 'strengths', group: null, before: null });
	splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
}

const opened: { close(): void }[] = [];
afterEach(() => {
	for (const one of opened.splice(0)) one.close();
});

/** A board with one card, its server, and how to restore it to what it was with that card. */
function scene() {
	const inMemory = roomsInMemory();
	const { database, document, person, world, grants } = inMemory;
	const network = new Network(random);
	const board = document('board', seedBoard([{ id: random.id(), column: 'strengths', text: 'پیش از پشتیبان' }]));
	const backup = structuredClone(database.documents.get(board)!);
	let rooms: Rooms;
	const start = () => {
		rooms = new Rooms(world, sameThread);
		network.accept = (wire, url) => {
			const who = url.searchParams.get('who') as Id;
			return serve(rooms, world.log, wire, {
				subject: { person: who, session: who },
				document: board,
				grant: grants.get(who) as never,
				query: url.searchParams
			});
		};
	};
	start();
	return {
		...inMemory,
		board,
		network,
		async stop() {
			network.accept = null;
			await rooms.stop();
		},
		/** The server comes back with what the backup held. */
		restore() {
			const before = database.documents.get(board)!;
			database.documents.set(board, { ...structuredClone(backup), generation: before.generation + 1 });
			start();
		},
		start,
		open(who: Id, storage: BoardStorage): BoardLink {
			const link = openBoard({
				url: 'ws://simulated/yjs',
				document: board,
				clientId: random.integer(2, 2 ** 31),
				storage,
				socket: network.socketOf({ reachable: true, line: {} }),
				query: { who }
			});
			opened.push(link);
			return link;
		},
		member: person()
	};
}

test('BACKUP-11 an open page of a former generation puts nothing into the restored document, and keeps its unsent words apart', async () => {
	const { stop, restore, open, member, database, board } = scene();
	const storage = memoryStorage();
	const page = open(member, storage);
	await untilStatus(page, saved);
	write(page.doc, 'پس از پشتیبان، رسیده');
	await untilStatus(page, saved);
	await stop();
	write(page.doc, 'نوشتهٔ نرسیده');
	restore();
	await untilStatus(page, ({ connection }) => connection === 'ended');
	expect(page.status).toMatchObject({ reason: 'restored', words: ['نوشتهٔ نرسیده'] });
	expect(await storage.load()).toEqual({ updates: [], unsent: [], refused: null });
	// what is written on a page that has ended is kept nowhere
	write(page.doc, 'پس از پایان');
	expect(await storage.load()).toEqual({ updates: [], unsent: [], refused: null });

	const anew = open(member, storage);
	await untilStatus(anew, saved);
	expect([texts(anew), anew.status.words]).toEqual([['پیش از پشتیبان'], ['نوشتهٔ نرسیده']]);
	expect(database.documents.get(board)!.lastSeq).toBe(1);
	anew.dropWords();
	write(anew.doc, 'تازه');
	await untilStatus(anew, saved);
	anew.close();
	const later = open(member, storage);
	await untilStatus(later, saved);
	expect([texts(later), later.status.words]).toEqual([['تازه', 'پیش از پشتیبان'].sort(), []]);
});

test('BACKUP-11 a device with a copy of a former generation opens the restored document, and not a mixture', async () => {
	const { stop, restore, open, member } = scene();
	const storage = memoryStorage();
	const before = open(member, storage);
	await untilStatus(before, saved);
	write(before.doc, 'پس از پشتیبان، رسیده');
	await untilStatus(before, saved);
	before.close();
	await stop();
	restore();
	const device = open(member, storage);
	await untilStatus(device, ({ connection }) => connection === 'ended');
	expect(device.status).toMatchObject({ reason: 'restored', words: [] });
	const anew = open(member, storage);
	await untilStatus(anew, saved);
	expect(texts(anew)).toEqual(['پیش از پشتیبان']);
});

test('BACKUP-11 a copy that was kept before generations were noted is of the first', async () => {
	const { stop, restore, start, open, member, board, database } = scene();
	const storage = memoryStorage();
	await storage.keep(stateOf(docOf(database.documents.get(board)!.log[0]!.update)), false);
	const page = open(member, storage);
	await untilStatus(page, saved);
	page.close();
	await stop();
	start();
	const old = memoryStorage();
	await old.keep(database.documents.get(board)!.log[0]!.update, false);
	await untilStatus(open(member, old), saved);
	await stop();
	restore();
	const late = open(member, old);
	await untilStatus(late, ({ connection }) => connection === 'ended');
	expect(late.status.reason).toBe('restored');
});

test('BACKUP-11 who says no generation is taken, but brings nothing into a restored document that it does not hold', async () => {
	const { database, board, person, page } = scene();
	const stock = await page(board, person(), {}).join();
	expect(stock.closed).toBeNull();
	expect(stock.received.some((frame) => frame[0] === messageTypes.generation)).toBe(false);
	const elsewhere = scene();
	elsewhere.database.documents.get(elsewhere.board)!.generation = 2;
	const fresh = await elsewhere.page(elsewhere.board, elsewhere.person(), {}).join();
	expect([fresh.closed, texts(fresh)]).toEqual([null, ['پیش از پشتیبان']]);
	// it comes back after a break, with what is on the document
	fresh.leave();
	const again = elsewhere.page(elsewhere.board, fresh.person, {});
	Y.applyUpdate(again.doc, Y.encodeStateAsUpdate(fresh.doc));
	expect((await again.join()).closed).toBeNull();
	const other = elsewhere.page(elsewhere.board, elsewhere.person(), {});
	write(other.doc, 'از روزگاری دیگر');
	other.send(step1Frame(Y.encodeStateVector(other.doc)));
	await vi.waitFor(() => expect(other.closed).toBe('restored'));
	expect(elsewhere.database.documents.get(elsewhere.board)!.lastSeq).toBe(1);
	expect(database.documents.get(board)!.lastSeq).toBe(1);
});

function docOf(update: Uint8Array): Y.Doc {
	const doc = new Y.Doc();
	Y.applyUpdate(doc, update);
	return doc;
}
