import { performance } from 'node:perf_hooks';

/** How much of the time this thread is at work, as it was in the last second or since it was last asked. */
export class Load {
	#last = performance.eventLoopUtilization();
	#askedAt = performance.now();
	#busy = 0;

	/** From 0 to 1. */
	get busy(): number {
		const now = performance.now();
		if (now - this.#askedAt < everyMs) return this.#busy;
		const sum = performance.eventLoopUtilization();
		this.#busy = performance.eventLoopUtilization(sum, this.#last).utilization;
		this.#last = sum;
		this.#askedAt = now;
		return this.#busy;
	}
}

/** A limit that a busy thread moves: the least until it is at work for a part `from` of the time, the most as from `to`, and in between in proportion. */
export function underLoad(busy: number, { from, to }: { from: number; to: number }, { least, most }: { least: number; most: number }): number {
	return least + (most - least) * Math.min(Math.max((busy - from) / (to - from), 0), 1);
}

const everyMs = 1_000;
