import { refuse } from './refusal.ts';

/** What Yjs takes for one step along a list in search of a place, for taking one thing away, and for making room for one in its store, in nanoseconds; measured. */
const stepNs = 150;
const removeNs = 200;
const splitNs = 1_000;
const splitNsPerStruct = 0.5;

/** What applying an edit will cost beyond what it weighs, added up before it is applied; refuses what goes too far. */
export class Effort {
	readonly #limitNs: number;
	#ns = 0;
	#splits = 0;

	constructor(limitMs: number) {
		this.#limitNs = limitMs * 1e6;
	}

	/** One thing more lies between the neighbours of what is inserted. */
	step(): void {
		this.#spend(stepNs);
	}

	/** A struct is taken away. */
	remove(): void {
		this.#spend(removeNs);
	}

	/** A struct is parted, among so many of its client and what others have become that were parted before. */
	split(among: number): void {
		this.#spend(splitNs + splitNsPerStruct * (among + this.#splits++));
	}

	#spend(ns: number): void {
		this.#ns += ns;
		if (this.#ns > this.#limitNs) refuse('too-costly');
	}
}
