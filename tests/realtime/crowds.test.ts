import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { applyBatch, sameState } from '#realtime/board/replica.ts';
import { quadrants } from '#realtime/board/schema.ts';
import { seedBoard } from '#realtime/board/seed.ts';
import { openBoard, type BoardLink } from '#realtime/client/board-link.ts';
import { memoryStorage, type BoardStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { Rooms } from '#realtime/server/boards/rooms.ts';
import { serve } from '#realtime/server/boards/serve.ts';
import type { Grant } from '#realtime/server/ports.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { cardsFrom } from '../support/cards.ts';
import { saved } from '../support/page.ts';
import { randomFrom, type Random } from '../support/random.ts';
import { sameThread } from '../support/same-thread.ts';
import { roomsInMemory } from '../support/scripted-page.ts';
import { Network } from '../support/simulation/network.ts';
import { updatesOf } from '../support/stored.ts';

/** Real rooms and the real client in virtual time. `LONG=1` runs what the table of figures asks for. */
const long = process.env['LONG'] === '1';
const cycles = long ? 500 : 60;
const openings = long ? 100 : 4;

// many pages of one process
process.setMaxListeners(0);

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'Date', 'performance'] });
});
afterEach(() => {
	vi.clearAllTimers();
	vi.useRealTimers();
});

/** One server after another over one database that takes a moment for everything. */
function world(random: Random) {
	const takesAMoment = () => new Promise<void>((resolve) => setTimeout(resolve, random.integer(0, 4)));
	const memory = roomsInMemory({ before: takesAMoment, after: takesAMoment });
	const network = new Network(random);
	const start = (rooms: Rooms) => {
		network.accept = (wire, url) => {
			const person = url.searchParams.get('person')!;
			return serve(rooms, memory.world.log, wire, {
				subject: { person, session: person },
				document: url.pathname.split('/').pop()!,
				grant: memory.grants.get(person) as Grant,
				query: url.searchParams
			});
		};
	};
	start(memory.rooms);
	return {
		...memory,
		network,
		/** the process is gone with all that it held, and another one serves */
		async restart() {
			network.accept = null;
			network.break();
			await vi.advanceTimersByTimeAsync(random.integer(0, 500));
			start(new Rooms(memory.world, sameThread));
		},
		async open(document: Id, person: Id, storage: BoardStorage = memoryStorage()): Promise<BoardLink> {
			const [clientId] = await memory.database.connect().clientIds.lease(person, 1);
			return openBoard({
				url: 'ws://simulated/yjs',
				document,
				clientId: clientId!,
				storage,
				query: { person },
				socket: network.socketOf({ reachable: true, line: {} })
			});
		},
		/** what the database holds */
		committed(document: Id): Y.Doc {
			const doc = new Y.Doc();
			const { snapshot, log } = memory.database.documents.get(document)!;
			applyBatch(doc, updatesOf({ snapshot, tail: log }));
			return doc;
		}
	};
}

/** In virtual time. */
async function eventually(holds: () => boolean, what: string): Promise<void> {
	for (let waited = 0; !holds(); waited += 50) {
		if (waited > 60_000) throw new Error(`a minute in vain: ${what}`);
		await vi.advanceTimersByTimeAsync(50);
	}
}

test(`SYNC-13 ${cycles} leave-and-rejoin cycles at 0–50 ms lose nothing`, { timeout: 300_000 }, async () => {
	const random = randomFrom(13);
	const { document, person, open, committed, rooms } = world(random);
	const board = document();
	const leaver = person();
	const storage = memoryStorage();
	const written: string[] = [];
	let leftUnsaved = 0;
	let unloaded = 0;
	for (let cycle = 0; cycle < cycles; cycle++) {
		const link = await open(board, leaver, storage);
		// at any moment of coming, of writing and of being answered
		await vi.advanceTimersByTimeAsync(random.integer(0, 50));
		const [id, text] = [random.id(), `نوشتهٔ ${cycle}`];
		createCard(link.doc, { id, author: leaver, createdAt: 1, column: 'strengths', group: null, before: null });
		splice(link.doc, { card: id }, { at: 0, removed: 0, inserted: text });
		written.push(text);
		await vi.advanceTimersByTimeAsync(random.integer(0, 50));
		if (link.status.unsaved > 0) leftUnsaved++;
		link.close();
		// now and then just when the room leaves memory
		await vi.advanceTimersByTimeAsync(random.chance(0.2) ? limits.roomIdleMs + random.integer(0, 60) : random.integer(0, 50));
		if (rooms.statistics.rooms === 0) unloaded++;
	}
	const link = await open(board, leaver, storage);
	await eventually(() => saved(link.status), 'all that was written is saved');
	const doc = committed(board);
	expect([...readBoard(doc).cards.values()].map(({ text }) => text).sort()).toEqual([...written].sort());
	expect(sameState(doc, link.doc)).toBe(true);
	expect(Math.min(leftUnsaved, unloaded)).toBeGreaterThan(0);
	link.close();
});

test(`SYNC-14 20 people open a new board at once, with restarts: each seeded item exactly once, ${openings} runs`, { timeout: 300_000 }, async () => {
	for (let seed = 1; seed <= openings; seed++) {
		const random = randomFrom(seed);
		const { document, person, open, committed, restart } = world(random);
		const cards = Array.from({ length: 15 }, (_, i) => ({ id: random.id(), column: quadrants[i % 4]!, text: `عامل ${i}` }));
		const board = document('board', seedBoard(cards));
		const links: BoardLink[] = [];
		let restarts = 0;
		for (let i = 0; i < 20; i++) {
			const who = person();
			links.push(await open(board, who));
			if (!random.chance(0.15)) continue;
			await vi.advanceTimersByTimeAsync(random.integer(0, 60));
			await restart();
			restarts++;
		}
		if (restarts === 0) await restart();
		await eventually(() => links.every(({ status }) => saved(status)), `run ${seed}: everybody has the board`);
		const seeded = (doc: Y.Doc) =>
			[...readBoard(doc).cards.values()].map(({ id, column, text }) => ({ id, column, text })).sort((a, b) => (a.id < b.id ? -1 : 1));
		const expected = [...cards].sort((a, b) => (a.id < b.id ? -1 : 1));
		for (const doc of [committed(board), ...links.map(({ doc }) => doc)]) expect(seeded(doc), `run ${seed}`).toEqual(expected);
		for (const link of links) link.close();
	}
});

test('SYNC-21 two hundred rooms at a time serve everybody, and leave memory with everything when nobody is in them', { timeout: 300_000 }, async () => {
	const { document, person, open, committed, rooms } = world(randomFrom(21));
	const boards = Array.from({ length: 200 }, () => document());
	const newCard = cardsFrom(randomFrom(22));
	const pairs = await Promise.all(boards.map(async (board) => [await open(board, person()), await open(board, person())] as const));
	await eventually(() => pairs.flat().every(({ status }) => saved(status)), 'everybody is in');
	expect(rooms.statistics).toMatchObject({ rooms: 200, connections: 400 });
	for (const [writer] of pairs) newCard('نوشته').make(writer.doc);
	await eventually(() => pairs.every(([writer, reader]) => saved(writer.status) && sameState(writer.doc, reader.doc)), 'everybody sees it');
	for (const link of pairs.flat()) link.close();
	await eventually(() => rooms.statistics.rooms === 0, 'no room is left');
	expect(boards.filter((board, i) => !sameState(committed(board), pairs[i]![0].doc))).toEqual([]);
});
