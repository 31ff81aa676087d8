import type { MeetingSocket } from '#realtime/client/meeting-link.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { io } from 'socket.io-client';

/** What goes wrong with the next thing that is asked: it never arrives, or its answer does not. */
export type Loss = 'request' | 'answer';

/** Between two attempts to connect. */
const retryMs = 5;

/** A page's socket, socket.io's own, on a line on which things get lost when a test wants it. It comes back at once, as often as it takes. */
export class Line implements MeetingSocket {
	/** what becomes of the next command or ballot */
	lose: Loss | null = null;
	/** the page does not hear of the next thing that happens */
	deaf = false;
	readonly #socket: ReturnType<typeof io>;
	/** how often it waits to be let into the meeting */
	#entering = 0;
	readonly #waiting: (() => void)[] = [];
	#closed = false;

	constructor(origin: string, cookie: string) {
		this.#socket = io(origin, { path: '/socket.io', transports: ['websocket'], extraHeaders: { cookie }, reconnection: false, forceNew: true });
		this.#socket.on('disconnect', (reason) => {
			this.#entering = 0;
			// a server that was gone, or a line: a browser comes back in the same way, only later
			if (reason !== 'io client disconnect') this.#comeBack();
		});
		this.#socket.on('connect_error', () => void setTimeout(() => this.#comeBack(), retryMs));
	}

	on(name: string, listener: (...sent: never[]) => void): void {
		this.#socket.on(name, (...sent: unknown[]) => {
			if (name === 'meeting.changed' && this.deaf) this.deaf = false;
			else listener(...(sent as never[]));
		});
	}

	emit(name: string, request: unknown, answer: (given: never) => void): void {
		const enters = name === 'meeting.enter';
		const loss = name === 'meeting.command' || name === 'ballot.cast' ? this.lose : null;
		if (loss) this.lose = null;
		if (loss === 'request') return void setImmediate(() => this.#cut());
		if (enters) this.#entering++;
		this.#socket.emit(name, request, (given: never) => {
			if (loss === 'answer') return this.#cut();
			answer(given);
			if (!enters) return;
			this.#entering--;
			for (const done of this.#waiting.splice(0)) done();
		});
	}

	connect(): void {
		this.#socket.connect();
	}

	close(): void {
		this.#closed = true;
		this.#socket.close();
	}

	/** Everything that the server has sent by now is with the page once this resolves, and what it asked for anew as well. */
	async settled(meeting: Id): Promise<void> {
		while (!this.#closed) {
			const gone = new Promise<void>((resolve) => this.#socket.once('disconnect', () => resolve()));
			if (!this.#socket.connected) await new Promise<void>((resolve) => this.#socket.once('connect', () => resolve()));
			// answers come behind what was sent before them
			await Promise.race([gone, this.#socket.emitWithAck('ballot.own', { meeting, vote: meeting })]);
			if (this.#entering === 0 && this.#socket.connected) return;
			await Promise.race([gone, new Promise<void>((resolve) => this.#waiting.push(resolve))]);
		}
	}

	#comeBack(): void {
		if (!this.#closed) this.#socket.connect();
	}

	#cut(): void {
		if (this.#closed) return;
		this.#socket.disconnect();
		this.#socket.connect();
	}
}
