import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { counterBytes, countersIn, type Counters } from './counters.ts';
import { prepareSocket, removeSocket } from './socket-path.ts';
import type { FromWorker, ToWorker, WorkerData } from './worker.ts';

/** The embedded database of this process. */
export interface Embedded {
	readonly socket: string;
	readonly counters: Readonly<Counters>;
	/** Resolves when everything is on the disk and the files are closed. */
	close(): Promise<void>;
}

export interface EmbeddedEvents {
	slow(ms: number, statement: string): void;
	/** the database ended by itself (a full disk, for one) and is started again */
	stopped(reason: string): void;
}

/** Between an unforeseen end of the database and its next start; doubled each time. */
const restartMs = { first: 100, most: 5_000 };

/**
 * Starts the embedded database on a data folder that this process has locked. Rejects when it cannot be started.
 * Should it end later by itself, it is started again, as often as that takes: what was acknowledged is in its log.
 */
export async function startEmbedded(folder: string, events: EmbeddedEvents): Promise<Embedded> {
	const memory = new SharedArrayBuffer(counterBytes);
	const socket = prepareSocket(folder);
	const workerData: WorkerData = { folder, socket, counters: memory };
	let closing = false;
	let waitMs = restartMs.first;
	let restart: ReturnType<typeof setTimeout> | undefined;
	let worker: Worker;

	/** `ended` is called when a database that was listening ends; before that, it rejects */
	function start(ended: (reason: string) => void): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		let reason = 'it ended';
		let listening = false;
		fs.rmSync(socket, { force: true });
		worker = new Worker(fileURLToPath(import.meta.resolve('#db/embedded/worker.ts')), { workerData });
		worker.on('message', (message: FromWorker) => {
			if (message.kind === 'slow') return events.slow(message.ms, message.statement);
			if (message.kind === 'stopping') return void (reason = message.reason);
			listening = true;
			resolve();
		});
		worker.on('error', (error) => (reason = String(error)));
		worker.on('exit', () => (listening ? ended(reason) : reject(new Error(reason))));
		return promise;
	}

	function startAgain(reason: string): void {
		if (closing) return;
		events.stopped(reason);
		restart = setTimeout(() => {
			start(startAgain).then(
				() => (waitMs = restartMs.first),
				(error: unknown) => startAgain(String(error))
			);
		}, waitMs);
		waitMs = Math.min(2 * waitMs, restartMs.most);
	}

	try {
		await start(startAgain);
	} catch (error) {
		removeSocket(folder, socket);
		throw error;
	}

	return {
		socket,
		counters: countersIn(memory),
		async close() {
			closing = true;
			clearTimeout(restart);
			const { promise: exited, resolve } = Promise.withResolvers<void>();
			if (worker.threadId === -1) resolve();
			else {
				worker.once('exit', () => resolve());
				worker.postMessage('close' satisfies ToWorker);
			}
			await exited;
			removeSocket(folder, socket);
		}
	};
}
