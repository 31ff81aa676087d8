import { shapeWithin, type DocumentShape } from '#realtime/board/shapes.ts';
import * as Y from 'yjs';
import type { Effort } from './effort.ts';
import type { Places } from './places.ts';
import type { ReadUpdate } from './read-update.ts';
import { refuse } from './refusal.ts';

/** Holds the deletions of an update against the document. Answers whether any of them is new. `whole`: what is in a root that the shape does not have stays. */
export function checkDeletions(doc: Y.Doc, shape: DocumentShape, places: Places, { deletions, sections }: ReadUpdate, effort: Effort, whole: boolean): boolean {
	let isNew = false;
	for (const { client, clock, length } of deletions) {
		const known = Y.getState(doc.store, client);
		const end = clock + length;
		if (end > Math.max(known, sections.get(client)?.end ?? 0)) refuse('deletes-the-unknown');
		if (end > known) isNew = true;
		if (clock >= known) continue;
		const structs = doc.store.clients.get(client)!;
		for (let i = Y.findIndexSS(structs, clock); i < structs.length; i++) {
			const struct = structs[i]!;
			if (struct.id.clock >= end) break;
			if (!(struct instanceof Y.Item) || struct.deleted) continue;
			isNew = true;
			effort.remove();
			if (whole && !places.isInRoot(struct)) refuse('unknown-root');
			if (isWrittenOnce(struct)) refuse('written-once');
			if (clock > struct.id.clock) effort.split(structs.length);
			if (end < struct.id.clock + struct.length) effort.split(structs.length);
		}
	}
	return isNew;

	function isWrittenOnce({ parent, parentSub, content }: Y.Item): boolean {
		if (parentSub === null || !(parent instanceof Y.AbstractType)) return false;
		const container = places.of(parent as Y.AbstractType<unknown>);
		const name = content instanceof Y.ContentType && content.type instanceof Y.XmlElement ? content.type.nodeName : null;
		return (container && shapeWithin(shape, container.shape, parentSub, name)?.once) ?? false;
	}
}
