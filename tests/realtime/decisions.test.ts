import { changeDecision, createDecision, moveDecision, setDecisionDeleted, spliceDecision } from '#realtime/board/decisions-edits.ts';
import { arrangeDecisions, decisionsOf, decisionTextOf, readDecision, readDecisions, watchDecisions } from '#realtime/board/decisions-read.ts';
import { createCard } from '#realtime/board/edits.ts';
import { undoOf, undoOfDecisions } from '#realtime/board/undo.ts';
import { readCard } from '#realtime/board/read.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { randomFrom } from '../support/random.ts';

/** How decisions are worded, in the document of an activity. */

const random = randomFrom(29);
const [me, other, card, mandate] = [random.id(), random.id(), random.id(), random.id()];

const make = (doc: Y.Doc, values: Partial<Parameters<typeof createDecision>[1]> = {}): Id => {
	const id = random.id();
	createDecision(doc, { id, author: me, createdAt: 1, card: null, ...values });
	return id;
};
const sync = (a: Y.Doc, b: Y.Doc) => {
	const [fromA, fromB] = [Y.encodeStateAsUpdate(a, Y.encodeStateVector(b)), Y.encodeStateAsUpdate(b, Y.encodeStateVector(a))];
	Y.applyUpdate(b, fromA);
	Y.applyUpdate(a, fromB);
};

test('DECIDE-1 two people change different things of one decision at once, and both stay', () => {
	const [a, b] = [new Y.Doc(), new Y.Doc()];
	const id = make(a, { card, text: 'دفترها بازرسی شوند' });
	sync(a, b);
	changeDecision(a, id, { due: '2027-01-31', mandate });
	spliceDecision(a, id, { at: 18, removed: 0, inserted: '؛ هر فصل' });
	changeDecision(b, id, { person: other });
	spliceDecision(b, id, { at: 0, removed: 0, inserted: 'همهٔ ' });
	sync(a, b);
	expect(readDecision(a, id)).toEqual(readDecision(b, id));
	expect(readDecision(a, id)).toMatchObject({
		text: 'همهٔ دفترها بازرسی شوند؛ هر فصل',
		...{ person: other, office: null, due: '2027-01-31', mandate, card, author: me, createdAt: 1, deleted: false }
	});
});

test('DECIDE-1 a person takes the place of an office, and the other way round', () => {
	const doc = new Y.Doc();
	const id = make(doc, { office: 'دفتر یزد' });
	changeDecision(doc, id, { person: other });
	expect(readDecision(doc, id)).toMatchObject({ person: other, office: null });
	changeDecision(doc, id, { office: 'دبیرخانه' });
	expect(readDecision(doc, id)).toMatchObject({ person: null, office: 'دبیرخانه' });
	changeDecision(doc, id, { office: null });
	expect(readDecision(doc, id)).toMatchObject({ person: null, office: null });
});

test('DECIDE-2 deleted and brought back with what was written meanwhile; undoing its making hides it, and touches no card', () => {
	const doc = new Y.Doc();
	const [undo, ofBoard] = [undoOfDecisions(doc), undoOf(doc)];
	createCard(doc, { id: card, author: me, createdAt: 1, column: 'ideas', group: null, before: null });
	ofBoard.settle();
	const id = make(doc, { card });
	undo.settle();
	Y.transact(doc, () => decisionTextOf(doc, id)!.insert(0, 'theirs'), 'somebody else');
	setDecisionDeleted(doc, id, true);
	undo.settle();
	undo.undo();
	expect(readDecision(doc, id)).toMatchObject({ deleted: false, text: 'theirs' });
	undo.undo();
	expect(readDecision(doc, id)).toMatchObject({ deleted: true, text: 'theirs' });
	expect(readCard(doc, card)!.deleted).toBe(false);
	undo.redo();
	ofBoard.undo();
	expect([readDecision(doc, id)!.deleted, readCard(doc, card)!.deleted]).toEqual([false, true]);
});

test('DECIDE-2 decisions lie in one order, moving changes the place alone, and changes are told by decision', () => {
	const doc = new Y.Doc();
	const [a, b, c] = [make(doc), make(doc), make(doc)];
	const order = () => arrangeDecisions(readDecisions(doc).values()).map(({ id }) => id);
	const told: Id[][] = [];
	const stop = watchDecisions(doc, (ids) => told.push([...ids]));
	moveDecision(doc, c, a);
	expect(order()).toEqual([c, a, b]);
	moveDecision(doc, c, null);
	expect(order()).toEqual([a, b, c]);
	spliceDecision(doc, b, { at: 0, removed: 0, inserted: 'x' });
	expect(told).toEqual([[c], [c], [b]]);
	stop();
	spliceDecision(doc, b, { at: 0, removed: 0, inserted: 'x' });
	expect(told).toHaveLength(3);
});

test('DECIDE-2 whatever a document holds, it can be read', () => {
	const anything = fc.oneof(fc.jsonValue(), fc.constantFrom('2026-02-30', '2026-12-01', '', me));
	fc.assert(
		fc.property(
			fc.dictionary(fc.string(), fc.dictionary(fc.constantFrom('text', 'person', 'office', 'due', 'mandate', 'card', 'place', 'createdAt'), anything)),
			(shape) => {
				const doc = new Y.Doc();
				for (const [key, values] of Object.entries(shape)) {
					const map = new Y.Map<unknown>();
					for (const [name, value] of Object.entries(values)) map.set(name, value);
					decisionsOf(doc).set(key, key.length % 3 === 0 ? 'no map' : map);
				}
				for (const { due, person } of arrangeDecisions(readDecisions(doc).values())) {
					expect([null, '2026-12-01']).toContain(due);
					expect([null, me]).toContain(person);
				}
			}
		)
	);
});
