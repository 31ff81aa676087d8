import { generateKeyBetween } from 'fractional-indexing';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';

/** The order of cards and groups: by fractional key, then by id, the same in every replica. */
export const byPlace = (a: { place: string; id: Id }, b: { place: string; id: Id }): number =>
	a.place < b.place ? -1 : a.place > b.place ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/**
 * A fractional key strictly between two others; null stands for the edge. The key ends in a piece of the id,
 * so that two people who put different cards into the same gap get different keys, and a third can still
 * put a card between those. Keys that are equal, in the wrong order or no keys at all count as the edge. Where there
 * is no room within the limit, as between two keys that somebody made for that, it is the key of a neighbour.
 */
export function placeBetween(before: string | null, after: string | null, id: Id): string {
	const lower = before !== null && isPlace(before) ? before : null;
	let upper = after !== null && isPlace(after) && (lower === null || lower < after) ? after : null;
	const limit = upper;
	for (;;) {
		const key = generateKeyBetween(lower, upper);
		// a key must not end in its zero digit; V is the middle one
		const own = `${key}${id.slice(-3)}V`;
		if (own.length > limits.orderKeyUnits) return (lower ?? limit)!;
		if (limit === null || own < limit) return own;
		upper = key;
	}
}

/** The key of a thing that is put before another of these (null, or one that is not among them: at the end); in order, itself among them or not. */
export function placeAmong(things: readonly { id: Id; place: string }[], id: Id, before: Id | null): string {
	const others = things.filter((thing) => thing.id !== id);
	const found = others.findIndex((thing) => thing.id === before);
	const at = found < 0 ? others.length : found;
	return placeBetween(others[at - 1]?.place ?? null, others[at]?.place ?? null, id);
}

/** Is this a fractional key, within the limit? The library looks at its beginning and its last digit alone. */
export function isPlace(key: string): boolean {
	if (key.length > limits.orderKeyUnits || !/^[0-9A-Za-z]+$/.test(key)) return false;
	try {
		generateKeyBetween(key, null);
		return true;
	} catch {
		return false;
	}
}
