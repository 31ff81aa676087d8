import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { open } from '#db/open.ts';
import { StorageError, type DocumentStore } from '#realtime/server/ports.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { addDocument, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';
import { MemoryDatabase } from '../support/memory-database.ts';

/** What the contract is tested on: a store, and how a document comes to be in it. */
interface Subject {
	store: DocumentStore;
	create(): Promise<Id>;
}

const bytes = (...values: number[]) => Uint8Array.from(values);
const tailOf = async ({ store }: Subject, document: Id) => (await store.load(document))!.tail.map(({ seq, update }) => [seq, [...update]]);

function contract(subject: () => Subject): void {
	it('answers null for a document that does not exist', async () => {
		expect(await subject().store.load(newId())).toBeNull();
	});

	it('opens a new document with nothing in it', async () => {
		const { store, create } = subject();
		const id = await create();
		expect(await store.load(id)).toEqual({ id, kind: 'board', generation: 1, snapshot: null, setAside: [], tail: [], lastSeq: 0, projectedSeq: 0 });
	});

	it('counts the rows of each document from 1, in the order given', async () => {
		const { store, create } = subject();
		const [a, b] = [await create(), await create()];
		const places = await store.append([
			{ document: b, update: bytes(1) },
			{ document: a, update: bytes(2) },
			{ document: b, update: bytes(3) }
		]);
		expect(places.map(({ seq }) => seq)).toEqual([1, 1, 2]);
		expect(await tailOf(subject(), a)).toEqual([[1, [2]]]);
		expect(await tailOf(subject(), b)).toEqual([
			[1, [1]],
			[2, [3]]
		]);
	});

	it('gives the time of a row the same when it is written and when it is read', async () => {
		const { store, create } = subject();
		const document = await create();
		const [place] = await store.append([{ document, update: bytes(7) }]);
		expect(Number.isInteger(place!.at)).toBe(true);
		expect((await store.load(document))!.tail[0]!.at).toBe(place!.at);
	});

	it('stores bytes of every value and of no length', async () => {
		const { store, create } = subject();
		const document = await create();
		const all = Uint8Array.from({ length: 256 }, (_, i) => i);
		await store.append([
			{ document, update: all },
			{ document, update: bytes() }
		]);
		const [first, second] = (await store.load(document))!.tail;
		expect(first!.update).toBeInstanceOf(Uint8Array);
		expect([...first!.update]).toEqual([...all]);
		expect(second!.update.byteLength).toBe(0);
	});

	it('leaves no gap and gives no place twice when many append at once', async () => {
		const { store, create } = subject();
		const documents = [await create(), await create()];
		const given = await Promise.all(Array.from({ length: 60 }, (_, i) => store.append(documents.map((document) => ({ document, update: bytes(i) })))));
		for (const [n, document] of documents.entries()) {
			const expected = Array.from({ length: 60 }, (_, i) => i + 1);
			expect(given.map((places) => places[n]!.seq).sort((a, b) => a - b)).toEqual(expected);
			expect((await store.load(document))!.tail.map(({ seq }) => seq)).toEqual(expected);
		}
	});

	it('rejects an edit for a document that does not exist', async () => {
		await expect(subject().store.append([{ document: newId(), update: bytes(1) }])).rejects.toBeInstanceOf(StorageError);
	});

	it('rejects an edit for a document that is of another generation, and keeps nothing of it', async () => {
		const { store, create } = subject();
		const document = await create();
		expect(await store.append([{ document, update: bytes(1), generation: 1 }])).toMatchObject([{ seq: 1 }]);
		await expect(store.append([{ document, update: bytes(2), generation: 2 }])).rejects.toBeInstanceOf(StorageError);
		expect(await tailOf(subject(), document)).toEqual([[1, [1]]]);
		expect((await store.append([{ document, update: bytes(3), generation: 1 }]))[0]!.seq).toBe(2);
	});

	it('says how far documents have come, and gives the rows after one', async () => {
		const { store, create } = subject();
		const [a, b] = [await create(), await create()];
		await store.append([1, 2, 3, 4].map((n) => ({ document: a, update: bytes(n) })));
		await store.keepSnapshot(a, { seq: 2, state: bytes(9), stateVector: bytes(0) });
		expect((await store.heads([a, newId(), b])).sort((x, y) => y.lastSeq - x.lastSeq)).toEqual([
			{ id: a, generation: 1, lastSeq: 4, projectedSeq: 0 },
			{ id: b, generation: 1, lastSeq: 0, projectedSeq: 0 }
		]);
		expect((await store.rowsAfter(a, 1)).map(({ seq, update, intact }) => [seq, [...update], intact])).toEqual([
			[2, [2], true],
			[3, [3], true],
			[4, [4], true]
		]);
		expect(await store.rowsAfter(a, 4)).toEqual([]);
	});

	it('opens a document as it was stored when its log had come to a row', async () => {
		const { store, create } = subject();
		const document = await create();
		await store.append(Array.from({ length: 6 }, (_, i) => ({ document, update: bytes(i + 1) })));
		await store.keepSnapshot(document, { seq: 3, state: bytes(9, 9), stateVector: bytes(0) });
		const until = async (seq: number) => {
			const { snapshot, tail, lastSeq } = (await store.load(document, seq))!;
			return [snapshot?.seq ?? null, tail.map(({ seq }) => seq), lastSeq];
		};
		expect(await until(0)).toEqual([null, [], 0]);
		expect(await until(2)).toEqual([null, [1, 2], 2]);
		expect(await until(3)).toEqual([3, [], 3]);
		expect(await until(5)).toEqual([3, [4, 5], 5]);
		expect(await until(6)).toEqual([3, [4, 5, 6], 6]);
		expect(await store.load(newId(), 1)).toBeNull();
	});

	it('opens from the snapshot and the rows after it', async () => {
		const { store, create } = subject();
		const document = await create();
		await store.append(Array.from({ length: 5 }, (_, i) => ({ document, update: bytes(i + 1) })));
		await store.keepSnapshot(document, { seq: 3, state: bytes(9, 9), stateVector: bytes(0) });
		const stored = await store.load(document);
		expect(stored!.snapshot!.seq).toBe(3);
		expect([...stored!.snapshot!.state]).toEqual([9, 9]);
		expect(await tailOf(subject(), document)).toEqual([
			[4, [4]],
			[5, [5]]
		]);
		expect((await store.append([{ document, update: bytes(6) }]))[0]!.seq).toBe(6);
	});

	it('counts on after a snapshot of everything', async () => {
		const { store, create } = subject();
		const document = await create();
		await store.append([{ document, update: bytes(1) }]);
		await store.keepSnapshot(document, { seq: 1, state: bytes(1), stateVector: bytes(0) });
		expect((await store.load(document))!.tail).toEqual([]);
		expect((await store.append([{ document, update: bytes(2) }]))[0]!.seq).toBe(2);
	});

	it('ignores a snapshot that is older than the one it has', async () => {
		const { store, create } = subject();
		const document = await create();
		await store.append(Array.from({ length: 4 }, (_, i) => ({ document, update: bytes(i) })));
		await store.keepSnapshot(document, { seq: 3, state: bytes(3), stateVector: bytes(0) });
		await store.keepSnapshot(document, { seq: 2, state: bytes(2), stateVector: bytes(0) });
		expect((await store.load(document))!.snapshot!.seq).toBe(3);
	});
}

