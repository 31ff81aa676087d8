import { changeAction, createAction, writeAction } from '#realtime/board/actions-edits.ts';
import { readActions } from '#realtime/board/actions-read.ts';
import { decodeCaret, encodeCaret } from '#realtime/board/awareness.ts';
import { attachEvidence, createCard, groupCards, moveCard, moveGroup, removeEvidence, setDeleted, splice, ungroup, type Spot } from '#realtime/board/edits.ts';
import { byPlace, isPlace, placeBetween } from '#realtime/board/place.ts';
import { arrange, cardsOf, columnOf, deletedCards, readBoard, readCard, watchBoard } from '#realtime/board/read.ts';
import { applyBatch, sameState, stateOf } from '#realtime/board/replica.ts';
import { quadrants } from '#realtime/board/schema.ts';
import { seedBoard } from '#realtime/board/seed.ts';
import { undoOf } from '#realtime/board/undo.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { randomFrom } from '../support/random.ts';

const random = randomFrom(7);
const author = random.id();

function replica(): Y.Doc {
	const doc = new Y.Doc();
	doc.clientID = random.integer(2, 2 ** 31);
	return doc;
}

function card(doc: Y.Doc, text: string, spot: Partial<Spot> = {}): string {
	const id = random.id();
	createCard(doc, { id, author, createdAt: 1, column: 'strengths', group: null, before: null, ...spot });
	splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
	return id;
}

/** Everybody gets what the others have. */
function exchange(...docs: Y.Doc[]): void {
	const states = docs.map((doc) => stateOf(doc));
	for (const doc of docs) applyBatch(doc, states);
	for (const doc of docs) expect(sameState(doc, docs[0]!)).toBe(true);
}

/** A column as the texts in it, a group in brackets. */
const column = (doc: Y.Doc, name = 'strengths') =>
	arrange(readBoard(doc), [name])
		[name]!.map((entry) => (entry.kind === 'card' ? entry.card.text : `[${entry.cards.map(({ text }) => text).join(' ')}]`))
		.join(' ');

