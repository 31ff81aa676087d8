/* eslint-disable svelte/prefer-svelte-reactivity -- the maps are bookkeeping; what a page follows are the views */
import {
	attachEvidence,
	createCard,
	groupCards,
	moveCard,
	moveGroup,
	removeEvidence,
	setDeleted,
	splice,
	ungroup,
	writingOf,
	type Spot,
	type Writing
} from '#realtime/board/edits.ts';
import { encodeCaret } from '#realtime/board/awareness.ts';
import { arrange, deletedCards, readBoard, readCard, readGroup, watchBoard, type Board, type Card } from '#realtime/board/read.ts';
import type { Evidence } from '#realtime/board/schema.ts';
import { undoOf } from '#realtime/board/undo.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import type { Other } from '#realtime/client/presence-link.ts';
import { drawId } from '#realtime/client/draw-id.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { BoardColumn } from '#realtime/meeting/meetings.ts';
import { sharedTextOf } from './shared-text.ts';
import type { SharedText } from './text-binding.ts';
import { CardView, ColumnView, GroupView, type EntryView } from './views.svelte.ts';

/** What others did since it was last told. */
export interface Happenings {
	written: number;
	moved: number;
	removed: number;
}

/**
 * A board as a page shows and edits it. Fed change by change, so that a keystroke of somebody touches one card
 * and a move touches two columns. Everything that a person does here can be undone here.
 */
export class LiveBoard {
	columns = $state.raw<readonly ColumnView[]>([]);
	readonly me: Id;
	readonly #link: BoardLink;
	readonly #undo;
	readonly #stops: (() => void)[] = [];

	deleted = $state.raw<readonly Card[]>([]);
	canUndo = $state(false);
	canRedo = $state(false);
	/** the other pages on this board */
	others = $state.raw<readonly Other[]>([]);
	/** the card or group that the Tab key enters, and that keys act on */
	current = $state.raw<Id | null>(null);
	/** the card or group that is written in on this page */
	writing = $state.raw<Id | null>(null);
	/** where the caret stood in it, for a field that is made anew because somebody moved the card */
	caret: [start: number, end: number] | null = null;

	#board: Board;
	#columnIds: readonly string[];
	readonly #cards = new Map<Id, CardView>();
	readonly #groups = new Map<Id, GroupView>();
	readonly #entries = new Map<Id, EntryView>();
	#byHand = 0;
	#happened: Happenings = { written: 0, moved: 0, removed: 0 };

