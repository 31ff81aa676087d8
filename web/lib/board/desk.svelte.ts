import { createContext, tick } from 'svelte';
import { m } from '#lib/paraglide/messages.js';
import { columnName } from '#lib/i18n/names.ts';
import { number } from '#lib/i18n/numbers.ts';
import type { LiveDocument } from '#lib/document/live-document.svelte.ts';
import type { Notices } from '#lib/ui/notices.svelte.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Participant } from '#realtime/meeting/meetings.ts';
import type { LiveBoard } from './live-board.svelte.ts';

/** Where a thing is being sent, seen on the screen. */
export type Direction = 'up' | 'down' | 'left' | 'right';

/** What a board knows of actions. */
export interface CardActions {
	/** may this person make actions? */
	readonly mayMake: boolean;
	/** the actions that were made of a card */
	of(card: Id): readonly Id[];
	/** Makes one, and answers its id; null: it could not be made. */
	makeOf(card: Id, text: string): Id | null;
	/** Turns the person to an action. */
	seek(action: Id): void;
}

/**
 * What a person can do at a board, once: keys, menus, buttons and dragging all call the same. Says what
 * happened to those who do not see it, and keeps the focus on what was moved.
 */
export class Desk {
	readonly board: LiveBoard;
	readonly document: LiveDocument;
	readonly notices: Notices;
	readonly #mayWrite: () => boolean;
	/** it is what this person writes for themself: nothing is grouped, and of each card is said whether it has arrived; null: everybody writes here */
	readonly alone: { isSaved(card: Id): boolean; readonly isRevealed: boolean } | null;
	readonly #people: () => ReadonlyMap<Id, Participant>;

	/** arrows move the current card instead of the focus */
	moving = $state(false);
	#tab = $state.raw('');
	evidenceOf = $state.raw<Id | null>(null);
	joining = $state.raw<Id | null>(null);
	keysShown = $state(false);
	deletedShown = $state(false);
	/** opens the menu of a card or group beside a control; the board's view sets it */
	openMenu: (id: Id, beside: HTMLElement) => void = () => {};

	/** what cards become that ask for something to be done; null: nothing here */
	readonly actions: CardActions | null;

	constructor(
		board: LiveBoard,
		options: {
			document: LiveDocument;
			mayWrite: () => boolean;
			notices: Notices;
			people: () => ReadonlyMap<Id, Participant>;
			actions: CardActions | null;
			alone: Desk['alone'];
		}
	) {
		this.board = board;
		this.document = options.document;
		this.#mayWrite = options.mayWrite;
		this.notices = options.notices;
		this.actions = options.actions;
		this.alone = options.alone;
		this.#people = options.people;
		this.#tab = board.columns[0]!.id;
	}

