import { limits } from '#realtime/meeting/limits.ts';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Done, Given, JobName } from './jobs.ts';
import type { FromWorker, ToWorker } from './worker.ts';

/** Where heavy work is done beside the event loop. */
export interface Workbench {
	/**
	 * Does a job. Rejects with {@link JobEnded} if it took longer than it may, or more memory, and its thread was
	 * ended; with another error if the job itself failed. `took`: told how many milliseconds it has taken of the processor,
	 * or for how many it had a thread, if it was ended for its excess.
	 */
	do<Name extends JobName>(name: Name, given: Given<Name>, took?: (ms: number) => void): Promise<Done<Name>>;
	/** Ends all threads; what is under way or waits is rejected. */
	stop(): Promise<void>;
}

/** A job was ended with its thread. `excess`: it took more than it may have; otherwise the thread ended by itself, or could not be started. */
export class JobEnded extends Error {
	readonly excess: boolean;
	constructor(message: string, excess: boolean) {
		super(message);
		this.excess = excess;
	}
}

interface Task {
	message: ToWorker;
	took: ((ms: number) => void) | undefined;
	resolve: (result: never) => void;
	reject: (error: unknown) => void;
}

/** A thread, and what it does. A thread that was ended with its job is not used again. */
interface Hand {
	worker: Worker;
	task: Task | null;
	/** when it got its task, by `performance.now()` */
	beganAt: number;
	timer: ReturnType<typeof setTimeout> | undefined;
	ended: JobEnded | null;
}

/** Threads are started when there is work, and end when there has been none for a while. `script`: a worker of a test's own. */
export function openWorkbench({ script = fileURLToPath(import.meta.resolve('#realtime/server/workbench/worker.ts')) }: { script?: string } = {}): Workbench {
	const hands = new Set<Hand>();
	const waiting: Task[] = [];
	let stopped = false;

	function end(hand: Hand, why: JobEnded): Promise<unknown> {
		hand.ended ??= why;
		return hand.worker.terminate();
	}

	function hire(): Hand {
		const worker = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: limits.workerHeapMb } });
		const hand: Hand = { worker, task: null, beganAt: 0, timer: undefined, ended: null };
		hands.add(hand);
		worker.unref();
		worker.on('message', (message: FromWorker) => {
			if (hand.ended) return;
			if (message.kind === 'within') return setTimer(hand, message.ms, new JobEnded(`a job took longer than ${message.ms} ms`, true));
			const { task } = hand;
			if (message.kind === 'took') return task?.took?.(message.ms);
			hand.task = null;
			setTimer(hand, limits.workerIdleMs, new JobEnded('nothing to do', false));
			if (message.kind === 'done') task?.resolve(message.result as never);
			else task?.reject(new Error(message.reason));
			assign();
		});
		worker.on('error', (error: Error & { code?: string }) => (hand.ended ??= new JobEnded(error.message, error.code === 'ERR_WORKER_OUT_OF_MEMORY')));
		worker.on('exit', () => {
			clearTimeout(hand.timer);
			hands.delete(hand);
			if (hand.ended?.excess) hand.task?.took?.(performance.now() - hand.beganAt);
			hand.task?.reject(hand.ended ?? new JobEnded('a worker ended by itself', false));
			assign();
		});
		return hand;
	}

	function setTimer(hand: Hand, ms: number, why: JobEnded): void {
		clearTimeout(hand.timer);
		hand.timer = setTimeout(() => void end(hand, why), ms);
		hand.timer.unref();
	}

	function assign(): void {
		while (waiting.length > 0) {
			const hand = [...hands].find(({ task, ended }) => task === null && ended === null) ?? (hands.size < limits.workers ? hire() : null);
			if (!hand) return;
			clearTimeout(hand.timer);
			hand.task = waiting.shift()!;
			hand.beganAt = performance.now();
			hand.worker.postMessage(hand.task.message);
		}
	}

	return {
		do: (name, given, took) =>
			new Promise((resolve, reject) => {
				if (stopped) return reject(new JobEnded('the workbench is closed', false));
				waiting.push({ message: { name, given } as ToWorker, took, resolve, reject });
				assign();
			}),
		async stop() {
			stopped = true;
			const why = new JobEnded('the workbench is closed', false);
			for (const { reject } of waiting.splice(0)) reject(why);
			await Promise.all([...hands].map((hand) => end(hand, why)));
		}
	};
}
