import { canonicalHash } from '#realtime/board/canonical.ts';
import { setDeleted, splice } from '#realtime/board/edits.ts';
import { cardsOf, readBoard, readCard } from '#realtime/board/read.ts';
import { applyBatch, sameState, stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { cardKeys } from '#realtime/board/schema.ts';
import { limits, rates } from '#realtime/meeting/limits.ts';
import { seedBoard } from '#realtime/board/seed.ts';
import { messageTypes, presenceFrame, stateFrame, step1Frame, step2Frame, updateFrame } from '#realtime/protocol/frames.ts';
import { Gate } from '#realtime/server/boards/gate/gate.ts';
import { StorageError, type Grant } from '#realtime/server/ports.ts';
import type { Workbench } from '#realtime/server/workbench/workbench.ts';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { Line } from '../support/memory-database.ts';
import { cardsFrom, texts } from '../support/cards.ts';
import { randomFrom } from '../support/random.ts';
import { sameThread } from '../support/same-thread.ts';
import { roomsInMemory, type ScriptedPage } from '../support/scripted-page.ts';

const random = randomFrom(3);
const newCard = cardsFrom(random);
const until = (check: () => void) => vi.waitFor(check, { timeout: 4_000, interval: 5 });

/** A number that the reader takes for Infinity. */
const endless = (encoder: encoding.Encoder) => encoding.writeUint8Array(encoder, Uint8Array.of(...Array<number>(147).fill(0x80), 1));

/** An update with one struct, written by hand. */
function structs(client: number, clock: number, write: (encoder: encoding.Encoder) => void): Uint8Array {
	const encoder = encoding.createEncoder();
	for (const number of [1, 1, client, clock]) encoding.writeVarUint(encoder, number);
	write(encoder);
	encoding.writeVarUint(encoder, 0);
	return encoding.toUint8Array(encoder);
}

/** A letter inserted after an origin, or into the root of cards. */
const insertion = (client: number, { origin, clock = 0 }: { origin?: [number, number]; clock?: number }): Uint8Array =>
	structs(client, clock, (encoder) => {
		encoding.writeUint8(encoder, origin ? 0x84 : 0x04);
		if (origin) for (const number of origin) encoding.writeVarUint(encoder, number);
		else {
			encoding.writeVarUint(encoder, 1);
			encoding.writeVarString(encoder, 'cards');
		}
		encoding.writeVarString(encoder, 'x');
	});

function deletion(client: number, clock: number, length: number): Uint8Array {
	const encoder = encoding.createEncoder();
	for (const number of [0, 1, client, 1, clock, length]) encoding.writeVarUint(encoder, number);
	return encoding.toUint8Array(encoder);
}

describe('what a room takes', () => {
	test('WIRE-1 WIRE-11 bytes that are no message close their connection, and no other', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const other = await page(board, person()).join();
		const frames = [
			Uint8Array.of(),
			Uint8Array.of(9),
			Uint8Array.of(0, 7),
			Uint8Array.of(0, 2, 200),
			Uint8Array.of(3, 1),
			Uint8Array.of(1, 3, 1, 1, 1),
			updateFrame(Uint8Array.of(1, 2, 3)),
			Uint8Array.of(255, 255, 255)
		];
		for (const frame of frames) {
			const bad = await page(board, person()).join();
			bad.send(frame);
			await until(() => expect(bad.closed).toBe('malformed'));
		}
		const { id, make } = newCard('یک');
		other.write(make);
		await until(() => expect(other.committed).toBe(2));
		expect(other.closed).toBe(null);
		expect(readCard(other.doc, id)!.text).toBe('یک');
		await rooms.stop();
	});

	/** Updates that no honest page makes, in the shape of our own documents: `client` is the sender's, `card` exists. */
	const poison: Record<string, (client: number, honest: ScriptedPage) => Uint8Array> = {
		'an origin that nobody has': (client, { doc }) => insertion(client, { origin: [doc.clientID, 100_000] }),
		'a neighbour of another client that nobody has': (client) => insertion(client, { origin: [123_456, 0] }),
		'a struct that refers to itself': (client) => insertion(client, { origin: [client, 0] }),
		'a gap': (client) => insertion(client, { clock: 7 }),
		'a length without end': (client) => structs(client, 0, (encoder) => (encoding.writeUint8(encoder, 0), endless(encoder))),
		'a length of 2^60': (client) => structs(client, 0, (encoder) => (encoding.writeUint8(encoder, 0), encoding.writeVarUint(encoder, 2 ** 60))),
		'a client id without end': () => {
			const encoder = encoding.createEncoder();
			for (const write of [1, 1]) encoding.writeVarUint(encoder, write);
			endless(encoder);
			for (const write of [0, 0, 1, 0]) encoding.writeVarUint(encoder, write);
			return encoding.toUint8Array(encoder);
		},
		'a deletion of what is not there yet': (_client, { doc }) => deletion(doc.clientID, 50, 100_000),
		'a deletion without end': (_client, { doc }) => deletion(doc.clientID, 0, 2 ** 52)
	};

	test('WIRE-1 WIRE-11 hostile updates of every known class are refused, and nobody else notices', async () => {
		const { vectors } = JSON.parse(readFileSync(join(import.meta.dirname, '../support/hostile-updates.json'), 'utf8')) as {
			vectors: { id: string; update: string }[];
		};
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const honest = await page(board, person()).join();
		honest.write(newCard('می‌ماند').make);
		await until(() => expect(honest.committed).toBe(2));
		const before = Y.encodeStateAsUpdate(honest.doc);
		const cases = [
			...vectors.map(({ id, update }) => [id, () => Buffer.from(update, 'hex')] as const),
			...Object.entries(poison).map(([id, make]) => [id, (client: number) => make(client, honest)] as const)
		];
		for (const [id, make] of cases) {
			const attacker = await page(board, person()).join();
			attacker.send(updateFrame(make(attacker.doc.clientID)));
			await until(() => expect(['malformed', 'not-allowed', 'too-large'], id).toContain(attacker.closed));
			expect(honest.closed, id).toBe(null);
		}
		const late = await page(board, person()).join();
		await until(() => expect(texts(late)).toEqual(['می‌ماند']));
		expect(Y.encodeStateAsUpdate(late.doc)).toEqual(before);
		await rooms.stop();
	});

	test('GATE-6 a document that is full takes nothing more, says so with 4428, is read on, and may be made smaller', async () => {
		const { document, person, page, rooms, counted } = roomsInMemory();
		const letters = 64_000;
		const cards = Array.from({ length: Math.ceil(limits.documentBytes / letters) }, () => ({
			id: random.id(),
			column: 'strengths',
			text: 'x'.repeat(letters)
		}));
		const { id } = cards[0]!;
		const board = document('board', seedBoard(cards));
		const writer = await page(board, person()).join();
		await until(() => expect(readCard(writer.doc, id)?.text).toHaveLength(letters));
		writer.write((doc) => splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'x' }));
		await until(() => expect(writer.closed).toBe('document-full'));
		const tidier = await page(board, person()).join();
		await until(() => expect(readCard(tidier.doc, id)?.text).toHaveLength(letters));
		tidier.write((doc) => splice(doc, { card: id }, { at: 0, removed: 5_000, inserted: '' }));
		await until(() => expect(tidier.committed).toBe(2));
		expect(tidier.closed).toBe(null);
		expect(counted.get('refused_edits full')).toBe(1);
		await rooms.stop();
	});

	test('GATE-10 our pages are told when a document is over half of what it may hold, those that come later too, and a stock provider is not', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const letters = 60_000;
		const seed = Array.from({ length: Math.floor(limits.documentBytes / 2 / letters) }, () => ({
			id: random.id(),
			column: 'strengths',
			text: 'x'.repeat(letters)
		}));
		const board = document('board', seedBoard(seed));
		const [writer, reader, stock] = [await page(board, person()).join(), await page(board, person('observer')).join(), await page(board, person(), {}).join()];
		await until(() => expect([writer, reader, stock].map(({ doc }) => readBoard(doc).cards.size)).toEqual(Array(3).fill(seed.length)));
		expect([writer.halfFull, reader.halfFull]).toEqual([false, false]);
		writer.write(newCard('x'.repeat(letters)).make);
		await until(() => expect([writer.halfFull, reader.halfFull]).toEqual([true, true]));
		const later = await page(board, person()).join();
		await until(() => expect(later.halfFull).toBe(true));
		await until(() => expect(readBoard(stock.doc).cards.size).toBe(seed.length + 1));
		expect(stock.received.some((frame) => frame[0] === messageTypes.halfFull)).toBe(false);
		await rooms.stop();
	});

	test('GATE-11 a fresh copy holds what is committed and to be seen, and nothing is copied of which not all is there', async () => {
		let line: () => Promise<void> = async () => {};
		const { document, person, page, rooms } = roomsInMemory({ before: () => line(), after: async () => {} });
		const board = document();
		const writer = await page(board, person()).join();
		const [kept, gone] = [newCard('می‌ماند'), newCard('می‌رود')];
		for (const change of [kept.make, gone.make, (doc: Y.Doc) => setDeleted(doc, gone.id, true)]) writer.write(change);
		const copied = async () => {
			const doc = new Y.Doc();
			applyBatch(doc, (await rooms.freshCopy(board, 'board'))!);
			return [...readBoard(doc).cards.values()];
		};
		await until(() => expect(writer.committed).toBe(4));
		expect(await copied()).toEqual([readCard(writer.doc, kept.id)]);

		// what is in the room and not in the database yet is waited for
		let commit: (() => void) | null = null;
		line = () => new Promise((resolve) => (commit = resolve));
		writer.write((doc) => splice(doc, { card: kept.id }, { at: 0, removed: 0, inserted: 'آنچه ' }));
		let came = false;
		const coming = copied().finally(() => (came = true));
		await until(() => expect(commit).not.toBe(null));
		await new Promise((resolve) => setImmediate(resolve));
		expect(came).toBe(false);
		line = async () => {};
		commit!();
		expect((await coming).map(({ text }) => text)).toEqual(['آنچه می‌ماند']);

		// and with what could not be kept, nothing is copied
		line = () => Promise.reject(new StorageError('away', { full: false }));
		writer.write(newCard('هرگز').make);
		await expect(copied()).rejects.toBeInstanceOf(StorageError);
		await until(() => expect(writer.closed).toBe('storage-unavailable'));
		line = async () => {};
		expect(await copied()).toHaveLength(1);
		await rooms.stop();
		await expect(copied()).rejects.toBeInstanceOf(StorageError);

		const damaged = roomsInMemory();
		const torn = damaged.document('board', seedBoard([{ id: random.id(), column: 'strengths', text: 'x' }]));
		damaged.database.documents.get(torn)!.log[0]!.intact = false;
		expect(await damaged.rooms.freshCopy(torn, 'board')).toBe(null);
		await damaged.rooms.stop();
	});

	test('WIRE-2 more client ids at once than a device that stayed offline has are refused, and bound to nobody', async () => {
		const { document, person, page, rooms, database } = roomsInMemory();
		const flood = await page(document(), person()).join();
		const known = database.clientIds.size;
		flood.send(updateFrame(Y.mergeUpdates(Array.from({ length: limits.clientIdsPerUpdate + 1 }, (_, i) => insertion(i + 2, {})))));
		await until(() => expect(flood.closed).toBe('not-allowed'));
		expect(database.clientIds.size).toBe(known);
		await rooms.stop();
	});

	test('WIRE-2 an id that nobody has is bound by what is taken in, to one of those who write under it at once, and by nothing that is refused', async () => {
		// as long as every other, so that questions asked at once are answered at once
		const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
		const { document, person, page, rooms, database } = roomsInMemory({ before: turn, after: async () => {} });
		const [free, wanted] = [70_001, 70_002];
		const refused = await page(document(), person()).join();
		refused.send(updateFrame(insertion(free, {})));
		await until(() => expect(refused.closed).toBe('not-allowed'));
		expect(database.clientIds.has(free)).toBe(false);
		const board = document();
		const pages = await Promise.all([1, 2].map(() => page(board, person()).join()));
		const write = (one: (typeof pages)[number], client: number) => {
			one.doc.clientID = client;
			one.write(newCard('آزاد').make);
		};
		write(pages[0]!, free);
		await until(() => expect(pages[0]!.committed).toBe(2));
		expect(database.clientIds.get(free)).toBe(pages[0]!.person);
		const others = await Promise.all([1, 2].map(() => page(document(), person()).join()));
		for (const one of others) write(one, wanted);
		await until(() => expect(others.map(({ closed }) => closed).sort()).toEqual(['not-allowed', null]));
		const winner = others.find(({ closed }) => closed === null)!;
		await until(() => expect(winner.committed).toBe(2));
		expect(database.clientIds.get(wanted)).toBe(winner.person);
		expect(rooms.statistics.broken).toBe(0);

		// nor does somebody who comes with it meanwhile throw away the room of whoever writes under it
		const [contested, staying] = [70_005, await page(board, person()).join()];
		for (let turns = 0; turns < 6; turns++) {
			const [writer, comer] = [await page(board, person()).join(), person()];
			const came = page(document(), comer, { acks: '1', client: `${contested + turns}` });
			for (let i = 0; i < turns; i++) await turn();
			write(writer, contested + turns);
			await until(() => expect([writer.committed === 2 || writer.closed !== null, came.received.length > 0 || came.closed !== null]).toEqual([true, true]));
			expect([writer.closed, came.closed].filter((closed) => closed !== null)).toEqual(['not-allowed']);
			for (const one of [writer, came]) one.leave();
		}
		expect(staying.closed).toBe(null);
		await rooms.stop();
	});

	test('PRESENCE-1 nobody is here under an id of somebody who is away', async () => {
		const { document, person, page, rooms, database } = roomsInMemory();
		const board = document();
		const away = person();
		database.clientIds.set(70_003, away);
		const [thief, owner, watcher] = await Promise.all([person(), away, person()].map((who) => page(board, who).join()));
		thief!.send(presenceFrame([{ client: 70_003, clock: 1, state: {} }]));
		owner!.send(presenceFrame([{ client: 70_003, clock: 2, state: {} }]));
		await until(() => expect(watcher!.presence.get(70_003)?.state).toMatchObject({ person: { id: away } }));
		thief!.send(presenceFrame([{ client: 70_004, clock: 1, state: {} }]));
		await until(() => expect(watcher!.presence.get(70_004)?.state).toMatchObject({ person: { id: thief!.person } }));
		await rooms.stop();
	});

	test('GATE-7 if anything waits in a document after all, the room is loaded anew, and it is counted', async () => {
		const { document, person, page, rooms, logged } = roomsInMemory();
		const board = document();
		const [writer, other] = [await page(board, person()).join(), await page(board, person()).join()];
		await until(() => expect(writer.committed + other.committed).toBe(2));
		const apply = vi.spyOn(Gate.prototype, 'weigh').mockReturnValueOnce({ isNew: true });
		writer.send(updateFrame(insertion(writer.doc.clientID, { clock: 7 })));
		await until(() => expect([writer.closed, other.closed]).toEqual(['malformed', 'restarting']));
		apply.mockRestore();
		expect(rooms.statistics.broken).toBe(1);
		expect(logged.join()).toContain('thrown away');
		const again = await page(board, person()).join();
		again.write(newCard('باز').make);
		await until(() => expect(again.committed).toBe(2));
		expect(texts(again)).toEqual(['باز']);
		await rooms.stop();
	});

	test('WIRE-11 numbers without end in a presence end nothing but their connection', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const honest = await page(board, person()).join();
		const attacker = await page(board, person('observer'), { client: '9' }).join();
		const list = encoding.createEncoder();
		for (const write of [1, 9]) encoding.writeVarUint(list, write);
		endless(list);
		encoding.writeVarString(list, '{}');
		const frame = encoding.createEncoder();
		encoding.writeVarUint(frame, messageTypes.presence);
		encoding.writeVarUint8Array(frame, encoding.toUint8Array(list));
		attacker.send(encoding.toUint8Array(frame));
		await until(() => expect(attacker.closed).toBe('malformed'));
		expect(honest.closed).toBe(null);
		await rooms.stop();
	});

	test('WIRE-4 what is held back before the answer to step 1 has a limit too', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const flood = page(board, person());
		flood.send(step1Frame(Uint8Array.of(0)));
		const update = flood.edit(newCard('ا'.repeat(20_000)).make);
		for (let sent = 0; sent <= limits.offlineFrameBytes; sent += update.byteLength) flood.send(updateFrame(update));
		await until(() => expect(flood.closed).toBe('too-large'));
		await rooms.stop();
	});

	test("WIRE-2 a client id is its first user's for ever, and a person writes under any of their own", async () => {
		const { document, person, page, database, rooms } = roomsInMemory();
		const board = document();
		const [mine, yours] = [person(), person()];
		const first = await page(board, mine).join();
		first.write(newCard('یک').make);
		await until(() => expect(first.committed).toBe(2));
		expect(database.clientIds.get(first.doc.clientID)).toBe(mine);

		// another page of the same person delivers what was written before a reload
		const unsent = first.edit(newCard('پیش از بارگذاری').make);
		const again = page(board, mine);
		await again.join();
		again.send(updateFrame(unsent));
		await until(() => expect(again.committed).toBe(2));

		const thief = await page(board, yours).join();
		thief.doc.clientID = first.doc.clientID;
		await until(() => expect(texts(thief)).toEqual(['پیش از بارگذاری', 'یک'].sort()));
		thief.write(newCard('جعلی').make);
		await until(() => expect(thief.closed).toBe('not-allowed'));
		expect(texts(again)).not.toContain('جعلی');
		await rooms.stop();
	});

	test('WIRE-3 a root that this kind of document does not have is refused', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const writer = await page(board, person()).join();
		writer.write((doc) => doc.getMap('votes').set('a', 1));
		await until(() => expect(writer.closed).toBe('not-allowed'));
		await rooms.stop();
	});

	test('WIRE-4 a text and a message over their limits are refused', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const long = await page(board, person()).join();
		long.send(step2Frame(long.edit(newCard('ا'.repeat(limits.textUnits + 1)).make)));
		await until(() => expect(long.closed).toBe('too-large'));
		const large = await page(board, person()).join();
		large.send(updateFrame(new Uint8Array(limits.liveFrameBytes + 1)));
		await until(() => expect(large.closed).toBe('too-large'));
		const offline = await page(board, person()).join();
		offline.send(step2Frame(new Uint8Array(limits.offlineFrameBytes + 1)));
		await until(() => expect(offline.closed).toBe('too-large'));
		await rooms.stop();
	});

	test.each([
		['observer', 'live', 'read-only'],
		['observer', 'closed', 'read-only'],
		['member', 'closed', 'late'],
		['facilitator', 'closed', 'late']
	] as const)('WIRE-5 an edit of a %s while the meeting is %s is refused with %s', async (role, state, reason) => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const writer = await page(board, person()).join();
		const { id, make } = newCard('یک');
		writer.write(make);
		await until(() => expect(writer.committed).toBe(2));
		writer.write((doc) => setDeleted(doc, id, true));
		writer.write((doc) => splice(doc, { card: id }, { at: 0, removed: 1, inserted: '' }));
		await until(() => expect(writer.committed).toBe(4));

		// its answer to step 1 repeats the deletions that it was given
		const reader = await page(board, person(role, state)).join();
		await until(() => expect(texts(reader)).toEqual(['ک']));
		reader.send(step2Frame(Y.encodeStateAsUpdate(reader.doc, Y.encodeStateVector(reader.doc))));
		await until(() => expect(reader.committed).toBe(2));
		expect(reader.closed).toBe(null);
		reader.write((doc) => setDeleted(doc, id, false));
		await until(() => expect(reader.closed).toBe(reason));
		expect(readCard(writer.doc, id)!.deleted).toBe(true);
		await rooms.stop();
	});

	test('WIRE-5 deleting is an edit too: a page that may not is never told that it is saved', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const writer = await page(board, person()).join();
		const { id, make } = newCard('سلام');
		writer.write(make);
		await until(() => expect(writer.committed).toBe(2));
		for (const [role, state, reason] of [
			['observer', 'live', 'read-only'],
			['observer', 'closed', 'read-only'],
			['member', 'cancelled', 'read-only']
		] as const) {
			const reader = await page(board, person(role, state)).join();
			await until(() => expect(texts(reader)).toEqual(['سلام']));
			reader.write((doc) => splice(doc, { card: id }, { at: 0, removed: 4, inserted: '' }));
			await until(() => expect(reader.closed).toBe(reason));
			// its answer to step 1 may have been, and no more
			expect(reader.committed).toBeLessThan(2);
		}
		expect(texts(writer)).toEqual(['سلام']);
		await rooms.stop();
	});

	test('WIRE-7 the newer connection of a page takes over, and nobody takes the place of somebody else', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const [me, you] = [person(), person()];
		const older = await page(board, me, { acks: '1', client: '77' }).join();
		const newer = await page(board, me, { acks: '1', client: '77' }).join();
		await until(() => expect(older.closed).toBe('taken-over'));
		const stranger = page(board, you, { acks: '1', client: '77' });
		await until(() => expect(stranger.closed).toBe('not-allowed'));
		expect(newer.closed).toBe(null);
		await rooms.stop();
	});

	test('WIRE-7 an attempt that a page gave up takes the place of none, however late it comes', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const me = person();
		const attempt = (nth: number) => page(board, me, { acks: '1', client: '77', attempt: String(nth) });
		const [second, first] = [await attempt(2).join(), attempt(1)];
		await until(() => expect(first.closed).toBe('taken-over'));
		const third = await attempt(3).join();
		await until(() => expect(second.closed).toBe('taken-over'));
		expect(third.closed).toBe(null);
		await rooms.stop();
	});

	test('WIRE-9 a lost right, a lowered role and an ended session act on what is open', async () => {
		const { document, person, page, grants, rooms } = roomsInMemory();
		const board = document();
		const people = [person(), person(), person()];
		const [removed, signedOut, lowered] = await Promise.all(people.map((id) => page(board, id).join()));
		grants.set(people[0]!, null);
		grants.set(people[1]!, 'signed-out');
		const grant = grants.get(people[2]!) as Exclude<ReturnType<typeof grants.get>, null | undefined | 'signed-out'>;
		grants.set(people[2]!, { ...grant, participant: { ...grant.participant, role: 'observer' } });
		await until(() => expect([removed!.closed, signedOut!.closed]).toEqual(['not-found', 'signed-out']));
		lowered!.write(newCard('یک').make);
		await until(() => expect(lowered!.closed).toBe('read-only'));
		await rooms.stop();
	});

	test('WIRE-9 who loses a right is told of the edit that is being committed, and what waits behind it is not accepted', async () => {
		let go = () => {};
		let held: Promise<void> | null = null;
		const { document, person, page, grants, rooms } = roomsInMemory({ before: async () => held ?? undefined, after: async () => {} });
		const board = document();
		const loser = person();
		const [losing, staying] = [await page(board, loser).join(), await page(board, person()).join()];
		await until(() => expect(losing.committed + staying.committed).toBe(2));
		held = new Promise((resolve) => (go = resolve));
		losing.write(newCard('در راه').make);
		// the room has begun with it
		await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
		losing.write(newCard('در صف').make);
		staying.write(newCard('از دیگری').make);
		await new Promise((resolve) => setImmediate(resolve));
		grants.set(loser, null);
		await rooms.askRights();
		expect(losing.closed).toBe(null);
		held = null;
		go();
		await until(() => expect([losing.closed, staying.committed]).toEqual(['not-found', 2]));
		expect(losing.committed).toBe(2);
		expect(texts(staying)).toEqual(['از دیگری', 'در راه']);
		await rooms.stop();
	});

	test('GATE-8 who is refused, by their rights or by what they send, is first told of what was taken', async () => {
		let go = () => {};
		let held: Promise<void> | null = null;
		let commits = 0;
		const before = async () => {
			commits++;
			await held;
		};
		const { document, person, page, grants, rooms } = roomsInMemory({ before, after: async () => {} });
		const board = document();
		const [lowered, forger] = [person(), person()];
		const [observing, forging, staying] = [await page(board, lowered).join(), await page(board, forger).join(), await page(board, person()).join()];
		observing.write(newCard('پیش‌تر').make);
		await until(() => expect([observing.committed, forging.committed]).toEqual([2, 1]));
		held = new Promise((resolve) => (go = resolve));
		const committed = commits;
		observing.write(newCard('در راه').make);
		await until(() => expect(commits).toBeGreaterThan(committed));
		const { id, make } = newCard('پیش از جعل');
		forging.write(make);
		forging.write((doc) => (cardsOf(doc).get(id) as Y.Map<unknown>).set(cardKeys.author, lowered));
		forging.write(newCard('پس از جعل').make);
		const grant = grants.get(lowered) as Grant;
		grants.set(lowered, { ...grant, participant: { ...grant.participant, role: 'observer' } });
		await rooms.askRights();
		observing.write(newCard('پس از آن').make);
		held = null;
		go();
		await until(() => expect([observing.closed, forging.closed]).toEqual(['read-only', 'not-allowed']));
		expect([observing.committed, forging.committed]).toEqual([3, 2]);
		await until(() => expect(texts(staying).sort()).toEqual(['در راه', 'پیش از جعل', 'پیش‌تر'].sort()));
		await rooms.stop();
	});

	test('GATE-8 a refusal waits for a heavy edit that was sent before and is being tried', async () => {
		const { document, person, page, rooms, counted } = roomsInMemory();
		const board = document();
		const [hasty, staying] = [await page(board, person()).join(), await page(board, person()).join()];
		const { id, make } = newCard('سنگین');
		hasty.write(make);
		await until(() => expect(hasty.committed).toBe(2));
		const heavy = hasty.edit((doc) => {
			for (let i = 0; i <= limits.liveStructs; i++) splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'ا' });
		});
		hasty.sendTogether([heavy, new Uint8Array(limits.liveFrameBytes + 1), hasty.edit(newCard('پس از آن').make)].map(updateFrame));
		await until(() => expect(hasty.closed).toBe('too-large'));
		expect(hasty.committed).toBe(3);
		await until(() => expect(texts(staying)).toEqual([`${'ا'.repeat(limits.liveStructs + 1)}سنگین`]));
		expect(counted.get('refused_edits too-many-bytes')).toBe(1);
		await rooms.stop();
	});

	test('WIRE-15 the copy on which a heavy edit is tried is made, and it is tried, at the expense of whoever brings it', async () => {
		let workedMs = 0;
		const slow: Workbench = {
			...sameThread,
			async do(name, given, took) {
				took?.(rates.trialMs.atOnce);
				return sameThread.do(name, given);
			}
		};
		const { document, person, page, rooms } = roomsInMemory(undefined, slow, { processorMs: () => (workedMs += 1) });
		const writer = await page(document(), person()).join();
		const { id, make } = newCard('سنگین');
		writer.write(make);
		await until(() => expect(writer.committed).toBe(2));
		const owed = () => rooms.allowances.of(writer.person).waitMs('answerMs', rates.answerMs.atOnce);
		const before = owed();
		writer.write((doc) => {
			for (let i = 0; i <= limits.liveStructs; i++) splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'ا' });
		});
		await until(() => expect(owed()).toBeGreaterThan(before));
		await until(() => expect(writer.committed).toBe(3));
		expect(rooms.allowances.of(writer.person).waitMs('trialMs', rates.trialMs.atOnce / 2)).toBeGreaterThan(0);
		await rooms.stop();
	});

	test('WIRE-10 one socket more than a person may have is closed, also while the document loads; a page that comes back is not one more', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const me = person();
		const pages = Array.from({ length: limits.socketsPerPerson + 3 }, (_, i) => page(board, me, { acks: '1', client: `${100 + i}` }));
		await until(() => expect(pages.map(({ closed }) => closed).filter((closed) => closed === 'too-many')).toHaveLength(3));
		const again = await page(board, me, { acks: '1', client: '100' }).join();
		await until(() => expect(pages[0]!.closed).toBe('taken-over'));
		expect(again.closed).toBe(null);
		await rooms.stop();
	});
});

