import { clockOf } from '#realtime/board/replica.ts';
import * as Y from 'yjs';

/**
 * What a row of a log brings and stands on, read without applying it. Rows were written by Yjs itself, behind the gate:
 * here it is only asked whether they still fit together.
 */
export interface RowContents {
	/** client id → the first and the next-after-last clock of its structs */
	structs: Map<number, { from: number; to: number }>;
	/** client id → the highest clock (exclusive) that it deletes */
	deletes: Map<number, number>;
	/** client id → the highest clock that a struct refers to as its neighbour or its parent */
	references: Map<number, number>;
}

/** Reads a row. Throws on bytes that are no update, or one with a gap in itself. */
export function contentsOf(update: Uint8Array): RowContents {
	const { structs, ds } = Y.decodeUpdate(update);
	const contents: RowContents = { structs: new Map(), deletes: new Map(), references: new Map() };
	for (const struct of structs) {
		const { client, clock } = struct.id;
		const range = contents.structs.get(client);
		if (struct instanceof Y.Skip || (range && range.to !== clock)) throw new Error('an update with a gap in itself');
		if (range) range.to += struct.length;
		else contents.structs.set(client, { from: clock, to: clock + struct.length });
		if (!(struct instanceof Y.Item)) continue;
		const parent: unknown = struct.parent;
		for (const id of [struct.origin, struct.rightOrigin, parent instanceof Y.ID ? parent : null]) {
			if (id !== null) contents.references.set(id.client, Math.max(id.clock, contents.references.get(id.client) ?? 0));
		}
	}
	for (const [client, ranges] of ds.clients) contents.deletes.set(client, Math.max(...ranges.map(({ clock, len }) => clock + len)));
	return contents;
}

/** How many structs an update brings at most. Throws on bytes that are none. */
export const structsIn = (update: Uint8Array): number => Y.decodeUpdate(update).structs.length;

/**
 * Do two updates bring or delete some of the same, as when a page has gone over to another process with what it had sent? Whichever
 * is done first does it then, and the other does not.
 */
export function doTheSame(a: Uint8Array, b: Uint8Array): boolean {
	const [one, other] = [Y.decodeUpdate(a), Y.decodeUpdate(b)];
	const brought = rangesOf(other);
	for (const [client, range] of rangesOf(one)) if (meet(range, brought.get(client))) return true;
	for (const [client, ranges] of one.ds.clients) {
		for (const range of ranges) if (other.ds.clients.get(client)?.some((deleted) => meet(range, deleted))) return true;
	}
	return false;
}

interface Range {
	clock: number;
	len: number;
}

const meet = (a: Range, b: Range | undefined): boolean => b !== undefined && a.clock < b.clock + b.len && b.clock < a.clock + a.len;

/** client id → the clocks of its structs, from the first to the last */
function rangesOf({ structs }: ReturnType<typeof Y.decodeUpdate>): Map<number, Range> {
	const ranges = new Map<number, Range>();
	for (const { id, length } of structs) {
		const { clock } = ranges.get(id.client) ?? id;
		ranges.set(id.client, { clock, len: id.clock + length - clock });
	}
	return ranges;
}

/** Can a row be read? */
export function isUpdate(update: Uint8Array): boolean {
	try {
		contentsOf(update);
		return true;
	} catch {
		return false;
	}
}

/** Does a row follow on what the document holds? */
export function followsOn(doc: Y.Doc, { structs, deletes, references }: RowContents): boolean {
	for (const [client, { from }] of structs) if (from > clockOf(doc, client)) return false;
	const then = (client: number) => Math.max(structs.get(client)?.to ?? 0, clockOf(doc, client));
	for (const [client, clock] of references) if (clock >= then(client)) return false;
	for (const [client, to] of deletes) if (to > then(client)) return false;
	return true;
}
