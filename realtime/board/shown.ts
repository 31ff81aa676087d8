import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { sameState } from './replica.ts';

/**
 * All that a document shows, as bytes: texts, values and types in their order, without who wrote them and how they
 * are cut. Two documents that show the same give the same bytes.
 */
export function shownBy(doc: Y.Doc): Uint8Array {
	const encoder = encoding.createEncoder();
	for (const [name, root] of inOrder(doc.share)) {
		const shown = encoding.encode((inner) => writeType(inner, root));
		// a root comes to be by being asked for
		if (shown.byteLength === nothing.byteLength) continue;
		encoding.writeVarString(encoder, name);
		encoding.writeVarUint8Array(encoder, shown);
	}
	return encoding.toUint8Array(encoder);
}

/** Do two documents hold the same edits and the same deletions, and show the same? */
export const sameDocument = (a: Y.Doc, b: Y.Doc): boolean => sameState(a, b) && equal(shownBy(a), shownBy(b));

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i]);

const inOrder = <Value>(map: ReadonlyMap<string, Value>): [string, Value][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

const nothing = encoding.encode((encoder) => writeType(encoder, { _start: null, _map: new Map() }));

function writeType(encoder: encoding.Encoder, type: Pick<Y.AbstractType<unknown>, '_start' | '_map'>): void {
	if (type instanceof Y.XmlElement) encoding.writeVarString(encoder, type.nodeName);
	let text = '';
	const endText = () => {
		if (text !== '') encoding.writeAny(encoder, text);
		text = '';
	};
	for (let item = type._start; item !== null; item = item.right) {
		if (item.deleted) continue;
		if (item.content instanceof Y.ContentString) {
			text += item.content.str;
			continue;
		}
		endText();
		writeContent(encoder, item.content);
	}
	endText();
	for (const [key, item] of inOrder(type._map)) {
		if (item.deleted) continue;
		encoding.writeVarString(encoder, key);
		writeContent(encoder, item.content);
	}
	encoding.writeVarString(encoder, 'end');
}

function writeContent(encoder: encoding.Encoder, content: Y.Item['content']): void {
	if (content instanceof Y.ContentType) writeType(encoder, content.type);
	else if (content instanceof Y.ContentFormat) encoding.writeAny(encoder, [content.key, content.value] as Parameters<typeof encoding.writeAny>[1]);
	else for (const value of content.getContent()) encoding.writeAny(encoder, value);
}
