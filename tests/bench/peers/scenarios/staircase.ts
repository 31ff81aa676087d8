import { ms, percentile } from '../../figures.ts';
import { Crowd, wasBusy, type Measured } from '../crowd.ts';
import { furnish, makers } from '../furnish.ts';
import type { Server } from '../servers.ts';
import { tableOf } from '../table.ts';
import { warmUp } from '../warm-up.ts';
import { inTurns, withServer, type Scenario } from '../turns.ts';

const habits = { editsPerSecond: 0.5, movesPerSecond: 5 };
const first = 100;
/** what was found is about what will be found: later runs begin so many steps below it */
const below = 2;
const boundMs = 100;
const duration = { warmUpSeconds: 0.5, seconds: 3 };

interface Staircase {
	/** in one room, with everybody served within the bound */
	people: number;
	/** was the generator the limit where it went no further? */
	generatorWasBusy: boolean;
	/** p99 in milliseconds, and what was delivered, of each step */
	steps: { people: number; p99: number; delivered: number; generator: Measured['generator'] }[];
}

/** One room to which more and more people come, until the slowest edits take too long. */
export const staircase: Scenario = async (bench) => {
	const { step, most } = bench.quick ? { step: 100, most: 800 } : { step: 50, most: 1_200 };

	async function climb(server: Server, from: number): Promise<Staircase> {
		return withServer(server, { rooms: 1, peopleInRoom: most + makers }, async (running) => {
			await furnish(running, most);
			const crowd = new Crowd(running);
			const found: Staircase = { people: 0, generatorWasBusy: false, steps: [] };
			/** whoever is over the bound has a second chance: a machine may have stood still */
			let missed = 0;
			try {
				await warmUp(crowd);
				for (let people = from; people <= most && missed < 2;) {
					await crowd.fill(1, people);
					const { samples, delivered, generator } = await crowd.work(habits, duration);
					const p99 = percentile(samples, 0.99);
					found.steps.push({ people, p99, delivered, generator });
					found.generatorWasBusy = wasBusy(generator);
					const holds = p99 < boundMs && delivered >= 0.99;
					if (holds) found.people = people;
					missed = holds ? 0 : missed + 1;
					if (holds) people += step;
				}
			} catch (error) {
				// nobody else gets in
				console.error(`${server.name} lets no more than ${crowd.size} in: ${String(error)}`);
			} finally {
				await crowd.end();
			}
			return found;
		});
	}

	const found = await inTurns<Staircase>(bench, 'staircase', bench.quick ? 1 : 5, (server, earlier) => {
		const before = earlier.at(-1)?.people ?? 0;
		return climb(server, Math.max(first, before - below * step));
	});
	return [
		tableOf(
			`People in one room with p99 below ${ms(boundMs)}, ${habits.editsPerSecond} edits and ${habits.movesPerSecond} moves a second each`,
			found,
			[
				{
					what: 'people',
					// whoever does not serve even the first is taken to serve all but one of them
					of: ({ people }) => Math.max(people, first - 1),
					show: (people) => (people < first ? `below ${first}` : people >= most ? `${people} or more` : String(people)),
					better: 'higher',
					wasBusy: ({ generatorWasBusy }) => generatorWasBusy,
					reach: { ratio: 1.6 }
				}
			],
			[`Steps of ${step}, of which the last that held is told.`]
		)
	];
};
