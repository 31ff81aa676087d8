import { createCard, splice } from '#realtime/board/edits.ts';
import { clockOf, emptyStateVector, stateOf } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { presenceFrame, step1Frame, step2Frame, updateFrame } from '#realtime/protocol/frames.ts';
import { newId } from '#server/auth/tokens.ts';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import type { Dialect } from './dialects.ts';

/** How one person reaches a document. */
export interface Seat {
	url: string;
	headers: Record<string, string>;
	clientId: number;
	/** a card says that it is this person's */
	author: Id;
	dialect: Dialect;
}

/**
 * One person at a document, as cheap as can be: it holds its own card and nothing of what the others write, so that
 * the server is what is measured. Only a witness reads what it is sent.
 */
export class Hand {
	readonly clientId: number;
	readonly #dialect: Dialect;
	readonly #socket: WebSocket;
	readonly #doc = new Y.Doc();
	#card = newId();
	readonly #author: Id;
	#units = 0;
	#moves = 0;
	/** what has come in step 2 and in updates */
	heard: ((update: Uint8Array) => void) | null = null;
	#answered = Promise.withResolvers<void>();

	private constructor({ url, headers, clientId, author, dialect }: Seat) {
		this.clientId = clientId;
		this.#author = author;
		this.#doc.clientID = clientId;
		this.#dialect = dialect;
		this.#socket = new WebSocket(url, { headers, perMessageDeflate: false, skipUTF8Validation: true });
		this.#socket.on('message', (data: Buffer) => this.#hear(data));
		this.#socket.on('close', (code) => this.#answered.reject(new Error(`closed with ${code}`)));
		this.#socket.on('error', () => {});
		this.#answered.promise.catch(() => {});
		this.#doc.on('update', (update: Uint8Array) => this.#say(updateFrame(update)));
	}

	/** Resolves when the document is there, as far as the server has it. */
	static async at(seat: Seat): Promise<Hand> {
		const hand = new Hand(seat);
		await once(hand.#socket, 'open');
		for (const message of seat.dialect.hello) hand.#socket.send(message);
		hand.#say(step1Frame(emptyStateVector));
		await hand.#answered.promise;
		return hand;
	}

	/** Makes a card, and writes in that from now on. */
	begin(): void {
		this.#card = newId();
		this.#units = 0;
		createCard(this.#doc, { id: this.#card, author: this.#author, createdAt: 1, column: 'strengths', group: null, before: null });
	}

	/** Writes at the end of its card, as one edit. Answers how far its client id is then. */
	write(words: string): number {
		splice(this.#doc, { card: this.#card }, { at: this.#units, removed: 0, inserted: words });
		this.#units += words.length;
		return clockOf(this.#doc, this.clientId);
	}

	/** Says where its pointer is. */
	move(): void {
		const pointer = { x: this.#moves % 997, y: this.#moves % 613 };
		this.#say(presenceFrame([{ client: this.clientId, clock: ++this.#moves, state: { card: this.#card, pointer } }]));
	}

	leave(): void {
		this.#socket.terminate();
	}

	#say(frame: Uint8Array): void {
		this.#socket.send(this.#dialect.wrap(frame));
	}

	#hear(message: Buffer): void {
		const heard = this.#dialect.hear(message);
		if (heard?.kind === 'step1') this.#say(step2Frame(stateOf(this.#doc, heard.bytes)));
		else if (heard) {
			this.heard?.(heard.bytes);
			this.#answered.resolve();
		}
	}
}
