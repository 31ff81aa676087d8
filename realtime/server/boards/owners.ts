import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { ClientIdStore } from '../ports.ts';

/** Whose a client id is; null: the server's. */
export type Owner = Id | null | 'nobody';

/**
 * Whose client ids are whose. The bindings are for ever, so each is asked once, as long as it is remembered. An id
 * that nobody has is bound only for an edit that is taken in, and reserved from then on, so that only one gets it.
 */
export class ClientOwners {
	readonly #store: Pick<ClientIdStore, 'ownersOf' | 'claim'>;
	readonly #known = new Map<number, Id | null>();
	/** for whom an id is kept, and for how many edits or pages of theirs */
	readonly #reserved = new Map<number, { person: Id; times: number }>();

	constructor(store: Pick<ClientIdStore, 'ownersOf' | 'claim'>) {
		this.#store = store;
	}

	/** Whose each of these is. Asks the database only for what is not known. */
	async of(clients: readonly number[]): Promise<Map<number, Owner>> {
		const unknown = clients.filter((client) => !this.#known.has(client));
		const owners = new Map<number, Owner>();
		for (const client of clients) owners.set(client, this.#known.get(client) ?? null);
		if (unknown.length === 0) return owners;
		const found = await this.#store.ownersOf(unknown);
		for (const client of unknown) {
			const owner = found.get(client);
			owners.set(client, owner === undefined ? 'nobody' : owner);
			if (owner !== undefined) this.#remember(client, owner);
		}
		return owners;
	}

	/** Is a client id this person's, or may it become theirs? */
	async mayBeOf(client: number, person: Id): Promise<boolean> {
		const owner = (await this.of([client])).get(client);
		return owner === person || (owner === 'nobody' && this.isFreeFor(client, person));
	}

	/** Makes a client id this person's if it is nobody's. False: it is somebody else's. */
	async claim(client: number, person: Id): Promise<boolean> {
		// what is kept for somebody else may be this person's all the same: anybody may ask for it
		if (this.#known.has(client) || !this.isFreeFor(client, person)) return this.mayBeOf(client, person);
		this.reserve(client, person);
		try {
			return await this.bind(person, [client]);
		} finally {
			this.letGo([client]);
		}
	}

	/** May an id that was nobody's become this person's? */
	isFreeFor(client: number, person: Id): boolean {
		const holder = this.#known.has(client) ? this.#known.get(client) : (this.#reserved.get(client)?.person ?? person);
		return holder === person;
	}

	/** Keeps a free id for this person until it is let go as often. */
	reserve(client: number, person: Id): void {
		this.#reserved.set(client, { person, times: (this.#reserved.get(client)?.times ?? 0) + 1 });
	}

	/** Binds free ids to somebody. False: another process was faster with one of them. */
	async bind(person: Id, clients: readonly number[]): Promise<boolean> {
		const owners = await this.#store.claim(person, clients);
		for (const [client, owner] of owners) this.#remember(client, owner);
		return [...owners.values()].every((owner) => owner === person);
	}

	letGo(clients: Iterable<number>): void {
		for (const client of clients) {
			const reserved = this.#reserved.get(client);
			if (reserved && --reserved.times === 0) this.#reserved.delete(client);
		}
	}

	#remember(client: number, owner: Id | null): void {
		if (this.#known.size >= limits.clientOwnersKept) this.#known.clear();
		this.#known.set(client, owner);
	}
}
