import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Random } from './random.ts';

/** How a line behaves, both ways alike. What is absent is as good as loopback. */
export interface LineQuality {
	/** nothing gets through, no goodbye either, until the line is whole again */
	blackHole?: boolean;
	delayMs?: number;
	/** of the segments, how many have to be sent again */
	lossShare?: number;
	bitsPerSecond?: number;
}

/** Lines that break a meeting, by name; a reset is no quality of a line: {@link FaultProxy.reset}. */
export const badLines = {
	'black hole': { blackHole: true },
	'2 s latency': { delayMs: 2_000 },
	'5 % loss': { delayMs: 40, lossShare: 0.05 },
	'64 kbit/s': { delayMs: 40, bitsPerSecond: 64_000 }
} as const satisfies Record<string, LineQuality>;

/** What some bytes take: to be put on the line, and from then on to arrive. */
interface Passage {
	sendingMs: number;
	delayMs: number;
}

/** what a segment carries over Ethernet */
const segmentBytes = 1_460;
/** what TCP waits before it sends a segment again: its least (RFC 6298 as Linux has it); every loss of the same one doubles it */
const retransmitMs = 200;
/** on its way at once: about a socket's buffer. Beyond it the sender is not read, as over a line that is full */
const windowBytes = 64 * 1024;

/**
 * A line between clients and a server on this machine that goes bad when it is told to. It is TCP on both sides, so
 * that loss is what TCP makes of it: everything arrives, in order, and later.
 */
export class FaultProxy {
	readonly #random: Random;
	readonly #server = createServer((client) => this.#carry(client));
	readonly #target: number;
	readonly #ways = new Set<Way>();
	readonly #sockets = new Set<Socket>();
	#quality: LineQuality = {};
	/** how often each fault has really hit something */
	readonly hits = { held: 0, resets: 0, delayed: 0, lost: 0, narrowed: 0 };

	private constructor(target: number, random: Random) {
		this.#target = target;
		this.#random = random;
	}

	/** A proxy on a free port before this port. All its chances come out of `random`. */
	static async open(target: number, random: Random): Promise<FaultProxy> {
		const proxy = new FaultProxy(target, random);
		proxy.#server.listen(0, '127.0.0.1');
		await once(proxy.#server, 'listening');
		return proxy;
	}

	get url(): string {
		return `http://localhost:${(this.#server.address() as AddressInfo).port}`;
	}

	/** From now on the line is like this; `{}` makes it whole, and what was held goes on. */
	become(quality: LineQuality): void {
		this.#quality = quality;
		for (const way of this.#ways) way.goOn();
	}

	/** Ends every connection with a reset, at both ends. */
	reset(): void {
		for (const socket of this.#sockets) {
			this.hits.resets++;
			socket.resetAndDestroy();
		}
	}

	async close(): Promise<void> {
		const closed = once(this.#server, 'close');
		this.#server.close();
		for (const socket of this.#sockets) socket.destroy();
		await closed;
	}

	#carry(client: Socket): void {
		const server = connect(this.#target, '127.0.0.1');
		for (const [from, to] of [
			[client, server],
			[server, client]
		] as const) {
			this.#sockets.add(from);
			from.setNoDelay(true);
			const way: Way = new Way(
				from,
				to,
				(bytes) => this.#passage(bytes),
				() => this.#ways.delete(way)
			);
			this.#ways.add(way);
			from.on('close', () => this.#sockets.delete(from));
		}
	}

	/** Null: nothing gets onto the line for now. */
	#passage(bytes: number): Passage | null {
		const { blackHole, delayMs = 0, lossShare = 0, bitsPerSecond } = this.#quality;
		if (blackHole) {
			this.hits.held++;
			return null;
		}
		if (delayMs > 0) this.hits.delayed++;
		if (bitsPerSecond !== undefined) this.hits.narrowed++;
		let stallMs = 0;
		for (let sent = 0; sent < bytes; sent += segmentBytes) {
			for (let waitMs = retransmitMs; this.#random.chance(lossShare); waitMs *= 2) {
				this.hits.lost++;
				stallMs += waitMs;
			}
		}
		return { sendingMs: bitsPerSecond === undefined ? 0 : (bytes * 8_000) / bitsPerSecond, delayMs: delayMs + stallMs };
	}
}

/** One direction of one connection: in order, a chunk after the other. */
class Way {
	readonly #from: Socket;
	readonly #to: Socket;
	readonly #passage: (bytes: number) => Passage | null;
	readonly #ended: () => void;
	/** what has come and is not on the line yet; null: the goodbye */
	#waiting: (Buffer | null)[] = [];
	#waitingBytes = 0;
	/** what is on the line, in its order, which timers of one moment do not keep */
	readonly #underWay: (Buffer | null)[] = [];
	/** when the line has taken all that is on it, and when the last of it arrives */
	#freeAt = 0;
	#arrivesAt = 0;

	/** `ended`: called when the goodbye has arrived. */
	constructor(from: Socket, to: Socket, passage: (bytes: number) => Passage | null, ended: () => void) {
		this.#from = from;
		this.#to = to;
		this.#passage = passage;
		this.#ended = ended;
		const take = (chunk: Buffer | null) => {
			this.#waiting.push(chunk);
			this.goOn();
		};
		from.on('data', (chunk) => {
			this.#waitingBytes += chunk.byteLength;
			if (this.#waitingBytes > windowBytes) from.pause();
			take(chunk);
		});
		// a reset is passed on as the end of everything: the other end hears of it when the line lets it through
		from.on('error', () => {});
		from.on('close', () => take(null));
	}

	/** Puts what waits on the line, unless that takes nothing. */
	goOn(): void {
		for (;;) {
			const [chunk] = this.#waiting;
			if (chunk === undefined) return;
			const bytes = chunk?.byteLength ?? 0;
			const takes = this.#passage(bytes);
			if (!takes) return;
			this.#waiting.shift();
			this.#freeAt = Math.max(this.#freeAt, performance.now()) + takes.sendingMs;
			this.#arrivesAt = Math.max(this.#arrivesAt, this.#freeAt + takes.delayMs);
			this.#underWay.push(chunk);
			setTimeout(() => this.#arrive(this.#underWay.shift() ?? null), Math.max(0, this.#arrivesAt - performance.now()));
		}
	}

	#arrive(chunk: Buffer | null): void {
		if (chunk === null) {
			this.#to.destroySoon();
			return this.#ended();
		}
		this.#waitingBytes -= chunk.byteLength;
		if (this.#waitingBytes <= windowBytes) this.#from.resume();
		if (this.#to.writable) this.#to.write(chunk);
	}
}
