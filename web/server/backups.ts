import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { backupName, newestBackup, rotateBackups } from '#db/backup/folder.ts';
import type { LeaseStore } from '#db/stores/leases.ts';
import type { Log } from '#realtime/server/ports.ts';
import type { Settings } from './config.ts';

/** How backups are made by themselves. */
export interface BackupPlan {
	folder: string;
	/** between two of them */
	everyMs: number;
	/** how many are kept */
	keep: number;
	/** Writes one into this file, unless it is told to stop. Rejects when it could not. */
	write: (file: string, signal: AbortSignal) => Promise<void>;
	/** of several processes that share the folder, one makes each */
	leases: Pick<LeaseStore, 'take' | 'giveBack'>;
	log: Log;
}

/** A server that has just started has better things to do, and one that is started again and again makes none each time. */
const firstAfterMs = 10 * 60_000;
/** Nobody else begins one meanwhile; then whoever made it is taken for gone. */
const longestMs = 60 * 60_000;
const lease = 'backup';

/**
 * Makes a backup every so often, counted from the newest that there is, and removes the oldest. A failure is logged
 * and tried again at the next time; it never reaches the server. Answers how to stop.
 */
export function keepBackups({ folder, everyMs, keep, write, leases, log }: BackupPlan): () => void {
	const stopped = new AbortController();
	let timer: ReturnType<typeof setTimeout>;
	const dueAt = () => (newestBackup(folder, 'scheduled') ?? -Infinity) + everyMs;
	const next = (atLeastMs: number) => {
		timer = setTimeout(() => void make(), Math.max(dueAt() - Date.now(), atLeastMs));
		timer.unref();
	};
	const make = async () => {
		const now = Date.now();
		const file = path.join(folder, backupName('scheduled', now));
		try {
			if (await leases.take(lease, longestMs)) {
				try {
					// another process may just have made it
					if (dueAt() <= now) {
						await write(file, stopped.signal);
						rotateBackups(folder, 'scheduled', keep);
						log.info({ file, ms: Date.now() - now }, 'a backup was made');
					}
				} finally {
					await leases.giveBack(lease);
				}
			}
		} catch (error) {
			if (!stopped.signal.aborted) log.error({ reason: error instanceof Error ? error.message : String(error) }, 'a backup could not be made');
		}
		if (!stopped.signal.aborted) next(Math.min(everyMs, firstAfterMs));
	};
	next(firstAfterMs);
	return () => {
		clearTimeout(timer);
		stopped.abort();
	};
}

/** Writes a backup as the command does, in a process of its own: packing and reading back would hold up everybody here. */
export const writeInProcess =
	({ dataDir, databaseUrl }: Pick<Settings, 'dataDir' | 'databaseUrl'>): BackupPlan['write'] =>
	(file, signal) =>
		new Promise((resolve, reject) => {
			const command = spawn(process.execPath, [fileURLToPath(import.meta.resolve('#db/backup.ts')), file], {
				env: { ...process.env, DATA_DIR: dataDir, DATABASE_URL: databaseUrl ?? '' },
				stdio: ['ignore', 'ignore', 'pipe'],
				signal
			});
			let said = '';
			command.stderr.on('data', (data: Buffer) => (said += data.toString()));
			command.once('error', reject);
			command.once('close', (code) => (code === 0 ? resolve() : reject(new Error(said.trim().split('\n').at(-1) || `it ended with ${code}`))));
		});
