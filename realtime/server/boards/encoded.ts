import { limits } from '#realtime/meeting/limits.ts';
import { step2Frame, updateFrame } from '#realtime/protocol/frames.ts';
import { Outgoing } from './outgoing.ts';

/**
 * All that is committed of a document, as bytes: its state at some moment, and the updates since. It is made when
 * somebody asks for it, and kept while the document grows by a little: whoever asks is seldom alone, since a meeting
 * begins for all at once.
 */
export class EncodedDocument {
	readonly #stateOf: () => Uint8Array;
	#updates: Uint8Array[] = [];
	/** the state's is made once something follows it, the others are as everybody was told of them */
	#frames: Outgoing[] = [];
	/** until something more is committed */
	#answer: Outgoing[] | null = null;
	/** bytes of what came since */
	#grown = 0;

	/** `stateOf`: makes all of the document. */
	constructor(stateOf: () => Uint8Array) {
		this.#stateOf = stateOf;
	}

	/** As they are now, in their order. To be asked for while nothing in the document is uncommitted. */
	get updates(): readonly Uint8Array[] {
		if (this.#updates.length === 0) this.#updates = [this.#stateOf()];
		return [...this.#updates];
	}

	/** The same as the answer to whoever has nothing of it. Step 2 is the last, since a page takes itself for complete then. */
	get answer(): readonly Outgoing[] {
		return (this.#answer ??= [...this.#frames.slice(0, -1), new Outgoing(step2Frame(this.updates.at(-1)!))]);
	}

	/** This has been committed; `frame`: as everybody is told of it. */
	follow(update: Uint8Array, frame: Outgoing): void {
		const [state] = this.#updates;
		if (!state) return;
		this.#answer = null;
		if (this.#frames.length === 0) this.#frames = [new Outgoing(updateFrame(state))];
		// the frame's bytes end with it, which is not to lie here twice
		this.#updates.push(frame.message.subarray(-update.byteLength));
		this.#frames.push(frame);
		this.#grown += update.byteLength;
		if (this.#updates.length > limits.encodedUpdates || this.#grown > Math.max(state.byteLength, limits.encodedGrowthBytes)) this.#forget();
	}

	#forget(): void {
		this.#updates = [];
		this.#frames = [];
		this.#grown = 0;
	}
}
