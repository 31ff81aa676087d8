/** Lets few things be done at a time. Those that wait come in their order, and no more than `waiting` of them do. */
export class Few {
	readonly #atOnce: number;
	readonly #waiting: number;
	#underWay = 0;
	readonly #next: (() => void)[] = [];

	constructor(atOnce: number, waiting: number) {
		this.#atOnce = atOnce;
		this.#waiting = waiting;
	}

	/** Is there no room even to wait? Then {@link do} is not to be called. */
	get isFull(): boolean {
		return this.#next.length >= this.#waiting;
	}

	/** Does something once fewer than may at once are being done. */
	async do<Result>(work: () => Promise<Result>): Promise<Result> {
		if (this.#underWay < this.#atOnce) this.#underWay++;
		else await new Promise<void>((resolve) => this.#next.push(resolve));
		try {
			return await work();
		} finally {
			const next = this.#next.shift();
			if (next) next();
			else this.#underWay--;
		}
	}
}