describe('cards', () => {
	test('BOARD-1 concurrent edits of one text both stay', () => {
		const [a, b] = [replica(), replica()];
		const id = card(a, 'قانون');
		exchange(a, b);
		splice(a, { card: id }, { at: 5, removed: 0, inserted: ' تعاون' });
		splice(b, { card: id }, { at: 0, removed: 0, inserted: 'اصلاح ' });
		exchange(a, b);
		expect(readCard(b, id)!.text).toBe('اصلاح قانون تعاون');
	});

	test('BOARD-2 whoever writes in a card that is moved, grouped or deleted meanwhile loses nothing', () => {
		const [a, b] = [replica(), replica()];
		const id = card(a, 'یک');
		const other = card(a, 'دو');
		exchange(a, b);
		moveCard(a, id, { column: 'threats', group: null, before: null });
		groupCards(a, id, other, random.id());
		setDeleted(a, id, true);
		splice(b, { card: id }, { at: 2, removed: 0, inserted: ' و نیم' });
		exchange(a, b);
		setDeleted(a, id, false);
		expect(readCard(a, id)).toMatchObject({ text: 'یک و نیم', deleted: false });
		expect(column(a)).toBe('[دو یک و نیم]');
	});

	test('BOARD-2 a card moved by two people at once lies in one place', () => {
		const [a, b] = [replica(), replica()];
		const id = card(a, 'یک');
		exchange(a, b);
		moveCard(a, id, { column: 'threats', group: null, before: null });
		moveCard(b, id, { column: 'weaknesses', group: null, before: null });
		exchange(a, b);
		expect(quadrants.filter((name) => column(a, name) === 'یک')).toHaveLength(1);
	});

	test('BOARD-3 a card goes exactly where it is put', () => {
		const doc = replica();
		const [one, , three] = ['1', '2', '3'].map((text) => card(doc, text));
		card(doc, '0', { before: one! });
		expect(column(doc)).toBe('0 1 2 3');
		moveCard(doc, three!, { column: 'strengths', group: null, before: one! });
		expect(column(doc)).toBe('0 3 1 2');
		moveCard(doc, one!, { column: 'strengths', group: null, before: null });
		expect(column(doc)).toBe('0 3 2 1');
	});

	test('BOARD-3 there is room between any two places, also between those two people chose at once', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(1_000), { maxLength: 60 }), (choices) => {
				const placed: { place: string; id: string }[] = [];
				for (const choice of choices) {
					const at = choice % (placed.length + 1);
					const [before, after] = [placed[at - 1]?.place ?? null, placed[at]?.place ?? null];
					// two at once, who do not see each other
					const two = [random.id(), random.id()].map((id) => ({ id, place: placeBetween(before, after, id) })).sort(byPlace);
					expect(two[0]!.place < two[1]!.place).toBe(true);
					placed.splice(at, 0, ...two);
				}
				expect([...placed].sort(byPlace)).toEqual(placed);
			})
		);
	});

	test('BOARD-3 places that are none count as the edge', () => {
		expect(placeBetween('', '!', 'abc')).toBe(placeBetween(null, null, 'abc'));
		expect(placeBetween('a1', 'a0', 'abc') > 'a1').toBe(true);
	});

	test('BOARD-3 whatever places are stored, one edits beside them, and what is written is a place', () => {
		const longest = `a0${'z'.repeat(limits.orderKeyUnits - 2)}`;
		const strange = fc.oneof(
			fc.constantFrom('', '!', 'a', 'a0é', 'a0\u4e00V', 'a10', `A${'0'.repeat(26)}`, `A${'0'.repeat(26)}1`, 'z'.repeat(27), 'z'.repeat(4_000), 'a0', longest),
			fc.constantFrom(
				`${longest.slice(0, -1)}y`,
				'a0V',
				'a0V1',
				`a0${'0'.repeat(500)}1`,
				`a0${'0'.repeat(500)}2`,
				`a0${'0'.repeat(limits.orderKeyUnits - 3)}1`
			),
			fc.string({ unit: 'binary', maxLength: 8 }),
			fc.string({ unit: fc.constantFrom('0', '1', 'V', 'Z', 'a', 'z'), maxLength: 30 })
		);
		fc.assert(
			fc.property(fc.array(strange, { minLength: 1, maxLength: 6 }), fc.nat(5), (places, choice) => {
				const doc = replica();
				const ids = places.map((place, i) => {
					const id = card(doc, `${i}`);
					(cardsOf(doc).get(id) as Y.Map<unknown>).set('place', place);
					return id;
				});
				const [grouped, onto] = [card(doc, 'x'), ids[choice % ids.length]!];
				const others = () =>
					column(doc)
						.split(' ')
						.filter((text) => text !== 'n' && text !== 'x')
						.join(' ');
				const before = others();
				const made = card(doc, 'n', { before: onto });
				moveCard(doc, grouped, { column: 'strengths', group: null, before: onto });
				expect(others()).toBe(before);
				expect([made, grouped].map((id) => readCard(doc, id)!.place).every(isPlace)).toBe(true);
				groupCards(doc, grouped, onto, random.id());
				const [group] = readBoard(doc).groups.values();
				expect(isPlace(group!.place)).toBe(true);
				moveGroup(doc, group!.id, { column: 'strengths', before: made });
				ungroup(doc, group!.id);
				expect(readBoard(doc).cards.size).toBe(places.length + 2);
			})
		);
	});

	test('BOARD-3 between two places with no room left, the place is that of a neighbour', () => {
		const lower = `a0${'0'.repeat(limits.orderKeyUnits - 3)}1`;
		const upper = `${lower.slice(0, -1)}2`;
		expect(placeBetween(lower, upper, 'abc')).toBe(lower);
		expect(placeBetween(null, lower, 'abc') < lower).toBe(true);
		expect(isPlace(placeBetween(upper, null, 'abc'))).toBe(true);
	});

	test('GATE-1 NUL and halves of letters are not written, wherever they are put in', () => {
		const doc = replica();
		const dirty = 'نو\0شته \ud83d😀\ude00';
		const id = card(doc, dirty);
		attachEvidence(doc, id, random.id(), { kind: 'link', url: 'https://a.ir/', title: dirty });
		moveCard(doc, id, { column: dirty, group: null, before: null });
		expect(readCard(doc, id)).toMatchObject({ text: 'نوشته 😀', column: 'نوشته 😀', evidence: [{ title: 'نوشته 😀' }] });
		createAction(doc, { id, author: id, createdAt: 1, origin: null, what: dirty, office: dirty });
		writeAction(doc, id, 'notes', dirty);
		expect(readActions(doc).get(id)).toMatchObject({ what: 'نوشته 😀', notes: 'نوشته 😀', office: 'نوشته 😀' });
		changeAction(doc, id, { office: `دفتر${dirty}` });
		expect(readActions(doc).get(id)).toMatchObject({ office: 'دفترنوشته 😀' });
	});

	test('BOARD-5 deleted cards are listed to be brought back, empty ones are not', () => {
		const doc = replica();
		const id = card(doc, 'یک');
		const empty = card(doc, ' ');
		setDeleted(doc, id, true);
		setDeleted(doc, empty, true);
		expect(column(doc)).toBe('');
		expect(deletedCards(readBoard(doc)).map(({ text }) => text)).toEqual(['یک']);
		setDeleted(doc, id, false);
		expect(column(doc)).toBe('یک');
	});

	test('BOARD-7 evidence is attached up to the limit, and removed', () => {
		const doc = replica();
		const id = card(doc, 'یک');
		for (let i = 0; i <= limits.evidencePerCard; i++) attachEvidence(doc, id, `${i}`.padStart(20, '0'), { kind: 'note', text: `${i}` });
		expect(readCard(doc, id)!.evidence).toHaveLength(limits.evidencePerCard);
		removeEvidence(doc, id, '0'.repeat(20));
		attachEvidence(doc, id, 'z', { kind: 'link', url: 'https://example.org/', title: '' });
		expect(readCard(doc, id)!.evidence.at(-1)).toEqual({ id: 'z', kind: 'link', url: 'https://example.org/', title: '' });
	});
});

