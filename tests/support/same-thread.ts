import { jobs, type Done, type Given, type JobName } from '#realtime/server/workbench/jobs.ts';
import type { Workbench } from '#realtime/server/workbench/workbench.ts';

/** A workbench for virtual time, in which threads cannot take part: the same jobs, done at once and without a budget. */
export const sameThread: Workbench = {
	async do<Name extends JobName>(name: Name, given: Given<Name>) {
		const job = jobs[name] as unknown as (given: Given<Name>, within: (ms: number) => void) => Done<Name>;
		return job(given, () => {});
	},
	stop: async () => {}
};
