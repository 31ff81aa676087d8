import type { Wire } from './connection.ts';

/**
 * Passes on what a page sends, in its order and as fast as its allowance lets it. Until something may go on, the
 * page's socket is not read: whoever sends too much waits, and nobody else does. It is on to begin with, so that
 * nothing piles up before there is a room to take it.
 */
export class Brake<Message> {
	readonly #wire: Pick<Wire, 'pause' | 'resume'>;
	readonly #waitMs: (message: Message) => number;
	readonly #take: (message: Message) => void;
	/** what had been read already */
	#waiting: Message[] = [];
	#on = true;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** `waitMs`: how long until a message may go on, 0 if it may now. Neither call throws. */
	constructor(wire: Pick<Wire, 'pause' | 'resume'>, waitMs: (message: Message) => number, take: (message: Message) => void) {
		this.#wire = wire;
		this.#waitMs = waitMs;
		this.#take = take;
		wire.pause();
	}

	push(message: Message): void {
		this.#waiting.push(message);
		if (!this.#on) this.loosen();
	}

	/** Lets go on what may. */
	loosen(): void {
		for (let message = this.#waiting[0]; message !== undefined; message = this.#waiting[0]) {
			const waitMs = this.#waitMs(message);
			if (waitMs > 0) {
				if (!this.#on) this.#wire.pause();
				this.#on = true;
				this.#timer = setTimeout(() => this.loosen(), waitMs);
				return;
			}
			this.#waiting.shift();
			this.#take(message);
		}
		if (!this.#on) return;
		this.#on = false;
		this.#wire.resume();
	}

	/** Nothing more goes on. */
	stop(): void {
		clearTimeout(this.#timer);
		this.#waiting = [];
	}
}
