/**
 * Does something for a key at once, and then again no sooner than after a gap: what is asked for meanwhile is done once, at
 * its end.
 */
export class Gathered<Key> {
	readonly #gapMs: number;
	readonly #run: (key: Key) => void;
	/** the gaps under way; was anything asked for in them? */
	readonly #gaps = new Map<Key, { again: boolean; timer: ReturnType<typeof setTimeout> }>();

	/** `run` does not throw. */
	constructor(gapMs: number, run: (key: Key) => void) {
		this.#gapMs = gapMs;
		this.#run = run;
	}

	ask(key: Key): void {
		const gap = this.#gaps.get(key);
		if (gap) gap.again = true;
		else {
			const timer = setTimeout(() => {
				const { again } = this.#gaps.get(key)!;
				this.#gaps.delete(key);
				if (again) this.ask(key);
			}, this.#gapMs);
			this.#gaps.set(key, { again: false, timer });
			this.#run(key);
		}
	}

	/** Nothing is done any more that was asked for before. */
	stop(): void {
		for (const { timer } of this.#gaps.values()) clearTimeout(timer);
		this.#gaps.clear();
	}
}
