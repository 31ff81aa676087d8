/**
 * What may wait: one thing after the other, and after each a rest of so many times as long as it took, so that all of
 * it together never takes more than its part of the time.
 */
export class Leisure {
	readonly #rests: number;
	readonly #restMsAtMost: number;
	#last: Promise<unknown> = Promise.resolve();

	/** `rests`: as many times as long as something took; `restMsAtMost`: something that stood still takes no longer rest than this. */
	constructor(rests: number, restMsAtMost: number) {
		this.#rests = rests;
		this.#restMsAtMost = restMsAtMost;
	}

	/** Does something in its turn. Settles as `work` does. */
	do(work: () => Promise<void>): Promise<void> {
		let began = 0;
		const turn = this.#last.then(() => {
			began = performance.now();
			return work();
		});
		const rest = () =>
			new Promise((resolve) => {
				setTimeout(resolve, Math.min(this.#rests * (performance.now() - began), this.#restMsAtMost)).unref();
			});
		this.#last = turn.then(rest, rest);
		return turn;
	}
}
