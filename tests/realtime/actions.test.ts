import { changeAction, createAction, handOverActions, moveAction, setActionDeleted, spliceAction, writeAction } from '#realtime/board/actions-edits.ts';
import { actionsOf, actionTextOf, arrangeActions, readAction, readActions, watchActions, type ActionChange } from '#realtime/board/actions-read.ts';
import { byHand } from '#realtime/board/edits.ts';
import { ActionGuard } from '#realtime/board/touched.ts';
import { undoOfActions } from '#realtime/board/undo.ts';
import { wellFormed } from '#realtime/board/well-formed.ts';
import { isDay } from '#realtime/meeting/days.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { randomFrom } from '../support/random.ts';

const random = randomFrom(5);
const [me, other, third] = [random.id(), random.id(), random.id()];

const make = (doc: Y.Doc, author: Id = me, values: Partial<Parameters<typeof createAction>[1]> = {}): Id => {
	const id = random.id();
	createAction(doc, { id, author, createdAt: 1, origin: null, ...values });
	return id;
};
const sync = (a: Y.Doc, b: Y.Doc) => {
	const [fromA, fromB] = [Y.encodeStateAsUpdate(a, Y.encodeStateVector(b)), Y.encodeStateAsUpdate(b, Y.encodeStateVector(a))];
	Y.applyUpdate(b, fromA);
	Y.applyUpdate(a, fromB);
};

