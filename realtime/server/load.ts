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

const everyMs = 1_000;
