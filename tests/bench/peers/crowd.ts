import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { nowMs } from './clock.ts';
import type { Asked, Done, Habits, Notes, Part, Placed } from './part.ts';
import type { Running } from './servers.ts';

/** What a crowd did, and what came of it. */
export interface Measured {
	/** milliseconds from an edit to each witness that it reached */
	samples: number[];
	/** of what the witnesses should have been sent of the edits, the part that came */
	delivered: number;
	/** processor milliseconds for 1,000 messages at another person: of the server with its database, and of that alone where it is processes of its own */
	cpu: number;
	cpuOfDatabase: number;
	/** cores that the server and its database were busy on */
	cores: number;
	/** half of the updates that a witness was sent were no larger, in bytes */
	updateBytes: number;
	/** people whose connection the server has cut */
	dropped: number;
	/** the busiest thread of ours: part of a core, and the 99th percentile of its event loop's delay in milliseconds */
	generator: { cores: number; delayMs: number };
}

/** How long a crowd works. */
export interface Duration {
	warmUpSeconds: number;
	seconds: number;
}

/** who reads what they are sent: enough for a percentile, and few enough to cost little */
const witnesses = 8;
/** for what is still under way at the end */
const patienceMs = 5_000;
/** an edit of everybody's is theirs before the next begins */
const cardsMs = 500;

/** Was the generator the limit, so that the figures are "at least" and "at most"? */
export const wasBusy = ({ cores, delayMs }: Measured['generator']): boolean => cores > 0.7 || delayMs > 20;

/**
 * People at a server, whose hands are spread over threads: as many as there are processors beside that of the server.
 */
export class Crowd {
	readonly #running: Running;
	readonly #threads = Array.from({ length: Math.max(1, availableParallelism() - 1) }, () => new Thread());
	#placed: Placed[] = [];

	constructor(running: Running) {
		this.#running = running;
	}

	get size(): number {
		return this.#placed.length;
	}