describe('groups', () => {
	test('BOARD-4 grouping, joining, moving and taking apart', () => {
		const doc = replica();
		const [one, two, three] = ['1', '2', '3'].map((text) => card(doc, text));
		card(doc, '4');
		const group = random.id();
		groupCards(doc, three!, one!, group);
		expect(column(doc)).toBe('[1 3] 2 4');
		groupCards(doc, two!, three!, random.id());
		expect(column(doc)).toBe('[1 3 2] 4');
		moveGroup(doc, group, { column: 'threats', before: null });
		expect([column(doc), column(doc, 'threats')]).toEqual(['4', '[1 3 2]']);
		expect(columnOf(readBoard(doc), readCard(doc, one!)!)).toBe('threats');
		moveCard(doc, three!, { column: 'threats', group, before: one! });
		expect(column(doc, 'threats')).toBe('[3 1 2]');
		card(doc, '5', { column: 'threats' });
		ungroup(doc, group);
		expect(column(doc, 'threats')).toBe('3 1 2 5');
	});

	test('BOARD-4 a group whose cards are gone does not show', () => {
		const doc = replica();
		const [one, two] = ['1', '2'].map((text) => card(doc, text));
		groupCards(doc, two!, one!, random.id());
		setDeleted(doc, one!, true);
		setDeleted(doc, two!, true);
		expect(arrange(readBoard(doc), ['strengths']).strengths).toEqual([]);
	});
});

