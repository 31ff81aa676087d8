import { limits } from '#realtime/meeting/limits.ts';
import { isClientId } from '#realtime/protocol/frames.ts';
import { Bytes } from './bytes.ts';
import { refuse, Refused, type Refusal } from './refusal.ts';

/** A place between two units of a document. */
export interface Unit {
	client: number;
	clock: number;
}

/** What a struct brings, as it is written. */
export type Content =
	/** nothing any more: the remains of what was deleted with its surroundings */
	| { is: 'remains' }
	| { is: 'deleted' }
	| { is: 'text'; text: string }
	| { is: 'format'; key: string; value: unknown }
	| { is: 'values'; values: unknown[] }
	/** `type`: Yjs' number of it; `name`: of an element, or null */
	| { is: 'type'; type: number; name: string | null };

/** One struct of an update, with nothing of it believed. */
export interface Struct {
	readonly client: number;
	readonly clock: number;
	/** units that it takes */
	readonly length: number;
	readonly left: Unit | null;
	readonly right: Unit | null;
	/** the name of a root, or a type's unit; null: its neighbours tell */
	readonly parent: string | Unit | null;
	readonly key: string | null;
	readonly content: Content;
}

/** The structs of one client in an update, which follow on each other. */
export interface Section {
	readonly client: number;
	readonly clock: number;
	/** the clock after its last unit */
	readonly end: number;
	readonly structs: readonly Struct[];
}

export interface Deletion {
	readonly client: number;
	readonly clock: number;
	readonly length: number;
}

/** An update, read once from its first byte to its last, and nothing made of it. */
export interface ReadUpdate {
	readonly bytes: Uint8Array;
	readonly sections: ReadonlyMap<number, Section>;
	readonly deletions: readonly Deletion[];
	readonly structs: number;
	/** more than one live edit may be: to be tried first where trying it holds nobody up */
	readonly large: boolean;
}

/** Numbers in Yjs' encoding (src/structs, src/types). */
const gc = 0;
const skip = 10;
const refs = { deleted: 1, text: 4, format: 6, type: 7, any: 8 } as const;
const types = { array: 0, element: 3, hook: 5, xmlText: 6 } as const;
const hasLeft = 0x80;
const hasRight = 0x40;
const hasKey = 0x20;

/** Reads an update of Yjs' first encoding, or says which rule it breaks. It needs no document. */
export function readUpdate(bytes: Uint8Array): ReadUpdate | Refusal {
	try {
		return read(bytes);
	} catch (error) {
		if (error instanceof Refused) return error.refusal;
		throw error;
	}
}

function read(bytes: Uint8Array): ReadUpdate {
	const from = new Bytes(bytes);
	const sections = new Map<number, Section>();
	let structs = 0;
	let units = 0;
	for (let left = from.number(); left > 0; left--) {
		const section = readSection(from);
		if (sections.has(section.client)) refuse('client-twice');
		sections.set(section.client, section);
		structs += section.structs.length;
		units += section.end - section.clock;
	}
	if (units > limits.clockUnitsPerUpdate) refuse('huge-run');
	const deletions = readDeletions(from);
	from.end();
	return { bytes, sections, deletions, structs, large: bytes.length > limits.liveFrameBytes || structs > limits.liveStructs };
}

function readSection(from: Bytes): Section {
	const announced = from.number();
	const client = readClient(from);
	const clock = from.number();
	if (announced === 0) refuse('nothing-announced');
	// each takes two bytes at least
	if (2 * announced > from.left) refuse('more-announced-than-sent');
	const structs: Struct[] = [];
	let end = clock;
	for (let i = 0; i < announced; i++) {
		const struct = readStruct(from, client, end);
		structs.push(struct);
		end += struct.length;
		if (end - clock > limits.clockUnitsPerUpdate) refuse('huge-run');
	}
	return { client, clock, end, structs };
}

function readStruct(from: Bytes, client: number, clock: number): Struct {
	const info = from.byte();
	const ref = info & 0x1f;
	if (ref === skip) refuse('skip');
	if (info === gc) return { client, clock, length: readLength(from), left: null, right: null, parent: null, key: null, content: { is: 'remains' } };
	const left = info & hasLeft ? readUnit(from) : null;
	const right = info & hasRight ? readUnit(from) : null;
	if ((left?.client === client && left.clock >= clock) || (right?.client === client && right.clock >= clock)) refuse('own-future');
	let parent: Struct['parent'] = null;
	let key: string | null = null;
	if (left === null && right === null) {
		const named = from.number();
		if (named > 1) refuse('unknown-struct');
		parent = named === 1 ? from.text() : readUnit(from);
		if (typeof parent === 'object' && parent.client === client && parent.clock >= clock) refuse('own-future');
		if (info & hasKey) key = from.text();
	}
	let length = 1;
	let content: Content;
	switch (ref) {
		case refs.deleted:
			length = readLength(from);
			content = { is: 'deleted' };
			break;
		case refs.text: {
			const text = from.text();
			length = text.length;
			if (length === 0) refuse('of-no-length');
			content = { is: 'text', text };
			break;
		}
		case refs.format:
			content = { is: 'format', key: from.text(), value: from.json() };
			break;
		case refs.type: {
			const type = from.number();
			if (type < types.array || type > types.xmlText) refuse('unknown-struct');
			content = { is: 'type', type, name: type === types.element || type === types.hook ? from.text() : null };
			break;
		}
		case refs.any: {
			length = readLength(from);
			if (length > from.left) refuse('more-announced-than-sent');
			content = { is: 'values', values: Array.from({ length }, () => from.value()) };
			break;
		}
		default:
			// bytes, JSON of old versions, embedded things, documents within documents, and numbers that Yjs does not use
			return refuse('foreign-content');
	}
	return { client, clock, length, left, right, parent, key, content };
}

function readDeletions(from: Bytes): Deletion[] {
	const deletions: Deletion[] = [];
	const clients = new Set<number>();
	for (let left = from.number(); left > 0; left--) {
		const client = readClient(from);
		if (clients.has(client)) refuse('client-twice');
		clients.add(client);
		const ranges = from.number();
		if (ranges === 0) refuse('nothing-announced');
		// between two of them lies something
		if (deletions.length + ranges > limits.documentStructs / 2 + limits.documentClientIds) refuse('huge-run');
		let end = 0;
		for (let i = 0; i < ranges; i++) {
			const clock = from.number();
			const length = readLength(from);
			if (clock < end) refuse('deletions-out-of-order');
			end = clock + length;
			deletions.push({ client, clock, length });
		}
	}
	return deletions;
}

const readUnit = (from: Bytes): Unit => ({ client: readClient(from), clock: from.number() });

function readClient(from: Bytes): number {
	const client = from.number();
	return isClientId(client) ? client : refuse('no-client');
}

function readLength(from: Bytes): number {
	const length = from.number();
	return length === 0 ? refuse('of-no-length') : length;
}
