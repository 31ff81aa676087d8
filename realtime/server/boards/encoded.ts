import { limits } from '#realtime/meeting/limits.ts';
import { step2Frame } from '#realtime/protocol/frames.ts';
import { Outgoing } from './outgoing.ts';

/**
 * All that is committed of a document, as bytes: its state at some moment, and the updates since. It is made when
 * somebody asks for it, and kept while the document grows by a little: whoever asks is seldom alone, since a meeting
 * begins for all at once.
 */
export class EncodedDocument {
	readonly #stateOf: () => Uint8Array;
	#updates: Uint8Array[] = [];
	#frames: Outgoing[] = [];
	/** bytes of what came since */
	#grown = 0;

	/** `stateOf`: makes all of the document. */
	constructor(stateOf: () => Uint8Array) {
		this.#stateOf = stateOf;
	}

	/** In their order. To be asked for while nothing in the document is uncommitted. */
	get updates(): readonly Uint8Array[] {
		this.#make();
		return this.#updates;
	}

	/** The same as the answer to whoever has nothing of it. */
	get answer(): readonly Outgoing[] {
		this.#make();
		return this.#frames;
	}

	/** This has been committed; `frame`: as everybody is told of it. */
	follow(update: Uint8Array, frame: Outgoing): void {
		const [state] = this.#updates;
		if (!state) return;
		this.#updates.push(update);
		this.#frames.push(frame);
		this.#grown += update.byteLength;
		if (this.#updates.length > limits.encodedUpdates || this.#grown > Math.max(state.byteLength, limits.encodedGrowthBytes)) this.#forget();
	}

	#make(): void {
		if (this.#updates.length > 0) return;
		const state = this.#stateOf();
		const message = step2Frame(state);
		// it ends with the state, which is not to lie here twice
		this.#updates = [message.subarray(-state.byteLength)];
		this.#frames = [new Outgoing(message)];
	}

	#forget(): void {
		this.#updates = [];
		this.#frames = [];
		this.#grown = 0;
	}
}
