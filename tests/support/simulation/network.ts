import { closeCodes, type CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Wire } from '#realtime/server/boards/connection.ts';
import type { Served } from '#realtime/server/boards/serve.ts';
import type { Random } from '../random.ts';

/** How a server takes a socket: answers what is at its end. */
export type Accept = (wire: Wire, url: URL) => Served;

/** What a planted fault may do to what a page sends; null loses it. */
export type Tamper = (frame: Uint8Array) => Uint8Array | null;

/** A network between simulated pages and one simulated server. It delays, keeps the order within a socket, and breaks. */
export class Network {
	readonly #random: Random;
	/** null while the server is down */
	accept: Accept | null = null;
	readonly #sockets = new Set<SimulatedSocket>();
	/** sockets that broke while in use */
	drops = 0;

	constructor(random: Random) {
		this.#random = random;
	}

	/** The WebSocket class of one device. */
	socketOf(device: { reachable: boolean }, tamper: Tamper = (frame) => frame): typeof WebSocket {
		const network = this as Network;
		return class extends SimulatedSocket {
			constructor(url: string) {
				super(network, device, tamper, new URL(url));
			}
		} as unknown as typeof WebSocket;
	}

	/** Breaks every socket of a device, or of all. Either end may notice much later than the other. */
	break(device?: { reachable: boolean }): void {
		for (const socket of this.#sockets) {
			if (device && socket.device !== device) continue;
			this.drops++;
			socket.break(this.#random.integer(0, 300), this.#random.integer(0, 5_000));
		}
	}

	/** Within one place, or over a slow line. */
	latencyMs(): number {
		return this.#random.chance(0.1) ? this.#random.integer(50, 400) : this.#random.integer(1, 20);
	}

	opened(socket: SimulatedSocket): void {
		this.#sockets.add(socket);
	}

	closed(socket: SimulatedSocket): void {
		this.#sockets.delete(socket);
	}
}

/** One direction of a socket: in order, delayed, until it is cut. */
class Direction {
	readonly #network: Network;
	#freeAt = 0;
	#cut = false;

	constructor(network: Network) {
		this.#network = network;
	}

	carry(deliver: () => void): void {
		this.#freeAt = Math.max(this.#freeAt, Date.now() + this.#network.latencyMs());
		setTimeout(() => {
			if (!this.#cut) deliver();
		}, this.#freeAt - Date.now());
	}

	cut(): void {
		this.#cut = true;
	}
}

/** As much of a WebSocket as y-websocket's provider uses. */
export class SimulatedSocket {
	static readonly CONNECTING = 0;
	static readonly OPEN = 1;
	static readonly CLOSED = 3;
	readonly CONNECTING = 0;
	readonly OPEN = 1;
	readonly CLOSED = 3;
	readonly device: { reachable: boolean };
	binaryType = 'arraybuffer';
	readyState = 0;
	onopen: (() => void) | null = null;
	onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
	onclose: ((event: { code: number; reason: string }) => void) | null = null;
	onerror: ((event: unknown) => void) | null = null;
	readonly #network: Network;
	readonly #tamper: Tamper;
	readonly #up: Direction;
	readonly #down: Direction;
	#served: Served | null = null;

	constructor(network: Network, device: { reachable: boolean }, tamper: Tamper, url: URL) {
		this.#network = network;
		this.device = device;
		this.#tamper = tamper;
		this.#up = new Direction(network);
		this.#down = new Direction(network);
		this.#up.carry(() => {
			if (!device.reachable || !network.accept) return this.#closeHere(1006, '');
			network.opened(this);
			// the server's greeting follows the opening
			this.#down.carry(() => {
				if (this.readyState !== this.CONNECTING) return;
				this.readyState = this.OPEN;
				this.onopen?.();
			});
			this.#served = network.accept(this.#wire(), url);
		});
	}

	send(data: Uint8Array): void {
		if (this.readyState !== this.OPEN) return;
		const frame = this.#tamper(data);
		if (frame) this.#up.carry(() => this.#served?.frame(frame.slice()));
	}

	/** Called by the page: it hears nothing more at once, the server after what is under way. */
	close(): void {
		if (this.readyState === this.CLOSED) return;
		this.readyState = this.CLOSED;
		this.#down.cut();
		this.#up.carry(() => this.#gone());
	}

	break(noticedHereMs: number, noticedThereMs: number): void {
		this.#up.cut();
		this.#down.cut();
		setTimeout(() => this.#closeHere(1006, ''), noticedHereMs);
		setTimeout(() => this.#gone(), noticedThereMs);
	}

	#wire(): Wire {
		return {
			send: (outgoing) => {
				const data = outgoing.message.slice().buffer;
				this.#down.carry(() => this.onmessage?.({ data }));
			},
			close: (reason: CloseReason) => {
				this.#down.carry(() => this.#closeHere(closeCodes[reason], reason));
				this.#up.cut();
				this.#gone();
			},
			pause: () => {},
			resume: () => {}
		};
	}

	#closeHere(code: number, reason: string): void {
		if (this.readyState === this.CLOSED) return;
		this.readyState = this.CLOSED;
		this.onclose?.({ code, reason });
	}

	#gone(): void {
		this.#network.closed(this);
		this.#served?.gone();
		this.#served = null;
	}
}
