import { Arrivals } from '#realtime/server/arrivals.ts';
import { boardPath, boardSockets } from '#realtime/server/boards/socket.ts';
import { uncounted } from '#realtime/server/metrics.ts';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { roomsInMemory } from './scripted-page.ts';

/** The boards of a server on real sockets, over a database in memory. A person's id is their cookie. */
export async function boardServer() {
	const memory = roomsInMemory();
	const { access, log } = memory.world;
	const arrivals = new Arrivals(access, memory.rooms.allowances);
	const boards = boardSockets({ rooms: memory.rooms, arrivals, access, log, metrics: uncounted });
	const http = createServer();
	/** the server's ends of all sockets that came */
	const sockets = new Set<Socket>();
	http.on('connection', (socket) => sockets.add(socket));
	http.on('upgrade', (request, socket, head) => void boards.upgrade(request, socket, head, new URL(request.url!, 'http://localhost')));
	await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
	const origin = `127.0.0.1:${(http.address() as AddressInfo).port}`;
	return {
		...memory,
		sockets,
		url: `ws://${origin}${boardPath}`,
		async stop(): Promise<void> {
			await Promise.all([memory.rooms.stop(), boards.stop()]);
			http.close();
		}
	};
}
