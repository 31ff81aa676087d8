import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { migrations } from '#db/migrate.ts';
import { open } from '#db/open.ts';
import { startCluster, type Cluster } from '../../support/databases.ts';
import { node } from '../../support/node.ts';
import { median } from '../figures.ts';
import { residentMegabytes } from '../process.ts';
import { asked, openedIn, signInAll } from './asked.ts';
import { fill, type Filled, type Size } from './fill.ts';
import { Installation } from './installation.ts';

/**
 * `npm run bench:growth`: what an installation costs that has grown, beside one that is nearly empty, on the same machine
 * in the same run. All are asked in turns over real sockets. With `-- --postgres` on PostgreSQL in place of the embedded
 * database. What was filled is kept in the temporary folder for the next run, but for PostgreSQL. Prints Markdown.
 */
const onPostgres = process.argv.includes('--postgres');
const rounds = 31;
const starts = 3;

const sizes: Record<'empty' | 'a tenth' | 'full', Size> = {
	// one meeting, and boards besides to be opened one after the other
	empty: { thinkTanks: 1, meetingsOfEach: 1, boardsBesides: 16 },
	'a tenth': { thinkTanks: 5, meetingsOfEach: 20 },
	full: { thinkTanks: 50, meetingsOfEach: 20 }
};

const root = path.join(import.meta.dirname, '../../..');
const run = promisify(execFile);
const cluster = onPostgres ? await startCluster() : null;

const installations: Installation[] = [];
for (const [name, size] of Object.entries(sizes)) {
	const began = performance.now();
	const { filled, ...database } = cluster ? await filledPostgres(cluster, name, size) : await filledFolder(name, size);
	console.error(`${name}: filled after ${Math.round((performance.now() - began) / 1000)} s`);
	installations.push(new Installation(name, filled, database));
}

const lines: { what: string; values: string[]; held: boolean | null }[] = [];
const row = (what: string, values: readonly (string | number)[], held: boolean | null = null) => {
	lines.push({ what, values: values.map(String), held });
	console.error(`${what}: ${values.join(', ')}`);
};
const shown = (ms: number): string => (ms < 10 ? ms.toFixed(1) : Math.round(ms).toString());
const whole = (count: number): string => count.toLocaleString('en');

row(
	'meetings, people',
	installations.map(({ filled: { counts } }) => `${whole(counts.meetings)}, ${whole(counts.people)}`)
);
row(
	'cards, rows of logs',
	installations.map(({ filled: { counts } }) => `${whole(counts.cards)}, ${whole(counts.rows)}`)
);
row('disk, MB', await inTurn((one) => megabytesOf(one).then((size) => size.toString())));
row('start to ready, ms', await inTurn(timeToStart));
for (const one of installations) {
	await one.start();
	await signInAll(one);
}
row(
	'memory after the start, MB',
	installations.map(({ pid }) => residentMegabytes(pid))
);
for (const { what, held, ask } of asked) await compare(`${what}, ms`, held, (one) => ask(one));
const together = Math.min(...installations.map(({ filled }) => filled.boards.length));
await compare(
	'a board that nobody has open, until all of it is there, ms',
	true,
	(one, round) => openedIn(one, one.filled.boards[round % together]!),
	together
);
row(
	'memory after that, MB',
	installations.map(({ pid }) => residentMegabytes(pid))
);
const backups = await inTurn(backUp);
row(
	'a backup beside the server, s',
	backups.map(({ seconds }) => seconds)
);
row(
	'and its size, MB',
	backups.map(({ megabytes }) => megabytes)
);
for (const one of installations) await one.stop();
row('`npm run db:rebuild`, s', await inTurn(async (one) => (await command(one, 'db/rebuild.ts')).toFixed(1)));
await cluster?.remove();

console.log(
	`| ${onPostgres ? 'on PostgreSQL' : 'on the embedded database'} | ${installations.map(({ name }) => name).join(' | ')} | full to empty |\n|---|---|---|---|---|`
);
for (const { what, values, held } of lines) {
	const ratio = held === null ? '' : Number(values.at(-1)) / Number(values[0]);
	console.log(`| ${what} | ${values.join(' | ')} | ${ratio === '' ? '' : `× ${ratio.toFixed(2)}${held && ratio > 1.5 ? ', **not reached**' : ''}`} |`);
}
for (const { name, slowStatements } of installations) {
	const times = new Map<string, number[]>();
	for (const { ms, statement } of slowStatements) times.set(statement, [...(times.get(statement) ?? []), ms]);
	console.log(`\nStatements over 50 ms, ${name}: ${slowStatements.length}`);
	for (const [statement, of] of times) console.log(`- ${of.length} of up to ${Math.max(...of)} ms: \`${statement.slice(0, 160)}\``);
}
process.exit(0);

