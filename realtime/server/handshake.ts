import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Answers an upgrade that is not wanted with a status, and lets go of the socket. */
export function denyUpgrade(socket: Duplex, status: 403 | 404 | 429 | 503): void {
	// without a listener a reset during the answer would end the process
	socket.on('error', () => {});
	socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
