import { emittedAsOne } from '#realtime/board/replica.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { step2Frame, updateFrame } from '#realtime/protocol/frames.ts';
import { Outgoing } from './outgoing.ts';

/**
 * All that is committed of a document, as bytes: its state at some moment, and the updates since. It is made when
 * somebody asks for it, and kept while the document grows by a little and others ask: whoever does is seldom alone,
 * since a meeting begins for all at once.
 */
export class EncodedDocument {
	readonly #stateOf: (since?: Uint8Array) => Uint8Array;
	#updates: Uint8Array[] = [];
	/** the state's is made once something follows it */
	#frames: Outgoing[] = [];
	/** until something more is committed */
	#answer: Outgoing[] | null = null;
	/** the last one to somebody who has some of it, until then too */
	#rest: { lacks: string; answer: Outgoing } | null = null;
	/** the last of the updates, which are as everybody was told of them; those before have been merged */
	#unmerged = 0;
	/** updates since somebody asked */
	#unasked = 0;
	/** bytes of what came since the state */
	#grown = 0;

	/** `stateOf`: makes all of the document, or what a replica with a state vector lacks. */
	constructor(stateOf: (since?: Uint8Array) => Uint8Array) {
		this.#stateOf = stateOf;
	}

	/** As they are now, in their order. To be asked for while nothing in the document is uncommitted. */
	get updates(): readonly Uint8Array[] {
		this.#unasked = 0;
		if (this.#updates.length === 0) this.#updates = [this.#stateOf()];
		return [...this.#updates];
	}

	/** The same as the answer to whoever has nothing of it. Step 2 is the last, since a page takes itself for complete then. */
	get answer(): readonly Outgoing[] {
		const { updates } = this;
		return (this.#answer ??= [...this.#frames.slice(0, -1), new Outgoing(step2Frame(updates.at(-1)!))]);
	}

	/** The answer to whoever has so much of it, and lacks that: those who come back together lack the same. */
	restFor(since: Uint8Array, lacks: ReadonlyMap<number, number>): Outgoing {
		const lacked = [...lacks].join(';');
		if (this.#rest?.lacks !== lacked) this.#rest = { lacks: lacked, answer: new Outgoing(step2Frame(this.#stateOf(since))) };
		return this.#rest.answer;
	}

	/** This has been committed; `frame`: as everybody is told of it. */
	follow(update: Uint8Array, frame: Outgoing): void {
		this.#answer = null;
		this.#rest = null;
		const [state] = this.#updates;
		if (!state) return;
		if (this.#frames.length === 0) this.#frames = [new Outgoing(updateFrame(state))];
		this.#add(update, frame);
		if (++this.#unmerged === limits.mergedAtOnce) this.#merge();
		this.#grown += update.byteLength;
		const isMuch = this.#updates.length > limits.encodedUpdates || this.#grown > Math.max(state.byteLength, limits.encodedGrowthBytes);
		if (isMuch || ++this.#unasked > limits.encodedUnasked) this.#forget();
	}

	#add(update: Uint8Array, frame: Outgoing): void {
		// the frame's bytes end with it, which is not to lie here twice
		this.#updates.push(frame.messages[0]!.subarray(-update.byteLength));
		this.#frames.push(frame);
	}

	#merge(): void {
		const merged = emittedAsOne(this.#updates.splice(-this.#unmerged))!;
		this.#frames.splice(-this.#unmerged);
		this.#add(merged, new Outgoing(updateFrame(merged)));
		this.#unmerged = 0;
	}

	#forget(): void {
		this.#updates = [];
		this.#frames = [];
		this.#unmerged = 0;
		this.#grown = 0;
	}
}
