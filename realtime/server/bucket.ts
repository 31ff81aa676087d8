import type { Rate } from '#realtime/meeting/limits.ts';

/**
 * A token bucket. It may be overdrawn: what something has cost is often known only when it is done, and is then
 * paid off before the next thing is begun. Times are milliseconds of any one clock that never goes back.
 */
export class Bucket {
	readonly #rate: Rate;
	#left: number;
	#at: number;

	constructor(rate: Rate, nowMs: number) {
		this.#rate = rate;
		this.#left = rate.atOnce;
		this.#at = nowMs;
	}

	/** How long until this much may be taken, 0 if it may be now. More than the bucket holds waits until it is full. */
	waitMs(amount: number, nowMs: number): number {
		this.#grow(nowMs);
		const lacks = Math.min(amount, this.#rate.atOnce) - this.#left;
		return lacks <= 0 ? 0 : Math.ceil((lacks / this.#rate.perSecond) * 1_000);
	}

	take(amount: number, nowMs: number): void {
		this.#grow(nowMs);
		this.#left -= amount;
	}

	isFull(nowMs: number): boolean {
		return this.waitMs(this.#rate.atOnce, nowMs) === 0;
	}

	#grow(nowMs: number): void {
		this.#left = Math.min(this.#rate.atOnce, this.#left + ((nowMs - this.#at) / 1_000) * this.#rate.perSecond);
		this.#at = nowMs;
	}
}