	/** The column that a narrow screen shows. One that is no longer on the board gives way to the first. */
	get tab(): string {
		return this.board.columns.some(({ id }) => id === this.#tab) ? this.#tab : this.board.columns[0]!.id;
	}
	set tab(column: string) {
		this.#tab = column;
	}

	/** The server may have turned this page away: what would be written then could not arrive. A word of one's own that is begun at the reveal is written to its end. */
	get mayWrite(): boolean {
		return this.#mayWrite() && (this.document.status.connection !== 'ended' || (this.alone?.isRevealed ?? false));
	}

	get mayGroup(): boolean {
		return this.alone === null && this.mayWrite;
	}

	person(id: Id | null): Participant | null {
		return id === null ? null : (this.#people().get(id) ?? null);
	}

	/** The element of a card or group, null while it is not drawn. */
	element(id: Id): HTMLElement | null {
		return document.querySelector(`[data-item="${id}"]`);
	}

	/** Puts the focus on a card or group, wherever it is drawn after the last change. */
	async focus(id: Id | null): Promise<void> {
		if (id === null) return;
		this.board.select(id);
		await tick();
		const element = this.element(id);
		element?.focus({ preventScroll: true });
		element?.scrollIntoView({ block: 'nearest' });
	}

	write(id: Id, caret: [number, number] | null = null): void {
		if (!this.mayWrite) return;
		this.moving = false;
		this.board.write(id, caret);
	}

	/** Ends writing, with the focus on what was written. */
	async leave(): Promise<void> {
		const id = this.board.writing;
		if (id === null) return;
		this.board.leave();
		await this.focus(this.board.whereIs(id) ? id : this.board.current);
	}

	/** Opens a new card for writing: after the given one, or at the end of a column. */
	newCard(column: string, after: Id | null = null): void {
		if (!this.mayWrite) return;
		this.tab = column;
		this.board.leave();
		const where = after === null ? null : this.board.whereIs(after);
		const spot = where?.column === column ? { group: where.group, before: where.siblings[where.index + 1] ?? null } : {};
		this.write(this.board.create(column, spot));
	}

	remove(id: Id): void {
		if (!this.mayWrite || !this.board.card(id)) return;
		const where = this.board.whereIs(id);
		const next = where && (where.siblings[where.index + 1] ?? where.siblings[where.index - 1] ?? where.group);
		this.board.leave();
		this.board.remove(id);
		this.notices.show({ text: m.notice_deleted(), action: { name: m.bring_back(), run: () => this.bringBack(id) } });
		void this.focus(next ?? this.board.current);
	}

	bringBack(id: Id): void {
		this.board.bringBack(id);
		this.notices.say(m.said_brought_back());
		void this.focus(id);
	}

	/** Makes an action of a card, or shows the one that was made of it. */
	toAction(id: Id): void {
		const card = this.board.card(id);
		if (!this.actions || !card) return;
		const [made] = this.actions.of(id);
		if (made !== undefined) return this.actions.seek(made);
		const action = this.actions.makeOf(id, card.text);
		if (action === null) return;
		const { actions } = this;
		this.notices.show({ text: m.actions_made_notice(), action: { name: m.actions_show(), run: () => actions.seek(action) } });
	}

	undo(): void {
		this.board.undo();
	}

	redo(): void {
		this.board.redo();
	}

	/** Sends a card or group to the end of a column. */
	moveTo(id: Id, column: string): void {
		if (!this.mayWrite) return;
		this.board.move(id, { column, group: null, before: null });
		this.#moved(id);
	}

	/** Puts a card or group before another thing of a column or group. */
	put(id: Id, spot: { column: string; group: Id | null; before: Id | null }): void {
		if (!this.mayWrite) return;
		this.board.move(id, spot);
		this.#moved(id);
	}

	/** Moves a card or group by one place; sideways into the next column that way. A card at the edge of its group leaves it. */
	step(id: Id, direction: Direction): void {
		if (!this.mayWrite) return;
		const where = this.board.whereIs(id);
		if (!where) return;
		const { column, group, index, siblings } = where;
		if (direction === 'left' || direction === 'right') {
			const beside = this.#columnBeside(column, direction);
			if (beside) this.moveTo(id, beside);
		} else if (direction === 'up') {
			if (index > 0) this.put(id, { column, group, before: siblings[index - 1]! });
			else if (group !== null) this.put(id, { column, group: null, before: group });
			else this.#stepColumn(id, column, -1);
		} else {
			if (index < siblings.length - 1) this.put(id, { column, group, before: siblings[index + 2] ?? null });
			else if (group !== null) this.put(id, { column, group: null, before: this.#after(group) });
			else this.#stepColumn(id, column, 1);
		}
	}

	/** From now on arrows move the current card, or the focus again. */
	takeInHand(): void {
		if (!this.mayWrite) return;
		this.moving = !this.moving;
		if (this.moving) this.notices.say(m.said_moving());
	}

	/** Puts a card into one group with the next thing of its column. */
	joinNext(id: Id): void {
		if (!this.mayGroup || !this.board.card(id)) return;
		const where = this.board.whereIs(id);
		if (!where || where.group !== null) return;
		const next = where.siblings[where.index + 1] ?? where.siblings[where.index - 1];
		if (next !== undefined) this.join(id, next);
	}

	/** Puts a card into one group with a card, or into a group. */
	join(id: Id, onto: Id): void {
		if (!this.mayGroup) return;
		const group = this.board.group(onto);
		const target = group?.cards[0]?.id ?? onto;
		this.board.join(id, target);
		this.notices.say(m.said_joined());
		void this.focus(id);
	}

	/** Takes a card out of its group, to just after it; takes a whole group apart. */
	takeOut(id: Id): void {
		if (!this.mayWrite) return;
		const where = this.board.whereIs(id);
		if (!where) return;
		if (this.board.group(id)) {
			const first = this.board.group(id)!.cards[0]?.id ?? null;
			this.board.ungroup(id);
			this.notices.say(m.said_ungrouped());
			void this.focus(first);
		} else if (where.group !== null) this.put(id, { column: where.column, group: null, before: this.#after(where.group) });
	}

	/** Moves the focus to what lies that way on the screen. */
	look(direction: Direction): void {
		const { current } = this.board;
		if (current === null) return;
		const where = this.board.whereIs(current);
		if (!where) return;
		const list = this.#walk(where.column);
		const at = list.indexOf(current);
		if (direction === 'up' || direction === 'down') {
			const next = list[at + (direction === 'up' ? -1 : 1)];
			if (next !== undefined) return void this.focus(next);
			const beyond = this.#columnAcross(where.column, direction === 'up' ? -1 : 1);
			void this.focus((beyond && this.#walk(beyond).at(direction === 'up' ? -1 : 0)) ?? null);
		} else {
			const beside = this.#columnBeside(where.column, direction);
			const there = beside ? this.#walk(beside) : [];
			void this.focus(there[Math.min(at, there.length - 1)] ?? null);
		}
	}

	/** Moves the focus to a column: its first card, or its button for a new one. */
	async goTo(column: string): Promise<void> {
		this.tab = column;
		const [first] = this.#walk(column);
		if (first !== undefined) return this.focus(first);
		await tick();
		document.querySelector<HTMLElement>(`[data-column="${column}"] [data-add]`)?.focus();
	}

	/** Where a card or group is now, in words. */
	placeOf(id: Id): string {
		const where = this.board.whereIs(id);
		if (!where) return '';
		const column = this.board.columns.find(({ id }) => id === where.column)!;
		return m.said_place({ column: columnName(column), place: number(where.index + 1), of: number(where.siblings.length) });
	}

	#moved(id: Id): void {
		const where = this.board.whereIs(id);
		if (where) this.tab = where.column;
		this.notices.say(this.placeOf(id));
		void this.focus(id);
	}

	/** Groups and cards of a column in the order in which the eye meets them. */
	#walk(column: string): Id[] {
		const entries = this.board.columns.find(({ id }) => id === column)?.entries ?? [];
		return entries.flatMap((entry) => (entry.kind === 'card' ? [entry.id] : [entry.id, ...entry.group.cards.map(({ id }) => id)]));
	}

	#after(id: Id): Id | null {
		const where = this.board.whereIs(id);
		return where?.siblings[where.index + 1] ?? null;
	}

	/** From the end of a column into the one above or below it. */
	#stepColumn(id: Id, column: string, by: 1 | -1): void {
		const across = this.#columnAcross(column, by);
		if (!across) return;
		const first = this.board.columns.find((view) => view.id === across)?.entries[0]?.id ?? null;
		this.put(id, { column: across, group: null, before: by === 1 ? first : null });
	}

	/** How many columns lie beside each other; 1: they lie in one list. */
	#perRow(): number {
		const [first, ...others] = this.board.columns.map(({ id }) => document.querySelector(`[data-column="${id}"]`)?.getBoundingClientRect());
		const beside = others.filter((rect) => first && rect && rect.width > 0 && Math.abs(first.top - rect.top) < 1 && first.left !== rect.left);
		return beside.length + 1;
	}

	#columnAcross(column: string, by: 1 | -1): string | null {
		const ids = this.board.columns.map(({ id }) => id);
		return ids[ids.indexOf(column) + by * this.#perRow()] ?? null;
	}

	#columnBeside(column: string, direction: 'left' | 'right'): string | null {
		const ids = this.board.columns.map(({ id }) => id);
		const onwards = (direction === 'right') === (document.documentElement.dir === 'ltr') ? 1 : -1;
		const at = ids.indexOf(column);
		const perRow = this.#perRow();
		if (perRow > 1 && Math.floor(at / perRow) !== Math.floor((at + onwards) / perRow)) return null;
		return ids[at + onwards] ?? null;
	}
}

export const [desk, setDesk] = createContext<Desk>();