describe('what an action does', () => {
	test('ACTION-1 two people change different things of one action at once, and both stay', () => {
		const [a, b] = [new Y.Doc(), new Y.Doc()];
		const id = make(a, me, { what: 'گزارش' });
		sync(a, b);
		changeAction(a, id, { due: '2026-12-01' });
		spliceAction(a, id, 'what', { at: 5, removed: 0, inserted: ' فصلی' });
		changeAction(b, id, { person: other, state: 'doing' });
		spliceAction(b, id, 'what', { at: 0, removed: 0, inserted: 'تهیهٔ ' });
		spliceAction(b, id, 'notes', { at: 0, removed: 0, inserted: 'با دبیرخانه' });
		sync(a, b);
		expect(readAction(a, id)).toEqual(readAction(b, id));
		expect(readAction(a, id)).toMatchObject({
			what: 'تهیهٔ گزارش فصلی',
			due: '2026-12-01',
			person: other,
			state: 'doing',
			notes: 'با دبیرخانه',
			author: me,
			deleted: false
		});
	});

	test('ACTION-1 a text that is set as a whole leaves what is the same to whoever wrote it', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 12 }), (before, after) => {
				const doc = new Y.Doc();
				const id = make(doc, me, { what: before });
				writeAction(doc, id, 'what', after);
				expect(readAction(doc, id)!.what).toBe(wellFormed(after));
			})
		);
		const doc = new Y.Doc();
		const id = make(doc, me, { what: 'a😀b' });
		const deltas: unknown[] = [];
		actionTextOf(doc, id, 'what')!.observe(({ delta }) => deltas.push(delta));
		writeAction(doc, id, 'what', 'a😃b');
		expect(deltas).toEqual([[{ retain: 1 }, { delete: 2 }, { insert: '😃' }]]);
	});

	test('ACTION-2 a person takes the place of an office, and the other way round', () => {
		const doc = new Y.Doc();
		const id = make(doc, me, { office: 'دفتر یزد' });
		changeAction(doc, id, { person: other });
		expect(readAction(doc, id)).toMatchObject({ person: other, office: null });
		changeAction(doc, id, { office: 'دبیرخانه' });
		expect(readAction(doc, id)).toMatchObject({ person: null, office: 'دبیرخانه' });
		changeAction(doc, id, { office: null });
		expect(readAction(doc, id)).toMatchObject({ person: null, office: null });
	});

	test('ACTION-3 deleted and brought back with what was written meanwhile; undoing its making hides it', () => {
		const doc = new Y.Doc();
		const undo = undoOfActions(doc);
		const id = make(doc);
		undo.settle();
		Y.transact(doc, () => actionTextOf(doc, id, 'what')!.insert(0, 'theirs'), 'somebody else');
		setActionDeleted(doc, id, true);
		undo.settle();
		undo.undo();
		expect(readAction(doc, id)).toMatchObject({ deleted: false, what: 'theirs' });
		undo.undo();
		expect(readAction(doc, id)).toMatchObject({ deleted: true, what: 'theirs' });
		undo.redo();
		expect(readAction(doc, id)!.deleted).toBe(false);
		undo.destroy();
	});

	test('ACTION-3 actions lie in one order, and moving changes the place alone', () => {
		const doc = new Y.Doc();
		const [a, b, c] = [make(doc), make(doc), make(doc)];
		const order = () => arrangeActions(readActions(doc).values()).map(({ id }) => id);
		expect(order()).toEqual([a, b, c]);
		moveAction(doc, c, a);
		expect(order()).toEqual([c, a, b]);
		moveAction(doc, c, null);
		expect(order()).toEqual([a, b, c]);
	});

	test('ACTION-4 whatever a document holds, it can be read', () => {
		const anything = fc.oneof(fc.anything({ withNullPrototype: false }).filter(storable), fc.constantFrom('2026-02-30', '2026-12-01', 'done', '', me));
		fc.assert(
			fc.property(
				fc.dictionary(fc.string(), fc.dictionary(fc.constantFrom('what', 'person', 'office', 'due', 'state', 'place', 'origin', 'createdAt'), anything)),
				(shape) => {
					const doc = new Y.Doc();
					for (const [key, values] of Object.entries(shape)) {
						const map = new Y.Map<unknown>();
						for (const [name, value] of Object.entries(values)) map.set(name, value);
						actionsOf(doc).set(key, key.length % 3 === 0 ? 'no map' : map);
					}
					for (const action of readActions(doc).values()) {
						expect(action.due === null || isDay(action.due)).toBe(true);
						expect(['open', 'doing', 'done', 'dropped']).toContain(action.state);
					}
					arrangeActions(readActions(doc).values());
				}
			)
		);
		expect(['2026-02-29', '2024-02-30', '2026-13-01', '2026-1-1', '', null, 'x'].filter(isDay)).toEqual([]);
		expect(isDay('2024-02-29')).toBe(true);
	});

	test('ACTION-7 what a transaction changed is told, with who wrote it', () => {
		const [doc, page] = [new Y.Doc(), new Y.Doc()];
		[doc.clientID, page.clientID] = [7, 8];
		const told: ActionChange[][] = [];
		watchActions(doc, (_ids, changes) => told.push(changes));
		const id = make(doc, me, { what: 'گزارش' });
		expect(told).toEqual([
			[{ action: id, field: 'what', before: null, after: 'گزارش', client: 7 }],
			[{ action: id, field: 'deleted', before: 'true', after: 'false', client: 7 }]
		]);
		told.length = 0;
		Y.applyUpdate(page, Y.encodeStateAsUpdate(doc));
		changeAction(page, id, { person: other, due: '2026-12-01' });
		spliceAction(page, id, 'what', { at: 5, removed: 0, inserted: ' ماه' });
		sync(page, doc);
		expect(told.flat().sort((a, b) => (a.field < b.field ? -1 : 1))).toEqual([
			{ action: id, field: 'due', before: null, after: '2026-12-01', client: 8 },
			{ action: id, field: 'what', before: 'گزارش', after: 'گزارش ماه', client: 8 },
			{ action: id, field: 'who', before: null, after: other, client: 8 }
		]);
		told.length = 0;
		// of a mere deletion nobody says whose it is; of a place there is no history
		spliceAction(doc, id, 'what', { at: 0, removed: 1, inserted: '' });
		moveAction(doc, id, null);
		expect(told.flat()).toEqual([{ action: id, field: 'what', before: 'گزارش ماه', after: 'زارش ماه', client: null }]);
	});

	test('ACTION-9 what is still to do goes to somebody else, and what is done stays', () => {
		const doc = new Y.Doc();
		const [open, done, theirs] = [make(doc, me, { person: me }), make(doc, me, { person: me, state: 'done' }), make(doc, me, { person: third })];
		handOverActions(doc, me, other);
		expect([open, done, theirs].map((id) => readAction(doc, id)!.person)).toEqual([other, me, third]);
		handOverActions(doc, other, null);
		expect(readAction(doc, open)!.person).toBe(null);
	});
});

const storable = (value: unknown): boolean => {
	try {
		return value !== undefined && typeof value !== 'symbol' && JSON.stringify(value) !== undefined && !JSON.stringify(value).includes('__proto__');
	} catch {
		return false;
	}
};

