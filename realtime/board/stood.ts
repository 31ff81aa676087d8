import type { Doc } from 'yjs';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Surface } from '#realtime/meeting/meetings.ts';
import { readNotes, type Block } from './notes.ts';
import { arrange, columnOf, readBoard, type Board, type Card, type Group } from './read.ts';

/** A card as it is read on a board on which nobody writes any more. */
export interface StoodCard {
	cardId: Id;
	/** its group's, if it is in one */
	column: string;
	text: string;
	groupId: Id | null;
	groupTitle: string | null;
	authorId: Id | null;
	evidence: Card['evidence'];
}

/** What is to be read in a document, in its order: of a board or of notes. */
export interface Stood {
	cards: StoodCard[];
	blocks: Block[];
}

/** Reads a document as somebody finds it who only looks at it. Total: never throws, whatever it holds. */
export const readStood: Record<Surface, (doc: Doc) => Stood> = {
	board(doc) {
		const board = readBoard(doc);
		// in one column for all: whoever draws them knows which columns there were
		const { all } = arrange(board, ['all'], 'all');
		const cards = all.flatMap((entry) =>
			entry.kind === 'card' ? [stoodCard(board, entry.card, null)] : entry.cards.map((card) => stoodCard(board, card, entry.group))
		);
		return { cards, blocks: [] };
	},
	notes: (doc) => ({ cards: [], blocks: readNotes(doc).blocks })
};

const stoodCard = (board: Board, card: Card, group: Group | null): StoodCard => ({
	cardId: card.id,
	column: columnOf(board, card),
	text: card.text,
	groupId: group?.id ?? null,
	groupTitle: group?.title ?? null,
	authorId: card.author,
	evidence: card.evidence
});
