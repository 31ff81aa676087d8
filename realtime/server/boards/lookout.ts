import { limits } from '#realtime/meeting/limits.ts';
import type { Bus } from '../bus.ts';
import type { DocumentStore, Log } from '../ports.ts';
import type { Room } from './room.ts';

/** Looks in the database whether documents that are open here have come further than is known here. */
export class Lookout {
	readonly #bus: Bus;
	readonly #documents: Pick<DocumentStore, 'heads'>;
	readonly #open: () => Room[];
	readonly #log: Log;
	readonly #timer: ReturnType<typeof setInterval>;
	#lookedAt = -Infinity;
	#isLooking = false;
	/** a look that begins now would be newer than the one that is under way */
	#again = false;

	constructor(bus: Bus, documents: Pick<DocumentStore, 'heads'>, open: () => Room[], log: Log) {
		this.#bus = bus;
		this.#documents = documents;
		this.#open = open;
		this.#log = log;
		bus.onGap(() => this.look());
		this.#timer = setInterval(() => {
			if (!bus.isUp || performance.now() - this.#lookedAt >= limits.lookOutAnywayMs) this.look();
		}, limits.lookOutMs).unref();
	}

	look(): void {
		if (this.#isLooking) this.#again = true;
		else void this.#look();
	}

	stop(): void {
		clearInterval(this.#timer);
		this.#again = false;
	}

	async #look(): Promise<void> {
		this.#isLooking = true;
		do {
			this.#again = false;
			this.#lookedAt = performance.now();
			const rooms = new Map(this.#open().map((room) => [room.document, room]));
			try {
				if (rooms.size > 0) for (const head of await this.#documents.heads([...rooms.keys()])) rooms.get(head.id)?.stands(head);
			} catch (error) {
				this.#log.warn({ error: String(error) }, 'it could not be looked up what other processes have written; it is tried again');
			}
		} while (this.#again);
		this.#isLooking = false;
	}
}
