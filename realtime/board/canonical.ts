import * as encoding from 'lib0/encoding';
import { digest } from 'lib0/hash/sha256';
import * as Y from 'yjs';

/**
 * A SHA-256, in hex, of what a document holds: every edit that is there with its content and its place, and which
 * ones are deleted. Equal for documents that hold the same, whatever order it came in and however their structs are
 * merged, split or collected; different as soon as one holds, says or deletes something else. What waits for an
 * edit that has not come is not in it. Takes about a microsecond a struct, and asks nothing of the browser, since
 * pages are also served without https.
 *
 * Yjs' own encoding will not do: it leaves open in which order clients come, where a run of letters is cut, and
 * whether what was deleted is kept, emptied or collected. So edits are walked in the order of client id and clock and
 * put together into the longest runs that could be one struct, and of what is deleted nothing counts but that it is.
 */
export function canonicalHash(doc: Y.Doc): string {
	const encoder = new Y.UpdateEncoderV1();
	const roots = new Map<unknown, string>([...doc.share].map(([name, type]) => [type, name]));
	const clients = [...doc.store.clients.keys()].sort((a, b) => a - b);
	for (const client of clients) {
		encoding.writeVarUint(encoder.restEncoder, client);
		writeRuns(encoder, doc.store.clients.get(client)!, roots);
	}
	return [...digest(encoder.toUint8Array())].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const deleted = 0;

function writeRuns(encoder: Y.UpdateEncoderV1, structs: readonly (Y.GC | Y.Item)[], roots: ReadonlyMap<unknown, string>): void {
	for (let at = 0; at < structs.length;) {
		const first = structs[at++]!;
		let end = first.id.clock + first.length;
		if (!(first instanceof Y.Item) || first.deleted) {
			for (; structs[at]?.deleted; at++) end += structs[at]!.length;
			encoder.writeInfo(deleted);
			encoding.writeVarUint(encoder.restEncoder, end - first.id.clock);
			continue;
		}
		let { content } = first;
		for (let next = structs[at]; next instanceof Y.Item && continues(first, next, end); next = structs[++at]) {
			if (content === first.content) content = content.copy();
			if (!content.mergeWith(next.content)) break;
			end += next.length;
		}
		writeItem(encoder, first, content, roots);
	}
}

/** Could this item be of one struct with the run that began with `first` and ends before this clock? */
function continues(first: Y.Item, { id, origin, rightOrigin, content, deleted }: Y.Item, end: number): boolean {
	const mergeable = first.content instanceof Y.ContentString || first.content instanceof Y.ContentAny || first.content instanceof Y.ContentJSON;
	return (
		mergeable &&
		!deleted &&
		content.constructor === first.content.constructor &&
		origin?.client === id.client &&
		origin.clock === end - 1 &&
		Y.compareIDs(rightOrigin, first.rightOrigin)
	);
}

/** As Yjs writes an item, but always with its parent, so that one that was moved to another is another. */
function writeItem(encoder: Y.UpdateEncoderV1, item: Y.Item, content: Y.Item['content'], roots: ReadonlyMap<unknown, string>): void {
	const { origin, rightOrigin, parent, parentSub } = item;
	const parentItem = parent instanceof Y.AbstractType ? parent._item : null;
	encoder.writeInfo(content.getRef());
	for (const id of [origin, rightOrigin, parentItem?.id ?? null]) {
		encoding.writeUint8(encoder.restEncoder, id === null ? 0 : 1);
		if (id !== null) encoder.writeLeftID(id);
	}
	if (parentItem === null) encoder.writeString(roots.get(parent) ?? '');
	encoding.writeAny(encoder.restEncoder, parentSub);
	content.write(encoder, 0);
}
