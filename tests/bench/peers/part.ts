import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import * as Y from 'yjs';
import { nowMs } from './clock.ts';
import { Hand, type Seat } from './hand.ts';

/** Somebody's place in a crowd. */
export interface Placed {
	seat: Seat;
	room: number;
	/** which of all of the crowd, so that everybody's turns are spread evenly */
	index: number;
	/** reads what they are sent, and notes when it came */
	isWitness: boolean;
}

/** What somebody does all the time. */
export interface Habits {
	editsPerSecond: number;
	movesPerSecond: number;
	/** of each edit; a letter unless given */
	words?: string;
}

/** Client id, clock and time of each edit that was made, or that came, one after the other. */
export type Notes = Float64Array;

/** What was done since counting began. */
export interface Done {
	written: Notes;
	/** by room, messages that were sent */
	messages: Map<number, number>;
	/** how busy this thread was: part of a core, and the 99th percentile of its event loop's delay in milliseconds */
	generator: { cores: number; delayMs: number };
	/** people whose connection is gone */
	dropped: number;
}

interface Member extends Placed {
	hand: Hand;
	/** how far they have been told of each client id */
	reached: Map<number, number>;
	heard: number[];
}

/** people who come at a time */
const atOnce = 10;
const lookEveryMs = 50;

/** A part of a crowd: those whose hands are in this thread. */
export class Part {
	#members: Member[] = [];
	#timers: NodeJS.Timeout[] = [];
	#written: number[] = [];
	#messages = new Map<number, number>();
	#updates: number[] = [];
	#delay = monitorEventLoopDelay({ resolution: 5 });
	#began = { at: 0, cpu: process.threadCpuUsage() };

	/** Everybody comes in, and makes a card. */
	async join(placed: readonly Placed[]): Promise<void> {
		for (let at = 0; at < placed.length; at += atOnce) await Promise.all(placed.slice(at, at + atOnce).map((one) => this.#enter(one)));
	}

	async #enter(placed: Placed): Promise<void> {
		const member: Member = { ...placed, hand: new Hand(placed.seat), reached: new Map(), heard: [] };
		if (placed.isWitness) member.hand.heard = (update) => this.#hear(member, update);
		await member.hand.enter({ listens: placed.isWitness });
		member.hand.begin();
		this.#members.push(member);
	}

	#hear(member: Member, update: Uint8Array): void {
		const now = nowMs();
		this.#updates.push(update.byteLength);
		for (const [client, clock] of Y.parseUpdateMeta(update).to) {
			// some servers send back what one wrote
			if (client === member.hand.clientId || clock <= (member.reached.get(client) ?? 0)) continue;
			member.reached.set(client, clock);
			member.heard.push(client, clock, now);
		}
	}

	/** Everybody works from now on, in a crowd of so many. */
	start({ editsPerSecond, movesPerSecond, words = 'ا' }: Habits, crowd: number): void {
		for (const member of this.#members) {
			const { hand, room, index } = member;
			this.#over(1_000 / editsPerSecond, index / crowd, () => {
				const at = nowMs();
				hand.write(words);
				this.#written.push(hand.clientId, hand.clock, at);
				this.#sent(room);
			});
			this.#over(1_000 / movesPerSecond, index / crowd, () => {
				hand.move();
				this.#sent(room);
			});
		}
	}

	/** Counting begins. */
	count(): void {
		this.#written = [];
		this.#messages = new Map();
		this.#updates = [];
		for (const member of this.#members) member.heard = [];
		this.#delay.reset();
		this.#delay.enable();
		this.#began = { at: nowMs(), cpu: process.threadCpuUsage() };
	}

	/** Nobody does anything any more. */
	stop(): Done {
		for (const timer of this.#timers.splice(0)) clearTimeout(timer);
		const { user, system } = process.threadCpuUsage(this.#began.cpu);
		this.#delay.disable();
		return {
			written: Float64Array.from(this.#written),
			messages: this.#messages,
			generator: { cores: (user + system) / 1_000 / (nowMs() - this.#began.at), delayMs: this.#delay.percentile(99) / 1e6 },
			dropped: this.#members.filter(({ hand }) => !hand.isHere).length
		};
	}

	/** Waits until the witnesses have been told of all this, by room; at most this long. Answers what each was told of since counting began, and the bytes of what came. */
	async settle(
		until: Map<number, Map<number, number>>,
		patienceMs: number
	): Promise<{ heard: { room: number; client: number; notes: Notes }[]; updates: number[] }> {
		const witnesses = this.#members.filter(({ isWitness }) => isWitness);
		const lacks = ({ room, hand, reached }: Member) =>
			[...(until.get(room) ?? [])].some(([client, clock]) => client !== hand.clientId && (reached.get(client) ?? 0) < clock);
		for (const began = nowMs(); nowMs() - began < patienceMs && witnesses.some(lacks);) await pause(lookEveryMs);
		return {
			heard: witnesses.map(({ room, hand, heard }) => ({ room, client: hand.clientId, notes: Float64Array.from(heard) })),
			updates: this.#updates
		};
	}

	leave(): void {
		for (const { hand } of this.#members.splice(0)) hand.leave();
	}

	#sent(room: number): void {
		this.#messages.set(room, (this.#messages.get(room) ?? 0) + 1);
	}

	/** Does something over and over, for the first time after this part of the time between two times. */
	#over(everyMs: number, phase: number, act: () => void): void {
		const first = setTimeout(() => {
			act();
			this.#timers.push(setInterval(act, everyMs));
		}, phase * everyMs);
		this.#timers.push(first);
	}
}

export type Asked = { id: number } & { [Name in keyof Part]: { name: Name; given: Parameters<Part[Name]> } }[keyof Part];

if (parentPort) {
	const port = parentPort;
	const part = new Part();
	port.on('message', async ({ id, name, given }: Asked) => {
		try {
			const answer = await (part[name] as (...given: unknown[]) => unknown).apply(part, given);
			port.postMessage({ id, answer });
		} catch (error) {
			port.postMessage({ id, error: String(error) });
		}
	});
}
