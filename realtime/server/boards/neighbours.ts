import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { randomUUID } from 'node:crypto';
import type { Bus } from '../bus.ts';
import { lookUp } from '../look-up.ts';
import type { DocumentStore, Log } from '../ports.ts';
import { nobody } from './presence.ts';
import type { Room } from './room.ts';

declare module '../bus.ts' {
	interface Told {
		/** Who is on these documents? */
		who: { documents: Id[] };
		/** Who is on a document at this process; `all`: nobody else is. */
		presence: { document: Id; frame: Uint8Array; all: boolean };
		/** A page has come in here, with the socket that it counts as this one: it is gone from wherever else it was with a former one. */
		entered: { document: Id; person: Id; client: number; attempt: number };
		/** These documents are to be in no room until that is released. */
		hold: { key: string; documents: Id[] };
		held: { key: string };
		release: { key: string };
	}
}

/** What this process and the others do with documents that they serve together. */
export class Neighbours {
	readonly #bus: Bus;
	readonly #rooms: ReadonlyMap<Id, Room>;
	readonly #documents: Pick<DocumentStore, 'heads'>;
	readonly #log: Log;
	readonly #stopLooking: () => void;
	readonly #others = new Set<string>();
	/** what waits for others to have let go, by key */
	readonly #holding = new Map<string, { missing: Set<string>; held: () => void }>();
	/** what others hold, and who does */
	readonly #released = new Map<string, { by: string; release: () => void }>();

	/** `whileEnded`: does something while documents are in no room here. */
	constructor(
		bus: Bus,
		documents: Pick<DocumentStore, 'heads'>,
		rooms: ReadonlyMap<Id, Room>,
		whileEnded: (documents: readonly Id[], run: () => Promise<void>) => Promise<void>,
		log: Log
	) {
		this.#bus = bus;
		this.#rooms = rooms;
		this.#documents = documents;
		this.#log = log;
		this.#stopLooking = lookUp(bus, () => this.#lookForOthers());
		bus.listen('row', ({ document, generation, ...row }) => rooms.get(document)?.hear(row, generation));
		bus.listen('who', ({ documents }) => this.#tellPresence(documents));
		bus.listen('presence', ({ document, frame, all }, from) => rooms.get(document)?.presence.hear(from, frame, all));
		bus.listen('entered', ({ document, ...page }) => rooms.get(document)?.enteredElsewhere(page));
		bus.listen('hold', ({ key, documents }, from) => {
			const { promise, resolve } = Promise.withResolvers<void>();
			const timer = setTimeout(resolve, limits.heldMs);
			this.#released.set(key, { by: from, release: resolve });
			whileEnded(documents, () => {
				bus.tell('held', { key });
				return promise;
			})
				.catch((error: unknown) => log.warn({ error: String(error) }, 'documents could not be let go for another process'))
				.finally(() => {
					clearTimeout(timer);
					this.#released.delete(key);
				});
		});
		bus.listen('release', ({ key }) => this.#released.get(key)?.release());
		bus.listen('held', ({ key }, from) => this.#held(key, from));
		bus.onGap(() => this.#greet());
		bus.onChange((other, change) => {
			if (change === 'come') {
				this.#others.add(other);
				return this.#greet();
			}
			this.#others.delete(other);
			for (const room of rooms.values()) room.presence.gone(other);
			for (const key of this.#holding.keys()) this.#held(key, other);
			for (const { by, release } of this.#released.values()) if (by === other) release();
		});
	}

	/** Does something while these documents are in no room anywhere. Of a process that does not answer in a second nobody knows; then the database refuses what comes in between. */
	async whileHeld<Result>(documents: Id[], run: () => Promise<Result>): Promise<Result> {
		if (documents.length === 0) return run();
		const key = randomUUID();
		const held = Promise.withResolvers<void>();
		const timer = setTimeout(held.resolve, limits.holdingMs);
		this.#holding.set(key, { missing: new Set(this.#others), held: held.resolve });
		this.#bus.tell('hold', { key, documents });
		this.#held(key, null);
		try {
			await held.promise;
			return await run();
		} finally {
			clearTimeout(timer);
			this.#holding.delete(key);
			this.#bus.tell('release', { key });
		}
	}

	stop(): void {
		this.#stopLooking();
		for (const { release } of this.#released.values()) release();
	}

	/** Have documents that are open here come further than is known here? */
	async #lookForOthers(): Promise<void> {
		const rooms = new Map(this.#rooms);
		if (rooms.size === 0) return;
		try {
			for (const head of await this.#documents.heads([...rooms.keys()])) rooms.get(head.id)?.stands(head);
		} catch (error) {
			this.#log.warn({ error: String(error) }, 'it could not be looked up what other processes have written; it is tried again');
		}
	}

	#held(key: string, by: string | null): void {
		const holding = this.#holding.get(key);
		if (!holding) return;
		if (by !== null) holding.missing.delete(by);
		if (holding.missing.size === 0) holding.held();
	}

	/** Somebody is here of whom it is not known who is with them, nor to them who is here. */
	#greet(): void {
		const documents = [...this.#rooms.keys()];
		if (documents.length === 0) return;
		this.#bus.tell('who', { documents });
		this.#tellPresence(documents);
	}

	#tellPresence(documents: readonly Id[]): void {
		for (const document of documents) this.#bus.tell('presence', { document, frame: this.#rooms.get(document)?.presence.own() ?? nobody, all: true });
	}
}
