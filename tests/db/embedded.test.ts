import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { readHolder } from '#db/embedded/lock.ts';
import { DatabaseUnreachable, DataFolderInUse } from '#db/errors.ts';
import { open, type Database } from '#db/open.ts';
import { addDocument, newId, temporaryFolder } from '../support/databases.ts';
import { copyEmptyDatabase } from '../support/empty-database.ts';
import { compilingOnce } from '../support/node.ts';

const cleanUp: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
	for (const clean of cleanUp.splice(0).reverse()) await clean();
}, 30_000);

function emptyFolder(): string {
	const made = temporaryFolder();
	cleanUp.push(() => fs.rmSync(made, { recursive: true, force: true }));
	return made;
}

async function folder(): Promise<string> {
	const made = emptyFolder();
	copyEmptyDatabase(made);
	return made;
}

async function opened(dataDir: string, besideServer = false): Promise<Database> {
	const database = await open({ dataDir, besideServer });
	cleanUp.push(() => database.close());
	return database;
}

/** Another process that has the folder open, and the numbers of the rows it said were committed. */
async function holder(dataDir: string, document = ''): Promise<{ process: ChildProcess; committed: number[]; kill(): Promise<void> }> {
	const child = spawn(process.execPath, [...compilingOnce, path.join(path.dirname(fileURLToPath(import.meta.url)), 'holder.ts'), dataDir, document], {
		stdio: ['ignore', 'pipe', 'inherit']
	});
	const kill = async () => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		const gone = once(child, 'close');
		child.kill('SIGKILL');
		await gone;
	};
	cleanUp.push(kill);
	const committed: number[] = [];
	const isOpen = Promise.withResolvers<void>();
	let text = '';
	child.stdout.on('data', (data: Buffer) => {
		const lines = (text += data.toString()).split('\n');
		text = lines.pop()!;
		for (const line of lines)
			if (line === 'open') isOpen.resolve();
			else committed.push(Number(line));
	});
	child.once('exit', () => isOpen.reject(new Error('the other process ended')));
	await isOpen.promise;
	return { process: child, committed, kill };
}