describe('undo', () => {
	test('BOARD-6 undoing the making of a card marks it, and keeps what others wrote in it', () => {
		const [a, b] = [replica(), replica()];
		const undo = undoOf(a);
		const id = card(a, 'من ');
		exchange(a, b);
		splice(b, { card: id }, { at: 3, removed: 0, inserted: 'و تو' });
		exchange(a, b);
		undo.undo();
		exchange(a, b);
		expect(readCard(b, id)).toMatchObject({ deleted: true, text: 'و تو' });
		undo.redo();
		exchange(a, b);
		expect(readCard(b, id)).toMatchObject({ deleted: false });
		expect(readCard(b, id)!.text).toContain('و تو');
	});

	test('BOARD-6 undo of a move does nothing once somebody else has moved the card', () => {
		const [a, b] = [replica(), replica()];
		const id = card(a, 'یک');
		exchange(a, b);
		const undo = undoOf(a);
		moveCard(a, id, { column: 'threats', group: null, before: null });
		exchange(a, b);
		moveCard(b, id, { column: 'weaknesses', group: null, before: null });
		exchange(a, b);
		undo.undo();
		exchange(a, b);
		expect(readCard(b, id)!.column).toBe('weaknesses');
	});

	test('BOARD-6 whatever one person undoes, the words of the other stay', () => {
		fc.assert(
			fc.property(fc.array(fc.record({ mine: fc.boolean(), at: fc.nat(100) }), { maxLength: 40 }), (strokes) => {
				const [a, b] = [replica(), replica()];
				const id = card(a, '');
				exchange(a, b);
				const undo = undoOf(a);
				let theirs = 0;
				for (const { mine, at } of strokes) {
					const text = readCard(a, id)!.text;
					splice(mine ? a : b, { card: id }, { at: at % (text.length + 1), removed: 0, inserted: mine ? 'm' : 't' });
					if (!mine) theirs++;
					undo.settle();
					exchange(a, b);
				}
				while (undo.canUndo) undo.undo();
				exchange(a, b);
				expect(readCard(b, id)!.text).toBe('t'.repeat(theirs));
			}),
			{ numRuns: 30 }
		);
	});
});

describe('reading', () => {
	test('BOARD-8 whatever a document holds, it can be read', () => {
		const doc = replica();
		const id = card(doc, 'یک');
		const cards = cardsOf(doc);
		doc.transact(() => {
			cards.set('a', 1);
			cards.set('b', new Y.Text('x'));
			const odd = new Y.Map<unknown>();
			for (const [key, value] of Object.entries({
				text: 'plain',
				column: 7,
				place: null,
				group: {},
				author: [],
				createdAt: 'soon',
				deleted: 'yes',
				evidence: 3
			}))
				odd.set(key, value);
			cards.set('c', odd);
		});
		const board = readBoard(doc);
		expect([...board.cards.keys()].sort()).toEqual(['c', id].sort());
		expect(board.cards.get('c')).toEqual({
			id: 'c',
			text: '',
			column: '',
			place: '',
			group: null,
			author: null,
			createdAt: null,
			deleted: false,
			evidence: []
		});
		expect(column(doc)).toBe('یک');
	});

	test('BOARD-8 a watcher hears which cards a change touched, once a change', () => {
		const doc = replica();
		const heard: string[][] = [];
		const id = card(doc, '');
		const stop = watchBoard(doc, (cards) => heard.push([...cards]));
		splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'x' });
		moveCard(doc, id, { column: 'threats', group: null, before: null });
		attachEvidence(doc, id, 'e', { kind: 'note', text: 'x' });
		stop();
		setDeleted(doc, id, true);
		expect(heard).toEqual([[id], [id], [id]]);
	});

	test('BOARD-10 a caret stays between the same letters', () => {
		const [a, b] = [replica(), replica()];
		const id = card(a, 'سلام');
		exchange(a, b);
		const caret = encodeCaret(a, id, 2);
		splice(b, { card: id }, { at: 0, removed: 0, inserted: '123' });
		expect(decodeCaret(b, id, caret)).toBe(5);
		expect(decodeCaret(b, card(b, 'x'), caret)).toBe(null);
		expect(decodeCaret(b, id, '{"type":1}')).toBe(null);
		expect(decodeCaret(b, id, 'no')).toBe(null);
	});
});

