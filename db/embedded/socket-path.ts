import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What a Unix socket's path may hold everywhere: 104 bytes on macOS, 108 on Linux, the closing zero included. */
const socketPathBytes = 103;

const name = '.s.PGSQL.5432';

/**
 * Where the embedded database listens: in a folder of its own (mode 0700: its mode is the only key) in the data
 * folder, or, where that path would be too long for a socket, in the system's temporary folder. Removes what a
 * former process left there.
 */
export function prepareSocket(dataFolder: string): string {
	const inside = path.join(dataFolder, 'socket');
	if (Buffer.byteLength(path.join(inside, name)) <= socketPathBytes) {
		fs.mkdirSync(inside, { recursive: true, mode: 0o700 });
		fs.chmodSync(inside, 0o700);
		fs.rmSync(path.join(inside, name), { force: true });
		return path.join(inside, name);
	}
	return path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'hamandish-')), name);
}

/** Removes the socket, and its folder if it was made for this process alone. */
export function removeSocket(dataFolder: string, socket: string): void {
	fs.rmSync(socket, { force: true });
	if (path.dirname(socket) !== path.join(dataFolder, 'socket')) fs.rmSync(path.dirname(socket), { recursive: true, force: true });
}
