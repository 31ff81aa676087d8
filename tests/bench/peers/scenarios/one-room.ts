import { median, ms, percentile } from '../../figures.ts';
import { Crowd, wasBusy, type Measured } from '../crowd.ts';
import { furnish, makers } from '../furnish.ts';
import { inTurns, withServer, type Scenario } from '../turns.ts';
import { besides } from '../measures.ts';
import { tableOf, type Measure } from '../table.ts';
import { warmUp } from '../warm-up.ts';

const movesPerSecond = 5;
const sizes = [
	{ people: 10, editsPerSecond: 1, cpuToReach: null },
	{ people: 50, editsPerSecond: 1, cpuToReach: 0.75 },
	{ people: 200, editsPerSecond: 0.5, cpuToReach: 0.25 },
	{ people: 400, editsPerSecond: 0.5, cpuToReach: null }
] as const;
const most = Math.max(...sizes.map(({ people }) => people));
const commits = 300;
const duration = { warmUpSeconds: 0.5, seconds: 3.5 };

/** what is to be reached, in milliseconds; where a commit takes longer than that, so much more than it */
const p50 = 4;
const p99 = 12;
const beyondCommit = 5;

interface OneRoom {
	/** by people */
	measured: Record<number, Measured>;
	/** milliseconds that a bare commit takes here, with nothing else going on; null: it commits nothing */
	commitMs: number[] | null;
}

/** One board of 200 cards, with more and more people on it. */
export const oneRoom: Scenario = async (bench) => {
	const found = await inTurns<OneRoom>(bench, 'one room', bench.quick ? 1 : 5, (server) =>
		withServer(server, { rooms: 1, peopleInRoom: most + makers }, async (running) => {
			await furnish(running, most);
			const crowd = new Crowd(running);
			const measured: OneRoom['measured'] = {};
			try {
				await warmUp(crowd);
				for (const { people, editsPerSecond } of sizes) {
					await crowd.fill(1, people);
					measured[people] = await crowd.work({ editsPerSecond, movesPerSecond }, duration);
				}
			} finally {
				await crowd.end();
			}
			const commitMs = running.commitMs ? await running.commitMs(measured[200]!.updateBytes, commits) : null;
			return { measured, commitMs };
		})
	);
	return sizes.map(({ people, editsPerSecond, cpuToReach }) => {
		const at = ({ measured }: OneRoom) => measured[people]!;
		const beyond = (share: number, least: number): Partial<Measure<OneRoom>> => ({
			reach: {
				said: `≤ ${ms(least)}, or a commit + ${ms(beyondCommit)}`,
				most: ({ commitMs }) => Math.max(least, percentile(commitMs ?? [], share) + beyondCommit)
			}
		});
		const busy = { wasBusy: (figures: OneRoom) => wasBusy(at(figures).generator) };
		return tableOf(
			`One room, ${people} people, ${editsPerSecond} edits and ${movesPerSecond} moves a second each`,
			found,
			[
				{ what: 'edit to another person, p50', of: (found) => median(at(found).samples), show: ms, better: 'lower', ...busy, ...beyond(0.5, p50) },
				{ what: 'edit to another person, p99', of: (found) => percentile(at(found).samples, 0.99), show: ms, better: 'lower', ...busy, ...beyond(0.99, p99) },
				{ what: 'a bare commit here, p50', of: ({ commitMs }) => commitMs && median(commitMs), show: ms },
				{ what: 'a bare commit here, p99', of: ({ commitMs }) => commitMs && percentile(commitMs, 0.99), show: ms },
				{
					what: 'processor, ms per 1,000 deliveries',
					of: (found) => at(found).cpu,
					show: (value) => value.toFixed(2),
					better: 'lower',
					isPeer: (found) => at(found).delivered >= 0.99,
					...(cpuToReach !== null && { reach: { ratio: cpuToReach } })
				},
				{ what: 'of that, PostgreSQL', of: (found) => at(found).cpuOfDatabase || null, show: (value) => value.toFixed(2) },
				...besides(at)
			],
			['Whoever delivers less than 99 % is in brackets, and no peer.']
		);
	});
};
