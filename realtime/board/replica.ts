import * as Y from 'yjs';

/**
 * A document as bytes: what rooms, journal and stores need of Yjs, and nothing of what is in it.
 */

/** The origin of what came from elsewhere (the wire, the log, the device's own store). */
export const fromElsewhere = Symbol('from elsewhere');

/**
 * Applies updates in one transaction, so that Yjs emits one merged update, or none if nothing is new. `also` is
 * done in the same transaction, after them.
 */
export function applyBatch(doc: Y.Doc, updates: readonly Uint8Array[], origin: unknown = fromElsewhere, also: () => void = () => {}): void {
	doc.transact(() => {
		for (const update of updates) Y.applyUpdate(doc, update, origin);
		also();
	}, origin);
}

/** Changes a document under another client id than its own, so that the change is that client's. */
export function changeAs(doc: Y.Doc, client: number, change: (doc: Y.Doc) => void): void {
	const own = doc.clientID;
	doc.clientID = client;
	try {
		change(doc);
	} finally {
		doc.clientID = own;
	}
}

/** Does the document wait for an edit that it was never given? */
export const hasGap = (doc: Y.Doc): boolean => doc.store.pendingStructs !== null || doc.store.pendingDs !== null;

/** Is everything in this update in the document already, its deletions too? */
export const holds = (doc: Y.Doc, update: Uint8Array): boolean => Y.snapshotContainsUpdate(Y.snapshot(doc), update);

export const stateVectorOf = (doc: Y.Doc): Uint8Array => Y.encodeStateVector(doc);

/** What a replica with this state vector lacks; everything without one. */
export const stateOf = (doc: Y.Doc, since?: Uint8Array): Uint8Array => Y.encodeStateAsUpdate(doc, since);

/** How a replica with this state vector stands to the document, as far as state vectors tell. Throws on bytes that are none. */
export function standing(doc: Y.Doc, stateVector: Uint8Array): { lacks: boolean; hasMore: boolean } {
	const theirs = Y.decodeStateVector(stateVector);
	const ours = Y.decodeStateVector(Y.encodeStateVector(doc));
	return {
		lacks: [...ours].some(([client, clock]) => clock > (theirs.get(client) ?? 0)),
		hasMore: [...theirs].some(([client, clock]) => clock > (ours.get(client) ?? 0))
	};
}

/** The next clock of a client id: how many units of it the document holds. */
export const clockOf = (doc: Y.Doc, client: number): number => Y.getState(doc.store, client);

/** How far an update brings each client id, as a state vector; empty for bytes that are no update. */
export function reachOf(update: Uint8Array): Uint8Array {
	try {
		return Y.encodeStateVector(Y.parseUpdateMeta(update).to);
	} catch {
		return new Uint8Array();
	}
}

/** client id → next clock, of a state vector; empty for bytes that are none. */
export function clocksOf(stateVector: Uint8Array): Map<number, number> {
	try {
		return Y.decodeStateVector(stateVector);
	} catch {
		return new Map();
	}
}

/** Has a document, which waits for nothing, come as far as all of these state vectors? */
export const reaches = (doc: Y.Doc, stateVectors: readonly Uint8Array[]): boolean =>
	!hasGap(doc) && stateVectors.every((stateVector) => [...clocksOf(stateVector)].every(([client, clock]) => clockOf(doc, client) >= clock));

/** Many updates as one, with whatever among them waits for others. */
export function mergedOf(updates: readonly Uint8Array[]): Uint8Array {
	const doc = new Y.Doc();
	applyBatch(doc, updates);
	const merged = stateOf(doc);
	doc.destroy();
	return merged;
}

/** Do two documents hold the same edits and the same deletions? */
export const sameState = (a: Y.Doc, b: Y.Doc): boolean => Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b));

/** What an update contains, read without applying it. */
export interface Contents {
	/** client id → the first and the next-after-last clock of its structs */
	structs: Map<number, { from: number; to: number }>;
	/** client id → the highest clock (exclusive) that it deletes */
	deletes: Map<number, number>;
	/** names of the roots that structs are placed in directly */
	roots: Set<string>;
	/** client id → the highest clock that a struct refers to as its neighbour or its parent */
	references: Map<number, number>;
	/** UTF-16 units of the longest piece of text */
	longestTextUnits: number;
	/** structs and ranges of deletions: what applying it takes grows with them */
	pieces: number;
}

/** Yjs numbers its replicas with 32 bits, and its clocks must stay whole numbers. */
const inRange = (client: number, clock: number): boolean => Number.isInteger(client) && client >= 0 && client < 2 ** 32 && clock <= 2 ** 50;

/** Reads what an update contains. Throws on bytes that are no V1 update. */
export function contentsOf(update: Uint8Array): Contents {
	const { structs, ds } = Y.decodeUpdate(update);
	const contents: Contents = { structs: new Map(), deletes: new Map(), roots: new Set(), references: new Map(), longestTextUnits: 0, pieces: structs.length };
	for (const struct of structs) {
		const { client, clock } = struct.id;
		if (!inRange(client, clock + struct.length)) throw new Error('a number out of range');
		const range = contents.structs.get(client);
		if (struct instanceof Y.Skip || (range && range.to !== clock)) throw new Error('an update with a gap in itself');
		if (range) range.to += struct.length;
		else contents.structs.set(client, { from: clock, to: clock + struct.length });
		if (!(struct instanceof Y.Item)) continue;
		const parent: unknown = struct.parent;
		if (typeof parent === 'string') contents.roots.add(parent);
		for (const id of [struct.origin, struct.rightOrigin, parent instanceof Y.ID ? parent : null]) {
			if (id === null) continue;
			if (!inRange(id.client, id.clock) || (id.client === client && id.clock >= clock)) throw new Error('a struct that refers to its own future');
			contents.references.set(id.client, Math.max(id.clock, contents.references.get(id.client) ?? 0));
		}
		if (struct.content instanceof Y.ContentString) contents.longestTextUnits = Math.max(contents.longestTextUnits, struct.content.str.length);
	}
	for (const [client, ranges] of ds.clients) {
		const end = ranges.reduce((most, { clock, len }) => Math.max(most, clock + len), 0);
		if (!inRange(client, end)) throw new Error('a number out of range');
		contents.deletes.set(client, end);
		contents.pieces += ranges.length;
	}
	return contents;
}
