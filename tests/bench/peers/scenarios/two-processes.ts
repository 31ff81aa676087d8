import { join } from 'node:path';
import { median, ms, percentile } from '../../figures.ts';
import { Crowd, wasBusy, type Measured } from '../crowd.ts';
import { furnish, makers } from '../furnish.ts';
import { ours } from '../ours.ts';
import { besides } from '../measures.ts';
import { tableOf } from '../table.ts';
import { warmUp } from '../warm-up.ts';
import { inTurns, withServer, type Scenario } from '../turns.ts';

const people = 400;
const habits = { editsPerSecond: 0.5, movesPerSecond: 5 };
const duration = { warmUpSeconds: 0.5, seconds: 4 };

/** One board whose people are half at one process and half at another, next to the same people at one process. */
export const twoProcesses: Scenario = async (bench) => {
	const server = (name: string, of: { processes?: number; isOurs?: boolean }) =>
		// Node's options are divided by spaces
		ours({ name, database: 'PostgreSQL', profiles: bench.profiles && join(bench.profiles, name.replace(' ', '-')), ...of });
	const servers = [server('two processes', { processes: 2 }), server('one process', { isOurs: false })];
	const found = await inTurns<Measured>({ ...bench, servers }, 'two processes', bench.quick ? 1 : 5, (server) =>
		withServer(server, { rooms: 1, peopleInRoom: people + makers }, async (running) => {
			await furnish(running, people);
			const crowd = new Crowd(running);
			try {
				await warmUp(crowd);
				await crowd.fill(1, people);
				return await crowd.work(habits, duration);
			} finally {
				await crowd.end();
			}
		})
	);
	const busy = { wasBusy: ({ generator }: Measured) => wasBusy(generator) };
	return [
		tableOf(
			`One room of 2 × ${people / 2} people at two processes, ${habits.editsPerSecond} edits and ${habits.movesPerSecond} moves a second each`,
			found,
			[
				{
					what: 'processor, ms per 1,000 deliveries',
					of: ({ cpu }) => cpu,
					show: (value) => value.toFixed(2),
					better: 'lower',
					reach: { ratio: 1.3 }
				},
				{ what: 'of that, PostgreSQL and Redis', of: ({ cpuOfDatabase }) => cpuOfDatabase, show: (value) => value.toFixed(2) },
				{ what: 'edit to another person, p50', of: ({ samples }) => median(samples), show: ms, better: 'lower', ...busy },
				{ what: 'edit to another person, p99', of: ({ samples }) => percentile(samples, 0.99), show: ms, better: 'lower', ...busy },
				...besides((found: Measured) => found)
			],
			['The peer is one process of ours, with all of the same people.']
		)
	];
};
