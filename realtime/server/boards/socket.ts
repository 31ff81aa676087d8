import { isId } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { closeCodes, type CloseReason } from '#realtime/protocol/close-codes.ts';
import { kindOf } from '#realtime/protocol/frames.ts';
import { protocolVersion } from '#realtime/protocol/version.ts';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import type { Arrivals } from '../arrivals.ts';
import { maySee } from '../authorize.ts';
import { denyUpgrade } from '../handshake.ts';
import type { Metrics } from '../metrics.ts';
import type { Access, Log } from '../ports.ts';
import type { Wire } from './connection.ts';
import type { Outgoing } from './outgoing.ts';
import type { Rooms } from './rooms.ts';
import { serve } from './serve.ts';

/** The path of a document's socket. */
export const boardPath = '/yjs/';

/** The WebSockets of boards. */
export function boardSockets({ rooms, arrivals, access, log, metrics }: { rooms: Rooms; arrivals: Arrivals; access: Access; log: Log; metrics: Metrics }) {
	// twice the limit, so that a batch just over it is refused by its name rather than cut off
	const options: ServerOptions & { maxFragments: number } = {
		noServer: true,
		maxPayload: 2 * limits.offlineFrameBytes,
		maxFragments: limits.messageFragments,
		perMessageDeflate: false,
		autoPong: false,
		clientTracking: true
	};
	const server = new WebSocketServer(options);
	const heard = new WeakMap<WebSocket, number>();

	const pings = setInterval(() => {
		for (const socket of server.clients) {
			// what is not read cannot be heard
			if (socket.isPaused) heard.set(socket, performance.now());
			if (performance.now() - (heard.get(socket) ?? 0) > limits.socketSilenceMs) socket.terminate();
			else socket.ping();
		}
	}, limits.pingEveryMs);
	pings.unref();

	/** Accepts a socket whose Origin is ours, and tells it by a close code if it may not stay. */
	async function upgrade(request: IncomingMessage, raw: Duplex, head: Buffer, url: URL): Promise<void> {
		const document = url.pathname.slice(boardPath.length);
		let admitted;
		try {
			admitted = await arrivals.admit(request.headers.cookie, async (subject) => ({
				subject,
				grant: isId(document) ? await access.document(subject, document) : null
			}));
			if (admitted === 'too-many') return denyUpgrade(raw, 429, metrics);
		} catch (error) {
			log.warn({ error: String(error) }, 'a board socket came while the database did not answer');
			return denyUpgrade(raw, 503, metrics);
		}
		if (raw.destroyed) return;
		server.handleUpgrade(request, raw, head, (socket) => {
			const wire = wireOf(socket, metrics);
			heard.set(socket, performance.now());
			const version = url.searchParams.get('v');
			if (version !== null && version !== String(protocolVersion)) return wire.close('outdated');
			if (!admitted) return wire.close('signed-out');
			const { subject, grant } = admitted;
			if (!grant || !maySee(grant)) return wire.close('not-found');
			const served = serve(rooms, log, wire, { subject, document, grant, query: url.searchParams });
			socket.on('message', (data) => {
				heard.set(socket, performance.now());
				count(metrics, 'in', data as Buffer);
				served.frame(data as Buffer);
			});
			let pinged: Buffer | null = null;
			socket.on('ping', (data) => {
				served.beat();
				// one answer to all that have come together (RFC 6455, 5.5.3): a thousand pings are not a thousand writes
				if (pinged === null) {
					setImmediate(() => {
						socket.pong(pinged!);
						pinged = null;
					});
				}
				pinged = data;
			});
			socket.on('pong', () => {
				heard.set(socket, performance.now());
				served.beat();
			});
			socket.on('close', () => served.gone());
		});
	}

	return {
		upgrade,
		/** Tells everybody that the server stops. Resolves when all sockets are gone. */
		async stop(): Promise<void> {
			clearInterval(pings);
			for (const socket of server.clients) wireOf(socket, metrics).close('restarting');
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
		/** waiting in sockets for readers to take it */
		get bufferedBytes(): number {
			let bytes = 0;
			for (const socket of server.clients) bytes += socket.bufferedAmount;
			return bytes;
		}
	};
}

function count(metrics: Metrics, way: 'in' | 'out', message: Uint8Array): void {
	const kind = kindOf(message);
	metrics.count(`frames_${way}`, kind);
	metrics.count(`bytes_${way}`, kind, message.byteLength);
}

function wireOf(socket: WebSocket, metrics: Metrics): Wire {
	// without a listener an error of one socket would end the process; what follows an error is 'close'
	if (socket.listenerCount('error') === 0) socket.on('error', () => {});
	const close = (reason: CloseReason) => {
		if (closeSocket(socket, reason)) metrics.count('closed_sockets', reason);
	};
	let pauses = 0;
	/** bytes handed to the socket so far, and how many of them with the last answer */
	let queued = 0;
	let answered = 0;
	return {
		send(outgoing: Outgoing, asked = false) {
			if (socket.readyState !== socket.OPEN) return;
			const behind = queued - Math.max(answered, queued - socket.bufferedAmount);
			if (!asked && behind > limits.bufferedBytes) return close('too-slow');
			for (const message of outgoing.messages) count(metrics, 'out', message);
			sendFrames(socket, outgoing);
			queued += outgoing.frames.byteLength;
			if (asked) answered = queued;
		},
		isBehind: () => answered - (queued - socket.bufferedAmount) > limits.bufferedBytes,
		close,
		pause() {
			if (pauses++ === 0) socket.pause();
		},
		resume() {
			if (--pauses === 0) socket.resume();
		}
	};
}

/** False: it was on its way out already. */
function closeSocket(socket: WebSocket, reason: CloseReason): boolean {
	if (socket.readyState !== socket.OPEN) return false;
	socket.close(closeCodes[reason], reason);
	setTimeout(() => socket.terminate(), limits.socketCloseMs).unref();
	return true;
}

/**
 * Writes the shared frames as they are, past ws's own framing of every copy; engine.io does the same with its
 * pre-encoded packets. Right only without compression and while the socket is open, which both hold here.
 */
function sendFrames(socket: WebSocket, outgoing: Outgoing): void {
	const sender = (socket as unknown as { _sender?: { sendFrame?: (list: Buffer[]) => void } })._sender;
	if (sender?.sendFrame) sender.sendFrame([outgoing.frames]);
	else for (const message of outgoing.messages) socket.send(message);
}
