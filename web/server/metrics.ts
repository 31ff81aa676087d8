import { createHash, timingSafeEqual } from 'node:crypto';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '#db/open.ts';
import type { Live } from '#realtime/server/attach.ts';
import { alone, type Bus } from '#realtime/server/bus.ts';
import { counters as liveCounters, timings, type Counting, type CounterTable } from '#realtime/server/metrics.ts';
import { errorStatus, type ErrorCode } from './api/errors.ts';

/** What is counted: what the live server counts, and what HTTP adds to it. */
const counters = {
	...liveCounters,
	refused_calls: { help: 'Calls of the HTTP API that were refused.', by: 'code', of: Object.keys(errorStatus) as ErrorCode[] }
} as const satisfies CounterTable;

/** What stands at the moment of asking. A row here is one figure more. */
const gauges: Record<string, { help: string; now: (of: Measured) => number | null | undefined }> = {
	people: { help: 'People who are connected, each once.', now: ({ live }) => live?.statistics.people },
	rooms: { help: 'Documents in memory.', now: ({ live }) => live?.statistics.rooms },
	board_sockets: { help: 'Sockets on documents.', now: ({ live }) => live?.statistics.connections },
	meeting_sockets: { help: 'Sockets of meetings.', now: ({ live }) => live?.statistics.meetingSockets },
	buffered_bytes: { help: 'Bytes that wait in board sockets for slow readers.', now: ({ live }) => live?.statistics.bufferedBytes },
	queued_bytes: { help: 'Bytes of edits that wait for the database.', now: ({ live }) => live?.statistics.queuedBytes },
	projection_lag_seconds: {
		help: 'Age of the oldest committed edit that the tables in SQL do not show.',
		now: ({ live }) => live && live.statistics.projectionLagMs / 1000
	},
	diverged_pages: { help: 'Pages that held something else than the server by the same edits, since the start.', now: ({ live }) => live?.statistics.diverged },
	slow_statements: { help: 'Statements that took longer than they may, since the start.', now: ({ database }) => database.statistics().slowStatements },
	redis_reached: { help: 'Is Redis reached? 1: yes, 0: no; absent without one.', now: ({ bus }) => (bus === alone ? null : Number(bus.isUp)) },
	fsyncs: { help: 'Times that the embedded database has flushed to disk; absent with PostgreSQL.', now: ({ database }) => database.statistics().fsyncs }
};

/** What the figures are of. */
interface Measured {
	readonly database: Pick<Database, 'statistics'>;
	readonly live: Pick<Live, 'statistics'> | null;
	readonly bus: Pick<Bus, 'isUp'>;
}

/** Everything counted and measured in this process. */
export interface ServerMetrics extends Counting<typeof counters> {
	/** All of it in Prometheus's text format, and the media type of that. */
	exposition(): Promise<{ type: string; text: string }>;
}

/** Counts from now on. `measured` is asked when somebody reads. */
export function openMetrics(measured: () => Measured): ServerMetrics {
	const registry = new Registry();
	// event-loop delay, heap, resident memory, garbage collection, processor time
	collectDefaultMetrics({ register: registry });
	const registers = [registry];
	// plain numbers, since a frame is counted for each of two hundred readers
	const counts = new Map<string, Map<string | null, number>>();
	const rows: CounterTable = counters;
	for (const [name, { help, by, of }] of Object.entries(rows)) {
		// every series is there from the start: an alert cannot wait for one that has never been
		const series = new Map<string | null, number>((of ?? [null]).map((label) => [label, 0]));
		counts.set(name, series);
		new Counter({
			name: `hamandish_${name}_total`,
			help,
			labelNames: by === undefined ? [] : [by],
			registers,
			collect() {
				this.reset();
				for (const [label, times] of series) this.inc(by === undefined ? {} : { [by]: label! }, times);
			}
		});
	}
	for (const [name, { help, now }] of Object.entries(gauges)) {
		new Gauge({
			name: `hamandish_${name}`,
			help,
			registers,
			collect() {
				const value = now(measured());
				if (typeof value === 'number') this.set(value);
				else this.remove();
			}
		});
	}
	const histograms = new Map(
		Object.entries(timings).map(([name, { help, steps }]) => [name, new Histogram({ name: `hamandish_${name}_seconds`, help, buckets: [...steps], registers })])
	);
	return {
		count(name, label, times = 1) {
			const series = counts.get(name)!;
			series.set(label, series.get(label)! + times);
		},
		took: (name, seconds) => histograms.get(name)!.observe(seconds),
		exposition: async () => ({ type: registry.contentType, text: await registry.metrics() })
	};
}

/** Does this header carry the token? Takes as long whatever it carries. */
export function showsToken(authorization: string | undefined, token: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}
