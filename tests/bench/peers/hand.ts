import { createCard, splice } from '#realtime/board/edits.ts';
import { clockOf, emptyStateVector, stateOf } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { presenceFrame, step1Frame, step2Frame, updateFrame } from '#realtime/protocol/frames.ts';
import { newId } from '#server/auth/tokens.ts';
import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { dialectOf, type Dialect } from './dialects.ts';
import { Line } from './line.ts';

/** How one person reaches a document. */
export interface Seat {
	url: string;
	/** as a stock provider would come */
	stockUrl: string;
	headers: Record<string, string>;
	clientId: number;
	/** a card says that it is this person's */
	author: Id;
	/** by whose name the server wants its document to be spoken of; null: by none */
	document: string | null;
}

/** a server that does not let anybody in for so long has broken down */
const patienceMs = 30_000;

/** How somebody comes in. */
export interface Entry {
	/** goes on to read what is sent, rather than throw it away unread */
	listens?: boolean;
	/** what of the document they have already, as a state vector; nothing unless given */
	knows?: Uint8Array;
}

/**
 * One person at a document, as cheap as can be: it holds its own card and nothing of what the others write, so that
 * the server is what is measured. Only who listens reads what they are sent.
 */
export class Hand {
	readonly clientId: number;
	readonly #seat: Seat;
	readonly #dialect: Dialect;
	#line: Line | null = null;
	readonly #doc = new Y.Doc();
	#card = newId();
	#units = 0;
	#moves = 0;
	/** how far the client id was with each write of this connection, and with how many of them the server has acknowledged */
	#sent: number[] = [];
	#committed = 0;
	/** what has come in step 2 and in updates; a view that is good until the call returns */
	heard: ((update: Uint8Array) => void) | null = null;
	readonly #asked = Promise.withResolvers<void>();
	readonly #answered = Promise.withResolvers<void>();

	/** Not connected yet: what is written before that is written offline. */
	constructor(seat: Seat) {
		this.clientId = seat.clientId;
		this.#seat = seat;
		this.#dialect = dialectOf(seat.document);
		this.#doc.clientID = seat.clientId;
		this.#doc.on('update', (update: Uint8Array) => this.#write(updateFrame(update)));
	}

	/** Somebody who has nothing of the document. */
	static async at(seat: Seat, entry: Entry = {}): Promise<Hand> {
		const hand = new Hand(seat);
		await hand.enter(entry);
		return hand;
	}

	/** Resolves when each end has answered what the other asked for; rejects if that does not come to pass. */
	async enter({ listens = false, knows = emptyStateVector }: Entry = {}): Promise<void> {
		const line = new Line(this.#seat.url, this.#seat.headers, (message) => this.#hear(message));
		this.#line = line;
		await line.opened;
		for (const message of this.#dialect.hello) line.send(message);
		line.send(this.#dialect.wrap(step1Frame(knows)));
		const both = Promise.all([this.#asked.promise, this.#answered.promise]).then(() => null);
		const because = await Promise.race([both, line.closed, pause(patienceMs, 'nobody answered', { ref: false })]);
		if (because !== null) {
			line.cut();
			throw new Error(because);
		}
		if (!listens) line.deafen();
	}

	/** is the line there? */
	get isHere(): boolean {
		return this.#line?.isOpen ?? false;
	}

	/** Resolves, once it has come in and its line is closed, with why. */
	get gone(): Promise<string> {
		return this.#line!.closed;
	}

	/** how far its client id is acknowledged as committed; 0 with servers that acknowledge nothing */
	get acknowledged(): number {
		return this.#sent[this.#committed - 1] ?? 0;
	}

	/** how far its client id is */
	get clock(): number {
		return clockOf(this.#doc, this.clientId);
	}

	/** Makes a card, and writes in that from now on. */
	begin(): void {
		this.#card = newId();
		this.#units = 0;
		createCard(this.#doc, { id: this.#card, author: this.#seat.author, createdAt: 1, column: 'strengths', group: null, before: null });
	}

	/** Writes at the end of its card, as one edit; a full card is followed by another. */
	write(words: string): void {
		if (this.#units + words.length > limits.cardTextUnits) this.begin();
		splice(this.#doc, { card: this.#card }, { at: this.#units, removed: 0, inserted: words });
		this.#units += words.length;
	}

	/** Sends an edit that was made before. */
	pass(update: Uint8Array): void {
		this.#line?.send(this.#dialect.wrap(updateFrame(update)));
	}

	/** Says where its pointer is. */
	move(): void {
		const pointer = { x: this.#moves % 997, y: this.#moves % 613 };
		const frame = presenceFrame([{ client: this.clientId, clock: ++this.#moves, state: { card: this.#card, pointer } }]);
		this.#line?.send(this.#dialect.wrap(frame));
	}

	/** Reads nothing from now on. */
	pause(): void {
		this.#line?.pause();
	}

	leave(): void {
		this.#line?.cut();
	}

	#write(frame: Uint8Array): void {
		// what is written before the server has asked is in the answer
		if (this.#sent.length === 0) return;
		this.#sent.push(this.clock);
		this.#line?.send(this.#dialect.wrap(frame));
	}

	#hear(message: Uint8Array): void {
		const heard = this.#dialect.hear(message);
		if (heard === null) return;
		switch (heard.kind) {
			case 'step1':
				this.#sent.push(this.clock);
				this.#line?.send(this.#dialect.wrap(step2Frame(stateOf(this.#doc, heard.bytes))));
				return this.#asked.resolve();
			case 'committed':
				this.#committed = heard.frames;
				return;
			default:
				this.heard?.(heard.bytes);
				this.#answered.resolve();
		}
	}
}
