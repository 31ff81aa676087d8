import { setTimeout as pause } from 'node:timers/promises';
import { median } from '../../figures.ts';
import { Crowd } from '../crowd.ts';
import { furnish, makers } from '../furnish.ts';
import { Hand } from '../hand.ts';
import type { Server } from '../servers.ts';
import { tableOf } from '../table.ts';
import { inTurns, withServer, type Scenario } from '../turns.ts';

const people = 50;
/** much is said: what lies in the buffers of the system, some megabytes, is not the server's */
const habits = { editsPerSecond: 2, movesPerSecond: 10, words: 'کارشناس '.repeat(12) };
const warmUpSeconds = 5;
/** seconds at the beginning and at the end whose median counts: collecting garbage takes and gives megabytes */
const window = 5;
const mostMegabytes = 4;

interface StoppedReader {
	/** megabytes of each second */
	stopped: number[];
	control: number[];
}

/** Somebody who stops reading while others work, next to the same without them. */
export const stoppedReader: Scenario = async (bench) => {
	const seconds = bench.quick ? 15 : 24;

	const watch = (server: Server, stops: boolean): Promise<number[]> =>
		withServer(server, { rooms: 1, peopleInRoom: people + 1 + makers }, async (running) => {
			await furnish(running, people + 1);
			const crowd = new Crowd(running);
			try {
				await crowd.fill(1, people);
				const working = crowd.work(habits, { warmUpSeconds, seconds });
				await pause(warmUpSeconds * 1_000);
				const reader = stops ? await Hand.at(running.seat(people), { listens: true }) : null;
				reader?.pause();
				const megabytes: number[] = [];
				for (let second = 0; second < seconds; second++) {
					megabytes.push(running.residentMegabytes());
					await pause(1_000);
				}
				await working;
				reader?.leave();
				return megabytes;
			} finally {
				await crowd.end();
			}
		});

	const found = await inTurns<StoppedReader>(bench, 'stopped reader', 1, async (server) => ({
		control: await watch(server, false),
		stopped: await watch(server, true)
	}));
	const growth = (megabytes: readonly number[]) => median(megabytes.slice(-window)) - median(megabytes.slice(0, window));
	const show = (value: number) => `${value > 0 ? '+' : ''}${value} MB`;
	return [
		tableOf(
			`One of ${people + 1} stops reading for ${seconds} s`,
			found,
			[
				{ what: 'memory with it', of: ({ stopped }) => growth(stopped), show },
				{ what: 'memory without it', of: ({ control }) => growth(control), show },
				{
					what: 'difference',
					of: ({ stopped, control }) => growth(stopped) - growth(control),
					show,
					reach: { said: `≤ ${mostMegabytes} MB`, most: () => mostMegabytes }
				}
			],
			bench.quick ? ['So short a time hardly fills the buffers of the system: only the full run tells servers apart.'] : []
		)
	];
};
