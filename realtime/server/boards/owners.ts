import type { Id } from '#realtime/meeting/ids.ts';
import type { ClientIdStore } from '../ports.ts';

/** Whose client ids are whose, as far as this process has asked: the bindings are for ever, so each is asked once. */
export class ClientOwners {
	readonly #store: Pick<ClientIdStore, 'claim'>;
	readonly #known = new Map<number, Id | null>();

	constructor(store: Pick<ClientIdStore, 'claim'>) {
		this.#store = store;
	}

	/** Learns whose these are; those of nobody become this person's. Asks the database only for what is not known. */
	async claim(person: Id, clients: Iterable<number>): Promise<void> {
		const unknown = [...clients].filter((client) => !this.#known.has(client));
		if (unknown.length > 0) for (const [client, owner] of await this.#store.claim(person, unknown)) this.#known.set(client, owner);
	}

	/** Is this client id, which was asked about, this person's? */
	isOf(client: number, person: Id): boolean {
		return this.#known.get(client) === person;
	}
}
