import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { stateOf } from '#realtime/board/replica.ts';
import { openBoard, type BoardLink } from '#realtime/client/board-link.ts';
import { memoryStorage, type BoardStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { boardServer } from '../support/board-server.ts';
import { saved, socketWith, untilStatus } from '../support/page.ts';
import { randomFrom } from '../support/random.ts';

const random = randomFrom(43);
let server: Awaited<ReturnType<typeof boardServer>>;
const opened: BoardLink[] = [];
beforeEach(async () => {
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
	server = await boardServer();
});
afterEach(async () => {
	for (const link of opened.splice(0)) link.close();
	await server.stop();
	vi.useRealTimers();
});

const texts = ({ doc }: { doc: Y.Doc }) => [...readBoard(doc).cards.values()].map(({ text }) => text).sort();

/** Two cards under these ids, by the same clocks whatever short text stands on the second, and wherever they lie. */
function copyOf([first, second]: readonly [Id, Id], text: string, column = 'strengths'): Uint8Array {
	const doc = new Y.Doc();
	doc.clientID = 77;
	for (const [id, written] of [
		[first, 'آنچه همه دارند'],
		[second, text]
	] as const) {
		createCard(doc, { id, author: id, createdAt: 1, column, group: null, before: null });
		splice(doc, { card: id }, { at: 0, removed: 0, inserted: written });
	}
	return stateOf(doc);
}

async function open(board: Id, person: Id, storage: BoardStorage): Promise<BoardLink> {
	const [clientId] = await server.world.clientIds.lease(person, 1);
	const link = openBoard({ url: server.url.slice(0, -1), document: board, clientId: clientId!, storage, socket: socketWith(person) });
	opened.push(link);
	return link;
}

test('SYNC-17 a copy that differs is given up, the document opens anew, and the texts that only the copy had are offered', async () => {
	const ids = [random.id(), random.id()] as const;
	const board = server.document('board', copyOf(ids, 'یکی'));
	const me = server.person();
	const storage = memoryStorage();
	await storage.keep(copyOf(ids, 'دوم'), false);
	const page = await open(board, me, storage);
	await untilStatus(page, saved);
	expect(texts(page)).toEqual(['آنچه همه دارند', 'دوم']);
	vi.advanceTimersByTime(limits.resyncEveryMs);
	await untilStatus(page, ({ connection }) => connection === 'ended');
	expect(page.status).toMatchObject({ reason: 'diverged', words: [] });
	expect((await storage.load()).updates).toEqual([]);

	const anew = await open(board, me, storage);
	// what is set aside is everything, until it can be held against the document
	expect(anew.status.words).toEqual([]);
	await untilStatus(anew, saved);
	expect([texts(anew), anew.status.words]).toEqual([['آنچه همه دارند', 'یکی'], ['دوم']]);
	expect(server.rooms.statistics).toMatchObject({ diverged: 1 });
	vi.advanceTimersByTime(limits.resyncEveryMs);

	// they are offered until they are not wanted any more, or written again
	anew.close();
	const later = await open(board, me, storage);
	await untilStatus(later, saved);
	expect(later.status.words).toEqual(['دوم']);
	later.dropWords();
	later.close();
	const last = await open(board, me, storage);
	await untilStatus(last, saved);
	expect(last.status.words).toEqual([]);
	expect(server.rooms.statistics).toMatchObject({ diverged: 1 });
});

test('SYNC-17 a copy that differs in no text leaves no words behind', async () => {
	const ids = [random.id(), random.id()] as const;
	const board = server.document('board', copyOf(ids, 'یکی'));
	const storage = memoryStorage();
	await storage.keep(copyOf(ids, 'یکی', 'threats'), false);
	const me = server.person();
	const page = await open(board, me, storage);
	await untilStatus(page, saved);
	vi.advanceTimersByTime(limits.resyncEveryMs);
	await untilStatus(page, ({ connection }) => connection === 'ended');
	const anew = await open(board, me, storage);
	await untilStatus(anew, saved);
	expect([texts(anew), anew.status.words]).toEqual([['آنچه همه دارند', 'یکی'], []]);
});
