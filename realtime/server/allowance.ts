import type { Id } from '#realtime/meeting/ids.ts';
import { limits, rates, type Rate } from '#realtime/meeting/limits.ts';
import { Bucket } from './bucket.ts';

type What = keyof typeof rates;

/** How much of each kind of work somebody may have done for them at the moment: see {@link rates}. */
export class Allowance {
	readonly #buckets: Record<What, Bucket>;
	readonly #now: () => number;

	constructor(now: () => number) {
		this.#now = now;
		this.#buckets = Object.fromEntries(Object.entries<Rate>(rates).map(([what, rate]) => [what, new Bucket(rate, now())])) as Record<What, Bucket>;
	}

	/** How many milliseconds until this much of it may be begun; 0: now. Without an amount, until nothing is owed. */
	waitMs(what: What, amount = 0): number {
		return this.#buckets[what].waitMs(amount, this.#now());
	}

	/** Has more of any of these been done than there was? */
	owes(...what: What[]): boolean {
		return what.some((one) => this.waitMs(one) > 0);
	}

	take(what: What, amount: number): void {
		this.#buckets[what].take(amount, this.#now());
	}

	/** Takes this much if it is there now; false: it is not, and nothing was taken. */
	draw(what: What, amount: number): boolean {
		const may = this.waitMs(what, amount) === 0;
		if (may) this.take(what, amount);
		return may;
	}

	isFull(): boolean {
		return Object.values(this.#buckets).every((bucket) => bucket.isFull(this.#now()));
	}
}

/** The allowance of each person, one for all of their sockets; it is not renewed by going and coming back. */
export class Allowances {
	readonly #now: () => number;
	readonly #known = new Map<Id, Allowance>();

	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
	}

	/** Ask anew for every use: one that nobody has drawn on for a while is forgotten. */
	of(person: Id): Allowance {
		let allowance = this.#known.get(person);
		if (!allowance) {
			// a full one is as good as a new one
			if (this.#known.size >= limits.allowancesKept) for (const [other, known] of this.#known) if (known.isFull()) this.#known.delete(other);
			allowance = new Allowance(this.#now);
			this.#known.set(person, allowance);
		}
		return allowance;
	}
}
