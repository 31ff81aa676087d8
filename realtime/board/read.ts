import * as Y from 'yjs';
import type { Id } from '#realtime/meeting/ids.ts';
import { byPlace } from './place.ts';
import { fromElsewhere } from './replica.ts';
import { boardRoots, cardKeys, groupKeys, type Evidence } from './schema.ts';

/** A card as it stands, with every shape that we do not know left out. */
export interface Card {
	id: Id;
	text: string;
	column: string;
	place: string;
	group: Id | null;
	author: Id | null;
	createdAt: number | null;
	deleted: boolean;
	evidence: (Evidence & { id: Id })[];
}

export interface Group {
	id: Id;
	title: string;
	column: string;
	place: string;
}

export interface Board {
	cards: Map<Id, Card>;
	groups: Map<Id, Group>;
}

/** What lies in a column: a card by itself, or a group with its cards. */
export type Entry = { kind: 'card'; id: Id; place: string; card: Card } | { kind: 'group'; id: Id; place: string; group: Group; cards: Card[] };

export const cardsOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap(boardRoots.cards);
export const groupsOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap(boardRoots.groups);

/** The text of a card, null if there is no such card. */
export const cardTextOf = (doc: Y.Doc, card: Id): Y.Text | null => textIn(cardsOf(doc).get(card), cardKeys.text);

/** The title of a group, null if there is no such group. */
export const groupTitleOf = (doc: Y.Doc, group: Id): Y.Text | null => textIn(groupsOf(doc).get(group), groupKeys.title);

/** One card, null if there is none of that id or it is no card. Total: never throws, whatever the document holds. */
export function readCard(doc: Y.Doc, id: Id): Card | null {
	const map = cardsOf(doc).get(id);
	if (!(map instanceof Y.Map)) return null;
	return {
		id,
		text: textIn(map, cardKeys.text)?.toString() ?? '',
		column: string(map.get(cardKeys.column)) ?? '',
		place: string(map.get(cardKeys.place)) ?? '',
		group: string(map.get(cardKeys.group)),
		author: string(map.get(cardKeys.author)),
		createdAt: number(map.get(cardKeys.createdAt)),
		deleted: map.get(cardKeys.deleted) === true,
		evidence: evidenceIn(map.get(cardKeys.evidence))
	};
}

/** One group, null if there is none of that id. Total, as {@link readCard}. */
export function readGroup(doc: Y.Doc, id: Id): Group | null {
	const map = groupsOf(doc).get(id);
	if (!(map instanceof Y.Map)) return null;
	return {
		id,
		title: textIn(map, groupKeys.title)?.toString() ?? '',
		column: string(map.get(groupKeys.column)) ?? '',
		place: string(map.get(groupKeys.place)) ?? ''
	};
}

/** The whole board, deleted cards included. */
export function readBoard(doc: Y.Doc): Board {
	const board: Board = { cards: new Map(), groups: new Map() };
	for (const id of cardsOf(doc).keys()) {
		const card = readCard(doc, id);
		if (card) board.cards.set(id, card);
	}
	for (const id of groupsOf(doc).keys()) {
		const group = readGroup(doc, id);
		if (group) board.groups.set(id, group);
	}
	return board;
}

/** The cards in which there is something to read, in the order in which they lie. */
export const cardsWithWords = (doc: Y.Doc): Card[] =>
	[...readBoard(doc).cards.values()].filter(({ deleted, text, evidence }) => !deleted && (text.trim() !== '' || evidence.length > 0)).sort(byPlace);

/** The column a card is seen in: its group's, if it is in one. */
export const columnOf = (board: Board, card: Card): string => board.groups.get(card.group ?? '')?.column ?? card.column;

/** The column something is seen in: the first, if its own is no longer on the board. */
export const seenIn = (column: string, columns: readonly string[]): string => (columns.includes(column) ? column : (columns[0] ?? column));

/**
 * What lies in each of these columns, in order. Deleted cards, and groups without a card, do not show. What lies in
 * none of the columns is put into the column `strays`, or left out if there is none.
 */
export function arrange<Column extends string>(board: Board, columns: readonly Column[], strays: Column | null = null): Record<Column, Entry[]> {
	const members = new Map<Id, Card[]>();
	const entries = Object.fromEntries(columns.map((column) => [column, [] as Entry[]])) as Record<Column, Entry[]>;
	const lay = (column: string, entry: Entry) => {
		if (Object.hasOwn(entries, column)) entries[column as Column].push(entry);
		else if (strays !== null) entries[strays].push(entry);
	};
	for (const card of board.cards.values()) {
		if (card.deleted) continue;
		const group = board.groups.get(card.group ?? '');
		if (!group) lay(card.column, { kind: 'card', id: card.id, place: card.place, card });
		else if (members.has(group.id)) members.get(group.id)!.push(card);
		else members.set(group.id, [card]);
	}
	for (const [id, cards] of members) {
		const group = board.groups.get(id)!;
		lay(group.column, { kind: 'group', id, place: group.place, group, cards: cards.sort(byPlace) });
	}
	for (const column of columns) entries[column].sort(byPlace);
	return entries;
}

/** Deleted cards, the last written first: what can be brought back. */
export const deletedCards = (board: Board): Card[] =>
	[...board.cards.values()].filter((card) => card.deleted && card.text.trim() !== '').sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0) || byPlace(a, b));

/** Calls back with the ids of cards and groups that a change touched, and whether it was made here. Returns how to stop. */
export function watchBoard(doc: Y.Doc, changed: (cards: Set<Id>, groups: Set<Id>, own: boolean) => void): () => void {
	let touched = { cards: new Set<Id>(), groups: new Set<Id>() };
	const gather = (root: keyof typeof touched) => (events: Y.YEvent<Y.AbstractType<unknown>>[]) => {
		for (const event of events) {
			if (event.path.length > 0) touched[root].add(String(event.path[0]));
			else for (const id of event.changes.keys.keys()) touched[root].add(id);
		}
	};
	const cards = gather('cards');
	const groups = gather('groups');
	const flush = ({ local, origin }: Y.Transaction) => {
		if (touched.cards.size + touched.groups.size === 0) return;
		const { cards, groups } = touched;
		touched = { cards: new Set(), groups: new Set() };
		changed(cards, groups, local && origin !== fromElsewhere);
	};
	cardsOf(doc).observeDeep(cards);
	groupsOf(doc).observeDeep(groups);
	doc.on('afterTransaction', flush);
	return () => {
		cardsOf(doc).unobserveDeep(cards);
		groupsOf(doc).unobserveDeep(groups);
		doc.off('afterTransaction', flush);
	};
}

const string = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

function textIn(map: unknown, key: string): Y.Text | null {
	const text = map instanceof Y.Map ? map.get(key) : null;
	return text instanceof Y.Text ? text : null;
}

function evidenceIn(map: unknown): Card['evidence'] {
	if (!(map instanceof Y.Map)) return [];
	const found: Card['evidence'] = [];
	for (const [id, value] of map.entries()) {
		if (typeof value !== 'object' || value === null) continue;
		const { kind, url, title, text } = value as Record<string, unknown>;
		if (kind === 'link' && typeof url === 'string') found.push({ id, kind, url, title: string(title) ?? '' });
		else if (kind === 'note' && typeof text === 'string') found.push({ id, kind, text });
	}
	return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}
