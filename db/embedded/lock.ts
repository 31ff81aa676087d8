import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DataFolderInUse } from '../errors.ts';

/** Who has a data folder open, as it says itself. */
export interface Holder {
	pid: number;
	/** milliseconds since 1970 */
	startedAt: number;
	/** where its database listens; null until it does */
	socket: string | null;
}

export interface Lock {
	/** tells others where the database listens */
	announce(socket: string): void;
	release(): void;
}

const holderFile = (folder: string) => path.join(folder, 'holder.json');

/**
 * Takes a data folder for this process alone, or throws {@link DataFolderInUse} at once. The embedded database
 * has no lock of its own: two processes would each acknowledge, and the rows of one would vanish.
 *
 * What decides is a lock of the operating system on the file `lock`, taken through SQLite because Node offers no
 * other way to one: it ends with the process, however that ends, so that nothing is ever stale and no process id
 * that was given away anew can be taken for the holder. `holder.json` only tells who it is.
 */
export function takeLock(folder: string, startedAt: number): Lock {
	const file = new DatabaseSync(path.join(folder, 'lock'), { timeout: 0 });
	try {
		file.exec('begin exclusive');
	} catch (error) {
		file.close();
		if (/locked|busy/.test(String(error))) throw new DataFolderInUse(folder, readHolder(folder)?.pid ?? null);
		throw error;
	}
	const holder: Holder = { pid: process.pid, startedAt, socket: null };
	writeHolder(folder, holder);
	return {
		announce: (socket) => writeHolder(folder, { ...holder, socket }),
		release() {
			fs.rmSync(holderFile(folder), { force: true });
			file.close();
		}
	};
}

/** Who has the folder open, or had when it last stopped without saying so; null: nobody. */
export function readHolder(folder: string): Holder | null {
	try {
		const { pid, startedAt, socket } = JSON.parse(fs.readFileSync(holderFile(folder), 'utf8')) as Partial<Record<keyof Holder, unknown>>;
		if (typeof pid !== 'number' || typeof startedAt !== 'number') return null;
		return { pid, startedAt, socket: typeof socket === 'string' ? socket : null };
	} catch {
		return null;
	}
}

function writeHolder(folder: string, holder: Holder): void {
	const draft = `${holderFile(folder)}.${process.pid}`;
	fs.writeFileSync(draft, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
	fs.renameSync(draft, holderFile(folder));
}
