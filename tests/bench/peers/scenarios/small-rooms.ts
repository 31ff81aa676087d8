import { median, ms, percentile } from '../../figures.ts';
import { Crowd, wasBusy, type Measured } from '../crowd.ts';
import { besides } from '../measures.ts';
import { tableOf } from '../table.ts';
import { warmUp } from '../warm-up.ts';
import { inTurns, withServer, type Scenario } from '../turns.ts';

const peopleInRoom = 8;
const habits = { editsPerSecond: 0.5, movesPerSecond: 5 };
const sizes = [
	{ rooms: 50, judged: false },
	{ rooms: 200, judged: true }
] as const;
const p99 = 20;
const duration = { warmUpSeconds: 0.5, seconds: 4 };

type SmallRooms = Record<number, Measured & { megabytes: number }>;

/** Many rooms of few people at a time. */
export const smallRooms: Scenario = async (bench) => {
	const found = await inTurns<SmallRooms>(bench, 'small rooms', bench.quick ? 1 : 5, (server) =>
		withServer(server, { rooms: Math.max(...sizes.map(({ rooms }) => rooms)), peopleInRoom }, async (running) => {
			const crowd = new Crowd(running);
			const found: SmallRooms = {};
			try {
				await warmUp(crowd);
				for (const { rooms } of sizes) {
					await crowd.fill(rooms, peopleInRoom);
					found[rooms] = { ...(await crowd.work(habits, duration)), megabytes: running.residentMegabytes() };
				}
			} finally {
				await crowd.end();
			}
			return found;
		})
	);
	return sizes.map(({ rooms, judged }) => {
		const at = (found: SmallRooms) => found[rooms]!;
		const isPeer = (found: SmallRooms) => at(found).delivered >= 0.99;
		const busy = { wasBusy: (found: SmallRooms) => wasBusy(at(found).generator) };
		return tableOf(
			`${rooms} rooms of ${peopleInRoom} people, ${habits.editsPerSecond} edits and ${habits.movesPerSecond} moves a second each`,
			found,
			[
				{ what: 'edit to another person, p50', of: (found) => median(at(found).samples), show: ms, better: 'lower', isPeer, ...busy },
				{
					what: 'edit to another person, p99',
					of: (found) => percentile(at(found).samples, 0.99),
					show: ms,
					better: 'lower',
					isPeer,
					...busy,
					...(judged && { reach: { said: `≤ ${ms(p99)}`, most: () => p99 } })
				},
				{
					what: 'processor, ms per 1,000 deliveries',
					of: (found) => at(found).cpu,
					show: (value) => value.toFixed(2),
					better: 'lower',
					isPeer,
					...(judged && { reach: { ratio: 0.6 } })
				},
				{ what: 'of that, PostgreSQL', of: (found) => at(found).cpuOfDatabase || null, show: (value) => value.toFixed(2) },
				{ what: 'cores', of: (found) => at(found).cores, show: (value) => value.toFixed(2), better: 'lower', isPeer },
				{
					what: 'memory of the server’s process, MB',
					of: (found) => at(found).megabytes,
					show: String,
					better: 'lower',
					isPeer,
					...(judged && { reach: { ratio: 0.75 }, judges: ({ name }) => name.includes('PostgreSQL') })
				},
				...besides(at)
			],
			[
				'Whoever delivers less than 99 % is in brackets, and no peer.',
				'The embedded database is in the process of the server, so memory without it is that of the server on PostgreSQL.'
			]
		);
	});
};
