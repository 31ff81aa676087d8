import { open } from '#db/open.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { protocolVersion } from '#realtime/protocol/version.ts';
import { newId } from '#server/auth/tokens.ts';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { node } from '../../support/node.ts';
import { Product } from '../../support/product.ts';
import { named, plain } from './dialects.ts';
import type { Seat } from './hand.ts';

/** A server as its users run it, with rooms for people. */
export interface Running {
	/** of the process that is measured */
	readonly pid: number;
	/** The seat of a person in a room; people and rooms count from 0. */
	seat(person: number, room: number): Seat;
	stop(): Promise<void>;
}

export interface Server {
	name: string;
	/** with this many people, each in one room of so many */
	start(people: number, rooms: number): Promise<Running>;
}

/** Ours: sign-in, gate, and every edit committed and synced to the disk before it is shown. */
export const ours: Server = {
	name: 'Hamandish',
	async start(people) {
		const everybody = Array.from({ length: people }, (_, i) => ({
			name: { en: `Member ${i}` },
			role: i === 0 ? ('facilitator' as const) : ('member' as const)
		}));
		const product = await Product.prepare(everybody);
		const database = await open(product.database);
		const clientIds: number[] = [];
		for (const { id } of product.people) clientIds.push(...(await database.clientIds.lease(id, 1)));
		await database.close();
		await product.start({ LOG_LEVEL: 'error' });
		return {
			pid: product.pid,
			seat: (person) => ({
				url: `${product.boardsUrl}/${product.founding.documents.swot}?acks=1&v=${protocolVersion}&client=${clientIds[person]}`,
				headers: { cookie: product.people[person]!.cookie },
				clientId: clientIds[person]!,
				author: product.people[person]!.id,
				dialect: plain
			}),
			stop: () => product.remove()
		};
	}
};

/** y-websocket's own server, as its package has it. `keeps`: on the disk, in LevelDB. */
const yWebsocket = (keeps: boolean): Server => ({
	name: keeps ? 'y-websocket, LevelDB' : 'y-websocket, memory',
	async start() {
		const folder = await mkdtemp(join(tmpdir(), 'hamandish-bench-'));
		const port = await freePort();
		const server = spawn(node, [join(import.meta.dirname, 'others/node_modules/y-websocket/bin/server.cjs')], {
			env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), ...(keeps && { YPERSISTENCE: folder }) },
			stdio: 'ignore'
		});
		while (!(await fetch(`http://127.0.0.1:${port}`).catch(() => null))) await pause(50);
		return strangers(server, folder, (room) => ({ url: `ws://127.0.0.1:${port}/${room}`, dialect: plain }));
	}
});

/** Hocuspocus with its extension for SQLite. */
export const hocuspocus: Server = {
	name: 'Hocuspocus, SQLite',
	async start() {
		const folder = await mkdtemp(join(tmpdir(), 'hamandish-bench-'));
		const server = fork(join(import.meta.dirname, 'others/hocuspocus.js'), [folder], { execPath: node, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
		const [port] = (await once(server, 'message')) as [number];
		return strangers(server, folder, (room) => ({ url: `ws://127.0.0.1:${port}`, dialect: named(room) }));
	}
};

export const servers: readonly Server[] = [ours, yWebsocket(false), yWebsocket(true), hocuspocus];

/** A server that asks nobody who they are. */
function strangers(server: ChildProcess, folder: string, at: (room: string) => Pick<Seat, 'url' | 'dialect'>): Running {
	const ids = new Map<number, { clientId: number; author: Id }>();
	return {
		pid: server.pid!,
		seat(person, room) {
			const known = ids.get(person) ?? { clientId: 1_000_000 + person, author: newId() };
			ids.set(person, known);
			return { ...at(`room-${room}`), headers: {}, ...known };
		},
		async stop() {
			server.kill('SIGKILL');
			await once(server, 'exit');
			await rm(folder, { recursive: true, force: true });
		}
	};
}

async function freePort(): Promise<number> {
	const taken = createServer().listen(0, '127.0.0.1');
	await once(taken, 'listening');
	const { port } = taken.address() as AddressInfo;
	taken.close();
	await once(taken, 'close');
	return port;
}
