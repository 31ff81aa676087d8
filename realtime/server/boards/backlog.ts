import { limits } from '#realtime/meeting/limits.ts';
import type { Wire } from './connection.ts';

/** Whoever sends edits, and is not read while too much of them waits. */
type Sender = { readonly wire: Pick<Wire, 'pause' | 'resume'> };

/** The edits of all rooms that wait for the database: however long it stands still, memory stays bounded. */
export class Backlog {
	/** of them all */
	bytes = 0;
	readonly rooms = new Set<RoomBacklog>();

	get isFull(): boolean {
		return this.bytes > limits.backlogBytes;
	}
}

/** Those of one room. While it has too much of them, or all rooms have together, nobody who adds to them is read on. */
export class RoomBacklog {
	readonly #all: Backlog;
	#bytes = 0;
	readonly #paused = new Set<Sender>();

	constructor(all: Backlog) {
		this.#all = all;
		all.rooms.add(this);
	}

	add(sender: Sender, bytes: number): void {
		this.#count(bytes);
		if (!this.#isFull || this.#paused.has(sender)) return;
		this.#paused.add(sender);
		sender.wire.pause();
	}

	/** So much of it is done with. */
	done(bytes: number): void {
		const wasFull = this.#all.isFull;
		this.#count(-bytes);
		for (const room of wasFull ? this.#all.rooms : [this]) room.#goOn();
	}

	leave(sender: Sender): void {
		this.#paused.delete(sender);
	}

	/** The room is gone, with whatever waited. */
	end(): void {
		this.done(this.#bytes);
		this.#all.rooms.delete(this);
	}

	get #isFull(): boolean {
		return this.#all.isFull || this.#bytes > limits.roomQueueBytes;
	}

	#count(bytes: number): void {
		this.#bytes += bytes;
		this.#all.bytes += bytes;
	}

	#goOn(): void {
		if (this.#isFull) return;
		for (const sender of this.#paused) sender.wire.resume();
		this.#paused.clear();
	}
}
