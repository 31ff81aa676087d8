import type { Doc } from 'yjs';
import { placeBetween } from './place.ts';
import { readBoard, type Card } from './read.ts';
import { layCard } from './seed.ts';

/** A card that was written in private, as everybody is to see it. `author` and `createdAt` null: nobody is to know. */
export type RevealedCard = Pick<Card, 'id' | 'text' | 'column' | 'evidence' | 'author' | 'createdAt'>;

/** Lays cards onto a board, in this order, each at the end of its column. Their ids are new. */
export function reveal(doc: Doc, cards: readonly RevealedCard[]): void {
	const last = new Map<string, string>();
	const board = readBoard(doc);
	for (const { column, place } of [...board.cards.values(), ...board.groups.values()]) if ((last.get(column) ?? '') < place) last.set(column, place);
	doc.transact(() => {
		for (const card of cards) {
			const place = placeBetween(last.get(card.column) ?? null, null, card.id);
			last.set(card.column, place);
			layCard(doc, { ...card, place, group: null, deleted: false });
		}
	});
}
