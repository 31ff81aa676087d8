import type { Bus, Told } from '#realtime/server/bus.ts';
import { Listeners } from '#realtime/server/listeners.ts';

/** The processes of a test, and the line between them, which can be broken. What is told arrives in a task of its own, as copies. */
export class Hub {
	readonly #seats = new Set<Seat>();
	#isUp = true;

	get isUp(): boolean {
		return this.#isUp;
	}

	/** A process comes. */
	join(self: string): Bus & { /** it is gone without a word */ kill(): void } {
		const seat = new Seat(this, self);
		for (const other of this.#seats) {
			other.changed(self, 'come');
			seat.changed(other.self, 'come');
		}
		this.#seats.add(seat);
		return seat;
	}

	/** Whatever is told from now on is lost. */
	cut(): void {
		this.#isUp = false;
	}

	heal(): void {
		this.#isUp = true;
		for (const seat of this.#seats) seat.missed();
	}

	pass(from: Seat, topic: string, message: unknown): void {
		if (!this.#isUp) return;
		for (const seat of this.#seats) {
			if (seat === from) continue;
			const copy: unknown = structuredClone(message);
			setImmediate(() => seat.heard(topic, copy, from.self));
		}
	}

	leave(gone: Seat): void {
		this.#seats.delete(gone);
		for (const seat of this.#seats) seat.changed(gone.self, 'gone');
	}
}

class Seat extends Listeners implements Bus {
	readonly self: string;
	readonly #hub: Hub;
	#isHere = true;

	constructor(hub: Hub, self: string) {
		super();
		this.#hub = hub;
		this.self = self;
	}

	get isUp(): boolean {
		return this.#hub.isUp;
	}

	tell<Topic extends keyof Told>(topic: Topic, message: Told[Topic]): void {
		if (this.#isHere) this.#hub.pass(this, topic, message);
	}

	override heard(topic: string, message: unknown, from: string): void {
		if (this.#isHere) super.heard(topic, message, from);
	}

	kill(): void {
		this.#isHere = false;
		this.#hub.leave(this);
	}

	stop(): Promise<void> {
		this.kill();
		return Promise.resolve();
	}
}
