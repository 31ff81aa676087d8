import type { Id } from '#realtime/meeting/ids.ts';
import { digestOf, newToken } from '../auth/tokens.ts';

/** The demo's links that sign anybody in as one of its people, as often as they like. No other server has any. */
export class OneClickLinks {
	/** where a link leads */
	readonly destination: string;
	readonly #people = new Map<string, Id>();

	constructor(destination: string) {
		this.destination = destination;
	}

	/** A new link's token for a person. */
	add(person: Id): string {
		const token = newToken();
		this.#people.set(digestOf(token), person);
		return token;
	}

	/** Whose link this is; null: nobody's. */
	personOf(token: string): Id | null {
		return this.#people.get(digestOf(token)) ?? null;
	}
}
