import { createCard, splice } from '#realtime/board/edits.ts';
import { arrange, cardsWithWords, readBoard } from '#realtime/board/read.ts';
import { reveal } from '#realtime/board/reveal.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { revealedOf } from '#realtime/server/boards/revealed.ts';
import * as Y from 'yjs';
import { describe, expect, test } from 'vitest';
import { idAt } from '../support/meeting-commands.ts';

/** What people wrote in private, on its way onto a board. */

function draft(n: number, texts: readonly string[], anonymous = true) {
	const doc = new Y.Doc();
	texts.forEach((text, i) => {
		const id = idAt(30 % 31, n * 100 + i);
		createCard(doc, { id, author: idAt(1, 99), createdAt: 1_000 + n, column: 'ideas', group: null, before: null });
		splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
	});
	return { doc, cards: cardsWithWords(doc), draft: { person: idAt(1, n), anonymous } };
}

const boardOf = (drafts: Parameters<typeof revealedOf>[0], before: Y.Doc = new Y.Doc()) => {
	reveal(before, revealedOf(drafts));
	return before;
};

describe('a reveal', () => {
	test('DRAFT-3 puts every card with words onto the board once, behind what is there, whoever its page says wrote it', () => {
		const board = new Y.Doc();
		createCard(board, { id: idAt(9, 1), author: null as never, createdAt: 1, column: 'ideas', group: null, before: null });
		splice(board, { card: idAt(9, 1) }, { at: 0, removed: 0, inserted: 'there before' });
		boardOf([draft(0, ['a', 'b', ' '], false), draft(1, ['c'], false)], board);
		const cards = arrange(readBoard(board), ['ideas']).ideas.map((entry) => (entry.kind === 'card' ? entry.card : null)!);
		expect(cards[0]!.text).toBe('there before');
		expect(
			cards
				.slice(1)
				.map(({ text, author }) => `${text} ${author}`)
				.sort()
		).toEqual(['a', 'b'].map((text) => `${text} ${idAt(1, 0)}`).concat(`c ${idAt(1, 1)}`));
	});

	test('DRAFT-4 says without names nothing of who or when, and takes no id along', () => {
		const drafts = [draft(0, ['a', 'b']), draft(1, ['c'])];
		const board = readBoard(boardOf(drafts));
		const known = new Set(drafts.flatMap(({ doc }) => [...readBoard(doc).cards.keys()]));
		for (const { id, author, createdAt } of board.cards.values()) {
			expect([author, createdAt]).toEqual([null, null]);
			expect(known.has(id)).toBe(false);
		}
		// all of it is the hand of one client
		const doc = boardOf(drafts);
		expect([...Y.decodeStateVector(Y.encodeStateVector(doc)).keys()]).toHaveLength(1);
	});

	test('DRAFT-4 whoever links by the order of cards, ids or bytes does no better than chance, and finds all of it where it is not shuffled', () => {
		const people = 8;
		const samples = 2_000;
		/** guesses that the nth card in some order is the nth person's */
		const attacks: Record<string, (cards: { id: Id; place: string; text: string }[]) => { text: string }[]> = {
			'by place': (cards) => cards.toSorted((a, b) => (a.place < b.place ? -1 : 1)),
			'by id': (cards) => cards.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
			'as it lies in the document': (cards) => cards
		};
		const drafts = Array.from({ length: people }, (_, n) => draft(n, [`${n}`]));
		const right = (cards: { text: string }[]) => cards.filter(({ text }, n) => text === `${n}`).length;
		const hits = Object.fromEntries(Object.keys(attacks).map((name) => [name, 0]));
		const leaks = { ...hits };
		for (let sample = 0; sample < samples / people; sample++) {
			const cards = revealedOf(drafts);
			const open = [...readBoard(boardOf(drafts)).cards.values()];
			const leaky = new Y.Doc();
			reveal(
				leaky,
				cards.toSorted((a, b) => Number(a.text) - Number(b.text)).map((card, n) => ({ ...card, id: idAt(12, n) }))
			);
			for (const [name, attack] of Object.entries(attacks)) {
				hits[name]! += right(attack(open));
				leaks[name]! += right(attack([...readBoard(leaky).cards.values()]));
			}
		}
		for (const name of Object.keys(attacks)) {
			expect(hits[name]! / samples, name).toBeLessThan(1 / people + 0.05);
			expect(leaks[name]! / samples, name).toBeGreaterThan(0.9);
		}
	});
});
