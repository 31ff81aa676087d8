import fs from 'node:fs';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { statementMs } from '../limits.ts';
import { countersIn } from './counters.ts';
import { DurableFs, syncFolder, syncPath } from './durable-fs.ts';
import { neediestTable } from './neediest-table.ts';
import { oneSession } from './one-session.ts';

/** The embedded database, in a thread of its own: PostgreSQL's wire on a Unix socket, and nothing else. */

export interface WorkerData {
	/** the data folder; the cluster lies in it */
	folder: string;
	socket: string;
	counters: SharedArrayBuffer;
}

export type FromWorker = { kind: 'listening' } | { kind: 'slow'; ms: number; statement: string } | { kind: 'stopping'; reason: string };
export type ToWorker = 'close';

/** Connections beside the program's own: commands that run beside a server. */
const maxConnections = 16;
/**
 * What a PostgreSQL of one process does not do by itself. Without checkpoints its log would grow, and with it the
 * time to open after a crash; without vacuum, what was deleted would keep its room; without statistics, whatever is
 * asked would be planned for tables that hold nearly nothing. Everybody waits meanwhile, so it is a table at a time.
 */
const upkeepEveryMs = 60_000;

/**
 * Commits reach the disk; a quarter of the usual buffers, which the file system's cache makes up for, saves 100 MB; and
 * statistics of a tenth of the usual samples are taken in a tenth of the time; and a row here and there costs what one after the other does.
 */
const configuration = ['fsync=on', 'wal_sync_method=fsync', 'shared_buffers=32MB', 'default_statistics_target=10', 'random_page_cost=1.1'];

const { folder, socket, counters: memory } = workerData as WorkerData;
const port = parentPort!;
const counters = countersIn(memory);
const tell = (message: FromWorker) => port.postMessage(message);

let panic: string | null = null;

/** Ends this thread, and the database with it, before it can acknowledge anything more. What it logged is replayed at the next start. */
function stop(error: unknown): never {
	tell({ kind: 'stopping', reason: panic ?? String(error) });
	process.exit(1);
}

const cluster = path.join(folder, 'postgres');
const complete = path.join(folder, 'postgres.complete');
const isNew = !fs.existsSync(complete);
// a cluster whose making was interrupted holds nothing yet, and cannot be opened: it is put aside, never deleted
if (isNew && fs.existsSync(cluster)) fs.renameSync(cluster, `${cluster}.incomplete-${fs.statSync(cluster).mtimeMs}`);

const files = new DurableFs(
	cluster,
	() => counters.fsyncs++,
	(error) => (panic = `fsync: ${String(error)}`)
);
const database = await PGlite.create({
	fs: files,
	extensions: { pg_trgm },
	startParams: [...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), ...configuration.flatMap((setting) => ['-c', setting])],
	onStderr(line: string) {
		if (!/\b(PANIC|FATAL):/.test(line)) return false;
		panic = line;
		if (/No space left|Disk quota/.test(line)) counters.full = true;
		return false;
	}
}).catch(stop);
if (isNew) {
	fs.chmodSync(cluster, 0o700);
	counters.fsyncs += syncFolder(cluster);
	fs.writeFileSync(complete, 'The cluster beside this file was made to its end.\n');
	syncPath(complete);
	syncPath(folder);
}

const session = oneSession(database, {
	ran(ms, statement) {
		if (ms <= statementMs) return;
		counters.slow++;
		tell({ kind: 'slow', ms, statement });
	},
	trusted: () => panic === null,
	broken: stop
});
const server = new PGLiteSocketServer({ db: session.socketView, path: socket, maxConnections });
await server.start();

let fsyncsAtCheckpoint = counters.fsyncs;
const upkeepTimer = setInterval(() => {
	// if anything was committed, and in a quiet moment, since everybody waits for it
	if (counters.fsyncs === fsyncsAtCheckpoint || session.busy() || server.getStats().queuedQueries > 0) return;
	keepUp().catch(stop);
}, upkeepEveryMs);

async function keepUp(): Promise<void> {
	// in one message: between those of a statement with parameters, another connection's could take its unnamed place
	const [found] = await database.exec(neediestTable);
	// somebody may have begun something meanwhile, and a vacuum would end it
	for (const { name } of found!.rows as { name: string }[]) if (!session.busy()) await session.alone(`vacuum (analyze) ${name}`);
	await session.alone('checkpoint');
	fsyncsAtCheckpoint = counters.fsyncs;
}

port.on('message', (message: ToWorker) => {
	if (message !== 'close') return;
	clearInterval(upkeepTimer);
	void server
		.stop()
		.then(() => database.close())
		.finally(() => process.exit(0));
});

counters.full = false;
tell({ kind: 'listening' });
