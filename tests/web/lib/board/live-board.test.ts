import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { LiveBoard } from '#lib/board/live-board.svelte.ts';
import { applied, type Delta } from '#lib/board/text-delta.ts';
import { createCard, moveCard, setDeleted, splice } from '#realtime/board/edits.ts';
import { seedBoard } from '#realtime/board/seed.ts';
import { quadrants } from '#realtime/board/schema.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import type { LinkStatus } from '#realtime/client/link-status.ts';
import type { Presence } from '#realtime/board/awareness.ts';

const id = (name: string) => name.padEnd(20, '0');
const me = id('me');
const online: LinkStatus = { connection: 'online', reason: null, opened: true, unsaved: 0, unsavedSince: null, words: [], damage: null, halfFull: false };

/** A page on a board of three seeded cards, and somebody else's replica of it that follows at once. */
function open() {
	const doc = new Y.Doc();
	const other = new Y.Doc();
	doc.on('update', (update: Uint8Array, origin: unknown) => origin !== other && Y.applyUpdate(other, update, doc));
	other.on('update', (update: Uint8Array, origin: unknown) => origin !== doc && Y.applyUpdate(doc, update, other));
	Y.applyUpdate(
		doc,
		seedBoard([
			{ id: id('a'), column: 'strengths', text: 'یک' },
			{ id: id('b'), column: 'strengths', text: 'دو' },
			{ id: id('c'), column: 'threats', text: 'سه' }
		])
	);
	const told: Presence[] = [];
	const link: BoardLink = {
		document: id('board'),
		doc,
		status: online,
		presence: { others: () => [], set: (presence) => void told.push(presence), watch: () => () => {} },
		watch: () => () => {},
		drop: () => {},
		retry: () => {},
		resume: () => {},
		dropWords: () => {},
		close: () => {}
	};
	const board = new LiveBoard(link, { columns: quadrants.map((id) => ({ id, title: null })), me });
	const lies = (column: string) =>
		board.columns
			.find((view) => view.id === column)!
			.entries.map((entry) => (entry.kind === 'card' ? entry.card.text : entry.group.cards.map((card) => card.text)));
	return { board, other, told, lies };
}

describe('following', () => {
	test('what others do shows, and only what changed is touched', () => {
		const { board, other, lies } = open();
		const entries = board.columns.map((column) => column.entries);
		splice(other, { card: id('a') }, { at: 2, removed: 0, inserted: '!' });
		expect(board.card(id('a'))!.text).toBe('یک!');
		expect(board.columns.map((column) => column.entries)).toEqual(entries);
		const weaknesses = board.columns[1]!.entries;
		moveCard(other, id('a'), { column: 'threats', group: null, before: id('c') });
		expect(lies('threats')).toEqual(['یک!', 'سه']);
		expect(lies('strengths')).toEqual(['دو']);
		expect(board.columns[1]!.entries).toBe(weaknesses);
	});

	test('what others did is told once, and own edits are not', () => {
		const { board, other } = open();
		board.move(id('a'), { column: 'threats', group: null, before: null });
		board.remove(id('b'));
		createCard(other, { id: id('d'), author: id('they'), createdAt: 1, column: 'threats', group: null, before: null });
		splice(other, { card: id('d') }, { at: 0, removed: 0, inserted: 'چهار' });
		moveCard(other, id('c'), { column: 'strengths', group: null, before: null });
		setDeleted(other, id('c'), true);
		expect(board.takeHappenings()).toEqual({ written: 1, moved: 1, removed: 1 });
		expect(board.takeHappenings()).toEqual({ written: 0, moved: 0, removed: 0 });
	});

	test('deleted cards can be found and brought back', () => {
		const { board, lies } = open();
		board.remove(id('a'));
		expect(board.deleted.map(({ text }) => text)).toEqual(['یک']);
		expect(lies('strengths')).toEqual(['دو']);
		board.bringBack(id('a'));
		expect(board.deleted).toEqual([]);
		expect(lies('strengths')).toEqual(['یک', 'دو']);
	});
});

describe('writing', () => {
	test('a card that was left without a word is taken away, one with a word stays', () => {
		const { board, lies } = open();
		const empty = board.create('threats');
		board.write(empty);
		board.leave();
		expect(lies('threats')).toEqual(['سه']);
		const card = board.create('threats');
		board.write(card);
		board.sharedText({ card }).splice({ at: 0, removed: 0, inserted: 'چهار' });
		board.leave();
		expect(lies('threats')).toEqual(['سه', 'چهار']);
		expect(board.deleted).toEqual([]);
	});

	test('the others are told where one writes, and when one leaves', () => {
		const { board, told } = open();
		board.write(id('a'));
		board.caretAt(id('a'), 1, 1);
		board.leave();
		expect(told.map(({ card }) => card)).toEqual([id('a'), id('a'), null]);
		expect(told[1]!.caret).not.toBeNull();
	});

	test('writing goes on when somebody moves the card, and ends when somebody deletes it', () => {
		const { board, other } = open();
		board.write(id('a'));
		moveCard(other, id('a'), { column: 'threats', group: null, before: null });
		expect(board.writing).toBe(id('a'));
		setDeleted(other, id('a'), true);
		expect(board.writing).toBeNull();
	});

	test('a shared text tells what others wrote as a delta', () => {
		const { board, other } = open();
		const seen: Delta[] = [];
		const stop = board.sharedText({ card: id('a') }).watch((delta) => seen.push(delta));
		splice(other, { card: id('a') }, { at: 1, removed: 1, inserted: 'xy' });
		stop();
		splice(other, { card: id('a') }, { at: 0, removed: 0, inserted: 'z' });
		expect(seen).toHaveLength(1);
		expect(applied('یک', seen[0]!)).toBe('یxy');
	});
});

describe('taking back', () => {
	test('one’s own edit, and never another’s', () => {
		const { board, other, lies } = open();
		board.move(id('a'), { column: 'threats', group: null, before: null });
		splice(other, { card: id('a') }, { at: 0, removed: 0, inserted: '۱ ' });
		expect(board.canUndo).toBe(true);
		board.undo();
		expect(lies('strengths')).toEqual(['۱ یک', 'دو']);
		expect(board.canUndo).toBe(false);
		board.redo();
		expect(lies('threats')).toEqual(['سه', '۱ یک']);
	});

	test('each command by itself, however fast they follow', () => {
		const { board, lies } = open();
		board.move(id('a'), { column: 'threats', group: null, before: null });
		board.join(id('b'), id('c'));
		expect(lies('threats')).toEqual([['سه', 'دو'], 'یک']);
		board.undo();
		expect(lies('threats')).toEqual(['سه', 'یک']);
		board.undo();
		expect(lies('strengths')).toEqual(['یک', 'دو']);
	});
});

test('the place where Tab enters follows what is there', () => {
	const { board } = open();
	expect(board.current).toBe(id('a'));
	expect(board.card(id('a'))!.current).toBe(true);
	board.remove(id('a'));
	expect(board.current).toBe(id('b'));
	expect(board.whereIs(id('c'))).toEqual({ column: 'threats', group: null, index: 0, siblings: [id('c')] });
});
