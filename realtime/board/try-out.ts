import * as Y from 'yjs';
import { applyBatch, documentOf, emittedAsOne, hasGap, stateOf } from './replica.ts';

/**
 * What updates would make of a document, tried on a copy of it that is made of its own: all of them as the one update that Yjs writes of
 * them (null: nothing in them is new), and how the texts read then that they write in. Each is asked for when those
 * before it are in the copy. Throws if they do not fit.
 */
export function tryOut(document: readonly Uint8Array[], updates: (copy: Y.Doc) => Iterable<Uint8Array>): { update: Uint8Array | null; texts: string[] } {
	const copy = documentOf(document);
	try {
		const emitted: Uint8Array[] = [];
		copy.on('update', (update: Uint8Array) => emitted.push(update));
		applyBatch(copy, updates(copy));
		if (hasGap(copy)) throw new Error('updates that leave a gap');
		const update = emittedAsOne(emitted) ?? null;
		return { update, texts: update ? textsOf(copy, update) : [] };
	} finally {
		copy.destroy();
	}
}

/** The texts that these edits of a document write in, as they read in it, and the evidence that they attach; each once. */
export const wordsOf = (doc: Y.Doc, updates: readonly Uint8Array[]): string[] => [...new Set(updates.flatMap((update) => textsOf(doc, update)))];

/** Every text of a document, and what is attached as evidence in it; each once. */
export const wordsIn = (doc: Y.Doc): string[] => wordsOf(doc, [stateOf(doc)]);

/** The texts that an update writes in, and the evidence that it attaches, in its order. */
function textsOf(doc: Y.Doc, update: Uint8Array): string[] {
	const texts = new Map<unknown, string>();
	for (const struct of Y.decodeUpdate(update).structs) {
		if (!(struct instanceof Y.Item)) continue;
		const { content } = struct;
		if (content instanceof Y.ContentAny) texts.set(struct, content.arr.flatMap(evidenceWords).join(' '));
		if (!(content instanceof Y.ContentString)) continue;
		const item: unknown = Y.getItem(doc.store, struct.id);
		if (item instanceof Y.Item && item.parent instanceof Y.AbstractType) texts.set(item.parent, textIn(item.parent));
	}
	return [...texts.values()].filter((text) => text.trim() !== '');
}

/** Whatever type it is: a card's text, a title, a paragraph. */
function textIn(type: Y.AbstractType<unknown>): string {
	let text = '';
	for (let item = type._start; item !== null; item = item.right) if (!item.deleted && item.content instanceof Y.ContentString) text += item.content.str;
	return text;
}

const evidenceWords = (value: unknown): string[] =>
	typeof value === 'object' && value !== null
		? ['title', 'text', 'url'].flatMap((key) => {
				const word = (value as Record<string, unknown>)[key];
				return typeof word === 'string' ? [word] : [];
			})
		: [];
