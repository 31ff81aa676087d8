import { columnOf, type Board, type Card } from '#realtime/board/read.ts';
import type { Evidence } from '#realtime/board/schema.ts';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { placeUnits, storable, storableTime } from './storable.ts';

/** A card as the table of factors holds it, but for its author's province, which the database adds. */
export interface ProjectedCard {
	cardId: Id;
	/** the quadrant or column it is seen in: its group's, if it is in one */
	column: string;
	place: string;
	text: string;
	groupId: Id | null;
	groupTitle: string | null;
	authorId: Id | null;
	evidence: (Evidence & { id: Id })[];
	deleted: boolean;
	/** milliseconds since 1970 by the author's clock; null: from a template, or no time that a calendar has */
	createdAt: number | null;
}

/** UTF-16 units of what no limit of the product speaks of: names of columns, ids of evidence. */
const otherUnits = { column: 64, evidenceId: 64 } as const;

/**
 * The rows of a board, deleted cards included, in the order of their ids. Total: whatever a document holds, each
 * row can be written. Texts are made well-formed and clipped; a card under a key that is no id is left out, and
 * counted.
 */
export function projectedCards(board: Board): { cards: ProjectedCard[]; dropped: number } {
	const cards: ProjectedCard[] = [];
	for (const card of board.cards.values()) if (isId(card.id)) cards.push(projected(board, card));
	return { cards: cards.sort((a, b) => (a.cardId < b.cardId ? -1 : 1)), dropped: board.cards.size - cards.length };
}

function projected(board: Board, card: Card): ProjectedCard {
	const group = isId(card.group) ? board.groups.get(card.group) : undefined;
	return {
		cardId: card.id,
		column: storable(columnOf(board, card), otherUnits.column),
		place: storable(card.place, placeUnits),
		text: storable(card.text, limits.textUnits),
		groupId: group?.id ?? null,
		groupTitle: group ? storable(group.title, limits.groupTitleUnits) : null,
		authorId: isId(card.author) ? card.author : null,
		evidence: card.evidence.slice(0, limits.evidencePerCard).map(storableEvidence),
		deleted: card.deleted,
		createdAt: storableTime(card.createdAt)
	};
}

function storableEvidence(evidence: Evidence & { id: Id }): Evidence & { id: Id } {
	const id = storable(evidence.id, otherUnits.evidenceId);
	return evidence.kind === 'link'
		? { id, kind: 'link', url: storable(evidence.url, limits.evidenceLinkUnits), title: storable(evidence.title, limits.evidenceNoteUnits) }
		: { id, kind: 'note', text: storable(evidence.text, limits.evidenceNoteUnits) };
}