test('BOARD-9 a template gives the same bytes every time', () => {
	const template = quadrants.map((column, i) => ({ id: `${i}`.repeat(20), column, text: `عامل ${i}` }));
	const update = seedBoard(template);
	expect(seedBoard(template)).toEqual(update);
	expect(createHash('sha256').update(update).digest('hex').slice(0, 16)).toBe('2aa54e437f97d8ff');
	const doc = replica();
	applyBatch(doc, [update, seedBoard(template), update]);
	expect(readBoard(doc).cards.size).toBe(4);
	expect(column(doc, 'threats')).toBe('عامل 3');
});

describe('columns that come and go', () => {
	const columns = ['ideas', 'a'];
	const seen = (doc: Y.Doc, column: string) => arrange(readBoard(doc), columns, columns[0])[column]!.map((entry) => entry.id);

	test('BOARD-11 what lay in a column that is gone lies in the first, in order with what was there', () => {
		const doc = new Y.Doc();
		const [one, two, three, four] = ['01', '02', '03', '04'].map((end) => `000000000000000000${end}`) as [Id, Id, Id, Id];
		for (const [id, column] of [
			[one, 'ideas'],
			[two, 'gone'],
			[three, 'a'],
			[four, 'gone']
		] as const)
			createCard(doc, { id, author: id, createdAt: 1, column, group: null, before: null, columns: ['ideas', 'gone', 'a'] });
		expect(new Set(seen(doc, 'ideas'))).toEqual(new Set([one, two, four]));
		expect(seen(doc, 'a')).toEqual([three]);
		// they are put before and after each other like any others
		moveCard(doc, three, { column: 'ideas', group: null, before: four, columns });
		expect(seen(doc, 'ideas').indexOf(three)).toBe(seen(doc, 'ideas').indexOf(four) - 1);
		moveCard(doc, two, { column: 'a', group: null, before: null, columns });
		expect(seen(doc, 'a')).toEqual([two]);
		// the column comes back, and what was not moved is there again
		expect(arrange(readBoard(doc), ['ideas', 'gone', 'a'], 'ideas')['gone']!.map(({ id }) => id)).toEqual([four]);
	});

	test('BOARD-11 a group whose column is gone is moved, added to and taken apart like any other', () => {
		const doc = new Y.Doc();
		const [one, two, three, four, group] = ['01', '02', '03', '04', '05'].map((end) => `000000000000000000${end}`) as [Id, Id, Id, Id, Id];
		for (const id of [one, two, three]) createCard(doc, { id, author: id, createdAt: 1, column: 'gone', group: null, before: null });
		createCard(doc, { id: four, author: four, createdAt: 1, column: 'ideas', group: null, before: null, columns });
		groupCards(doc, two, one, group);
		expect(seen(doc, 'ideas')).toEqual(expect.arrayContaining([group, three, four]));
		// within the group, as it is seen
		moveCard(doc, three, { column: 'ideas', group, before: two, columns });
		const entry = () => arrange(readBoard(doc), columns, 'ideas')['ideas']!.find(({ id }) => id === group);
		expect(entry()).toMatchObject({ cards: [{ id: one }, { id: three }, { id: two }] });
		moveGroup(doc, group, { column: 'ideas', before: null, columns });
		expect(seen(doc, 'ideas')).toEqual([four, group]);
		moveGroup(doc, group, { column: 'ideas', before: four, columns });
		ungroup(doc, group, columns);
		expect(seen(doc, 'ideas')).toEqual([one, three, two, four]);
	});
});
