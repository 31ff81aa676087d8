import * as Y from 'yjs';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { byPlace, isPlace, placeBetween } from './place.ts';
import { arrange, cardsOf, cardTextOf, columnOf, groupsOf, groupTitleOf, readBoard, seenIn, type Board, type Entry } from './read.ts';
import { cardKeys, groupKeys, type Evidence } from './schema.ts';
import { wellFormed } from './well-formed.ts';

/** The origin of what this person does here and may undo. */
export const byHand = Symbol('by hand');
/** The origin of what comes with an edit by hand and is not undone with it. */
export const alongside = Symbol('alongside');

/** Where a card or group is put: into a column, before another entry (null: at the end), in a group or not. */
export interface Spot {
	column: string;
	group: Id | null;
	before: Id | null;
	/** the board's columns in order, as far as it is known: what lies in none of them is seen in the first */
	columns?: readonly string[];
}

/**
 * A new, empty card. It is made already marked as deleted and then, as an edit of its own, unmarked: undoing
 * it marks it again, and never takes away what others wrote into it meanwhile.
 */
export function createCard(doc: Y.Doc, card: { id: Id; author: Id; createdAt: number } & Spot): void {
	const place = placeFor(doc, card.id, card);
	doc.transact(() => {
		const map = new Y.Map<unknown>();
		map.set(cardKeys.text, new Y.Text());
		map.set(cardKeys.evidence, new Y.Map());
		map.set(cardKeys.column, card.column);
		map.set(cardKeys.place, place);
		map.set(cardKeys.group, card.group);
		map.set(cardKeys.author, card.author);
		map.set(cardKeys.createdAt, card.createdAt);
		map.set(cardKeys.deleted, true);
		cardsOf(doc).set(card.id, map);
	}, alongside);
	setDeleted(doc, card.id, false);
}

/** Puts a card somewhere else: one key for each thing that changes. */
export function moveCard(doc: Y.Doc, card: Id, spot: Spot): void {
	const place = placeFor(doc, card, spot);
	change(doc, cardsOf(doc).get(card), { [cardKeys.column]: spot.column, [cardKeys.group]: spot.group, [cardKeys.place]: place });
}

/** Puts a whole group somewhere else; its cards come with it. */
export function moveGroup(doc: Y.Doc, group: Id, spot: Omit<Spot, 'group'>): void {
	const place = placeFor(doc, group, { ...spot, group: null });
	change(doc, groupsOf(doc).get(group), { [groupKeys.column]: spot.column, [groupKeys.place]: place });
}

/** Makes a group of two cards where the second lies; if that one is in a group already, the first joins it. */
export function groupCards(doc: Y.Doc, card: Id, onto: Id, newGroup: Id): void {
	const board = readBoard(doc);
	const target = board.cards.get(onto);
	if (!target || !board.cards.has(card) || card === onto) return;
	const existing = board.groups.get(target.group ?? '');
	if (existing) return moveCard(doc, card, { column: existing.column, group: existing.id, before: null });
	const place = isPlace(target.place) ? target.place : placeFor(doc, newGroup, { column: target.column, group: null, before: onto });
	doc.transact(() => {
		const map = new Y.Map<unknown>();
		map.set(groupKeys.title, new Y.Text());
		map.set(groupKeys.column, target.column);
		map.set(groupKeys.place, place);
		groupsOf(doc).set(newGroup, map);
	}, alongside);
	doc.transact(() => {
		change(doc, cardsOf(doc).get(onto), { [cardKeys.group]: newGroup });
		change(doc, cardsOf(doc).get(card), {
			[cardKeys.group]: newGroup,
			[cardKeys.column]: target.column,
			[cardKeys.place]: placeBetween(target.place, null, card)
		});
	}, byHand);
}