	constructor(link: BoardLink, options: { columns: readonly BoardColumn[]; me: Id }) {
		this.#link = link;
		this.me = options.me;
		this.columns = options.columns.map((column) => new ColumnView(column));
		this.#columnIds = options.columns.map(({ id }) => id);
		this.#board = { cards: new Map(), groups: new Map() };
		this.#undo = undoOf(link.doc);
		const board = readBoard(link.doc);
		this.#take(new Set(board.cards.keys()), new Set(board.groups.keys()));
		this.#happened = { written: 0, moved: 0, removed: 0 };
		this.#followOthers();
		this.#stops.push(
			watchBoard(link.doc, (cards, groups) => this.#take(cards, groups)),
			link.presence.watch(() => this.#followOthers()),
			this.#undo.watch(() => this.#followUndo())
		);
	}

	/** Ends the page's part in the board. The link stays open. */
	destroy(): void {
		for (const stop of this.#stops) stop();
		this.#undo.destroy();
	}

	/** Takes over the columns as the agenda says them now. Nothing of the board's content changes. */
	setColumns(columns: readonly BoardColumn[]): void {
		const before = new Map(this.columns.map((view) => [view.id, view]));
		const views = columns.map((column) => before.get(column.id) ?? new ColumnView(column));
		for (const [i, view] of views.entries()) view.title = columns[i]!.title;
		if (sameItems(this.columns, views)) return;
		this.columns = views;
		this.#columnIds = columns.map(({ id }) => id);
		this.#layOut();
	}

	get doc() {
		return this.#link.doc;
	}

	card(id: Id): CardView | undefined {
		return this.#cards.get(id);
	}

	group(id: Id): GroupView | undefined {
		return this.#groups.get(id);
	}

	/** Where a card or group lies: its column, its group, and its neighbours there in order. */
	whereIs(id: Id): { column: string; group: Id | null; index: number; siblings: readonly Id[] } | null {
		for (const column of this.columns) {
			const index = column.entries.findIndex((entry) => entry.id === id);
			if (index >= 0) return { column: column.id, group: null, index, siblings: column.entries.map((entry) => entry.id) };
			for (const entry of column.entries) {
				if (entry.kind !== 'group') continue;
				const within = entry.group.cards.findIndex((card) => card.id === id);
				if (within >= 0) return { column: column.id, group: entry.id, index: within, siblings: entry.group.cards.map((card) => card.id) };
			}
		}
		return null;
	}

	/** Makes a card, by default at the end of a column, and answers its id. */
	create(column: string, spot: { group?: Id | null; before?: Id | null } = {}): Id {
		const id = drawId();
		this.#edit(() =>
			createCard(this.doc, {
				id,
				author: this.me,
				createdAt: Date.now(),
				column,
				group: spot.group ?? null,
				before: spot.before ?? null,
				columns: this.#columnIds
			})
		);
		return id;
	}

	move(id: Id, spot: Spot): void {
		this.#edit(() => {
			if (this.#groups.has(id) && this.#board.groups.has(id)) moveGroup(this.doc, id, { ...spot, columns: this.#columnIds });
			else moveCard(this.doc, id, { ...spot, columns: this.#columnIds });
		});
	}

	/** Puts a card into one group with another. */
	join(card: Id, onto: Id): void {
		this.#edit(() => groupCards(this.doc, card, onto, drawId()));
	}

	ungroup(group: Id): void {
		this.#edit(() => ungroup(this.doc, group, this.#columnIds));
	}

	remove(card: Id): void {
		this.#edit(() => setDeleted(this.doc, card, true));
	}

	bringBack(card: Id): void {
		this.#edit(() => setDeleted(this.doc, card, false));
	}

	attach(card: Id, evidence: Evidence): void {
		this.#edit(() => attachEvidence(this.doc, card, drawId(), evidence));
	}

	detach(card: Id, evidence: Id): void {
		this.#edit(() => removeEvidence(this.doc, card, evidence));
	}

	undo(): void {
		this.#own(() => this.#undo.undo());
	}

	redo(): void {
		this.#own(() => this.#undo.redo());
	}

	/** Is the card there for all to see? */
	isShown(card: Id): boolean {
		return this.#board.cards.get(card)?.deleted === false;
	}

	/** Makes an item the one that keys act on and that Tab enters. */
	select(id: Id | null): void {
		if (this.current === id) return;
		this.#setOn(this.current, 'current', false);
		this.current = id;
		this.#setOn(id, 'current', true);
	}

	/** Opens an item for writing; whatever was written in before is left. */
	write(id: Id, caret: [number, number] | null = null): void {
		if (this.writing === id) return;
		this.leave();
		this.#undo.settle();
		this.caret = caret;
		this.writing = id;
		this.#setOn(id, 'writing', true);
		this.select(id);
		this.seenAt(id);
	}

	/** Ends writing. A card that was left without a word is taken away again. */
	leave(): void {
		const id = this.writing;
		if (id === null) return;
		this.writing = null;
		this.caret = null;
		this.#setOn(id, 'writing', false);
		this.#undo.settle();
		this.seenNowhere();
		const card = this.#board.cards.get(id);
		if (card && !card.deleted && card.text.trim() === '' && card.author === this.me && card.evidence.length === 0) this.remove(id);
	}

	/** Tells the others where this person's caret stands in what they write. */
	caretAt(id: Id, start: number, end: number): void {
		if (this.writing === id) this.caret = [start, end];
		this.#link.presence.set({ card: id, caret: encodeCaret(this.doc, id, end) });
	}

	/** Tells the others that this person has a card or group in hand. */
	seenAt(id: Id): void {
		this.#link.presence.set({ card: id, caret: null });
	}

	/** Tells the others that this person is in no card now. */
	seenNowhere(): void {
		this.#link.presence.set({ card: null, caret: null });
	}

	/** The text of a card, or the title of a group, to tie a field to. */
	sharedText(writing: Writing): SharedText {
		return sharedTextOf(writingOf(this.doc, writing), (piece) => this.#own(() => splice(this.doc, writing, piece)));
	}

	/** What others did since the last time this was asked. */
	takeHappenings(): Happenings {
		const happened = this.#happened;
		this.#happened = { written: 0, moved: 0, removed: 0 };
		return happened;
	}

	/** Every card that is shown, in reading order. */
	*shown(): Generator<{ column: ColumnView; group: GroupView | null; card: CardView }> {
		for (const column of this.columns) {
			for (const entry of column.entries) {
				if (entry.kind === 'card') yield { column, group: null, card: entry.card };
				else for (const card of entry.group.cards) yield { column, group: entry.group, card };
			}
		}
	}

	/** An edit that is undone by itself. */
	#edit(edit: () => void): void {
		this.#undo.alone(() => this.#own(edit));
	}

	#own(edit: () => void): void {
		this.#byHand++;
		try {
			edit();
		} finally {
			this.#byHand--;
		}
	}

	#setOn(id: Id | null, key: 'current' | 'writing', value: boolean): void {
		const view = id === null ? undefined : (this.#cards.get(id) ?? this.#groups.get(id));
		if (view) view[key] = value;
	}

	#take(cards: ReadonlySet<Id>, groups: ReadonlySet<Id>): void {
		let laidOut = false;
		for (const id of groups) {
			const before = this.#board.groups.get(id);
			const group = readGroup(this.doc, id);
			if (!group) continue;
			this.#board.groups.set(id, group);
			let view = this.#groups.get(id);
			if (!view) this.#groups.set(id, (view = new GroupView(id)));
			view.show(group);
			laidOut ||= !before || before.column !== group.column || before.place !== group.place;
		}
		for (const id of cards) {
			const before = this.#board.cards.get(id);
			const card = readCard(this.doc, id);
			if (!card) continue;
			this.#board.cards.set(id, card);
			let view = this.#cards.get(id);
			if (!view) this.#cards.set(id, (view = new CardView(id)));
			view.show(card);
			const moved = !before || before.column !== card.column || before.place !== card.place || before.group !== card.group || before.deleted !== card.deleted;
			laidOut ||= moved;
			if (this.#byHand === 0) this.#note(before, card, moved);
			if (card.deleted && !before?.deleted && this.writing === id && card.text.trim() !== '') this.leave();
		}
		if (laidOut) this.#layOut();
		else if (this.deleted.some(({ id }) => cards.has(id))) this.deleted = deletedCards(this.#board);
	}

	#note(before: Card | undefined, card: Card, moved: boolean): void {
		if (card.deleted) {
			if (before && !before.deleted && before.text.trim() !== '') this.#happened.removed++;
		} else if (!before || before.deleted || before.text === '') {
			if (card.text !== '') this.#happened.written++;
		} else if (moved) this.#happened.moved++;
	}

	#layOut(): void {
		const arranged = arrange(this.#board, this.#columnIds, this.#columnIds[0]);
		for (const column of this.columns) {
			let count = 0;
			const entries = (arranged[column.id] ?? []).map((entry): EntryView => {
				if (entry.kind === 'card') {
					count++;
					return this.#entry(entry.id, () => ({ kind: 'card', id: entry.id, card: this.#cards.get(entry.id)! }));
				}
				count += entry.cards.length;
				const group = this.#groups.get(entry.id)!;
				const cards = entry.cards.map(({ id }) => this.#cards.get(id)!);
				if (!sameItems(group.cards, cards)) group.cards = cards;
				return this.#entry(entry.id, () => ({ kind: 'group', id: entry.id, group }));
			});
			column.count = count;
			if (!sameItems(column.entries, entries)) column.entries = entries;
		}
		this.deleted = deletedCards(this.#board);
		if (this.current === null || !this.whereIs(this.current)) this.select(this.columns.find(({ entries }) => entries.length > 0)?.entries[0]?.id ?? null);
	}

	/** The same object for the same thing, so that what did not move is not drawn again. */
	#entry(id: Id, make: () => EntryView): EntryView {
		let entry = this.#entries.get(id);
		if (!entry) this.#entries.set(id, (entry = make()));
		return entry;
	}

	#followUndo(): void {
		this.canUndo = this.#undo.canUndo;
		this.canRedo = this.#undo.canRedo;
	}

	#followOthers(): void {
		const before = new Set(this.others.map(({ card }) => card));
		this.others = this.#link.presence.others();
		const on = new Map<Id, Other[]>();
		for (const other of this.others) {
			if (other.card === null) continue;
			const there = on.get(other.card);
			if (there) there.push(other);
			else on.set(other.card, [other]);
			before.add(other.card);
		}
		for (const id of before) {
			const view = id === null ? undefined : (this.#cards.get(id) ?? this.#groups.get(id));
			const there = on.get(id ?? '') ?? [];
			if (view && !(view.others.length === 0 && there.length === 0)) view.others = there;
		}
	}
}

const sameItems = <Item>(a: readonly Item[], b: readonly Item[]): boolean => a.length === b.length && a.every((item, index) => item === b[index]);
