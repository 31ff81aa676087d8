import { parentPort } from 'node:worker_threads';
import { measured, threadMs } from '../processor.ts';
import { jobs, type Done, type Given, type JobName } from './jobs.ts';

/** A thread of the workbench: does one job after the other. */

export type ToWorker = { [Name in JobName]: { name: Name; given: Given<Name> } }[JobName];
export type FromWorker =
	{ kind: 'within'; ms: number } | { kind: 'took'; ms: number } | { kind: 'done'; result: Done<JobName> } | { kind: 'failed'; reason: string };

const port = parentPort!;
const tell = (message: FromWorker) => port.postMessage(message);

port.on('message', ({ name, given }: ToWorker) => {
	try {
		const job = jobs[name] as (given: unknown, within: (ms: number) => void) => Done<JobName>;
		const took = (ms: number) => tell({ kind: 'took', ms });
		tell({ kind: 'done', result: measured(threadMs, took, () => job(given, (ms) => tell({ kind: 'within', ms }))) });
	} catch (error) {
		tell({ kind: 'failed', reason: String(error) });
	}
});