/** Takes a group apart: its cards lie, in their order, where it lay. `columns`: as of a {@link Spot}. */
export function ungroup(doc: Y.Doc, group: Id, columns: readonly string[] = []): void {
	const board = readBoard(doc);
	const { column, place } = board.groups.get(group) ?? {};
	if (column === undefined || place === undefined) return;
	const after = nextPlace(board, seenIn(column, columns), place, columns);
	const members = [...board.cards.values()].filter((card) => card.group === group).sort(byPlace);
	doc.transact(() => {
		let before: string = place;
		for (const card of members) {
			before = placeBetween(before, after, card.id);
			change(doc, cardsOf(doc).get(card.id), { [cardKeys.column]: column, [cardKeys.group]: null, [cardKeys.place]: before });
		}
	}, byHand);
}

/** Marks a card as deleted, or brings it back. */
export function setDeleted(doc: Y.Doc, card: Id, deleted: boolean): void {
	change(doc, cardsOf(doc).get(card), { [cardKeys.deleted]: deleted });
}

export function attachEvidence(doc: Y.Doc, card: Id, id: Id, evidence: Evidence): void {
	const map = cardsOf(doc).get(card);
	if (!(map instanceof Y.Map)) return;
	const attached = map.get(cardKeys.evidence);
	if (attached instanceof Y.Map && attached.size < limits.evidencePerCard) {
		change(doc, attached, { [id]: Object.fromEntries(Object.entries(evidence).map(([name, words]) => [name, wellFormed(words)])) });
	}
}

export function removeEvidence(doc: Y.Doc, card: Id, id: Id): void {
	const map = cardsOf(doc).get(card);
	const attached = map instanceof Y.Map ? map.get(cardKeys.evidence) : null;
	if (attached instanceof Y.Map) doc.transact(() => attached.delete(id), byHand);
}

/** A piece of a text replaced by another: `at` and `removed` in UTF-16 units of the text as it stands. */
export interface Splice {
	at: number;
	removed: number;
	inserted: string;
}

/** A text that people write together: a card's, or a group's title. */
export type Writing = { card: Id } | { group: Id };

export const writingOf = (doc: Y.Doc, writing: Writing): Y.Text | null =>
	'card' in writing ? cardTextOf(doc, writing.card) : groupTitleOf(doc, writing.group);

/** Replaces a piece of a text, as one edit. */
export function splice(doc: Y.Doc, writing: Writing, piece: Splice): void {
	const text = writingOf(doc, writing);
	if (text) spliceText(doc, text, piece);
}

/** Replaces a piece of a text by what of another is well formed, as one edit. */
export function spliceText(doc: Y.Doc, text: Y.Text, { at, removed, inserted }: Splice): void {
	const clean = wellFormed(inserted);
	doc.transact(() => {
		if (removed > 0) text.delete(at, removed);
		if (clean !== '') text.insert(at, clean);
	}, byHand);
}

/** Writes those keys of a map that differ, as one edit. */
export function change(doc: Y.Doc, map: unknown, values: Record<string, unknown>): void {
	if (!(map instanceof Y.Map)) return;
	doc.transact(() => {
		for (const [key, value] of Object.entries(values)) {
			const clean = typeof value === 'string' ? wellFormed(value) : value;
			if (map.get(key) !== clean) map.set(key, clean);
		}
	}, byHand);
}

/** The fractional key of a spot, between its neighbours there. */
function placeFor(doc: Y.Doc, moved: Id, { column, group, before, columns = [] }: Spot): string {
	const board = readBoard(doc);
	const neighbours =
		group === null
			? entriesSeen(board, column, columns)
			: [...board.cards.values()].filter((card) => card.group === group && !card.deleted && seenIn(columnOf(board, card), columns) === column).sort(byPlace);
	const others = neighbours.filter(({ id }) => id !== moved);
	const found = before === null ? -1 : others.findIndex(({ id }) => id === before);
	const at = found < 0 ? others.length : found;
	return placeBetween(others[at - 1]?.place ?? null, others[at]?.place ?? null, moved);
}

/** The place of what comes after this place in a column, null at the end. */
const nextPlace = (board: Board, column: string, place: string, columns: readonly string[]): string | null =>
	entriesSeen(board, column, columns).find((entry) => entry.place > place)?.place ?? null;

/** What is seen in a column of the board. */
const entriesSeen = (board: Board, column: string, columns: readonly string[]): Entry[] =>
	(columns.includes(column) ? arrange(board, columns, columns[0]) : arrange(board, [column]))[column] ?? [];
