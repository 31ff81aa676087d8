import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { topCards } from '#lib/decisions/top-cards.ts';
import { createCard, splice } from '#realtime/board/edits.ts';
import { isAbout } from '#realtime/meeting/decisions.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import { randomFrom } from '../../../support/random.ts';

const random = randomFrom(5);
const [a, b, c, gone, late] = Array.from({ length: 5 }, () => random.id()) as [string, string, string, string, string];

const vote = (points: Record<string, number>): Vote => ({
	...{ id: random.id(), item: random.id(), round: 1, question: null, rule: { kind: 'dots', budget: 5, perCard: 3 }, level: 'open', guests: false },
	...{ ownCards: true, quorum: null, majority: null, key: null, openedAt: 1, state: 'closed', closedAt: 2 },
	options: Object.keys(points).map((id) => ({ id, text: `on ${id}`, authors: [] })),
	result: {
		...{ voted: 1, entitled: 1, quorumMet: null, carried: null },
		tallies: Object.entries(points).map(([option, points]) => ({ option, points, ballots: 1, spread: {} }))
	}
});

test('DECIDE-10 what has as many points stands at one place, and what the vote was not about at none', () => {
	const doc = new Y.Doc();
	for (const [id, text] of [
		[a, 'A'],
		[b, 'B'],
		[c, 'C'],
		[late, 'Written since']
	] as const) {
		createCard(doc, { id, author: random.id(), createdAt: 1, column: 'ideas', group: null, before: null });
		splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
	}
	const shown = topCards(doc, ['ideas'], vote({ [a]: 1, [gone]: 4, [b]: 1, [c]: 2 }));
	expect(shown.map(({ text, place, isCard }) => [text, place, isCard])).toEqual([
		[`on ${gone}`, 1, false],
		['C', 2, true],
		['A', 3, true],
		['B', 3, true],
		['Written since', null, true]
	]);
	expect(topCards(doc, ['ideas'], null).map(({ place }) => place)).toEqual([null, null, null, null]);
});

test('DECIDE-10 a vote is about a decision if it was on its card, or on its words as a motion', () => {
	const onCards = vote({ [a]: 3, [b]: 1 });
	const words = { text: 'We do it.', card: null };
	expect([isAbout(onCards, { ...words, card: b }), isAbout(onCards, { ...words, card: c }), isAbout(onCards, words)]).toEqual([true, false, false]);
	const motion: Vote = { ...onCards, rule: { kind: 'choice' }, options: [{ id: a, text: ' We do it. ', authors: [] }] };
	expect([isAbout(motion, words), isAbout(motion, { text: 'The minutes are approved.', card: a })]).toEqual([true, false]);
});
