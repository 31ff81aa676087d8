import { performance } from 'node:perf_hooks';

/**
 * How much of the time this thread is at work: a mean in which what was counts the less the longer ago it was, since whoever
 * goes by it changes it. By what the last second alone was like, a busy thread would be idle and overworked in turns.
 */
export class Load {
	#last = performance.eventLoopUtilization();
	#askedAt = performance.now();
	#busy = 0;

	/** From 0 to 1. */
	get busy(): number {
		const now = performance.now();
		const passedMs = now - this.#askedAt;
		if (passedMs < everyMs) return this.#busy;
		const sum = performance.eventLoopUtilization();
		const { utilization } = performance.eventLoopUtilization(sum, this.#last);
		this.#busy += (utilization - this.#busy) * (1 - Math.exp(-passedMs / memoryMs));
		this.#last = sum;
		this.#askedAt = now;
		return this.#busy;
	}
}

/** A limit that a busy thread moves: the least until it is at work for a part `from` of the time, the most as from `to`, and in between in proportion. */
export function underLoad(busy: number, { from, to }: { from: number; to: number }, { least, most }: { least: number; most: number }): number {
	return least + (most - least) * Math.min(Math.max((busy - from) / (to - from), 0), 1);
}

/** how far apart two looks are at least */
const everyMs = 100;
/** after this time what was counts a third */
const memoryMs = 1_000;
