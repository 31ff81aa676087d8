import * as Y from 'yjs';
import { limits } from '#realtime/meeting/limits.ts';
import type { Surface } from '#realtime/meeting/meetings.ts';
import { layDecision } from './decisions-edits.ts';
import { readDecisions, type DecisionWording } from './decisions-read.ts';
import { notesOf, readNotes, type Notes } from './notes.ts';
import { inPieces } from './pieces.ts';
import { groupsOf, readBoard, type Board } from './read.ts';
import { stateVectorOf } from './replica.ts';
import { groupKeys } from './schema.ts';
import { layCard, seedClientId } from './seed.ts';

/** The wordings of decisions, as far as they are to be seen. */
interface Worded {
	decisions: Map<string, DecisionWording>;
}

/** What is to be seen in a document: all of its notes; its cards that are not deleted, and the groups that they are in; the decisions worded in it that are not deleted. */
export const toBeSeen = {
	board(doc: Y.Doc): Board & Worded {
		const board = readBoard(doc);
		const cards = new Map([...board.cards].filter(([, { deleted }]) => !deleted));
		const filled = new Set([...cards.values()].map(({ group }) => group));
		return { cards, groups: new Map([...board.groups].filter(([id]) => filled.has(id))), decisions: worded(doc) };
	},
	notes: (doc: Y.Doc): Notes & Worded => ({ ...readNotes(doc), decisions: worded(doc) })
} satisfies Record<Surface, (doc: Y.Doc) => unknown>;

const worded = (doc: Y.Doc): Worded['decisions'] => new Map([...readDecisions(doc)].filter(([, { deleted }]) => !deleted));

/**
 * A new document that holds what is to be seen in another, and nothing of how it came to be: as updates of at most
 * {@link limits.seedRowBytes} that follow on each other, and that are the same whoever asks. None: there is nothing to
 * be seen. Ids, authors and places stay; everything else of the history, by which a document grows full, is left behind.
 */
export function freshCopy(source: Y.Doc, surface: Surface, bytes: number = limits.seedRowBytes): Uint8Array[] {
	const copy = new Y.Doc();
	copy.clientID = seedClientId;
	const nothing = stateVectorOf(copy);
	copy.transact(() => {
		copiers[surface](source, copy);
		for (const decision of inOrder(worded(source))) layDecision(copy, decision);
	});
	const pieces = copy.store.clients.size === 0 ? [] : inPieces(copy, nothing, [], bytes);
	copy.destroy();
	return pieces.map(({ update }) => update);
}

const copiers: Record<Surface, (source: Y.Doc, copy: Y.Doc) => void> = {
	board(source, copy) {
		const { cards, groups } = toBeSeen.board(source);
		for (const card of inOrder(cards)) layCard(copy, card);
		for (const { id, title, column, place } of inOrder(groups)) {
			const map = new Y.Map<unknown>();
			map.set(groupKeys.title, new Y.Text(title));
			map.set(groupKeys.column, column);
			map.set(groupKeys.place, place);
			groupsOf(copy).set(id, map);
		}
	},
	notes(source, copy) {
		notesOf(copy).insert(
			0,
			notesOf(source)
				.toArray()
				.map((block) => block.clone() as Y.XmlElement | Y.XmlText)
		);
	}
};

/** In which order a replica has them depends on its history. */
const inOrder = <Thing extends { id: string }>(things: ReadonlyMap<string, Thing>): Thing[] => [...things.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
