import { sql } from 'drizzle-orm';
import { StorageError } from '#realtime/server/ports.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { databaseKinds, type TestDatabase } from '../support/databases.ts';

const { missing, start } = databaseKinds[1];

describe.skipIf(missing !== null)(`a connection to PostgreSQL that is lost${missing === null ? '' : ` (${missing})`}`, () => {
	let on: TestDatabase;
	beforeAll(async () => {
		on = await start();
	}, 60_000);
	afterAll(() => on?.stop());

	const asleep = sql`select pg_terminate_backend(pid) from pg_stat_activity where state = 'active' and query = 'select pg_sleep(30)'`;
	/** Ends so many connections on which somebody sleeps, once somebody does. */
	async function end(count: number): Promise<void> {
		for (let ended = 0; ended < count;) ended += (await on.database.connection.run(({ orm }) => orm.execute(asleep))).length;
	}

	// the driver would roll back on a socket that is no more, which ends the process
	test('ends a transaction and no process, and soon statements are carried out again', async () => {
		const { connection } = on.database;
		for (let times = 0; times < 12; times++) {
			const transaction = connection.transaction(async (queries) => {
				await queries.execute(sql`select 1`);
				await queries.execute(sql`select pg_sleep(30)`);
			});
			const alone = connection.run(({ orm }) => orm.execute(sql`select pg_sleep(30)`));
			const settled = Promise.allSettled([transaction, alone]);
			await end(2);
			for (const one of await settled) expect(one).toMatchObject({ status: 'rejected', reason: expect.any(StorageError) as StorageError });
			// those that the pool puts on what is left of the connections may fail once more
			await vi.waitFor(() => Promise.all(Array.from({ length: 12 }, () => connection.transaction((queries) => queries.execute(sql`select 1`)))), 20_000);
		}
	}, 60_000);
});
