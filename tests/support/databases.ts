import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { open, type Database, type OpenOptions } from '#db/open.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import { idFrom, idLength, type Id } from '#realtime/meeting/ids.ts';
import { copyEmptyDatabase } from './empty-database.ts';

/** A database to test with, empty but for its schema. */
export interface TestDatabase {
	readonly database: Database;
	/** how a process of its own opens it */
	readonly options: OpenOptions;
	/** Closes it and removes everything. */
	stop(): Promise<void>;
}

/** The two databases that every store is tested on. */
export const databaseKinds = [
	{ name: 'the embedded database', missing: null, start: startEmbedded },
	{ name: 'PostgreSQL', missing: whyNoPostgres(), start: startPostgres }
] as const;

/** Opens the embedded database in a temporary folder. */
export async function startEmbedded(): Promise<TestDatabase> {
	const options = { dataDir: temporaryFolder() };
	copyEmptyDatabase(options.dataDir);
	const database = await open(options);
	return {
		database,
		options,
		async stop() {
			await database.close();
			fs.rmSync(options.dataDir, { recursive: true, force: true });
		}
	};
}

/** Opens a new database on this process's own PostgreSQL. */
export async function startPostgres(): Promise<TestDatabase> {
	const options = { url: await emptyPostgres(), dataDir: os.tmpdir() };
	const database = await open(options);
	return { database, options, stop: () => database.close() };
}

/** Where a process can be started on: without an address, on the embedded database in a folder of its own. */
export const databases: { name: string; url: () => Promise<string | undefined>; skip: boolean }[] = [
	{ name: 'PGlite', url: async () => undefined, skip: false },
	{ name: 'PostgreSQL', url: emptyPostgres, skip: whyNoPostgres() !== null }
];

let shared: Promise<Cluster> | undefined;
let count = 0;