async function inTurn<Result>(work: (one: Installation) => Promise<Result>): Promise<Result[]> {
	const results: Result[] = [];
	for (const one of installations) results.push(await work(one));
	return results;
}

/** Asks all in turns, the first of each round another one each time; medians without the first round. */
async function compare(what: string, held: boolean, ask: (one: Installation, round: number) => Promise<number>, times = rounds): Promise<void> {
	const samples = installations.map((): number[] => []);
	for (let round = 0; round < times; round++) {
		for (let i = 0; i < installations.length; i++) {
			const at = (round + i) % installations.length;
			samples[at]!.push(await ask(installations[at]!, round));
		}
	}
	row(
		what,
		samples.map((of) => shown(median(of.slice(1)))),
		held
	);
}

async function timeToStart(one: Installation): Promise<string> {
	const times: number[] = [];
	for (let i = 0; i < starts; i++) {
		times.push(await one.start());
		await one.stop();
	}
	return shown(median(times));
}

/** A command of the product over the database of an installation: seconds. */
async function command({ database: { url, dataDir } }: Installation, file: string, ...given: string[]): Promise<number> {
	const began = performance.now();
	await run(node, [path.join(root, file), ...given], { env: { ...process.env, DATA_DIR: dataDir, DATABASE_URL: url ?? '' }, maxBuffer: 2 ** 28 });
	return (performance.now() - began) / 1000;
}

async function backUp(one: Installation): Promise<{ seconds: string; megabytes: string }> {
	const file = path.join(os.tmpdir(), `hamandish-growth-${process.pid}.backup.gz`);
	try {
		const seconds = await command(one, 'db/backup.ts', file);
		return { seconds: seconds.toFixed(1), megabytes: (fs.statSync(file).size / 2 ** 20).toFixed(1) };
	} finally {
		fs.rmSync(file, { force: true });
	}
}

async function megabytesOf({ database: { url, dataDir } }: Installation): Promise<number> {
	if (url === undefined) return Math.round(folderBytes(dataDir) / 2 ** 20);
	const sql = postgres(url, { max: 1 });
	const [size] = await sql<{ bytes: string }[]>`select pg_database_size(current_database()) as bytes`;
	await sql.end();
	return Math.round(Number(size!.bytes) / 2 ** 20);
}

function folderBytes(folder: string): number {
	return fs
		.readdirSync(folder, { withFileTypes: true, recursive: true })
		.reduce((bytes, entry) => bytes + (entry.isFile() ? fs.statSync(path.join(entry.parentPath, entry.name)).size : 0), 0);
}

/** The folder of a size: as a former run has left it, if the schema and what fills it are the same. */
async function filledFolder(name: string, size: Size): Promise<{ filled: Filled; dataDir: string }> {
	const sources = ['fill.ts', 'meetings.ts', 'written.ts'].map((file) => fs.readFileSync(path.join(import.meta.dirname, file), 'utf8'));
	const version = createHash('sha256')
		.update(JSON.stringify([size, migrations.map(({ hash }) => hash), sources]))
		.digest('hex');
	const folder = path.join(os.tmpdir(), `hamandish-growth-${name.replaceAll(' ', '-')}-${version.slice(0, 12)}`);
	const [dataDir, note] = [path.join(folder, 'data'), path.join(folder, 'filled.json')];
	if (!fs.existsSync(note)) {
		fs.rmSync(folder, { recursive: true, force: true });
		const filled = await filledDatabase({ dataDir }, size);
		fs.writeFileSync(note, JSON.stringify(filled));
	}
	return { filled: JSON.parse(fs.readFileSync(note, 'utf8')) as Filled, dataDir };
}

async function filledPostgres({ url: cluster }: Cluster, name: string, size: Size): Promise<{ filled: Filled; url: string; dataDir: string }> {
	const called = `growth_${name.replaceAll(' ', '_')}`;
	const administrator = postgres(cluster, { max: 1 });
	await administrator.unsafe(`create database ${called}`);
	await administrator.end();
	const database = { url: Object.assign(new URL(cluster), { pathname: `/${called}` }).href, dataDir: os.tmpdir() };
	return { filled: await filledDatabase(database, size), ...database };
}

async function filledDatabase(where: { url?: string; dataDir: string }, size: Size): Promise<Filled> {
	const database = await open(where);
	try {
		return await fill(database, size);
	} finally {
		await database.close();
	}
}
