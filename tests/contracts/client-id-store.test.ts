import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seedClientId } from '#realtime/board/seed.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { ClientIdStore } from '#realtime/server/ports.ts';
import { addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';
import { MemoryDatabase } from '../support/memory-database.ts';

interface Subject {
	store: ClientIdStore;
	person(): Promise<Id>;
}

function contract(subject: () => Subject): void {
	it('leases as many ids as asked for, each to one person alone', async () => {
		const { store, person } = subject();
		const [a, b] = [await person(), await person()];
		const ids = (await Promise.all([store.lease(a, 4), store.lease(b, 4), store.lease(a, 1)])).flat();
		expect(new Set(ids).size).toBe(9);
		for (const id of ids) expect(id > 1 && Number.isSafeInteger(id)).toBe(true);
		const owners = await store.claim(b, ids);
		expect(ids.map((id) => owners.get(id))).toEqual([a, a, a, a, b, b, b, b, a]);
	});

	it('says that an id of a room is the server’s', async () => {
		const { store, person } = subject();
		const id = await store.leaseForServer();
		expect(await store.claim(await person(), [id])).toEqual(new Map([[id, null]]));
	});

	it('never gives away the id of templates', async () => {
		const { store, person } = subject();
		expect(await store.claim(await person(), [seedClientId])).toEqual(new Map([[seedClientId, null]]));
	});

	it('binds an id that nobody has at its first use, for ever', async () => {
		const { store, person } = subject();
		const [first, second] = [await person(), await person()];
		expect(await store.claim(first, [7_777])).toEqual(new Map([[7_777, first]]));
		expect(await store.claim(second, [7_777, 8_888])).toEqual(
			new Map([
				[7_777, first],
				[8_888, second]
			])
		);
	});

	it('tells whose ids are, and binds none by that', async () => {
		const { store, person } = subject();
		const [id] = await store.lease(await person(), 1);
		const owner = (await store.claim(await person(), [id!])).get(id!);
		expect(await store.ownersOf([id!, seedClientId, 6_666])).toEqual(
			new Map([
				[id, owner],
				[seedClientId, null]
			])
		);
		const later = await person();
		expect(await store.claim(later, [6_666])).toEqual(new Map([[6_666, later]]));
	});

	it('gives an id that two claim at once to one of them, and tells both', async () => {
		const { store, person } = subject();
		const [a, b] = [await person(), await person()];
		const [seenByA, seenByB] = await Promise.all([store.claim(a, [9_999]), store.claim(b, [9_999])]);
		expect(seenByA.get(9_999)).toBe(seenByB.get(9_999));
		expect([a, b]).toContain(seenByA.get(9_999));
	});
}

describe('client ids in memory', () => {
	let memory: MemoryDatabase;
	beforeEach(() => {
		let last = 2 ** 16;
		memory = new MemoryDatabase({ now: () => 1, newClientId: () => ++last });
		memory.clientIds.set(seedClientId, null);
	});
	contract(() => ({ store: memory.connect().clientIds, person: async () => newId() }));
});

for (const { name, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`client ids on ${name}${missing === null ? '' : ` (${missing})`}`, () => {
		let test: TestDatabase;
		beforeAll(async () => (test = await start()), 60_000);
		beforeEach(() => clear(test.database));
		afterAll(() => test?.stop());
		contract(() => ({ store: test.database.clientIds, person: () => addPerson(test.database) }));
	});
}