/** The address of an empty database on the cluster that all tests of this process share. */
async function emptyPostgres(): Promise<string> {
	shared ??= startCluster();
	const { url } = await shared;
	const name = `test_${++count}`;
	const administrator = postgres(url, { max: 1, onnotice: () => {} });
	await administrator.unsafe(`create database ${name}`);
	await administrator.end();
	return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

/** A running PostgreSQL. It ends with this process, however that ends. */
export interface Cluster {
	readonly url: string;
	/** Ends it as a crash would, without a word to its clients; it can be started again. */
	crash(): Promise<void>;
	startAgain(): Promise<void>;
	/** Stops all of it where it stands: connections stay, and nothing answers, until it goes on. */
	freeze(): void;
	goOn(): void;
	/** Ends it and removes its files. */
	remove(): Promise<void>;
}

/** Makes and starts a cluster out of Debian's binaries, as an unprivileged user, since the server refuses root. */
export async function startCluster(): Promise<Cluster> {
	const missing = whyNoPostgres();
	const binaries = postgresBinaries();
	if (missing !== null || binaries === null) throw new Error(missing ?? 'no PostgreSQL');
	const folder = temporaryFolder();
	const user = unprivilegedUser();
	if (user) fs.chownSync(folder, user.uid, user.gid);
	const data = path.join(folder, 'cluster');
	const as = { ...user, cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' } };
	const made = spawnSync(path.join(binaries, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], { ...as, encoding: 'utf8' });
	if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
	const port = await freePort();
	// The shell ends the server at once (no checkpoint, no goodbye) when our end of its pipe goes, and so when we go;
	// it removes the files, unless it is told to keep them.
	const script =
		'folder=$1; shift; "$@" & server=$!; read -r word; kill -QUIT $server; kill -CONT $server; wait $server; [ "$word" = keep ] || rm -rf "$folder"';
	const command = ['sh', folder, path.join(binaries, 'postgres'), '-D', data, '-k', folder, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'];
	let guard: ChildProcess;

	async function start(): Promise<void> {
		guard = spawn('/bin/sh', ['-c', script, ...command], { ...as, stdio: ['pipe', 'ignore', 'ignore'] });
		guard.unref();
		(guard.stdin as net.Socket).unref();
		for (const began = performance.now(); performance.now() - began < 20_000; await pause(50)) {
			if (spawnSync(path.join(binaries!, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port), '-q']).status === 0) return;
		}
		throw new Error('PostgreSQL does not start');
	}

	async function end(word: string): Promise<void> {
		const gone = once(guard, 'exit');
		guard.ref();
		guard.stdin!.end(word);
		await gone;
	}

	/** Sends a signal to the server and to its processes, one for each connection. */
	function signal(name: 'STOP' | 'CONT'): void {
		const server = spawnSync('pgrep', ['-P', String(guard.pid)], { encoding: 'utf8' }).stdout.trim();
		if (server === '') throw new Error('PostgreSQL does not run');
		spawnSync('pkill', [`-${name}`, '-P', server]);
		process.kill(Number(server), `SIG${name}`);
	}

	await start();
	return {
		url: `postgres://postgres@127.0.0.1:${port}/postgres`,
		crash: () => end('keep\n'),
		startAgain: start,
		freeze: () => signal('STOP'),
		goOn: () => signal('CONT'),
		async remove() {
			if (guard.exitCode === null) await end('');
			fs.rmSync(folder, { recursive: true, force: true });
		}
	};
}

/** Empties all tables but for what the schema brings. */
export async function clear(database: Database): Promise<void> {
	await database.connection.run(({ orm }) =>
		// whatever refers to these goes with them
		orm.execute(sql`truncate people, think_tanks, documents, client_ids, document_updates, document_archive, document_snapshots, document_snapshot_pieces,
			document_quarantine, projection_dead_letters, 			audit_entries, installation_keys cascade`)
	);
	await database.connection.run(({ orm }) => orm.execute(sql`insert into client_ids (id, person_id) values (1, null)`));
}

export const newId = (): Id => idFrom(randomBytes(idLength));

/** A person of no particular kind. */
export async function addPerson(database: Database, id: Id = newId()): Promise<Id> {
	await database.people.create({ id, name: { fa: 'کسی', en: 'Somebody' }, province: 'IR-23' });
	return id;
}

/** A document of a think tank of its own. */
export async function addDocument(database: Database, kind: DocumentKind = 'board', id: Id = newId()): Promise<Id> {
	const thinkTank = newId();
	const name = JSON.stringify({ en: 'A think tank' });
	await database.connection.run(({ orm }) =>
		orm.execute(sql`insert into think_tanks (id, name, host, purpose) values (${thinkTank}, ${name}, ${name}, ${name})`)
	);
	await database.connection.run(({ orm }) => orm.execute(sql`insert into documents (id, kind, think_tank_id) values (${id}, ${kind}, ${thinkTank})`));
	return id;
}

export const temporaryFolder = (): string => fs.mkdtempSync(path.join(os.tmpdir(), 'hamandish-test-'));

/** The folder of the newest PostgreSQL's programs; null: there is none. */
function postgresBinaries(): string | null {
	const versions = '/usr/lib/postgresql';
	if (!fs.existsSync(versions)) return null;
	const [newest] = fs.readdirSync(versions).sort((a, b) => Number(b) - Number(a));
	return newest === undefined ? null : path.join(versions, newest, 'bin');
}

/** Why PostgreSQL cannot be tested with; null: it can. In continuous integration that is a failure and no reason. */
function whyNoPostgres(): string | null {
	const missing =
		postgresBinaries() === null
			? 'no PostgreSQL in /usr/lib/postgresql'
			: process.getuid?.() === 0 && !unprivilegedUser()
				? 'PostgreSQL refuses root, and there is no user postgres'
				: null;
	if (missing !== null && process.env['CI'] === 'true') throw new Error(`the tests need PostgreSQL here: ${missing}`);
	return missing;
}

/** Whom to run PostgreSQL as; null: as ourselves, who are not root, or nobody. */
function unprivilegedUser(): { uid: number; gid: number } | null {
	if (process.getuid?.() !== 0) return null;
	const entry = fs
		.readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.map((line) => line.split(':'))
		.find(([name]) => name === 'postgres');
	return entry ? { uid: Number(entry[2]), gid: Number(entry[3]) } : null;
}

export function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = net.createServer();
		probe.once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address() as net.AddressInfo;
			probe.close(() => resolve(port));
		});
	});
}
