import { highestClock } from '#realtime/protocol/frames.ts';
import { refuse } from './refusal.ts';

/** What no key of a value may be called: setting it on an object does something else than setting a key. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** Values within each other: evidence and links have one level. */
const deepestValue = 6;

// as Yjs reads: a mark at the beginning is a letter
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads lib0's encoding as its own writer writes it, and refuses every other way of writing the same: what is read
 * here is read alike by every reader of Yjs. Every call throws a refusal.
 */
export class Bytes {
	readonly #bytes: Uint8Array;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	get left(): number {
		return this.#bytes.length - this.#at;
	}

	byte(): number {
		const byte = this.#bytes[this.#at++];
		return byte === undefined ? refuse('cut-short') : byte;
	}

	/** A whole number that can still be counted on from. */
	number(): number {
		let byte = this.byte();
		if (byte < 0x80) return byte;
		let number = byte & 0x7f;
		for (let scale = 0x80; ; scale *= 0x80) {
			byte = this.byte();
			number += (byte & 0x7f) * scale;
			if (number > highestClock) refuse('number-out-of-range');
			if (byte < 0x80) return byte === 0 ? refuse('number-not-shortest') : number;
		}
	}

	/** Well-formed text without U+0000, which no SQL column takes. */
	text(): string {
		const length = this.number();
		if (length > this.left) refuse('cut-short');
		const text = this.#decoded(this.#bytes.subarray(this.#at, (this.#at += length)));
		return checked(text);
	}

	/** What `JSON.stringify` writes, and no other way of writing it. */
	json(): unknown {
		const text = this.text();
		let value: unknown;
		try {
			value = JSON.parse(text);
		} catch {
			refuse('unknown-value');
		}
		checkValue(value, 0);
		return JSON.stringify(value) === text ? value : refuse('json-not-shortest');
	}

	/** A value as JSON knows it. */
	value(depth = 0): unknown {
		if (depth > deepestValue) refuse('nested-value');
		switch (this.byte()) {
			case 126:
				return null;
			case 125:
				return this.#integer();
			case 124:
				return this.#float(4);
			case 123:
				return this.#float(8);
			case 121:
				return false;
			case 120:
				return true;
			case 119:
				return this.text();
			case 118: {
				const object: Record<string, unknown> = {};
				for (let count = this.#count(); count > 0; count--) {
					const key = this.text();
					if (forbiddenKeys.has(key) || Object.hasOwn(object, key)) refuse('forbidden-key');
					object[key] = this.value(depth + 1);
				}
				return object;
			}
			case 117:
				return Array.from({ length: this.#count() }, () => this.value(depth + 1));
			default:
				// undefined, a BigInt, bytes, or nothing of lib0's
				return refuse('unknown-value');
		}
	}

	end(): void {
		if (this.left > 0) refuse('bytes-after-the-end');
	}

	/** How many follow, of which each takes a byte at least: never more than there is. */
	#count(): number {
		const count = this.number();
		return count > this.left ? refuse('more-announced-than-sent') : count;
	}

	#integer(): number {
		let byte = this.byte();
		const sign = byte & 0x40 ? -1 : 1;
		let number = byte & 0x3f;
		for (let scale = 0x40; byte >= 0x80; scale *= 0x80) {
			byte = this.byte();
			number += (byte & 0x7f) * scale;
			if (number > highestClock) refuse('number-out-of-range');
			if (byte === 0) refuse('number-not-shortest');
		}
		return sign * number;
	}

	#float(bytes: 4 | 8): number {
		if (bytes > this.left) refuse('cut-short');
		const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, bytes);
		this.#at += bytes;
		const number = bytes === 4 ? view.getFloat32(0) : view.getFloat64(0);
		return Number.isFinite(number) ? number : refuse('number-out-of-range');
	}

	#decoded(bytes: Uint8Array): string {
		try {
			return utf8.decode(bytes);
		} catch {
			return refuse('no-unicode');
		}
	}
}

const checked = (text: string): string => (text.includes('\0') ? refuse('nul-in-text') : text);

function checkValue(value: unknown, depth: number): void {
	if (typeof value === 'string' && !checked(value).isWellFormed()) refuse('no-unicode');
	if (typeof value !== 'object' || value === null) return;
	if (depth >= deepestValue) refuse('nested-value');
	for (const [key, field] of Object.entries(value)) {
		if (forbiddenKeys.has(key)) refuse('forbidden-key');
		checkValue(key, depth + 1);
		checkValue(field, depth + 1);
	}
}
