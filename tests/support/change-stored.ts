import { open } from '#db/open.ts';
import { stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type * as Y from 'yjs';
import type { Product } from './product.ts';
import { storedDoc } from './stored.ts';

/** Changes a document in the database, past the gate, as a former version or many years may have; no server is on it meanwhile. */
export async function changeStored(product: Pick<Product, 'database'>, document: Id, change: (doc: Y.Doc) => void): Promise<void> {
	const database = await open(product.database);
	const doc = await storedDoc(database, document);
	const before = stateVectorOf(doc);
	change(doc);
	await database.documents.append([{ document, update: stateOf(doc, before) }]);
	await database.close();
}