	/** Has people come in and make a card each, until there are so many in each of the first rooms. */
	async fill(rooms: number, peopleInRoom: number): Promise<void> {
		const counts = this.#peopleByRoom();
		const coming: Placed[] = [];
		for (let room = 0; room < rooms; room++) {
			for (let person = counts.get(room) ?? 0; person < peopleInRoom; person++) {
				const index = this.#placed.length + coming.length;
				coming.push({ seat: this.#running.seat(person, { room }), room, index, isWitness: rooms === 1 ? person < witnesses : person === 0 });
			}
		}
		await Promise.all(
			this.#threads.map((thread, n) =>
				thread.ask(
					'join',
					coming.filter(({ index }) => index % this.#threads.length === n)
				)
			)
		);
		this.#placed.push(...coming);
		await pause(cardsMs);
	}

	/** Lets everybody write and move for a while. */
	async work(habits: Habits, { warmUpSeconds, seconds }: Duration): Promise<Measured> {
		await this.#all('start', habits, this.#placed.length);
		await pause(warmUpSeconds * 1_000);
		await this.#all('count');
		const before = { ...this.#running.spent(), at: nowMs() };
		await pause(seconds * 1_000);
		const done = await this.#all('stop');
		const elapsed = nowMs() - before.at;
		const edits = new Edits(this.#placed, done);
		const told = await this.#all('settle', edits.furthest, patienceMs);
		const after = this.#running.spent();
		const deliveries = this.#deliveries(done);
		const [ofServer, ofDatabase] = [after.server - before.server, after.database - before.database];
		const updates = told.flatMap(({ updates }) => updates).sort((a, b) => a - b);
		return {
			...edits.arrivals(told.flatMap(({ heard }) => heard)),
			cpu: ((ofServer + ofDatabase) / deliveries) * 1_000,
			cpuOfDatabase: (ofDatabase / deliveries) * 1_000,
			cores: (ofServer + ofDatabase) / elapsed,
			updateBytes: updates[updates.length >> 1] ?? 0,
			dropped: done.reduce((sum, { dropped }) => sum + dropped, 0),
			generator: {
				cores: Math.max(...done.map(({ generator }) => generator.cores)),
				delayMs: Math.max(...done.map(({ generator }) => generator.delayMs))
			}
		};
	}

	/** Everybody goes, and the threads end. */
	async end(): Promise<void> {
		await this.#all('leave');
		await Promise.all(this.#threads.map((thread) => thread.end()));
	}

	#peopleByRoom(): Map<number, number> {
		const counts = new Map<number, number>();
		for (const { room } of this.#placed) counts.set(room, (counts.get(room) ?? 0) + 1);
		return counts;
	}

	#deliveries(done: readonly Done[]): number {
		const counts = this.#peopleByRoom();
		return done.reduce((sum, { messages }) => sum + [...messages].reduce((sum, [room, sent]) => sum + sent * (counts.get(room)! - 1), 0), 0);
	}

	#all<Name extends keyof Part>(name: Name, ...given: Parameters<Part[Name]>): Promise<Awaited<ReturnType<Part[Name]>>[]> {
		return Promise.all(this.#threads.map((thread) => thread.ask(name, ...given)));
	}
}

interface Edit {
	clock: number;
	at: number;
}

/** The edits of a while, by room and client id, each list in its order. */
class Edits {
	readonly #rooms = new Map<number, Map<number, Edit[]>>();

	constructor(placed: readonly Placed[], done: readonly Done[]) {
		const roomOf = new Map(placed.map(({ seat, room }) => [seat.clientId, room]));
		for (const [client, clock, at] of done.flatMap(({ written }) => threes(written))) {
			const room = roomOf.get(client)!;
			const clients = this.#rooms.get(room) ?? new Map<number, Edit[]>();
			this.#rooms.set(room, clients);
			const edits = clients.get(client) ?? [];
			clients.set(client, edits);
			edits.push({ clock, at });
		}
	}

	/** how far each client id came, by room */
	get furthest(): Map<number, Map<number, number>> {
		return new Map([...this.#rooms].map(([room, clients]) => [room, new Map([...clients].map(([client, edits]) => [client, edits.at(-1)!.clock]))]));
	}

	/** What came to witnesses of what should have, and when. */
	arrivals(heard: readonly { room: number; client: number; notes: Notes }[]): Pick<Measured, 'samples' | 'delivered'> {
		const samples: number[] = [];
		let expected = 0;
		for (const { room, client: witness, notes } of heard) {
			const clients = this.#rooms.get(room) ?? new Map<number, Edit[]>();
			for (const [client, edits] of clients) if (client !== witness) expected += edits.length;
			const next = new Map<number, number>();
			for (const [client, clock, cameAt] of threes(notes)) {
				const edits = clients.get(client) ?? [];
				let at = next.get(client) ?? 0;
				for (; at < edits.length && edits[at]!.clock <= clock; at++) samples.push(cameAt - edits[at]!.at);
				next.set(client, at);
			}
		}
		return { samples, delivered: expected === 0 ? 1 : samples.length / expected };
	}
}

function threes(notes: Notes): [number, number, number][] {
	const found: [number, number, number][] = [];
	for (let at = 0; at < notes.length; at += 3) found.push([notes[at]!, notes[at + 1]!, notes[at + 2]!]);
	return found;
}

/** A thread of hands. */
class Thread {
	readonly #worker = new Worker(join(import.meta.dirname, 'part.ts'));
	readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
	#count = 0;

	constructor() {
		this.#worker.on('message', ({ id, answer, error }: { id: number; answer: unknown; error?: string }) => {
			const waiting = this.#waiting.get(id)!;
			this.#waiting.delete(id);
			if (error === undefined) waiting.resolve(answer);
			else waiting.reject(new Error(error));
		});
	}

	ask<Name extends keyof Part>(name: Name, ...given: Parameters<Part[Name]>): Promise<Awaited<ReturnType<Part[Name]>>> {
		const waiting = Promise.withResolvers<unknown>();
		const asked = { id: ++this.#count, name, given } as Asked;
		this.#waiting.set(asked.id, waiting);
		this.#worker.postMessage(asked);
		return waiting.promise as Promise<Awaited<ReturnType<Part[Name]>>>;
	}

	async end(): Promise<void> {
		await this.#worker.terminate();
	}
}
