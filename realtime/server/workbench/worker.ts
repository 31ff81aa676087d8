import { parentPort } from 'node:worker_threads';
import { jobs, type Done, type Given, type JobName } from './jobs.ts';

/** A thread of the workbench: does one job after the other. */

export type ToWorker = { [Name in JobName]: { name: Name; given: Given<Name> } }[JobName];
export type FromWorker = { kind: 'within'; ms: number } | { kind: 'done'; result: Done<JobName> } | { kind: 'failed'; reason: string };

const port = parentPort!;
const tell = (message: FromWorker) => port.postMessage(message);

port.on('message', ({ name, given }: ToWorker) => {
	try {
		const job = jobs[name] as (given: unknown, within: (ms: number) => void) => Done<JobName>;
		tell({ kind: 'done', result: job(given, (ms) => tell({ kind: 'within', ms })) });
	} catch (error) {
		tell({ kind: 'failed', reason: String(error) });
	}
});
