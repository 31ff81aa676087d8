import { client, type Sql } from '#db/connection.ts';
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
	return asking(cluster, async (sql) => {
		const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
		const [, parent] = /PPid:\s+(\d+)/.exec(readFileSync(`/proc/${backend!.pid}/status`, 'utf8'))!;
		return { cluster, pid: Number(parent) };
	});
}

/** Asks something of the administrator's database. */
async function asking<Answer>({ url }: Cluster, ask: (sql: Sql) => Promise<Answer>): Promise<Answer> {
	const sql = client({ url }, { max: 1 });
	const answer = await ask(sql);
	await sql.end();
	return answer;
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
	await asking(cluster, (sql) => sql.unsafe(`create database ${name}`));
	return {
		url: Object.assign(new URL(cluster.url), { pathname: `/${name}` }).href,
		spentMs: () => familyMs(pid),
		bytes: () =>
			asking(cluster, async (sql) => {
				const [size] = await sql<{ bytes: number }[]>`select pg_database_size(${name}) as bytes`;
				return size!.bytes;
			}),
		drop: async () => void (await asking(cluster, (sql) => sql.unsafe(`drop database ${name} with (force)`)))
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
