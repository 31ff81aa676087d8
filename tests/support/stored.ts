import { applyBatch } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { DocumentStore, StoredDocument } from '#realtime/server/ports.ts';
import * as Y from 'yjs';

/** All that is stored of a document, as updates in their order. */
export const updatesOf = ({ snapshot, tail }: Pick<StoredDocument, 'snapshot' | 'tail'>): Uint8Array[] => [
	...(snapshot ? [snapshot.state] : []),
	...tail.map(({ update }) => update)
];

/** A document as a database has it, made without a server. Rejects if there is none. */
export async function storedDoc({ documents }: { documents: Pick<DocumentStore, 'load'> }, document: Id): Promise<Y.Doc> {
	const doc = new Y.Doc();
	applyBatch(doc, updatesOf((await documents.load(document))!));
	return doc;
}
