/** Work that is done one piece after the other for each key, in the order in which it was asked for. */
export class Turns<Key> {
	/** the last of what is under way for each */
	readonly #last = new Map<Key, Promise<unknown>>();

	take<Result>(key: Key, work: () => Promise<Result>): Promise<Result> {
		const turn = (this.#last.get(key) ?? Promise.resolve()).then(work);
		const settled = turn
			.catch(() => {})
			.finally(() => {
				if (this.#last.get(key) === settled) this.#last.delete(key);
			});
		this.#last.set(key, settled);
		return turn;
	}
}
