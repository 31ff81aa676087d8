import { stateOf } from '#realtime/board/replica.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Doc } from 'yjs';

/** How much of a limit may be used before whoever conducts the meeting is told. */
const half = 1 / 2;

/** Bytes that came since a document was last measured, after which it is worth to be measured again. */
const measureAfterBytes = limits.documentBytes / 16;

/**
 * How much of what a document may be it is. Bytes and structs are added up as they come, which says too much rather
 * than too little, since Yjs merges; the document is measured only when that would be over the limit, or over half of it.
 */
export class Budget {
	readonly #doc: Doc;
	#bytes: number;
	#structs: number;
	#sinceMeasured = Infinity;
	#measuredOverHalf = false;

	/** `bytes`: of all that is stored of it. */
	constructor(doc: Doc, bytes: number) {
		this.#doc = doc;
		this.#bytes = bytes;
		this.#structs = structsIn(doc);
	}

	/** May a document take this in and still be as large as one may be? `clients`: those of whom it has nothing yet. */
	takes(bytes: number, structs: number, clients: number): boolean {
		const over = () => this.#isOver(1, bytes, structs);
		if (over() && this.#isMeasuredLongAgo) this.#measure();
		return !over() && this.#doc.store.clients.size + clients <= limits.documentClientIds;
	}

	/** Is it over half of any of the limits? That is said only of what was measured, and measured only when what was added up says otherwise. */
	get isHalfFull(): boolean {
		if (this.#isOver(half) && !this.#measuredOverHalf && this.#isMeasuredLongAgo) this.#measure();
		return this.#measuredOverHalf || this.#doc.store.clients.size > limits.documentClientIds * half;
	}

	/** This much has been taken in. */
	spend(bytes: number, structs: number): void {
		this.#bytes += bytes;
		this.#structs += structs;
		this.#sinceMeasured += bytes;
	}

	get #isMeasuredLongAgo(): boolean {
		return this.#sinceMeasured >= measureAfterBytes;
	}

	#isOver(share: number, bytes = 0, structs = 0): boolean {
		return this.#bytes + bytes > limits.documentBytes * share || this.#structs + structs > limits.documentStructs * share;
	}

	#measure(): void {
		this.#bytes = stateOf(this.#doc).byteLength;
		this.#structs = structsIn(this.#doc);
		this.#sinceMeasured = 0;
		this.#measuredOverHalf = this.#isOver(half);
	}
}

function structsIn(doc: Doc): number {
	let structs = 0;
	for (const one of doc.store.clients.values()) structs += one.length;
	return structs;
}
