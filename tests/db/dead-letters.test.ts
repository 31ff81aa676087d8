import { createCard } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { storageError } from '#db/errors.ts';
import { StorageError } from '#realtime/server/ports.ts';
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { addDocument, startEmbedded } from '../support/databases.ts';
import { randomFrom } from '../support/random.ts';
import { roomsInMemory } from '../support/scripted-page.ts';

const random = randomFrom(77);
const until = (check: () => void) => vi.waitFor(check, { timeout: 8_000, interval: 10 });
const card = (doc: Y.Doc, id: string) => createCard(doc, { id, author: id, createdAt: 1, column: 'strengths', group: null, before: null });

/** Values that have stuck a projector somewhere. */
const hostile: readonly unknown[] = [
	'\0',
	'a\0b',
	'\ud800',
	'\udc00x',
	'\u202e\u200f',
	'x'.repeat(200_000),
	'😀'.repeat(9_000),
	'__proto__',
	'constructor',
	"'; drop table factors; --",
	NaN,
	Infinity,
	-Infinity,
	-0,
	1e308,
	8.64e15 + 1,
	Number.MIN_VALUE,
	2 ** 63,
	9007199254740993n,
	-1n,
	true,
	null,
	undefined,
	{},
	{ ['__proto__']: 1 },
	{ kind: 'link', url: 'javascript:\0', title: '\ud800' },
	{ kind: 'note', text: 5n },
	[],
	[[[[]]]],
	new Uint8Array([0, 255]),
	{ a: { b: { c: NaN } } },
	'2026-02-30'
];
const keys = ['text', 'column', 'place', 'group', 'author', 'createdAt', 'deleted', 'evidence'];

describe('a projector', { timeout: 60_000 }, () => {
	test('JOURNAL-7 follows a board with each of 256 hostile values under every key, or leaves the value out', async () => {
		const { database, stop } = await startEmbedded();
		try {
			const document = await addDocument(database);
			const doc = new Y.Doc();
			const cards = doc.getMap<Y.Map<unknown>>('cards');
			for (const key of keys)
				for (const value of hostile)
					cards.set(
						random.id(),
						new Y.Map<unknown>([
							['text', new Y.Text('x')],
							['column', 'strengths'],
							['place', 'a0'],
							[key, value]
						])
					);
			const count = cards.size;
			doc.getMap('cards').set('__proto__', new Y.Map([['text', new Y.Text('x')]]));
			doc.getMap('cards').set('\ud800', 5);
			expect(count).toBeGreaterThanOrEqual(200);
			await database.documents.append([{ document, update: Y.encodeStateAsUpdate(doc) }]);
			const board = readBoard(doc);
			await database.factors.project(document, 1, board, new Map(), []);
			const rows = await database.factors.of(document);
			expect(rows.length + database.factors.dropped).toBe(board.cards.size);
			for (const { text, place } of rows) expect([text.isWellFormed(), text.includes('\0'), place.includes('\0')]).toEqual([true, false, false]);
			expect((await database.documents.load(document))!.projectedSeq).toBe(1);
			// what the database refuses is told from what it cannot do at the moment
			const refused = await database.connection.run(({ sql }) => sql`select 1 / (${0}::int)`).catch((error: unknown) => error);
			expect(refused).toMatchObject({ refused: true, full: false });
			expect(storageError(Object.assign(new Error(), { code: 'CONNECTION_CLOSED' }), () => false).refused).toBe(false);
			await database.documents.deadLetter(document, { seq: 1, reason: '22021' });
			await database.documents.deadLetter(document, { seq: 2, reason: '22003' });
			const letters = () => database.connection.run(({ sql }) => sql`select seq, reason from projection_dead_letters`);
			expect([...(await letters())]).toEqual([{ seq: 2, reason: '22003' }]);
			await database.documents.deadLetter(document, null);
			expect([...(await letters())]).toEqual([]);
		} finally {
			await stop();
		}
	});

	test('JOURNAL-7 whose document is refused notes it and goes on; the next change is followed again', async () => {
		let refuse = true;
		const { document, person, page, rooms, database } = roomsInMemory(undefined, undefined, {}, (factors) => ({
			async project(...given) {
				if (refuse) throw new StorageError('the database could not do it (22021, factors)', { full: false, refused: true });
				return factors.project(...given);
			}
		}));
		const board = document();
		const writer = await page(board, person()).join();
		writer.write((doc) => card(doc, random.id()));
		await until(() => expect(database.deadLetters.get(board)).toEqual({ seq: 1, reason: 'the database could not do it (22021, factors)' }));
		expect(writer.closed).toBe(null);
		refuse = false;
		writer.write((doc) => card(doc, random.id()));
		await until(() => expect(database.factors.get(board)?.board.cards.size).toBe(2));
		await until(() => expect(database.deadLetters.size).toBe(0));
		await rooms.stop();
	});
});
