import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Metrics } from './metrics.ts';

/** Answers an upgrade that is not wanted with a status, lets go of the socket, and counts it. */
export function denyUpgrade(socket: Duplex, status: 403 | 404 | 429 | 503, metrics: Metrics): void {
	metrics.count('refused_upgrades', `${status}`);
	// without a listener a reset during the answer would end the process
	socket.on('error', () => {});
	socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
