import { setTimeout as pause } from 'node:timers/promises';
import type { Product } from './product.ts';

/** What a server says of itself in one moment: megabytes, and the delay of its event loop. */
export interface Sample {
	rss: number;
	heap: number;
	external: number;
	lagMs: number;
}

const everyMs = 5_000;

/** Looks at a server every five seconds until it is over, and once then. */
export async function sampled(product: Product, over: AbortSignal): Promise<Sample[]> {
	const samples: Sample[] = [];
	while (!over.aborted) {
		await pause(everyMs, undefined, { signal: over }).catch(() => {});
		const figures = await product.figures();
		samples.push({
			rss: figures.get('process_resident_memory_bytes')! / 2 ** 20,
			heap: figures.get('nodejs_heap_size_used_bytes')! / 2 ** 20,
			external: figures.get('nodejs_external_memory_bytes')! / 2 ** 20,
			lagMs: figures.get('nodejs_eventloop_lag_p99_seconds')! * 1_000
		});
	}
	return samples;
}

/** The least in each of so many equal parts of the time: what is left after a collection. */
export const leastOf = (samples: readonly Sample[], of: keyof Sample, parts: number): number[] =>
	Array.from({ length: parts }, (_, n) =>
		Math.min(...samples.slice(Math.floor((samples.length * n) / parts), Math.ceil((samples.length * (n + 1)) / parts)).map((sample) => sample[of]))
	);

/** The greatest delay of the event loop. */
export const worstLagMs = (samples: readonly Sample[]): number => Math.max(...samples.map(({ lagMs }) => lagMs));
