import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { storageError } from '#db/errors.ts';
import { open, type Database } from '#db/open.ts';
import { StorageError } from '#realtime/server/ports.ts';
import { addDocument, databases, startCluster, temporaryFolder } from '../support/databases.ts';

const append = (database: Database, document: string) => database.documents.append([{ document, update: Uint8Array.of(1) }]);

/** Asks until the database answers again. */
async function untilAnswers(database: Database): Promise<void> {
	for (const began = performance.now(); performance.now() - began < 20_000; await pause(100)) if (await database.ready()) return;
	throw new Error('the database does not come back');
}

describe('a database that goes away', { timeout: 60_000 }, () => {
	it.skipIf(databases.find(({ name }) => name === 'PostgreSQL')!.skip)('is missed at once, and found again, with all that was committed', async () => {
		const cluster = await startCluster();
		const database = await open({ url: cluster.url, dataDir: '/nowhere' });
		try {
			const document = await addDocument(database);
			await append(database, document);
			await cluster.crash();
			const failures = await Promise.all(Array.from({ length: 20 }, () => append(database, document).catch((error: unknown) => error)));
			expect(failures.every((failure) => failure instanceof StorageError && !failure.full)).toBe(true);
			expect(await database.ready()).toBe(false);
			await cluster.startAgain();
			await untilAnswers(database);
			expect((await append(database, document))[0]!.seq).toBe(2);
			expect(database.statistics().fsyncs).toBeNull();
		} finally {
			await database.close();
			await cluster.remove();
		}
	});

	it('stops before it acknowledges what it could not write, and starts again by itself', async () => {
		const dataDir = temporaryFolder();
		const stops: unknown[] = [];
		const log = { info() {}, warn() {}, error: (fields: unknown) => void stops.push(fields) };
		const database = await open({ dataDir, log });
		try {
			const document = await addDocument(database);
			await append(database, document);
			// without the folder of its log, it cannot begin the next file of it
			const wal = path.join(dataDir, 'postgres', 'pg_wal');
			fs.renameSync(wal, `${wal}.away`);
			const fill = () => database.connection.run(({ sql }) => sql`select pg_logical_emit_message(true, 'test', repeat('x', 4000000))`);
			const failure = await (async () => {
				for (;;) await fill();
			})().catch((error: unknown) => error);
			expect(failure).toBeInstanceOf(StorageError);
			await expect(append(database, document)).rejects.toBeInstanceOf(StorageError);
			fs.renameSync(`${wal}.away`, wal);
			await untilAnswers(database);
			expect((await append(database, document))[0]!.seq).toBe(2);
			expect(stops[0]).toMatchObject({ reason: expect.stringContaining('PANIC') });
		} finally {
			await database.close();
			fs.rmSync(dataDir, { recursive: true, force: true });
		}
	});
});

describe('an error of the driver', () => {
	const never = () => false;

	it('says that the disk is full if it is, wherever that is written', () => {
		expect(storageError(Object.assign(new Error(), { code: '53100' }), never).full).toBe(true);
		expect(storageError(new Error('Failed query', { cause: Object.assign(new Error(), { code: 'ENOSPC' }) }), never).full).toBe(true);
		expect(storageError(Object.assign(new Error(), { code: 'CONNECTION_CLOSED' }), () => true).full).toBe(true);
		expect(storageError(Object.assign(new Error(), { code: '23505' }), never).full).toBe(false);
	});

	it('repeats nothing of what was written', () => {
		const driver = Object.assign(new Error('Key (name)=(a secret) already exists'), {
			code: '23505',
			detail: 'a secret',
			table_name: 'people',
			constraint_name: 'people_pkey'
		});
		const { message, cause } = storageError(new Error('Failed query: a secret', { cause: driver }), never);
		expect(message).toBe('the database could not do it (23505, people, people_pkey)');
		expect(cause).toBeUndefined();
	});

	it('takes whatever is thrown', () => {
		for (const thrown of [undefined, null, 'text', new TypeError('a secret'), { code: 5 }]) {
			expect(storageError(thrown, never)).toBeInstanceOf(StorageError);
			expect(storageError(thrown, never).message).not.toContain('a secret');
		}
	});
});
