import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, ms, percentile } from '../figures.ts';
import type { Measured } from './load.ts';
import { oneRoom } from './one-room.ts';
import { ours, servers, type Server } from './servers.ts';

/**
 * `npm run bench:peers`: our server as users run it against the servers that others use, in turns, so that all see the same
 * machine. `--quick`: in ten minutes instead of an hour. Prints medians of the runs and ratios to the best peer, and keeps all
 * that was measured.
 */
const quick = process.argv.includes('--quick');
const runs = quick ? 1 : 5;
const raw: object[] = [];

interface Figures {
	p50: number;
	p99: number;
	cpu: number;
	delivered: number;
	generatorDelayMs: number;
}

const figuresOf = ({ samples, cpu, delivered, generator }: Measured): Figures => ({
	p50: median(samples),
	p99: percentile(samples, 0.99),
	cpu,
	delivered,
	generatorDelayMs: generator.delayMs
});

const rooms = [
	{ people: 10, editsPerSecond: 1 },
	{ people: 50, editsPerSecond: 1 },
	{ people: 200, editsPerSecond: 0.5 },
	{ people: 400, editsPerSecond: 0.5 }
];

for (const { people, editsPerSecond } of rooms) {
	const found = new Map<Server, Figures[]>(servers.map((server) => [server, []]));
	for (let run = 0; run < runs; run++) {
		for (const server of servers) {
			const measured = await oneRoom(server, people, { editsPerSecond, movesPerSecond: 5, warmUpSeconds: 3, seconds: quick ? 8 : 15 });
			found.get(server)!.push(figuresOf(measured));
			raw.push({
				scenario: 'one room',
				people,
				server: server.name,
				run,
				...measured,
				samples: measured.samples.map((sample) => Math.round(sample * 10) / 10)
			});
		}
	}
	const medians = new Map([...found].map(([server, all]) => [server, ofAll(all)]));
	const best = Math.min(...[...medians].filter(([server]) => server !== ours).map(([, { cpu, delivered }]) => (delivered > 0.99 ? cpu : Infinity)));
	console.log(`\none room, ${people} people, ${editsPerSecond} edits and 5 moves a second each`);
	for (const [server, { p50, p99, cpu, delivered, generatorDelayMs }] of medians) {
		console.log(
			[
				server.name.padEnd(24),
				`p50 ${ms(p50)}`.padEnd(14),
				`p99 ${ms(p99)}`.padEnd(14),
				`${cpu.toFixed(2)} ms/1,000`.padEnd(16),
				`${Math.round(delivered * 100)} % delivered`.padEnd(18),
				server === ours ? `× ${(cpu / best).toFixed(2)} of the best peer's processor`.padEnd(40) : ''.padEnd(40),
				generatorDelayMs > 20 ? `(the generator lagged by ${ms(generatorDelayMs)})` : ''
			]
				.join(' ')
				.trimEnd()
		);
	}
}

const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `${new Date().toISOString().slice(0, 10)}.json`), JSON.stringify(raw));
process.exit(0);

function ofAll(all: readonly Figures[]): Figures {
	const of = (key: keyof Figures) => median(all.map((figures) => figures[key]));
	return { p50: of('p50'), p99: of('p99'), cpu: of('cpu'), delivered: of('delivered'), generatorDelayMs: of('generatorDelayMs') };
}
