import type { Id } from '#realtime/meeting/ids.ts';
import { newId } from '#server/auth/tokens.ts';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { node } from '../../support/node.ts';
import { processorMs, residentMegabytes } from '../process.ts';
import { clientIdOf } from './client-ids.ts';
import { bytesIn, temporaryFolder } from './folders.ts';
import type { Running, Server } from './servers.ts';

/** y-websocket's own server, as its package has it. `keeps`: on the disk, in LevelDB. */
export const yWebsocket = ({ keeps }: { keeps: boolean }): Server => ({
	name: keeps ? 'y-websocket, LevelDB' : 'y-websocket, memory',
	isOurs: false,
	keeps,
	start: () =>
		stranger({
			async begin(folder, port) {
				const server = spawn(node, [join(import.meta.dirname, 'others/node_modules/y-websocket/bin/server.cjs')], {
					env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), ...(keeps && { YPERSISTENCE: folder }) },
					stdio: 'ignore'
				});
				while (!(await fetch(`http://127.0.0.1:${port}`).catch(() => null))) await pause(50);
				return server;
			},
			at: (port, room) => ({ url: `ws://127.0.0.1:${port}/${room}`, document: null })
		})
});

/** Hocuspocus with its extension for SQLite. */
export const hocuspocus: Server = {
	name: 'Hocuspocus, SQLite',
	isOurs: false,
	keeps: true,
	start: () =>
		stranger({
			async begin(folder, port) {
				const server = fork(join(import.meta.dirname, 'others/hocuspocus.js'), [folder, String(port)], {
					execPath: node,
					stdio: ['ignore', 'ignore', 'inherit', 'ipc']
				});
				await once(server, 'message');
				return server;
			},
			at: (port, room) => ({ url: `ws://127.0.0.1:${port}/`, document: room })
		})
};

interface Habits {
	/** Resolves when the server listens. */
	begin(folder: string, port: number): Promise<ChildProcess>;
	/** where it has a room, and by which name */
	at(port: number, room: string): { url: string; document: string | null };
}

/** A server that asks nobody who they are. */
async function stranger({ begin, at }: Habits): Promise<Running> {
	const folder = await temporaryFolder();
	const port = await freePort();
	const authors = new Map<number, Id>();
	let server = await begin(folder, port);

	async function end(signal: NodeJS.Signals): Promise<void> {
		if (server.exitCode !== null || server.signalCode !== null) return;
		const gone = once(server, 'exit');
		server.kill(signal);
		await gone;
	}

	async function again(signal: NodeJS.Signals): Promise<void> {
		await end(signal);
		server = await begin(folder, port);
	}

	return {
		seat(person, { room = 0, page = 0 } = {}) {
			const clientId = clientIdOf({ person, room, page });
			const author = authors.get(clientId) ?? newId();
			authors.set(clientId, author);
			const { url, document } = at(port, `room-${room}`);
			return { url, stockUrl: url, headers: {}, clientId, author, document };
		},
		spent: () => ({ server: processorMs(server.pid!), database: 0 }),
		residentMegabytes: () => residentMegabytes(server.pid!),
		diskBytes: () => bytesIn(folder),
		kill: () => again('SIGKILL'),
		restart: () => again('SIGTERM'),
		commitMs: null,
		async remove() {
			await end('SIGKILL');
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
