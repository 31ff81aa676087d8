import { randomInt } from 'node:crypto';
import type { Card } from '#realtime/board/read.ts';
import type { RevealedCard } from '#realtime/board/reveal.ts';
import { drawId } from '../draw-id.ts';
import type { StoredDraft } from '../ports.ts';

/** The cards of all who wrote, in an order that says nothing of whose they are, under ids that their authors' pages never had. */
export const revealedOf = (drafts: readonly { cards: readonly Card[]; draft: Pick<StoredDraft, 'person' | 'anonymous'> }[]): RevealedCard[] =>
	shuffled(
		drafts.flatMap(({ cards, draft: { person, anonymous } }) =>
			cards.map(({ text, column, evidence, createdAt }) => ({
				id: drawId(),
				text,
				column,
				evidence: evidence.map((one) => ({ ...one, id: drawId() })),
				author: anonymous ? null : person,
				createdAt: anonymous ? null : createdAt
			}))
		)
	);

/** In an order that nobody can foretell (Fisher and Yates). */
function shuffled<Item>(items: Item[]): Item[] {
	for (let left = items.length; left > 1; left--) {
		const at = randomInt(left);
		[items[at], items[left - 1]] = [items[left - 1]!, items[at]!];
	}
	return items;
}
