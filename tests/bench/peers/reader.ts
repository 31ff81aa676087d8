import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { Hand, type Seat } from './hand.ts';

const patienceMs = 60_000;

/** Somebody who only reads, and knows how far everybody has come. */
export class Reader {
	readonly #hand: Hand;
	readonly #reached = new Map<number, number>();
	#awaited: { client: number; clock: number; came: () => void } | null = null;

	static async at(seat: Seat): Promise<Reader> {
		const reader = new Reader(new Hand(seat));
		await reader.#hand.enter({ listens: true });
		return reader;
	}

	private constructor(hand: Hand) {
		this.#hand = hand;
		hand.heard = (update) => this.#hear(update);
	}

	/** of all that has come so far */
	get stateVector(): Uint8Array {
		return Y.encodeStateVector(this.#reached);
	}

	/** Resolves when a client id has come so far; rejects if it does not. One at a time is waited for. */
	async until({ clientId, clock }: { clientId: number; clock: number }): Promise<void> {
		const came = new Promise<null>((resolve) => (this.#awaited = { client: clientId, clock, came: () => resolve(null) }));
		this.#look();
		const because = await Promise.race([came, this.#hand.gone, pause(patienceMs, 'edits do not arrive', { ref: false })]);
		if (because !== null) throw new Error(because);
	}

	leave(): void {
		this.#hand.leave();
	}

	#hear(update: Uint8Array): void {
		for (const [client, clock] of Y.parseUpdateMeta(update).to) this.#reached.set(client, Math.max(clock, this.#reached.get(client) ?? 0));
		this.#look();
	}

	#look(): void {
		if (this.#awaited && (this.#reached.get(this.#awaited.client) ?? 0) >= this.#awaited.clock) this.#awaited.came();
	}
}
