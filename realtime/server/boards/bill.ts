/**
 * What a batch takes of the processor, divided among those who brought it. The processor is asked once for all of it, since to ask
 * takes longer than many an edit; the clock says what part of it each edit was, and what is no edit's is shared by the pieces
 * that were taken.
 */
export class Bill<Payer> {
	readonly #processorMs: () => number;
	readonly #began: { at: number; workedMs: number };
	readonly #shares = new Map<Payer, { ms: number; pieces: number }>();

	/** It begins now. `processorMs`: what the processor has worked so far. */
	constructor(processorMs: () => number) {
		this.#processorMs = processorMs;
		this.#began = { at: performance.now(), workedMs: processorMs() };
	}

	/** An edit took `ms` by the clock, and of it so many pieces were taken. */
	add(payer: Payer, ms: number, pieces: number): void {
		const share = this.#shares.get(payer);
		if (!share) return void this.#shares.set(payer, { ms, pieces });
		share.ms += ms;
		share.pieces += pieces;
	}

	/** It ends now. Milliseconds of the processor, by who is to pay for them. */
	settle(): [Payer, number][] {
		const workedMs = this.#processorMs() - this.#began.workedMs;
		const tookMs = performance.now() - this.#began.at;
		const shares = [...this.#shares];
		const worked = (ms: number) => (tookMs === 0 ? 0 : (ms / tookMs) * workedMs);
		const restMs = workedMs - worked(shares.reduce((sum, [, { ms }]) => sum + ms, 0));
		const all = shares.reduce((sum, [, { pieces }]) => sum + pieces, 0);
		return shares.map(([payer, { ms, pieces }]) => [payer, worked(ms) + restMs * (all === 0 ? 1 / shares.length : pieces / all)]);
	}
}
