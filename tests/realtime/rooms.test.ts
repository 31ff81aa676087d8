import { createCard, setDeleted, splice } from '#realtime/board/edits.ts';
import { readBoard, readCard } from '#realtime/board/read.ts';
import { sameState } from '#realtime/board/replica.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { actions, may } from '#realtime/meeting/permissions.ts';
import { meetingStates } from '#realtime/meeting/meetings.ts';
import { roles } from '#realtime/meeting/roles.ts';
import { messageTypes, presenceFrame, step1Frame, step2Frame, updateFrame } from '#realtime/protocol/frames.ts';
import { StorageError } from '#realtime/server/ports.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { Line } from '../support/memory-database.ts';
import { randomFrom } from '../support/random.ts';
import { roomsInMemory, type ScriptedPage } from '../support/scripted-page.ts';

const random = randomFrom(3);
const newCard = (text: string) => {
	const id = random.id();
	return {
		id,
		make: (doc: Y.Doc) => {
			createCard(doc, { id, author: id, createdAt: 1, column: 'strengths', group: null, before: null });
			splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
		}
	};
};
const texts = (page: ScriptedPage) => [...readBoard(page.doc).cards.values()].map(({ text }) => text).sort();
const until = (check: () => void) => vi.waitFor(check, { timeout: 4_000, interval: 5 });

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

	test('WIRE-1 hostile updates of every known class leave the document as it was', async () => {
		const { vectors } = JSON.parse(readFileSync(join(import.meta.dirname, '../support/hostile-updates.json'), 'utf8')) as {
			vectors: { id: string; update: string }[];
		};
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const honest = await page(board, person()).join();
		honest.write(newCard('می‌ماند').make);
		await until(() => expect(honest.committed).toBe(2));
		const before = Y.encodeStateAsUpdate(honest.doc);
		for (const { id, update } of vectors) {
			const attacker = await page(board, person()).join();
			attacker.send(updateFrame(Buffer.from(update, 'hex')));
			await until(() => expect(attacker.closed, id).not.toBe(null));
		}
		const late = await page(board, person()).join();
		await until(() => expect(texts(late)).toEqual(['می‌ماند']));
		expect(Y.encodeStateAsUpdate(late.doc)).toEqual(before);
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
		long.write(newCard('ا'.repeat(limits.textUnits + 1)).make);
		await until(() => expect(long.closed).toBe('too-large'));
		const large = await page(board, person()).join();
		large.send(updateFrame(new Uint8Array(limits.offlineFrameBytes + 1)));
		await until(() => expect(large.closed).toBe('too-large'));
		await rooms.stop();
	});

	test.each([
		['observer', 'live', 'read-only'],
		['observer', 'closed', 'read-only'],
		['member', 'closed', 'meeting-closed'],
		['facilitator', 'closed', 'meeting-closed']
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

	test('WIRE-7 the newer connection of a page takes over', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const [me, you] = [person(), person()];
		const older = await page(board, me, { acks: '1', client: '77' }).join();
		const stranger = await page(board, you, { acks: '1', client: '77' }).join();
		const newer = await page(board, me, { acks: '1', client: '77' }).join();
		await until(() => expect(older.closed).toBe('taken-over'));
		expect([stranger.closed, newer.closed]).toEqual([null, null]);
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

	test('WIRE-10 one socket more than a person may have is closed', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const me = person();
		for (let i = 0; i < limits.socketsPerPerson; i++) await page(board, me).join();
		const more = page(board, me);
		await until(() => expect(more.closed).toBe('too-many'));
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

test('ROLE-1 every action has a row for every role and state of a meeting', () => {
	const table = actions.flatMap((action) =>
		roles.map((role) => `${action} ${role}: ${meetingStates.filter((state) => may(role, action, state)).join(' ') || '–'}`)
	);
	expect(table).toEqual([
		'board.see facilitator: scheduled live closed',
		'board.see chair: scheduled live closed',
		'board.see member: scheduled live closed',
		'board.see observer: scheduled live closed',
		'board.see guest: live',
		'board.write facilitator: scheduled live',
		'board.write chair: scheduled live',
		'board.write member: scheduled live',
		'board.write observer: –',
		'board.write guest: live'
	]);
	for (const action of actions) for (const state of meetingStates) expect(may(null, action, state)).toBe(false);
});
