import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '#db/migrate.ts';
import { open } from '#db/open.ts';
import { readHolder } from '#db/embedded/lock.ts';
import { databaseKinds, type TestDatabase } from '../support/databases.ts';

for (const { name, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`the schema on ${name}${missing === null ? '' : ` (${missing})`}`, () => {
		let test: TestDatabase;
		beforeAll(async () => (test = await start()), 60_000);
		afterAll(() => test?.stop());

		const address = () => (test.options.url ? { url: test.options.url } : { socket: readHolder(test.options.dataDir)!.socket! });

		it('is brought up to date once, however often and by however many', async () => {
			const applied = () => test.database.connection.run(({ sql }) => sql`select hash from drizzle.__drizzle_migrations order by id`);
			const before = await applied();
			await Promise.all([migrate(address()), migrate(address()), migrate(address())]);
			expect(await applied()).toEqual(before);
		});

		it('BACKUP-13 that a later version has changed is left alone', async () => {
			const { connection } = test.database;
			await connection.run(({ sql }) => sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', ${Date.UTC(2100, 0)})`);
			for (const tried of [() => migrate(address()), () => open({ ...test.options, besideServer: true })])
				await expect(tried()).rejects.toMatchObject({ name: 'SchemaOfAnotherVersion', version: 'later' });
			await connection.run(({ sql }) => sql`delete from drizzle.__drizzle_migrations where hash = 'later'`);
			await migrate(address());
		});

		it('BACKUP-13 that is of a former version, and that servers may be using, is changed by no command', async () => {
			const { connection } = test.database;
			const [last] = await connection.run(
				({ sql }) => sql`delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations) returning *`
			);
			await expect(open({ ...test.options, besideServer: true })).rejects.toMatchObject({ name: 'SchemaOfAnotherVersion', version: 'former' });
			expect(await connection.run(({ sql }) => sql`select from drizzle.__drizzle_migrations where hash = ${last!['hash'] as string}`)).toEqual([]);
			await connection.run(({ sql }) => sql`insert into drizzle.__drizzle_migrations ${sql(last!)}`);
		});

		it('sorts Persian as the alphabet does', async () => {
			const letters = [...'ا ب پ ت ج چ ر ز ژ ک گ ل م ن و ه ی'.split(' ')];
			const sorted = await test.database.connection.run(
				({ sql }) => sql<{ letter: string }[]>`select letter from unnest(${[...letters].reverse()}::text[]) as letter order by letter collate persian`
			);
			expect(sorted.map(({ letter }) => letter).join(' ')).toBe(letters.join(' '));
		});
	});
}

describe('a database that does not answer', () => {
	it('is named without its password', async () => {
		const refused = await open({ url: 'postgres://somebody:secret@127.0.0.1:1/nothing', dataDir: '/nowhere' }).catch((error: unknown) => error as Error);
		expect(refused).toMatchObject({ name: 'DatabaseUnreachable' });
		expect(String((refused as Error).message)).toContain('127.0.0.1:1');
		expect(String((refused as Error).message)).not.toContain('secret');
	});
});
