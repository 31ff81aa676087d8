import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, newId, type TestDatabase } from '../support/databases.ts';

/** What processes hold in common for a while, as it is kept. */

const minute = 60_000;

for (const { name: kind, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`counts and leases, on ${kind}${missing === null ? '' : ` (${missing})`}`, () => {
		let test: TestDatabase;
		beforeAll(async () => (test = await start()), 60_000);
		afterAll(() => test?.stop());

		const pass = (key: string, ms: number) =>
			test.database.connection.run(({ sql }) => sql`update counts set until = until - make_interval(secs => ${ms / 1_000}) where key = ${key}`);

		it('PROCESS-27 counts each once, however many count at once, and from the first', async () => {
			const { counts } = test.database;
			const [a, b] = [newId(), newId()];
			const answers = await Promise.all(
				Array.from({ length: 40 }, (_, n) => counts.count(n % 2 ? [{ key: a }, { key: b }] : [{ key: b }, { key: a }], minute))
			);
			for (const key of [a, b])
				expect(answers.map((counted) => counted.get(key)!.times).sort((x, y) => x - y)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
			await pass(a, minute / 2);
			expect((await counts.count([{ key: a }], minute)).get(a)!.leftMs).toBeLessThanOrEqual(minute / 2);
			await pass(a, minute);
			expect([...(await counts.of([a, b])).keys()]).toEqual([b]);
			expect((await counts.count([{ key: a }], minute)).get(a)!.times).toBe(1);
			await counts.forget(b);
			expect(await counts.of([b])).toEqual(new Map());
		});

		it('PROCESS-27 counts for as long again from when it is full, and not from every one after that', async () => {
			const { counts } = test.database;
			const key = newId();
			const left = async () => (await counts.count([{ key, fullAt: 3 }], minute)).get(key)!.leftMs;
			await left();
			await pass(key, minute / 2);
			expect(await left()).toBeLessThanOrEqual(minute / 2);
			expect(await left()).toBeGreaterThan(minute / 2);
			await pass(key, minute / 2);
			expect(await left()).toBeLessThanOrEqual(minute / 2);
		});

		it('PROCESS-27 removes what counts no longer, beside those who count', async () => {
			const { counts } = test.database;
			const keys = Array.from({ length: 50 }, newId);
			await counts.count(
				keys.map((key) => ({ key })),
				minute
			);
			for (const key of keys.slice(0, 25)) await pass(key, minute);
			await Promise.all([counts.removeExpired(), ...keys.map((key) => counts.count([{ key }], minute)), counts.removeExpired()]);
			for (const key of keys.slice(25)) expect((await counts.of([key])).get(key)!.times).toBe(2);
			for (const key of keys.slice(0, 25)) await pass(key, minute);
			await counts.removeExpired();
			expect((await counts.of(keys)).size).toBe(25);
		});

		it('PROCESS-28 gives a piece of work to one of all who ask at once, until it is given back or time is over', async () => {
			const { leases } = test.database;
			const name = newId();
			const ask = async () => (await Promise.all(Array.from({ length: 20 }, () => leases.take(name, minute)))).filter(Boolean).length;
			expect([await ask(), await ask()]).toEqual([1, 0]);
			await leases.giveBack(name);
			expect([await ask(), await ask()]).toEqual([1, 0]);
			await leases.removeExpired();
			expect(await ask()).toBe(0);
			// whoever had it is gone
			await test.database.connection.run(({ sql }) => sql`update leases set until = clock_timestamp() - interval '1 second' where name = ${name}`);
			expect(await ask()).toBe(1);
			await test.database.connection.run(({ sql }) => sql`update leases set until = clock_timestamp() - interval '1 second' where name = ${name}`);
			await leases.removeExpired();
			expect(await test.database.connection.run(({ sql }) => sql`select from leases where name = ${name}`)).toHaveLength(0);
		});
	});
}
