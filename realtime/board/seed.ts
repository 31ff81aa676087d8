import * as Y from 'yjs';
import type { Id } from '#realtime/meeting/ids.ts';
import { placeBetween } from './place.ts';
import { cardsOf } from './read.ts';
import { cardKeys } from './schema.ts';
import { stateOf } from './replica.ts';

/** The client id of everything that templates bring; it belongs to nobody. */
export const seedClientId = 1;

/**
 * The content that a new board starts with, as one update. The same cards give the same bytes, whoever asks
 * and however often, so that a board can never hold a seeded card twice.
 */
export function seedBoard(cards: readonly { id: Id; column: string; text: string }[]): Uint8Array {
	const doc = new Y.Doc();
	doc.clientID = seedClientId;
	const last = new Map<string, string>();
	doc.transact(() => {
		for (const { id, column, text } of cards) {
			const place = placeBetween(last.get(column) ?? null, null, id);
			last.set(column, place);
			const map = new Y.Map<unknown>();
			map.set(cardKeys.text, new Y.Text(text));
			map.set(cardKeys.evidence, new Y.Map());
			map.set(cardKeys.column, column);
			map.set(cardKeys.place, place);
			map.set(cardKeys.group, null);
			map.set(cardKeys.author, null);
			map.set(cardKeys.createdAt, null);
			map.set(cardKeys.deleted, false);
			cardsOf(doc).set(id, map);
		}
	});
	const update = stateOf(doc);
	doc.destroy();
	return update;
}
