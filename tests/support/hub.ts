import type { Bus, Told } from '#realtime/server/bus.ts';

type Take = (message: never, from: string) => void;

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
		for (const seat of this.#seats) seat.gap();
	}

	pass(from: Seat, topic: string, message: unknown): void {
		if (!this.#isUp) return;
		for (const seat of this.#seats) {
			if (seat === from) continue;
			const copy: unknown = structuredClone(message);
			setImmediate(() => seat.take(topic, copy, from.self));
		}
	}

	leave(gone: Seat): void {
		this.#seats.delete(gone);
		for (const seat of this.#seats) seat.changed(gone.self, 'gone');
	}
}

class Seat implements Bus {
	readonly self: string;
	readonly #hub: Hub;
	readonly #takers = new Map<string, Take[]>();
	readonly #changes: ((other: string, change: 'come' | 'gone') => void)[] = [];
	readonly #gaps: (() => void)[] = [];
	#isHere = true;

	constructor(hub: Hub, self: string) {
		this.#hub = hub;
		this.self = self;
	}

	get isUp(): boolean {
		return this.#hub.isUp;
	}

	tell<Topic extends keyof Told>(topic: Topic, message: Told[Topic]): void {
		if (this.#isHere) this.#hub.pass(this, topic, message);
	}

	listen<Topic extends keyof Told>(topic: Topic, take: (message: Told[Topic], from: string) => void): void {
		this.#takers.set(topic, [...(this.#takers.get(topic) ?? []), take as Take]);
	}

	onChange(run: (other: string, change: 'come' | 'gone') => void): void {
		this.#changes.push(run);
	}

	onGap(run: () => void): void {
		this.#gaps.push(run);
	}

	take(topic: string, message: unknown, from: string): void {
		if (this.#isHere) for (const take of this.#takers.get(topic) ?? []) take(message as never, from);
	}

	changed(other: string, change: 'come' | 'gone'): void {
		for (const run of this.#changes) run(other, change);
	}

	gap(): void {
		for (const run of this.#gaps) run();
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
