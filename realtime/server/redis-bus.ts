import { randomUUID } from 'node:crypto';
import type { Bus, Told } from './bus.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { Listeners } from './listeners.ts';
import { clientOf, codeOf, openLine, type Line, type Packet } from './redis-line.ts';
import type { Log } from './ports.ts';

/**
 * The bus over Redis or Valkey. Resolves at once, whether or not it can be reached: it is tried again every second, and
 * what is told meanwhile is dropped. `channel`: what the processes of one database have in common, and nobody else.
 */
export function openBus(url: string, { channel, log }: { channel: string; log: Log }): Bus {
	return new RedisBus(url, channel, log);
}

class RedisBus extends Listeners implements Bus {
	readonly self = randomUUID();
	readonly #client: ReturnType<typeof clientOf>;
	readonly #channel: string;
	readonly #log: Log;
	/** the others: which of their packets was the last, and when it came */
	readonly #others = new Map<string, { nth: number; heardAt: number }>();
	/** null: Redis is not reached */
	#line: Line | null = null;
	#attempt: Promise<void> | null = null;
	/** as the log has it; null: it has nothing yet */
	#wasUp: boolean | null = null;
	/** packets so far, with those that were dropped, so that others notice */
	#nth = 0;
	/** what is told in this turn of the event loop */
	#gathered: Packet['told'] | null = null;
	readonly #beat: ReturnType<typeof setInterval>;
	#retry: ReturnType<typeof setTimeout> | null = null;
	#stopped = false;

	constructor(url: string, channel: string, log: Log) {
		super();
		this.#client = clientOf(url);
		this.#channel = channel;
		this.#log = log;
		this.#beat = setInterval(() => this.#beatOnce(), limits.busBeatMs).unref();
		this.#connect();
	}

	get isUp(): boolean {
		return this.#line !== null;
	}

	tell<Topic extends keyof Told>(topic: Topic, message: Told[Topic]): void {
		if (this.#stopped) return;
		if (this.#gathered) return void this.#gathered.push([topic, message]);
		this.#gathered = [[topic, message]];
		setImmediate(() => {
			// it may have gone along with a sign of life
			if (this.#gathered) this.#send(this.#gathered);
		});
	}

	async stop(): Promise<void> {
		if (this.#gathered) this.#send(this.#gathered);
		this.#stopped = true;
		clearInterval(this.#beat);
		if (this.#retry !== null) clearTimeout(this.#retry);
		await this.#attempt;
		this.#line?.send({ from: this.self, nth: ++this.#nth, told: [], bye: true });
		await this.#line?.stop();
		this.#line = null;
	}

	#send(told: Packet['told']): void {
		this.#gathered = null;
		this.#line?.send({ from: this.self, nth: ++this.#nth, told, bye: false });
	}

	#beatOnce(): void {
		if (this.#line) this.#send(this.#gathered ?? []);
		const patienceMs = this.isUp ? limits.busSilenceMs : limits.busSilenceWhileDownMs;
		const now = performance.now();
		for (const [other, { heardAt }] of this.#others) if (now - heardAt > patienceMs) this.#gone(other);
	}

	#connect(): void {
		this.#retry = null;
		this.#attempt = openLine(this.#client, this.#channel, {
			take: (packet) => this.#take(packet),
			broke: (error) => {
				this.#line = null;
				this.#lost(error);
			}
		})
			.then((line) => this.#reached(line))
			.catch((error: unknown) => this.#lost(error))
			.finally(() => (this.#attempt = null));
	}

	#reached(line: Line): void {
		this.#line = line;
		if (this.#stopped) return;
		if (this.#wasUp === false) this.#log.info({}, 'Redis is reached again');
		this.#wasUp = true;
		const now = performance.now();
		for (const other of this.#others.values()) other.heardAt = now;
		this.#send([]);
		this.missed();
	}

	#lost(error: unknown): void {
		if (this.#stopped) return;
		if (this.#wasUp !== false)
			this.#log.error(
				{ code: codeOf(error) },
				'Redis is not reached: what other processes do is looked up in the database until it is, and shown a second later'
			);
		this.#wasUp = false;
		this.#retry ??= setTimeout(() => this.#connect(), limits.busRetryMs).unref();
	}

	#take({ from, nth, told, bye }: Packet): void {
		if (from === this.self || this.#stopped) return;
		const other = this.#others.get(from);
		if (bye) return void (other && this.#gone(from));
		this.#others.set(from, { nth, heardAt: performance.now() });
		if (!other) {
			this.changed(from, 'come');
			// it is to know us as soon as we know it
			this.#send(this.#gathered ?? []);
		}
		if (nth !== (other?.nth ?? 0) + 1) this.missed();
		for (const [topic, message] of told) this.heard(topic, message, from);
	}

	#gone(other: string): void {
		this.#others.delete(other);
		this.changed(other, 'gone');
	}
}
