import { client } from '#db/connection.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { startCluster, type Cluster } from '../../support/databases.ts';

/** A PostgreSQL of this process's own, which ends with it. */
interface Own {
	cluster: Cluster;
	/** its first process, whose children are all the others */
	pid: number;
}

let own: Promise<Own> | undefined;
let count = 0;

async function start(): Promise<Own> {
	const cluster = await startCluster();
	const backend = await ask<{ pid: number }>(cluster, 'select pg_backend_pid() as pid');
	const [, parent] = /PPid:\s+(\d+)/.exec(readFileSync(`/proc/${backend.pid}/status`, 'utf8'))!;
	return { cluster, pid: Number(parent) };
}

/** Says something to the administrator's database, and answers the first row. */
async function ask<Row>({ url }: { url: string }, statement: string): Promise<Row> {
	const sql = client({ url }, { max: 1 });
	const [row] = await sql.unsafe(statement);
	await sql.end();
	return row as Row;
}

/** An empty database. */
export interface EmptyDatabase {
	url: string;
	/** processor milliseconds of PostgreSQL so far, all of its processes together */
	spentMs(): number;
	bytes(): Promise<number>;
	drop(): Promise<void>;
}

export async function emptyDatabase(): Promise<EmptyDatabase> {
	own ??= start();
	const { cluster, pid } = await own;
	const name = `bench_${++count}`;
	await ask(cluster, `create database ${name}`);
	return {
		url: Object.assign(new URL(cluster.url), { pathname: `/${name}` }).href,
		spentMs: () => familyMs(pid),
		bytes: async () => Number((await ask<{ bytes: number }>(cluster, `select pg_database_size('${name}') as bytes`)).bytes),
		drop: async () => void (await ask(cluster, `drop database ${name} with (force)`))
	};
}

/** Processor milliseconds of a process, its children, and those of them that have ended. */
function familyMs(pid: number): number {
	let ticks = 0;
	for (const entry of readdirSync('/proc')) {
		if (!/^\d+$/.test(entry)) continue;
		let fields: string[];
		try {
			fields = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]!.split(' ');
		} catch {
			// it has ended meanwhile
			continue;
		}
		const isParent = entry === String(pid);
		if (!isParent && fields[1] !== String(pid)) continue;
		// user, system, and the same of the children that have ended
		const own = fields.slice(11, isParent ? 15 : 13);
		ticks += own.reduce((sum, field) => sum + Number(field), 0);
	}
	return ticks * 10;
}
