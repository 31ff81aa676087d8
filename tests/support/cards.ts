import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import type * as Y from 'yjs';
import type { Random } from './random.ts';
import type { ScriptedPage } from './scripted-page.ts';

/** Makes cards with a text in the first column: the id of each, and how a document gets it. */
export const cardsFrom = (random: Random) => (text: string) => {
	const id = random.id();
	return {
		id,
		make: (doc: Y.Doc) => {
			createCard(doc, { id, author: id, createdAt: 1, column: 'strengths', group: null, before: null });
			splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
		}
	};
};

/** What stands on a page's cards, sorted. */
export const texts = (page: ScriptedPage): string[] => [...readBoard(page.doc).cards.values()].map(({ text }) => text).sort();
