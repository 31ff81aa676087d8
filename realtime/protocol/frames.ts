import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { limits } from '#realtime/meeting/limits.ts';

/**
 * What crosses a board's socket: the messages of y-websocket, and some of our own.
 *
 *     sync       0  ( 0 step 1 | 1 step 2 | 2 update )  bytes
 *     presence   1  bytes ( count, then client id, clock, JSON for each )
 *     query      3
 *     committed  4  count
 *     generation 5  number
 *     state      6  count, state vector, hash
 *     damage     7  edits, milliseconds since 1970 (0: not known)
 *     half full  8  1 (yes) or 0 (not any more)
 *
 * `committed` says how many of this connection's write frames (step 2 and update) have been committed to the
 * database, counted from its beginning. `generation` comes first and says which generation of the document this is: a page
 * says it when it comes back. `damage` says how many committed edits the server could not read when it opened the document,
 * and since when; 0 once they are back. `half full` says that the document holds more than half of what one may hold. Only
 * who connects with `acks=1` in the URL receives these four: a stock provider prints an error for a type that it does not know.
 *
 * `state` comes from a page that has nothing unsaved: how many sync messages it has received on this connection, and
 * what it holds by them. If nothing was under way to it, the server must hold the same.
 */
export const messageTypes = { sync: 0, presence: 1, queryPresence: 3, committed: 4, generation: 5, state: 6, damage: 7, halfFull: 8 } as const;
const syncTypes = { step1: 0, step2: 1, update: 2 } as const;

/** A message as it arrives at the server. `bytes` is a view into the frame. */
export type Incoming =
	| { kind: 'step1'; bytes: Uint8Array }
	| { kind: 'step2'; bytes: Uint8Array }
	| { kind: 'update'; bytes: Uint8Array }
	| { kind: 'presence'; bytes: Uint8Array }
	| { kind: 'query' }
	| ({ kind: 'state' } & HeldState);

/** What a page holds: `received` counts the sync messages of its connection, `hash` is of the content. */
export interface HeldState {
	received: number;
	stateVector: Uint8Array;
	hash: string;
}

/** Reads one frame. Throws on whatever is not exactly one message that a client may send. */
export function readFrame(frame: Uint8Array): Incoming {
	const decoder = decoding.createDecoder(frame);
	const message = readMessage(decoder);
	if (decoding.hasContent(decoder)) throw new Error('bytes after the message');
	return message;
}

function readMessage(decoder: decoding.Decoder): Incoming {
	switch (decoding.readVarUint(decoder)) {
		case messageTypes.sync:
			switch (decoding.readVarUint(decoder)) {
				case syncTypes.step1:
					return { kind: 'step1', bytes: decoding.readVarUint8Array(decoder) };
				case syncTypes.step2:
					return { kind: 'step2', bytes: decoding.readVarUint8Array(decoder) };
				case syncTypes.update:
					return { kind: 'update', bytes: decoding.readVarUint8Array(decoder) };
			}
			break;
		case messageTypes.presence:
			return { kind: 'presence', bytes: decoding.readVarUint8Array(decoder) };
		case messageTypes.queryPresence:
			return { kind: 'query' };
		case messageTypes.state:
			return {
				kind: 'state',
				received: decoding.readVarUint(decoder),
				stateVector: decoding.readVarUint8Array(decoder),
				hash: decoding.readVarString(decoder)
			};
	}
	throw new Error('a message of no known type');
}

/** Does this frame, sent by a client, carry edits? */
export const isWrite = (frame: Uint8Array): boolean => frame[0] === messageTypes.sync && (frame[1] === syncTypes.step2 || frame[1] === syncTypes.update);

/** Is it an answer to the server's step 1, or a piece of one (step 2), rather than an edit as it is made? */
export const answersStep1 = (frame: Uint8Array): boolean => frame[0] === messageTypes.sync && frame[1] === syncTypes.step2;

/** The state vector of a step 1, from what follows the type of a sync message. Null: it is another one, and nothing of it has been read. */
export function readStep1(decoder: decoding.Decoder): Uint8Array | null {
	if (decoding.peekVarUint(decoder) !== syncTypes.step1) return null;
	decoding.readVarUint(decoder);
	return decoding.readVarUint8Array(decoder);
}

const kindNames = Object.keys(messageTypes) as (keyof typeof messageTypes)[];
const syncNames = Object.keys(syncTypes) as (keyof typeof syncTypes)[];

/** Every kind of message, as {@link kindOf} names them. */
export const frameKinds = [...syncNames, ...kindNames.filter((name) => name !== 'sync'), 'other'] as const;
export type FrameKind = (typeof frameKinds)[number];

