import type * as Y from 'yjs';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import { cardsOf, readBoard, readCard, watchBoard, type Card } from './read.ts';
import { lastWriterOf } from './replica.ts';
import { cardKeys } from './schema.ts';

/** A card that went from one group to another. */
export interface Grouping {
	card: Id;
	/** null: it lay by itself */
	from: Id | null;
	/** null: it lies by itself */
	to: Id | null;
	/** the client id that put it there; null: it cannot be told */
	client: number | null;
}

/**
 * Calls back, after each transaction, with the cards that it touched and with those of them that went to another group. Where
 * a new card is made is no grouping. Returns how to stop.
 */
export function watchGroupings(doc: Y.Doc, changed: (cards: ReadonlySet<Id>, groupings: Grouping[]) => void): () => void {
	const known = new Map([...readBoard(doc).cards].map(([id, card]) => [id, groupOf(card)]));
	return watchBoard(doc, (cards) => {
		const groupings: Grouping[] = [];
		for (const id of cards) {
			const card = readCard(doc, id);
			if (!card || !isId(id)) continue;
			const from = known.get(id);
			const to = groupOf(card);
			known.set(id, to);
			if (from !== undefined && from !== to) groupings.push({ card: id, from, to, client: lastWriterOf(cardsOf(doc).get(id), cardKeys.group) });
		}
		if (cards.size > 0) changed(cards, groupings);
	});
}

const groupOf = ({ group }: Card): Id | null => (isId(group) ? group : null);
