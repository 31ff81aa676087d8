import * as Y from 'yjs';
import type { Id } from '#realtime/meeting/ids.ts';
import { placeBetween } from './place.ts';
import { cardsOf, type Card } from './read.ts';
import { cardKeys } from './schema.ts';
import { stateOf } from './replica.ts';

/** The client id of everything that a document begins with, as from a template; it belongs to nobody. */
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
			layCard(doc, { id, text, column, place, group: null, author: null, createdAt: null, deleted: false, evidence: [] });
		}
	});
	const update = stateOf(doc);
	doc.destroy();
	return update;
}

/** Puts a whole card into a board that begins with it: at its place, and as nothing that anybody could undo. */
export function layCard(doc: Y.Doc, { id, text, evidence, ...rest }: Card): void {
	const map = new Y.Map<unknown>();
	map.set(cardKeys.text, new Y.Text(text));
	map.set(cardKeys.evidence, new Y.Map(evidence.map(({ id, ...one }) => [id, one])));
	map.set(cardKeys.column, rest.column);
	map.set(cardKeys.place, rest.place);
	map.set(cardKeys.group, rest.group);
	map.set(cardKeys.author, rest.author);
	map.set(cardKeys.createdAt, rest.createdAt);
	map.set(cardKeys.deleted, rest.deleted);
	cardsOf(doc).set(id, map);
}