/** What kind of message a frame carries, in either direction, judged by its first two bytes alone. */
export function kindOf(frame: Uint8Array): FrameKind {
	if (frame[0] === messageTypes.sync) return syncNames.find((name) => syncTypes[name] === frame[1]) ?? 'other';
	return (kindNames.find((name) => messageTypes[name] === frame[0]) as FrameKind | undefined) ?? 'other';
}

export const step1Frame = (stateVector: Uint8Array): Uint8Array => syncFrame(syncTypes.step1, stateVector);
export const step2Frame = (update: Uint8Array): Uint8Array => syncFrame(syncTypes.step2, update);
export const updateFrame = (update: Uint8Array): Uint8Array => syncFrame(syncTypes.update, update);

export const committedFrame = (frames: number): Uint8Array => numberFrame(messageTypes.committed, frames);
export const generationFrame = (generation: number): Uint8Array => numberFrame(messageTypes.generation, generation);
export const halfFullFrame = (isHalfFull: boolean): Uint8Array => numberFrame(messageTypes.halfFull, Number(isHalfFull));

function numberFrame(type: number, value: number): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, type);
	encoding.writeVarUint(encoder, value);
	return encoding.toUint8Array(encoder);
}

export function stateFrame({ received, stateVector, hash }: HeldState): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, messageTypes.state);
	encoding.writeVarUint(encoder, received);
	encoding.writeVarUint8Array(encoder, stateVector);
	encoding.writeVarString(encoder, hash);
	return encoding.toUint8Array(encoder);
}

/** What a document lacks of what was committed. */
export interface Damage {
	/** edits that could not be read, or that follow on such; 0: none */
	edits: number;
	/** when the first of them was made, in milliseconds since 1970 by the database's clock; null: not known */
	since: number | null;
}

export function damageFrame({ edits, since }: Damage): Uint8Array {
	return encoding.encode((encoder) => {
		for (const number of [messageTypes.damage, edits, since ?? 0]) encoding.writeVarUint(encoder, number);
	});
}

/** Reads what follows the type of a damage frame. */
export function readDamage(decoder: decoding.Decoder): Damage {
	const [edits, since] = [decoding.readVarUint(decoder), decoding.readVarUint(decoder)];
	return { edits, since: since === 0 ? null : since };
}

/** Reads what follows the type of a half-full frame. */
export const readHalfFull = (decoder: decoding.Decoder): boolean => decoding.readVarUint(decoder) === 1;

/** Counters stay well below 2^53, so that adding to one still counts. */
export const highestClock = 2 ** 50;

/** Yjs numbers its replicas with 32 bits; 0 is nobody's. */
export const isClientId = (value: number): boolean => Number.isInteger(value) && value > 0 && value < 2 ** 32;

/** One person's presence on the wire; a state of null says that they left. */
export interface PresenceEntry {
	client: number;
	clock: number;
	state: Record<string, unknown> | null;
}

export function presenceFrame(entries: readonly PresenceEntry[]): Uint8Array {
	const list = encoding.createEncoder();
	encoding.writeVarUint(list, entries.length);
	for (const { client, clock, state } of entries) {
		encoding.writeVarUint(list, client);
		encoding.writeVarUint(list, clock);
		encoding.writeVarString(list, JSON.stringify(state));
	}
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, messageTypes.presence);
	encoding.writeVarUint8Array(encoder, encoding.toUint8Array(list));
	return encoding.toUint8Array(encoder);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads presence, the entries that `wanted` picks by client id; the states of the others (a stock provider
 * echoes everybody's) are skipped unread. Throws on bytes that are no presence, on a state over its limit, and on one that is no object.
 */
export function readPresence(bytes: Uint8Array, wanted: (client: number) => boolean): PresenceEntry[] {
	const decoder = decoding.createDecoder(bytes);
	const entries: PresenceEntry[] = [];
	for (let left = decoding.readVarUint(decoder); left > 0; left--) {
		const client = decoding.readVarUint(decoder);
		const clock = decoding.readVarUint(decoder);
		// the reader gives any number, Infinity too, and a writer of that never ends
		if (!isClientId(client) || clock > highestClock) throw new Error('a presence with a number out of range');
		const json = decoding.readVarUint8Array(decoder);
		if (!wanted(client)) continue;
		if (json.byteLength > limits.presenceBytes) throw new Error('a presence over its limit');
		const state: unknown = JSON.parse(utf8.decode(json));
		if (typeof state !== 'object' || Array.isArray(state)) throw new Error('a presence that is no object');
		entries.push({ client, clock, state: state as PresenceEntry['state'] });
	}
	return entries;
}

function syncFrame(type: number, bytes: Uint8Array): Uint8Array {
	const encoder = encoding.createEncoder();
	encoding.writeVarUint(encoder, messageTypes.sync);
	encoding.writeVarUint(encoder, type);
	encoding.writeVarUint8Array(encoder, bytes);
	return encoding.toUint8Array(encoder);
}