describe('the embedded database', { timeout: 60_000 }, () => {
	it('syncs the disk at least once for every commit, and once for the whole of a new cluster', async () => {
		const database = await opened(emptyFolder());
		const document = await addDocument(database);
		const before = database.statistics().fsyncs!;
		expect(before).toBeGreaterThan(900);
		for (let i = 0; i < 50; i++) await database.documents.append([{ document, update: Uint8Array.of(i) }]);
		expect(database.statistics().fsyncs! - before).toBeGreaterThanOrEqual(50);
	});

	it('second process on one PGlite directory: refused, and told the pid of the first', async () => {
		const dataDir = await folder();
		const other = await holder(dataDir);
		const refused = await open({ dataDir }).catch((error: unknown) => error);
		expect(refused).toBeInstanceOf(DataFolderInUse);
		expect((refused as DataFolderInUse).pid).toBe(other.process.pid);
		expect((refused as DataFolderInUse).message).toContain(String(other.process.pid));
	});

	it('refuses a second time in the same process too', async () => {
		const dataDir = await folder();
		await opened(dataDir);
		await expect(open({ dataDir })).rejects.toMatchObject({ name: 'DataFolderInUse', pid: process.pid });
	});

	it('stale lock: taken over from a process that was killed, with every row that was committed', async () => {
		const dataDir = await folder();
		const database = await open({ dataDir });
		const document = await addDocument(database);
		await database.close();
		const other = await holder(dataDir, document);
		while (other.committed.length < 30) await once(other.process.stdout!, 'data');
		await other.kill();
		expect(readHolder(dataDir)!.pid).toBe(other.process.pid);
		const again = await opened(dataDir);
		const stored = await again.documents.load(document);
		expect(stored!.tail.length).toBeGreaterThanOrEqual(other.committed.at(-1)!);
	});

	it('opens for nobody but its owner', async () => {
		const dataDir = path.join(emptyFolder(), 'data');
		await opened(dataDir);
		for (const place of [dataDir, path.join(dataDir, 'socket'), path.join(dataDir, 'postgres')]) expect(fs.statSync(place).mode & 0o777).toBe(0o700);
	});

	it('listens elsewhere when the path of the data folder is too long for a socket', async () => {
		const dataDir = path.join(emptyFolder(), 'very-deep-'.repeat(12), 'data');
		const database = await open({ dataDir });
		const { socket } = readHolder(dataDir)!;
		expect(Buffer.byteLength(socket!)).toBeLessThanOrEqual(103);
		expect(fs.statSync(path.dirname(socket!)).mode & 0o777).toBe(0o700);
		expect(await database.ready()).toBe(true);
		await database.close();
		expect(fs.existsSync(path.dirname(socket!))).toBe(false);
	});

	it('lets a command speak to the database of a running server', async () => {
		const dataDir = await folder();
		const server = await opened(dataDir);
		const command = await opened(dataDir, true);
		const document = await addDocument(command);
		await Promise.all(
			[command, server].flatMap(({ documents }) => Array.from({ length: 40 }, () => documents.append([{ document, update: Uint8Array.of(1) }])))
		);
		expect((await server.documents.load(document))!.tail).toHaveLength(80);
	});

	it('keeps the statements of two connections apart, also unnamed ones in several messages', async () => {
		const dataDir = await folder();
		const [a, b] = [await opened(dataDir), await opened(dataDir, true)];
		const id = newId();
		const ask = async ({ connection }: Database, n: number) => {
			const [row] = await connection.run(({ sql }) =>
				sql.unsafe<{ n: number; id: string }[]>(n % 2 ? 'select $1::int as n, $2 as id' : 'select $2 as id, $1::int as n, 1 as more', [n, id])
			);
			expect(row).toMatchObject({ n, id });
		};
		for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 20 }, (_, n) => ask(n % 3 ? a : b, n)));
	});

	it.each([
		['after its answers', true],
		['with everything still on its way', false]
	])('rolls back what a connection leaves open when it goes %s, and goes on', async (_when, answered) => {
		const dataDir = await folder();
		const server = await opened(dataDir);
		const document = await addDocument(server);
		const socket = readHolder(dataDir)!.socket!;
		for (let round = 1; round <= 5; round++) {
			const leaver = net.connect(socket);
			await once(leaver, 'connect');
			leaver.write(startup('postgres'));
			await ready(leaver, 'I');
			leaver.write(Buffer.concat([query('begin'), query(`update documents set last_seq = 99 where id = '${document}'`), query('select 1')]));
			if (answered) await ready(leaver, 'T');
			leaver.destroy();
			expect((await server.documents.append([{ document, update: Uint8Array.of(1) }]))[0]!.seq).toBe(round);
		}
	});

	it('counts a statement that holds up the others, once', async () => {
		const database = await opened(await folder());
		// on a busy machine there may be some already
		const before = database.statistics().slowStatements;
		await database.connection.run(({ sql }) => sql`select pg_sleep(0.08)`);
		expect(database.statistics().slowStatements).toBe(before + 1);
	});

	it('puts a cluster aside whose making was interrupted', async () => {
		const dataDir = emptyFolder();
		fs.mkdirSync(path.join(dataDir, 'postgres'));
		fs.writeFileSync(path.join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
		expect(await (await opened(dataDir)).ready()).toBe(true);
		expect(fs.readdirSync(dataDir).some((name) => name.startsWith('postgres.incomplete-'))).toBe(true);
	});

	it('says so when its files are not those of a database', async () => {
		const dataDir = await folder();
		fs.rmSync(path.join(dataDir, 'postgres', 'global'), { recursive: true });
		await expect(open({ dataDir })).rejects.toBeInstanceOf(DatabaseUnreachable);
		expect(readHolder(dataDir)).toBeNull();
	});
});

/** The first message of PostgreSQL's protocol. */
function startup(name: string): Buffer {
	const parameters = Buffer.from(`user\0${name}\0database\0${name}\0\0`);
	const head = Buffer.alloc(8);
	head.writeInt32BE(8 + parameters.length, 0);
	head.writeInt32BE(196_608, 4);
	return Buffer.concat([head, parameters]);
}

/** A statement without parameters. */
function query(statement: string): Buffer {
	const text = Buffer.from(`${statement}\0`);
	const head = Buffer.alloc(5);
	head.write('Q');
	head.writeInt32BE(4 + text.length, 1);
	return Buffer.concat([head, text]);
}

/** Waits until the server is ready for more, idle (I) or within a transaction (T). */
async function ready(socket: net.Socket, state: 'I' | 'T'): Promise<void> {
	const sign = Buffer.from([0x5a, 0, 0, 0, 5, state.charCodeAt(0)]);
	let heard = Buffer.alloc(0);
	while (!heard.includes(sign)) heard = Buffer.concat([heard, ((await once(socket, 'data')) as [Buffer])[0]]);
}