describe('what a room promises', () => {
	test('SYNC-5 when an append fails its pages are told, and nothing of it was shown', async () => {
		let fail: StorageError | null = null;
		const line: Line = {
			before: async () => {
				if (fail) throw fail;
			},
			after: async () => {}
		};
		const { document, person, page, rooms } = roomsInMemory(line);
		const board = document();
		const [writer, reader] = [await page(board, person()).join(), await page(board, person()).join()];
		await until(() => expect(writer.committed + reader.committed).toBe(2));
		for (const [error, reason] of [
			[new StorageError('gone', { full: false }), 'storage-unavailable'],
			[new StorageError('full', { full: true }), 'storage-full']
		] as const) {
			const [a, b] = [await page(board, writer.person).join(), await page(board, reader.person).join()];
			await until(() => expect(a.committed + b.committed).toBe(2));
			fail = error;
			a.write(newCard('نوشته').make);
			await until(() => expect([a.closed, b.closed]).toEqual([reason, reason]));
			expect(a.committed).toBe(1);
			expect(texts(b)).toEqual([]);
			fail = null;
		}
		await rooms.stop();
	});

	test('SYNC-5 a room that learns of rows in the log which it does not have is thrown away, and nothing is lost', async () => {
		const { document, person, page, rooms, database } = roomsInMemory();
		const board = document();
		const writer = await page(board, person()).join();
		await until(() => expect(writer.committed).toBe(1));
		// an append of a connection that was given up, which the database did all the same
		const late = new Y.Doc();
		late.clientID = random.integer(2, 2 ** 31);
		newCard('دیررسیده').make(late);
		await database.connect().documents.append([{ document: board, update: Y.encodeStateAsUpdate(late) }]);
		writer.write(newCard('تازه').make);
		await until(() => expect(writer.closed).toBe('restarting'));
		const again = await page(board, person()).join();
		await until(() => expect(texts(again)).toEqual(['تازه', 'دیررسیده'].sort()));
		await rooms.stop();
	});

	test('SYNC-3 large batches that come at once have commits of their own, and nothing of them is lost', async () => {
		const { document, person, page, rooms, database } = roomsInMemory();
		const board = document();
		const writers = await Promise.all([1, 2, 3, 4].map(() => page(board, person()).join()));
		await until(() => expect(writers.map(({ committed }) => committed)).toEqual([1, 1, 1, 1]));
		const made = writers.map((writer) =>
			writer.edit((doc) => {
				for (let i = 0; i < 40; i++) newCard(`${'و'.repeat(8_000)}${i}`).make(doc);
			})
		);
		writers.forEach((writer, i) => writer.send(step2Frame(made[i]!)));
		await until(() => expect(writers.map(({ committed }) => committed)).toEqual([2, 2, 2, 2]));
		const sizes = database.documents.get(board)!.log.map(({ update }) => update.byteLength);
		expect(sizes.length).toBeGreaterThan(2);
		for (const size of sizes) expect(size).toBeLessThan(limits.commitBytes);
		const reader = await page(board, person()).join();
		await until(() => expect(readBoard(reader.doc).cards.size).toBe(160));
		await rooms.stop();
	});

	test('SYNC-7 what comes before the answer to step 1 waits for it', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const writer = page(board, person());
		const { id, make } = newCard('آفلاین');
		const offline = writer.edit(make);
		const online = writer.edit((doc) => splice(doc, { card: id }, { at: 6, removed: 0, inserted: ' و آنلاین' }));
		writer.send(step1Frame(Uint8Array.of(0)));
		writer.send(updateFrame(online));
		writer.send(step2Frame(offline));
		await until(() => expect(writer.committed).toBe(2));
		const reader = await page(board, person()).join();
		await until(() => expect(texts(reader)).toEqual(['آفلاین و آنلاین']));
		await rooms.stop();
	});

	test('SYNC-8 a long log becomes a snapshot that gives the same document', async () => {
		const { document, person, page, rooms, database } = roomsInMemory();
		const board = document();
		const writer = await page(board, person()).join();
		const { id, make } = newCard('');
		writer.write(make);
		for (let i = 1; i <= limits.snapshotRows; i++) {
			writer.write((doc) => splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'x' }));
			// one row each
			await until(() => expect(writer.committed).toBe(i + 2));
		}
		await rooms.stop();
		const stored = database.documents.get(board)!;
		expect(stored.log).toEqual([]);
		expect(stored.archive).toHaveLength(stored.snapshot!.seq);
		const [fromSnapshot, fromArchive] = [new Y.Doc(), new Y.Doc()];
		Y.applyUpdate(fromSnapshot, stored.snapshot!.state);
		for (const { update } of stored.archive) Y.applyUpdate(fromArchive, update);
		expect(sameState(fromSnapshot, fromArchive)).toBe(true);
		expect(readCard(fromSnapshot, id)!.text).toBe('x'.repeat(limits.snapshotRows));
		expect(database.factors.get(board)!.board).toEqual(readBoard(fromSnapshot));
	});

	test('SYNC-9 a room that is thrown away while somebody comes serves them from a new one', async () => {
		let fail = false;
		const line: Line = {
			before: async () => {
				if (fail) throw new StorageError('gone', { full: false });
			},
			after: async () => {}
		};
		const { document, person, page, rooms } = roomsInMemory(line);
		const board = document();
		for (let delay = 0; delay < 6; delay++) {
			const writer = await page(board, person()).join();
			await until(() => expect(writer.committed).toBe(1));
			fail = true;
			writer.write(newCard('x').make);
			await until(() => expect(writer.closed).not.toBe(null));
			fail = false;
			for (let turn = 0; turn < delay; turn++) await Promise.resolve();
			const next = await page(board, person()).join();
			expect(next.closed).toBe(null);
			next.leave();
		}
		await rooms.stop();
	});

	test('SYNC-11 SQL shows what was committed before a crash as soon as it is asked for', async () => {
		const { document, person, page, rooms, database } = roomsInMemory();
		const source = new Y.Doc();
		newCard('پیش از قطع برق').make(source);
		const board = document('board', Y.encodeStateAsUpdate(source));
		expect(database.factors.get(board)).toBe(undefined);
		await rooms.projectNow(board);
		expect([...database.factors.get(board)!.board.cards.values()].map(({ text }) => text)).toEqual(['پیش از قطع برق']);
		const reader = await page(board, person()).join();
		expect(reader.closed).toBe(null);
		await rooms.stop();
	});

	test('SYNC-12 an edit without a page is committed, is its person’s, and is shown to everybody, together with what others write meanwhile', async () => {
		const { document, person, page, rooms, database } = roomsInMemory();
		const board = document();
		const somebody = person();
		const reader = await page(board, person()).join();
		const { id, make } = newCard('از فهرست کارها');
		const written = newCard('هم‌زمان');
		reader.write(written.make);
		await rooms.edit(board, somebody, make);
		await rooms.edit(board, null, (doc) => setDeleted(doc, id, true));
		const committed = new Y.Doc();
		for (const { update } of database.documents.get(board)!.log) Y.applyUpdate(committed, update);
		expect(readCard(committed, id)).toMatchObject({ text: 'از فهرست کارها', deleted: true });
		await until(() => expect(readCard(reader.doc, id)?.deleted).toBe(true));
		expect(readCard(reader.doc, written.id)!.text).toBe('هم‌زمان');
		const clients = [...database.clientIds].flatMap(([client, owner]) => (owner === somebody ? client : []));
		expect(clients).toHaveLength(1);
		expect(committed.store.clients.has(clients[0]!)).toBe(true);
		// the same person's next edit needs no other client id, and one that fails fails alone
		const failing = rooms.edit(board, somebody, () => {
			throw new Error('no');
		});
		await Promise.all([expect(failing).rejects.toThrow('no'), rooms.edit(board, somebody, (doc) => setDeleted(doc, id, false))]);
		expect([...database.clientIds.values()].filter((owner) => owner === somebody)).toHaveLength(1);
		await until(() => expect(readCard(reader.doc, id)?.deleted).toBe(false));
		await rooms.stop();
		await expect(rooms.edit(board, somebody, make)).rejects.toBeInstanceOf(StorageError);
	});

	test('SYNC-12 an edit that could not be committed is not answered as if it were', async () => {
		let fail = false;
		const line: Line = {
			before: async () => {
				if (fail) throw new StorageError('gone', { full: true });
			},
			after: async () => {}
		};
		const { document, person, page, rooms } = roomsInMemory(line);
		const board = document();
		const reader = await page(board, person()).join();
		const { id, make } = newCard('x');
		await rooms.edit(board, null, make);
		fail = true;
		await expect(rooms.edit(board, null, (doc) => setDeleted(doc, id, true))).rejects.toMatchObject({ full: true });
		expect(reader.closed).toBe('storage-full');
		expect(readCard(reader.doc, id)!.deleted).toBe(false);
		await rooms.stop();
	});

	test('SYNC-9 a room that cannot load serves nobody', async () => {
		let failing = true;
		const line: Line = {
			before: async () => {
				if (failing) throw new StorageError('gone', { full: false });
			},
			after: async () => {}
		};
		const { document, person, page, rooms } = roomsInMemory(line);
		const board = document();
		const early = page(board, person());
		early.send(step1Frame(Uint8Array.of(0)));
		await until(() => expect(early.closed).toBe('storage-unavailable'));
		expect(early.received).toEqual([]);
		failing = false;
		const later = await page(board, person()).join();
		expect(later.closed).toBe(null);
		await rooms.stop();
	});

	test('SYNC-20 who has nothing is given what is stored before the document is made of it, and only once', async () => {
		let make = (): void => {};
		const making = new Promise<void>((resolve) => (make = resolve));
		let calls = 0;
		// what is stored comes at once, and the client id that the room needs of the database next, when the test says so
		const line: Line = { before: async () => (++calls > 1 ? making : undefined), after: async () => {} };
		const { database, document, person, page, rooms } = roomsInMemory(line);
		const writer = new Y.Doc();
		const [first, second] = [newCard('در عکس'), newCard('پس از عکس')];
		first.make(writer);
		const [state, reached] = [stateOf(writer), stateVectorOf(writer)];
		const board = document('board', state);
		const { documents } = database.connect();
		await documents.keepSnapshot(board, { seq: 1, ...(await sameThread.do('compact', { log: [state], held: state }))! });
		second.make(writer);
		await documents.append([{ document: board, update: stateOf(writer, reached) }]);

		const [fresh, stock] = [page(board, person()), page(board, person(), {})];
		await until(() => expect(texts(fresh)).toEqual(['در عکس', 'پس از عکس']));
		expect(stock.received).toEqual([]);
		const given = fresh.received.length;
		make();
		await Promise.all([fresh.join(), stock.join()]);
		const contents = (from: number) => fresh.received.slice(from).filter((frame) => frame[0] === messageTypes.sync && frame[1] === 1);
		await until(() => expect(contents(given)).toHaveLength(1));
		expect(sameState(fresh.doc, stock.doc)).toBe(true);
		const [answer] = contents(given);
		expect(Y.decodeUpdate(decoding.readVarUint8Array(decoding.createDecoder(answer!.slice(2)))).structs).toEqual([]);
		await rooms.stop();
	});

	test('SYNC-11 boards are followed one after the other, so that a commit waits for one of them at most', async () => {
		const followed: Id[] = [];
		let underWay = 0;
		const { document, person, page, rooms } = roomsInMemory(undefined, undefined, {}, (store) => ({
			...store,
			async project(board, ...rest) {
				expect(++underWay).toBe(1);
				await new Promise((resolve) => setImmediate(resolve));
				await store.project(board, ...rest);
				underWay--;
				followed.push(board);
			}
		}));
		const boards = Array.from({ length: 5 }, () => document());
		for (const board of boards) {
			const writer = await page(board, person()).join();
			writer.write(newCard('نوشته').make);
			await until(() => expect(writer.committed).toBe(2));
		}
		await Promise.all(boards.map((board) => rooms.projectNow(board)));
		expect(new Set(followed)).toEqual(new Set(boards));
		await rooms.stop();
	});

	const stateOfPage = (page: ScriptedPage) =>
		stateFrame({ received: page.syncFrames, stateVector: Y.encodeStateVector(page.doc), hash: canonicalHash(page.doc) });

	test('SYNC-16 a page that says what it holds is given what it lacks, and asked for what the server lacks', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const [writer, reader] = [await page(board, person()).join(), await page(board, person()).join()];
		reader.loses = (frame) => frame[0] === messageTypes.sync && frame[1] === 2;
		const { id, make } = newCard('نرسید');
		writer.write(make);
		await until(() => expect(writer.committed).toBe(2));
		expect(texts(reader)).toEqual([]);
		reader.loses = () => false;
		reader.send(stateOfPage(reader));
		await until(() => expect(texts(reader)).toEqual(['نرسید']));

		// what never left a page
		const asked = () => writer.received.filter((frame) => frame[0] === messageTypes.sync && frame[1] === 0).length;
		writer.edit((doc) => splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'هنوز ' }));
		writer.send(stateOfPage(writer));
		await until(() => expect(asked()).toBe(2));
		expect(rooms.statistics).toMatchObject({ diverged: 0 });
		await rooms.stop();
	});

	test('SYNC-17 a page that differs by the same edits is found, counted, and begins anew; what is under way is no difference', async () => {
		const { document, person, page, rooms, logged } = roomsInMemory();
		const board = document();
		const me = person();
		const [reader, other] = [await page(board, person()).join(), await page(board, person()).join()];
		const first = page(board, me);
		const same = newCard('');
		const make = (text: string) => (doc: Y.Doc) => (same.make(doc), splice(doc, { card: same.id }, { at: 0, removed: 0, inserted: text }));
		first.write(make('یکمی'));
		await first.join();
		await until(() => expect(texts(reader)).toEqual(['یکمی']));
		// another tab with the same client id, that has written by the same clocks
		const second = page(board, me);
		second.doc.clientID = first.doc.clientID;
		second.edit(make('دومی'));
		await second.join();
		await until(() => expect(second.committed).toBe(1));
		expect(texts(second)).toEqual(['دومی']);

		// a deletion leaves no trace in a state vector, and may be on its way
		const before = stateOfPage(other);
		first.write((doc) => splice(doc, { card: same.id }, { at: 0, removed: 1, inserted: '' }));
		await until(() => expect([texts(reader), first.committed]).toEqual([['کمی'], 3]));
		other.send(before);
		for (const page of [reader, first, second]) page.send(stateOfPage(page));
		await until(() => expect(second.closed).toBe('diverged'));
		expect([reader.closed, other.closed, first.closed]).toEqual([null, null, null]);
		expect(rooms.statistics).toMatchObject({ compared: 3, diverged: 1 });
		expect(logged.filter((line) => line.includes('something else'))).toHaveLength(1);
		expect(logged.join()).not.toContain('دومی');
		await rooms.stop();
	});

	test('PRESENCE-1 the server says who somebody is, and nobody speaks for others', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const [a, b] = [await page(board, person(), { client: '5' }).join(), await page(board, person()).join()];
		const fake = { id: b.person, name: { en: 'somebody else' } };
		a.send(
			presenceFrame([
				{ client: 6, clock: 9, state: { person: fake } },
				{ client: 5, clock: 1, state: { card: null, person: fake } }
			])
		);
		await until(() => expect(b.presence.get(5)?.state).toMatchObject({ card: null, person: { id: a.person, province: 'IR-21' } }));
		expect(b.presence.has(6)).toBe(false);
		// a stock provider is bound to the first entry that it sends, and cannot take one that is another's
		b.send(presenceFrame([{ client: 5, clock: 100, state: null }]));
		b.send(presenceFrame([{ client: 8, clock: 1, state: {} }]));
		await until(() => expect(a.presence.get(8)?.state).toMatchObject({ person: { id: b.person } }));
		expect(a.presence.get(5)!.state).not.toBe(null);
		// whoever comes later is told at once
		const late = await page(board, person()).join();
		await until(() => expect([...late.presence.keys()].sort()).toEqual([5, 8]));
		await rooms.stop();
	});

	test('PRESENCE-4 our pages are told once who somebody is, stock providers each time, and whoever comes later at once', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const [reader, stock] = [await page(board, person()).join(), await page(board, person(), {}).join()];
		const mover = await page(board, person(), { acks: '1', client: '5' }).join();
		const move = async (clock: number) => {
			mover.send(presenceFrame([{ client: 5, clock, state: { card: `card ${clock}` } }]));
			for (const told of [reader, stock]) await until(() => expect(told.presence.get(5)?.clock).toBe(clock));
		};
		const who = { id: mover.person };
		await move(1);
		expect(reader.presence.get(5)!.state).toMatchObject({ card: 'card 1', person: who });
		await move(2);
		expect(reader.presence.get(5)!.state).toEqual({ card: 'card 2' });
		expect(stock.presence.get(5)!.state).toMatchObject({ card: 'card 2', person: who });
		// together with an edit it is the same
		mover.send(presenceFrame([{ client: 5, clock: 3, state: { card: null } }]));
		await new Promise((resolve) => setTimeout(resolve, limits.presenceTickMs.least / 2));
		mover.write(newCard('از راه دور').make);
		for (const told of [reader, stock]) await until(() => expect([told.presence.get(5)!.clock, texts(told)]).toEqual([3, ['از راه دور']]));
		expect(reader.presence.get(5)!.state).toEqual({ card: null });
		expect(stock.presence.get(5)!.state).toMatchObject({ person: who });
		const late = await page(board, person()).join();
		await until(() => expect(late.presence.get(5)?.state).toMatchObject({ person: who }));
		// as a page that has come back under its id
		mover.leave();
		await until(() => expect(reader.presence.get(5)!.state).toBe(null));
		const back = await page(board, mover.person, { acks: '1', client: '5' }).join();
		back.send(presenceFrame([{ client: 5, clock: 9, state: { card: null } }]));
		await until(() => expect(reader.presence.get(5)?.state).toMatchObject({ person: who }));
		await rooms.stop();
	});

	test('PRESENCE-2 a tick is one frame for everybody, and who leaves is gone', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const reader = await page(board, person()).join();
		const movers = await Promise.all(Array.from({ length: 10 }, (_, i) => page(board, person(), { client: `${i + 10}` }).join()));
		movers.forEach((mover, i) => mover.send(presenceFrame([{ client: i + 10, clock: 1, state: { card: null } }])));
		await until(() => expect(reader.presence.size).toBe(10));
		expect(reader.received.filter((frame) => frame[0] === messageTypes.presence).length).toBeLessThan(4);
		movers[0]!.leave();
		await until(() => expect(reader.presence.get(10)!.state).toBe(null));
		await rooms.stop();
	});
});
