import type { Id } from './ids.ts';
import type { Candidate } from './voting.ts';

/** A card of a board, as far as a vote on it asks. */
export interface VotableCard {
	cardId: Id;
	groupId: Id | null;
	groupTitle: string | null;
	text: string;
	authorId: Id | null;
	deleted: boolean;
}

/** What may be voted on of a board: its cards that stand alone, and groups as one, by their title or else their first card; in the order of the cards. */
export function candidatesOf(cards: readonly VotableCard[]): Candidate[] {
	const found = new Map<Id, Candidate>();
	for (const { cardId, groupId, groupTitle, text, authorId, deleted } of cards) {
		if (deleted) continue;
		const id = groupId ?? cardId;
		const before = found.get(id);
		const authors = new Set([...(before?.authors ?? []), ...(authorId === null ? [] : [authorId])]);
		found.set(id, { id, text: before?.text || groupTitle?.trim() || text.trim(), authors: [...authors] });
	}
	return [...found.values()].filter(({ text }) => text !== '');
}