describe('a document store in memory', () => {
	let memory: MemoryDatabase;
	beforeEach(() => (memory = new MemoryDatabase({ now: () => 1, newClientId: () => 2 })));
	contract(() => ({
		store: memory.connect().documents,
		async create() {
			const id = newId();
			memory.create(id, 'board');
			return id;
		}
	}));
});

for (const { name, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`a document store on ${name}${missing === null ? '' : ` (${missing})`}`, () => {
		let test: TestDatabase;
		beforeAll(async () => (test = await start()), 60_000);
		beforeEach(() => clear(test.database));
		afterAll(() => test?.stop());
		contract(() => ({ store: test.database.documents, create: () => addDocument(test.database) }));

		it('keeps every row of the log through a snapshot, in pages', async () => {
			const document = await addDocument(test.database);
			const rows = 1_201;
			for (let from = 0; from < rows; from += 400) {
				await test.database.documents.append(Array.from({ length: Math.min(400, rows - from) }, (_, i) => ({ document, update: bytes((from + i) % 256) })));
			}
			await test.database.documents.keepSnapshot(document, { seq: 1_150, state: bytes(1), stateVector: bytes(0) });
			const read: number[] = [];
			for (
				let page = await test.database.documents.rowsAfter(document, 0);
				page.length > 0;
				page = await test.database.documents.rowsAfter(document, read.length)
			) {
				read.push(...page.map(({ seq }) => seq));
			}
			expect(read).toEqual(Array.from({ length: rows }, (_, i) => i + 1));
			expect((await test.database.documents.load(document))!.tail).toHaveLength(51);
		});

		it('ignores a snapshot of rows that are not there', async () => {
			const document = await addDocument(test.database);
			await test.database.documents.append([{ document, update: bytes(1) }]);
			await test.database.documents.keepSnapshot(document, { seq: 2, state: bytes(2), stateVector: bytes(0) });
			expect((await test.database.documents.load(document))!.snapshot).toBeNull();
		});

		it('opens a large document in pieces', async () => {
			const document = await addDocument(test.database);
			const state = Uint8Array.from({ length: 3 * 1024 * 1024 + 5 }, (_, i) => (i * 31) % 256);
			const update = Uint8Array.from({ length: 700 * 1024 }, (_, i) => (i * 7) % 256);
			await test.database.documents.append([1, 2, 3, 4].map(() => ({ document, update })));
			await test.database.documents.keepSnapshot(document, { seq: 1, state, stateVector: bytes(0) });
			const stored = await test.database.documents.load(document);
			expect(Buffer.compare(stored!.snapshot!.state, state)).toBe(0);
			expect(stored!.tail.map(({ seq, update: read }) => [seq, Buffer.compare(read, update)])).toEqual([
				[2, 0],
				[3, 0],
				[4, 0]
			]);
		});
	});
}

const postgres = databaseKinds[1];
describe.skipIf(postgres.missing !== null)('two processes on PostgreSQL', () => {
	it('PROCESS-10 keep a snapshot of a document at once, and what is kept is what one of them wrote', async () => {
		const test = await postgres.start();
		const other = await open(test.options);
		try {
			const document = await addDocument(test.database);
			const update = bytes(1);
			await test.database.documents.append(Array.from({ length: 40 }, () => ({ document, update })));
			// of many pieces each, and different
			const states = [3, 7].map((factor) => Uint8Array.from({ length: 4 * 1024 * 1024 + factor }, (_, i) => (i * factor) % 256));
			for (let seq = 1; seq <= 10; seq++) {
				await Promise.all(
					[test.database, other].map(({ documents }, i) => documents.keepSnapshot(document, { seq, state: states[i]!, stateVector: bytes(0) }))
				);
				const stored = (await test.database.documents.load(document))!;
				expect(stored.setAside).toEqual([]);
				expect(stored.snapshot!.seq).toBe(seq);
				expect(states.some((state) => Buffer.compare(state, stored.snapshot!.state) === 0)).toBe(true);
				expect(stored.tail).toHaveLength(40 - seq);
			}
		} finally {
			await other.close();
			await test.stop();
		}
	}, 60_000);
});
