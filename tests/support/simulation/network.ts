import { limits } from '#realtime/meeting/limits.ts';
import { closeCodes, type CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Wire } from '#realtime/server/boards/connection.ts';
import type { Served } from '#realtime/server/boards/serve.ts';
import type { Random } from '../random.ts';

/** How a server takes a socket: answers what is at its end. */
export type Accept = (wire: Wire, url: URL) => Served;

/** What a planted fault may do to what a page sends; null loses it. */
export type Tamper = (frame: Uint8Array) => Uint8Array | null;

/** The line of a device. What is absent is as good as any. */
export interface LineQuality {
	latencyMs?: number;
	/** of the messages, how many come late because a part of them had to be sent again */
	lossShare?: number;
	bytesPerMs?: number;
}

/** What lines are like when they are bad: 2 s of latency, 5 % of loss, 64 kbit/s. */
export const badLines: readonly LineQuality[] = [{ latencyMs: 2_000 }, { lossShare: 0.05 }, { bytesPerMs: 8 }];

/** What a network needs to know of a device. */
export interface OnNetwork {
	reachable: boolean;
	line: LineQuality;
}

/** A network between simulated pages and one simulated server. It delays, keeps the order within a socket, and breaks. */
export class Network {
	readonly #random: Random;
	/** null while the server is down */
	accept: Accept | null = null;
	readonly #sockets = new Set<SimulatedSocket>();
	/** sockets that broke while in use */
	drops = 0;
	/** sockets that fell silent while in use, and messages that a bad line held up */
	silences = 0;
	readonly heldUp = { late: 0, lost: 0, narrow: 0 };

	constructor(random: Random) {
		this.#random = random;
	}

	/** The WebSocket class of one device. */
	socketOf(device: OnNetwork, tamper: Tamper = (frame) => frame): typeof WebSocket {
		const network = this as Network;
		return class extends SimulatedSocket {
			constructor(url: string) {
				super(network, device, tamper, new URL(url));
			}
		} as unknown as typeof WebSocket;
	}

	/** Breaks the sockets of a device, those of some addresses, or all. Either end may notice much later than the other. */
	break(which?: OnNetwork | ((url: URL) => boolean)): void {
		for (const socket of this.#sockets) {
			if (typeof which === 'function' ? !which(socket.url) : which && socket.device !== which) continue;
			this.drops++;
			socket.break(this.#random.integer(0, 300), this.#random.integer(0, 5_000));
		}
	}

	/** Nothing gets through on the sockets of a device any more, and no goodbye: each end finds out when its patience is over. */
	silence(device: OnNetwork): void {
		for (const socket of this.#sockets) {
			if (socket.device !== device) continue;
			this.silences++;
			socket.break(this.#random.integer(10_000, 40_000), this.#random.integer(10_000, limits.socketSilenceMs + limits.pingEveryMs));
		}
	}

	/** What a message takes: to be put on the line, and from then on to arrive. */
	passage({ line }: OnNetwork, bytes: number): { sendingMs: number; delayMs: number } {
		const { latencyMs = 0, lossShare = 0, bytesPerMs } = line;
		if (latencyMs > 0) this.heldUp.late++;
		if (bytesPerMs !== undefined) this.heldUp.narrow++;
		const lost = this.#random.chance(lossShare);
		if (lost) this.heldUp.lost++;
		return {
			sendingMs: bytesPerMs === undefined ? 0 : bytes / bytesPerMs,
			delayMs: this.#latencyMs() + latencyMs + (lost ? this.#random.integer(200, 1_500) : 0)
		};
	}

	/** Within one place, or over a slow line. */
	#latencyMs(): number {
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
	readonly #device: OnNetwork;
	/** when the line has taken all that is on it, and when the last of it arrives */
	#freeAt = 0;
	#arrivesAt = 0;
	/** in their order, which timers of one moment do not keep */
	readonly #underWay: (() => void)[] = [];
	#cut = false;

	constructor(network: Network, device: OnNetwork) {
		this.#network = network;
		this.#device = device;
	}

	carry(deliver: () => void, bytes = 0): void {
		const { sendingMs, delayMs } = this.#network.passage(this.#device, bytes);
		this.#freeAt = Math.max(this.#freeAt, Date.now()) + sendingMs;
		this.#arrivesAt = Math.max(this.#arrivesAt, this.#freeAt + delayMs);
		this.#underWay.push(deliver);
		setTimeout(() => {
			const next = this.#underWay.shift()!;
			if (!this.#cut) next();
		}, this.#arrivesAt - Date.now());
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
	readonly device: OnNetwork;
	readonly url: URL;
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

	constructor(network: Network, device: OnNetwork, tamper: Tamper, url: URL) {
		this.#network = network;
		this.device = device;
		this.url = url;
		this.#tamper = tamper;
		this.#up = new Direction(network, device);
		this.#down = new Direction(network, device);
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
		if (frame) this.#up.carry(() => this.#served?.frame(frame.slice()), frame.byteLength);
	}

	/** Called by the page: it hears nothing more at once, but that an attempt has failed; the server hears of it after what is under way. */
	close(): void {
		if (this.readyState === this.CLOSED) return;
		if (this.readyState === this.CONNECTING) setTimeout(() => this.onclose?.({ code: 1006, reason: '' }));
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
				for (const message of outgoing.messages) {
					const data = message.slice().buffer;
					this.#down.carry(() => this.onmessage?.({ data }), data.byteLength);
				}
			},
			close: (reason: CloseReason) => {
				this.#down.carry(() => this.#closeHere(closeCodes[reason], reason));
				this.#up.cut();
				this.#gone();
			},
			isBehind: () => false,
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
