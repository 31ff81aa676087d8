/* eslint-disable svelte/prefer-svelte-reactivity -- the map is bookkeeping; what a page follows are the views */
import type { Id } from '#realtime/meeting/ids.ts';

/** A thing of a document on the screen, as an action or a decision: one object for as long as the page lives. */
export class View<Thing extends { id: Id }> {
	readonly id: Id;
	now = $state.raw<Thing>() as Thing;

	constructor(thing: Thing) {
		this.id = thing.id;
		this.now = thing;
	}
}

/** The things of a document on the screen. */
export class Views<Thing extends { id: Id }> {
	readonly #read: (id: Id) => Thing | null;
	readonly #arrange: (things: Iterable<Thing>) => Thing[];
	readonly #known = new Map<Id, View<Thing>>();

	/** those that are shown, in order */
	list = $state.raw<readonly View<Thing>[]>([]);

	/** `read`: one of them as the document has it now, null if it is none; `arrange`: which of them are shown, and in which order. */
	constructor({ read, arrange }: { read: (id: Id) => Thing | null; arrange: (things: Iterable<Thing>) => Thing[] }) {
		this.#read = read;
		this.#arrange = arrange;
	}

	/** These may have changed. Answers whether others are shown now, or in another order. */
	take(ids: Iterable<Id>): boolean {
		for (const id of ids) {
			const thing = this.#read(id);
			if (!thing) continue;
			const view = this.#known.get(id);
			if (view) view.now = thing;
			else this.#known.set(id, new View(thing));
		}
		const list = this.#arrange([...this.#known.values()].map(({ now }) => now)).map(({ id }) => this.#known.get(id)!);
		if (list.length === this.list.length && list.every((view, at) => view === this.list[at])) return false;
		this.list = list;
		return true;
	}
}