describe('whose an action is', () => {
	/** A document with an action of everybody's, a page of mine that has it, and the guard before it. */
	function stage() {
		const doc = new Y.Doc();
		const ids = {
			mine: make(doc, me, { what: 'mine' }),
			given: make(doc, other, { person: me, what: 'given to me' }),
			nobodys: make(doc, other, { what: 'nobody’s' }),
			theirs: make(doc, other, { person: other, what: 'theirs' }),
			offices: make(doc, other, { office: 'دفتر یزد', what: 'an office’s' })
		};
		const page = new Y.Doc();
		Y.applyUpdate(page, Y.encodeStateAsUpdate(doc));
		const guard = new ActionGuard(doc);
		const updates: Uint8Array[] = [];
		page.on('update', (update: Uint8Array) => updates.push(update));
		/** what the page did, as one update */
		const sent = (change: (page: Y.Doc) => void) => {
			updates.length = 0;
			change(page);
			return Y.mergeUpdates(updates.splice(0));
		};
		return { doc, ids, page, guard, sent, judged: (change: (page: Y.Doc) => void) => guard.judge(sent(change), me) };
	}

	test('ACTION-5 a member changes their own, what is given to them and what is nobody’s, and takes it', () => {
		for (const name of ['mine', 'given', 'nobodys'] as const) {
			const { ids, judged } = stage();
			expect(judged((page) => changeAction(page, ids[name], { state: 'done', due: '2026-12-01' }))).toBe(null);
			expect(judged((page) => spliceAction(page, ids[name], 'what', { at: 0, removed: 1, inserted: 'x' }))).toBe(null);
			expect(judged((page) => changeAction(page, ids[name], { person: me }))).toBe(null);
			expect(judged((page) => setActionDeleted(page, ids[name], true))).toBe(null);
		}
	});

	test('ACTION-5 an edit that touches another’s action is refused, whatever else is in it', () => {
		const edits: ((page: Y.Doc, id: Id) => void)[] = [
			(page, id) => changeAction(page, id, { state: 'done' }),
			(page, id) => changeAction(page, id, { person: me }),
			(page, id) => spliceAction(page, id, 'what', { at: 0, removed: 0, inserted: 'x' }),
			(page, id) => spliceAction(page, id, 'what', { at: 0, removed: 2, inserted: '' }),
			(page, id) => spliceAction(page, id, 'notes', { at: 0, removed: 0, inserted: 'x' }),
			(page, id) => setActionDeleted(page, id, true),
			(page, id) => moveAction(page, id, [...readActions(page).keys()][0]!),
			(page, id) => actionsOf(page).delete(id),
			(page, id) => actionsOf(page).set(id, new Y.Map()),
			(page, id) => (actionsOf(page).get(id) as Y.Map<unknown>).set('author', me),
			(page, id) => (actionsOf(page).get(id) as Y.Map<unknown>).set('unknown', new Y.Map([['deep', 1]])),
			(page, id) => (actionsOf(page).get(id) as Y.Map<unknown>).delete('due')
		];
		for (const edit of edits) {
			for (const name of ['theirs', 'offices'] as const) {
				const { ids, judged } = stage();
				expect(
					judged((page) => edit(page, ids[name])),
					`${edit} ${name}`
				).toBe('not-own');
			}
			const { ids, judged } = stage();
			expect(
				judged((page) => {
					changeAction(page, ids.mine, { state: 'doing' });
					make(page);
					edit(page, ids.theirs);
				}),
				`${edit}, among others`
			).toBe('not-own');
		}
	});

	test('ACTION-5 what is judged next knows what was taken in before, in the same batch and in the next', () => {
		const { doc, ids, guard, sent } = stage();
		const made = sent((page) => void make(page, me, { what: 'offline', person: other }));
		const id = [...readActions(docOf(doc, made)).keys()].find((id) => !readActions(doc).has(id))!;
		const written = sent((page) => spliceAction(page, id, 'what', { at: 0, removed: 0, inserted: 'written ' }));
		const taken = sent((page) => changeAction(page, ids.nobodys, { person: me }));
		const changed = sent((page) => changeAction(page, ids.nobodys, { state: 'doing' }));
		for (const update of [made, written, taken, changed]) expect(guard.judge(update, me)).toBe(null);
		// the other's page has seen that it is taken
		const theirs = docOf(doc, made, written, taken, changed);
		const before = Y.encodeStateVector(theirs);
		changeAction(theirs, ids.nobodys, { state: 'done' });
		expect(guard.judge(Y.encodeStateAsUpdate(theirs, before), third)).toBe('not-own');
		// what was refused has left no trace
		expect(
			guard.judge(
				sent((page) => changeAction(page, ids.nobodys, { state: 'open' })),
				me
			)
		).toBe(null);
		Y.applyUpdate(doc, Y.mergeUpdates([made, written, taken, changed]));
		guard.committed(Y.mergeUpdates([made, written, taken, changed]));
		expect(
			guard.judge(
				sent((page) => spliceAction(page, id, 'notes', { at: 0, removed: 0, inserted: 'x' })),
				me
			)
		).toBe(null);
	});

	test('ACTION-5 undo and a page’s answer with everything it has are honest traffic', () => {
		const { doc, ids, guard, page, sent } = stage();
		const undo = undoOfActions(page);
		const updates = [
			sent(() => changeAction(page, ids.nobodys, { state: 'done' })),
			sent(() => undo.undo()),
			sent(() => undo.redo()),
			sent(() => spliceAction(page, ids.mine, 'what', { at: 0, removed: 4, inserted: 'ours' })),
			sent(() => undo.undo())
		];
		for (const update of updates) expect(guard.judge(update, me)).toBe(null);
		Y.applyUpdate(doc, Y.mergeUpdates(updates));
		guard.committed(Y.mergeUpdates(updates));
		setActionDeleted(doc, ids.theirs, true);
		Y.applyUpdate(page, Y.encodeStateAsUpdate(doc));
		expect(new ActionGuard(doc).judge(Y.encodeStateAsUpdate(page), me)).toBe(null);
		undo.destroy();
	});

	test('ACTION-6 a new action is its writer’s, under an id, and its beginning is written once', () => {
		const forged: ((page: Y.Doc, ids: ReturnType<typeof stage>['ids']) => void)[] = [
			(page) => void make(page, other),
			(page) => void make(page, me, { id: 'x' }),
			(page) => actionsOf(page).set(random.id(), 'no action'),
			(page) => actionsOf(page).set(random.id(), new Y.Map()),
			(page, { mine }) => (actionsOf(page).get(mine) as Y.Map<unknown>).set('author', other),
			(page, { mine }) => (actionsOf(page).get(mine) as Y.Map<unknown>).set('createdAt', 2),
			(page, { mine }) => (actionsOf(page).get(mine) as Y.Map<unknown>).set('origin', { meeting: me }),
			(page, { nobodys }) => (actionsOf(page).get(nobodys) as Y.Map<unknown>).set('author', me),
			(page, { mine }) => actionsOf(page).delete(mine),
			(page) => page.getText('actions').insert(0, 'a list in the root')
		];
		for (const forge of forged) {
			const { ids, judged } = stage();
			// as a page that holds nothing would put it together
			expect(
				judged((page) => page.transact(() => forge(page, ids), byHand)),
				String(forge)
			).toBe('forged');
		}
	});

	test('ACTION-5 who may change everything is not judged, and what they change is known', () => {
		const { doc, ids, guard, sent } = stage();
		expect(
			guard.judge(
				sent((page) => changeAction(page, ids.mine, { state: 'doing' })),
				me
			)
		).toBe(null);
		const all = docOf(doc);
		const before = Y.encodeStateVector(all);
		changeAction(all, ids.nobodys, { person: third });
		guard.take(Y.encodeStateAsUpdate(all, before));
		expect(
			guard.judge(
				sent((page) => changeAction(page, ids.nobodys, { state: 'doing' })),
				me
			)
		).toBe('not-own');
		expect(
			guard.judge(
				sent((page) => changeAction(page, ids.given, { state: 'doing' })),
				me
			)
		).toBe(null);
	});
});

function docOf(doc: Y.Doc, ...updates: Uint8Array[]): Y.Doc {
	const copy = new Y.Doc();
	for (const update of [Y.encodeStateAsUpdate(doc), ...updates]) Y.applyUpdate(copy, update);
	return copy;
}
