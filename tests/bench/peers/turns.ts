import type { Server } from './servers.ts';
import type { Found, Table } from './table.ts';

/** What a scenario is given. */
export interface Bench {
	/** all of them in ten minutes rather than an hour */
	quick: boolean;
	servers: readonly Server[];
	/** where processes of ours leave what they spent their time on, in a folder of each server's name; null: nowhere */
	profiles: string | null;
	/** Keeps what was measured, beside the tables. */
	keep(measured: object): void;
}

/** Measures something of every server. */
export type Scenario = (bench: Bench) => Promise<Table[]>;

/** Measures each server so many times, in turns, so that all see the same machine. `earlier`: what was found of it before. */
export async function inTurns<Figures extends object>(
	{ servers, keep }: Bench,
	scenario: string,
	runs: number,
	measure: (server: Server, earlier: readonly (Figures | null)[]) => Promise<Figures>
): Promise<Found<Figures>> {
	const found: Found<Figures> = new Map(servers.map((server) => [server, []]));
	for (let run = 1; run <= runs; run++) {
		for (const [server, earlier] of found) {
			const began = performance.now();
			const figures = await measure(server, earlier).catch((error: unknown) => {
				console.error(`${server.name} broke down: ${String(error)}`);
				keep({ scenario, run, server: server.name, error: String(error) });
				return null;
			});
			if (figures !== null) keep({ scenario, run, server: server.name, ...figures });
			earlier.push(figures);
			console.error(`${scenario}, ${run} of ${runs}: ${server.name}, ${Math.round((performance.now() - began) / 1_000)} s`);
		}
	}
	return found;
}

/** Starts a server for something, and ends it whatever comes of that. */
export async function withServer<Result>(
	server: Server,
	places: Parameters<Server['start']>[0],
	use: (running: Awaited<ReturnType<Server['start']>>) => Promise<Result>
): Promise<Result> {
	const running = await server.start(places);
	try {
		return await use(running);
	} finally {
		await running.remove();
	}
}
