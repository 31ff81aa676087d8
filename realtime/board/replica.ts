import * as Y from 'yjs';

/**
 * A document as bytes: what rooms, journal and stores need of Yjs, and nothing of what is in it.
 */

/** The origin of what came from elsewhere (the wire, the log, the device's own store). */
export const fromElsewhere = Symbol('from elsewhere');

/**
 * Applies updates in one transaction, so that Yjs emits one merged update ({@link emittedAsOne}), or none if nothing is new. Each is asked
 * for when those before it have been applied. `also` is done in the same transaction, after them.
 */
export function applyBatch(doc: Y.Doc, updates: Iterable<Uint8Array>, origin: unknown = fromElsewhere, also: () => void = () => {}): void {
	doc.transact(() => {
		for (const update of updates) Y.applyUpdate(doc, update, origin);
		also();
	}, origin);
}

/** The document that these updates make. */
export function documentOf(updates: Iterable<Uint8Array>): Y.Doc {
	const doc = new Y.Doc();
	applyBatch(doc, updates);
	return doc;
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

/** Tells of any update whether everything in it is in the document as it stands now, its deletions too. */
export function holdsOf(doc: Y.Doc): (update: Uint8Array) => boolean {
	const snapshot = Y.snapshot(doc);
	return (update) => Y.snapshotContainsUpdate(snapshot, update);
}

/** What a document is in which nothing was ever written, and its state vector. */
export const emptyState = Uint8Array.of(0, 0);
export const emptyStateVector = Uint8Array.of(0);

export const stateVectorOf = (doc: Y.Doc): Uint8Array => Y.encodeStateVector(doc);

/** What a replica with this state vector lacks; everything without one. */
export const stateOf = (doc: Y.Doc, since?: Uint8Array): Uint8Array => Y.encodeStateAsUpdate(doc, since);

/** How a replica with this state vector stands to the document, as far as state vectors tell. Throws on bytes that are none. */
export function standing(doc: Y.Doc, stateVector: Uint8Array): { lacks: boolean; hasMore: boolean } {
	const theirs = Y.decodeStateVector(stateVector);
	return {
		lacks: lacksOf(doc, stateVector).size > 0,
		hasMore: [...theirs].some(([client, clock]) => clock > clockOf(doc, client))
	};
}

/** Of whom the document has more than a replica with this state vector, and from which clock on. Throws on bytes that are none. */
export function lacksOf(doc: Y.Doc, stateVector: Uint8Array): Map<number, number> {
	const theirs = Y.decodeStateVector(stateVector);
	const lacks = new Map<number, number>();
	for (const client of doc.store.clients.keys()) {
		const clock = theirs.get(client) ?? 0;
		if (clock < clockOf(doc, client)) lacks.set(client, clock);
	}
	return lacks;
}

/** Is what is lacked more than half of the document? */
export function isMost(doc: Y.Doc, lacks: ReadonlyMap<number, number>): boolean {
	let all = 0;
	let lacking = 0;
	for (const client of doc.store.clients.keys()) {
		const clock = clockOf(doc, client);
		all += clock;
		lacking += clock - (lacks.get(client) ?? clock);
	}
	return lacking > all / 2;
}

/** The next clock of a client id: how many units of it the document holds. */
export const clockOf = (doc: Y.Doc, client: number): number => Y.getState(doc.store, client);

/** The client id that wrote a key of a map last; null: it cannot be told. */
export const lastWriterOf = (map: unknown, key: string): number | null => (map instanceof Y.Map ? map._map.get(key)?.id.client : undefined) ?? null;

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

/** As far as either of two state vectors has come. Throws on bytes that are none. */
export function furthest(a: Uint8Array, b: Uint8Array): Uint8Array {
	const clocks = Y.decodeStateVector(a);
	for (const [client, clock] of Y.decodeStateVector(b)) clocks.set(client, Math.max(clock, clocks.get(client) ?? 0));
	return Y.encodeStateVector(clocks);
}

/** Has a document, which waits for nothing, come as far as all of these state vectors? */
export const reaches = (doc: Y.Doc, stateVectors: readonly Uint8Array[]): boolean =>
	!hasGap(doc) && stateVectors.every((stateVector) => [...clocksOf(stateVector)].every(([client, clock]) => clockOf(doc, client) >= clock));

/**
 * What Yjs emitted for one batch, as one update; undefined: nothing. Beside the batch itself that may be formats of
 * which nothing is left, which every replica takes away when others have written.
 */
export const emittedAsOne = (updates: readonly Uint8Array[]): Uint8Array | undefined => (updates.length > 1 ? Y.mergeUpdates([...updates]) : updates[0]);

/** Many updates as one, with whatever among them waits for others. */
export function mergedOf(updates: readonly Uint8Array[]): Uint8Array {
	const doc = documentOf(updates);
	const merged = stateOf(doc);
	doc.destroy();
	return merged;
}

/** Do two documents hold the same edits and the same deletions? */
export const sameState = (a: Y.Doc, b: Y.Doc): boolean => Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b));
