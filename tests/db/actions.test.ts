import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { changeAction, createAction, setActionDeleted, spliceAction } from '#realtime/board/actions-edits.ts';
import { readAction, readActions, watchActions, type Action, type ActionChange } from '#realtime/board/actions-read.ts';
import { changeAs } from '#realtime/board/replica.ts';
import { actionStates } from '#realtime/board/schema.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { LoggedChange } from '#realtime/server/ports.ts';
import { documentsOf, rebuildActions } from '#db/projections/rebuild.ts';
import { addDocument, addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';
import { randomFrom } from '../support/random.ts';

const action = (fields: Partial<Action> = {}): Action => ({
	id: newId(),
	what: 'گزارش',
	person: null,
	office: null,
	due: null,
	state: 'open',
	place: 'a0',
	origin: null,
	notes: '',
	author: null,
	createdAt: null,
	deleted: false,
	...fields
});

for (const { name, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`actions on ${name}${missing === null ? '' : ` (${missing})`}`, { timeout: 60_000 }, () => {
		let test: TestDatabase;
		beforeAll(async () => (test = await start()), 60_000);
		beforeEach(() => clear(test.database));
		afterAll(() => test?.stop());

		/** a document with rows in its log, so that there is something to follow */
		async function documentWith(rows: number): Promise<Id> {
			const document = await addDocument(test.database, 'actions');
			await test.database.documents.append(Array.from({ length: rows }, () => ({ document, update: new Uint8Array() })));
			return document;
		}
		const thinkTankOf = async (document: Id): Promise<Id> =>
			(await test.database.connection.run(({ sql: raw }) => raw<{ id: Id }[]>`select think_tank_id as id from documents where id = ${document}`))[0]!.id;
		const everything = (thinkTank: Id) => test.database.actions.list(thinkTank, { sort: 'place', descending: false, from: 0, count: 100 });

		it('ACTION-7 show an action as it stands, and never go back', async () => {
			const document = await documentWith(3);
			const thinkTank = await thinkTankOf(document);
			const person = await addPerson(test.database);
			const one = action({
				person,
				due: '2026-12-01',
				origin: { meeting: newId(), document: newId(), card: newId(), decision: newId() },
				author: person,
				createdAt: 5
			});
			await test.database.actions.project(document, 2, [{ action: one, at: 1_000 }], []);
			const row = {
				documentId: document,
				thinkTankId: thinkTank,
				actionId: one.id,
				what: 'گزارش',
				notes: '',
				personId: person,
				office: null,
				due: '2026-12-01',
				state: 'open',
				place: 'a0',
				originMeetingId: one.origin!.meeting,
				originDocumentId: one.origin!.document,
				originCardId: one.origin!.card,
				originDecisionId: one.origin!.decision,
				originActivityId: null,
				authorId: person,
				deleted: false,
				createdAt: 5,
				updatedAt: 1_000
			};
			expect(await everything(thinkTank)).toEqual({ actions: [row], total: 1 });
			expect(await test.database.actions.find(document, one.id)).toEqual(row);
			await test.database.actions.project(document, 1, [{ action: { ...one, what: 'older' }, at: 2_000 }], []);
			await test.database.actions.project(document, 2, [{ action: { ...one, what: 'the same row' }, at: 2_000 }], []);
			expect((await everything(thinkTank)).actions[0]!.what).toBe('گزارش');
			expect(await test.database.documents.isBehind(document)).toBe(true);
			await test.database.actions.project(document, 3, [{ action: { ...one, deleted: true }, at: 3_000 }], []);
			expect(await everything(thinkTank)).toEqual({ actions: [], total: 0 });
			expect(await test.database.documents.isBehind(document)).toBe(false);
		});

		it('ACTION-7 take whatever a document may hold', async () => {
			const document = await documentWith(1);
			const hostile = action({
				what: `\0\uD800${'x'.repeat(limits.textUnits)}`,
				notes: '\0'.repeat(50_000),
				office: '\uDFFF'.repeat(5_000),
				person: "'; drop table actions; --",
				author: '__proto__',
				place: '\0'.repeat(5_000),
				createdAt: Number.MAX_VALUE
			});
			const change: LoggedChange = { action: hostile.id, field: 'what', before: null, after: hostile.what, client: 2 ** 40, seq: 1, at: 1 };
			await test.database.actions.project(
				document,
				1,
				[hostile, action({ id: '__proto__' }), action({ id: '\0' })].map((one) => ({ action: one, at: 1 })),
				[change, { ...change, action: '\0' }]
			);
			const { actions, total } = await everything(await thinkTankOf(document));
			expect(total).toBe(1);
			expect(actions[0]).toMatchObject({ personId: null, authorId: null, createdAt: null });
			expect(actions[0]!.what).toBe(`\uFFFD\uFFFD${'x'.repeat(limits.actionUnits - 2)}`);
			expect(await test.database.actions.history(document, hostile.id)).toMatchObject([
				{ after: `\uFFFD\uFFFD${'x'.repeat(limits.actionHistoryUnits - 2)}`, personId: null }
			]);
		});

		it('ACTION-7 what one person writes without a long pause is one change, and everything else is one each', async () => {
			const document = await documentWith(9);
			const [a, b] = [await addPerson(test.database), await addPerson(test.database)];
			const [ofA] = await test.database.clientIds.lease(a, 1);
			const [ofB] = await test.database.clientIds.lease(b, 1);
			const id = newId();
			const minute = 60_000;
			const change = (
				seq: number,
				at: number,
				client: number | null,
				before: string | null,
				after: string | null,
				field: ActionChange['field'] = 'what'
			): LoggedChange => ({
				action: id,
				field,
				before,
				after,
				client,
				seq,
				at
			});
			const changes = [
				change(1, 0, ofA!, null, 'گ'),
				change(2, minute, ofA!, 'گ', 'گز'),
				change(3, 2 * minute, null, 'گز', 'گ'),
				change(4, 3 * minute, ofB!, 'گ', 'گا'),
				change(5, 4 * minute, ofB!, 'open', 'doing', 'state'),
				change(6, 4 * minute, ofB!, 'doing', 'done', 'state'),
				change(7, 20 * minute, ofB!, 'گا', 'گام'),
				change(8, 21 * minute, ofB!, 'گام', 'گا')
			];
			// however it is cut, and also if it comes again
			await test.database.actions.project(document, 1, [{ action: action({ id }), at: 1 }], changes.slice(0, 1));
			await test.database.actions.project(document, 3, [], changes.slice(0, 3));
			await test.database.actions.project(document, 8, [], changes);
			expect(await test.database.actions.history(document, id)).toEqual(
				[
					{ actionId: id, seq: 7, field: 'what', before: 'گا', after: 'گا', personId: b, at: 21 * minute },
					{ actionId: id, seq: 6, field: 'state', before: 'doing', after: 'done', personId: b, at: 4 * minute },
					{ actionId: id, seq: 5, field: 'state', before: 'open', after: 'doing', personId: b, at: 4 * minute },
					{ actionId: id, seq: 4, field: 'what', before: 'گ', after: 'گا', personId: b, at: 3 * minute },
					{ actionId: id, seq: 1, field: 'what', before: null, after: 'گ', personId: a, at: 2 * minute }
				].filter(({ before, after }) => before !== after)
			);
		});

		it('ACTION-11 are filtered, sorted and read page by page', async () => {
			const document = await documentWith(1);
			const thinkTank = await thinkTankOf(document);
			const person = await addPerson(test.database);
			const all = [
				action({ what: 'الف ۱۰۰%', due: '2026-12-03', state: 'open', person, place: 'a0' }),
				action({ what: 'ب', due: '2026-12-01', state: 'done', place: 'a1' }),
				action({ what: 'پ', due: null, state: 'doing', office: 'دفتر یزد', notes: 'الف', place: 'a2' }),
				action({ what: 'حذف', deleted: true })
			];
			await test.database.actions.project(
				document,
				1,
				all.map((one, i) => ({ action: one, at: 1_000 * (i + 1) })),
				[]
			);
			const list = async (query: Partial<Parameters<TestDatabase['database']['actions']['list']>[1]>) => {
				const { actions, total } = await test.database.actions.list(thinkTank, { sort: 'place', descending: false, from: 0, count: 100, ...query });
				return [actions.map(({ what }) => what[0]).join(''), total];
			};
			expect(await list({})).toEqual(['البپ'.replace('ل', ''), 3]);
			expect(await list({ sort: 'due' })).toEqual(['باپ', 3]);
			expect(await list({ sort: 'due', descending: true })).toEqual(['ابپ', 3]);
			expect(await list({ sort: 'changed', descending: true })).toEqual(['پبا', 3]);
			expect(await list({ sort: 'state' })).toEqual(['اپب', 3]);
			expect(await list({ from: 1, count: 1 })).toEqual(['ب', 3]);
			expect(await list({ states: ['open', 'doing'] })).toEqual(['اپ', 2]);
			expect(await list({ person })).toEqual(['ا', 1]);
			expect(await list({ person: null })).toEqual(['ب', 1]);
			expect(await list({ dueFrom: '2026-12-01', dueTo: '2026-12-02' })).toEqual(['ب', 1]);
			expect(await list({ text: 'الف' })).toEqual(['اپ', 2]);
			expect(await list({ text: '۱۰۰%' })).toEqual(['ا', 1]);
			expect(await list({ text: '%' })).toEqual(['ا', 1]);
			// on whichever keyboard it is typed, and in whichever order
			expect(await list({ text: '100' })).toEqual(['ا', 1]);
			expect(await list({ text: 'يزد دفتر' })).toEqual(['پ', 1]);
			for (const text of ["'; --", '\u200c']) expect(await list({ text })).toEqual(['', 0]);
			// one's own: only in think tanks that one is in
			expect(await test.database.actions.ofPerson(person, 0)).toEqual([]);
			await test.database.thinkTanks.addMember(thinkTank, person, 'member');
			expect((await test.database.actions.ofPerson(person, 0)).map(({ what }) => what)).toEqual(['الف ۱۰۰%']);
			expect(await test.database.actions.documentsOf(person, newId())).toEqual([{ document, otherIsMember: false }]);
		});

		it.each([1, 2, 3])('ACTION-7 are made again from the log exactly as a server left them, history too (history %i)', async (seed) => {
			const random = randomFrom(seed);
			const people = [await addPerson(test.database), await addPerson(test.database)];
			const clients = (await Promise.all(people.map((person) => test.database.clientIds.lease(person, 1)))).map(([id]) => id!);
			const document = await addDocument(test.database, 'actions');
			const page = new Y.Doc();
			const updates: Uint8Array[] = [];
			page.on('update', (update: Uint8Array) => updates.push(update));
			while (updates.length < 150) {
				const ids = [...readActions(page).keys()];
				const any = ids[random.integer(0, Math.max(0, ids.length - 1))];
				changeAs(page, clients[random.integer(0, 1)]!, (doc) => {
					const chance = random.integer(0, 9);
					if (any === undefined || chance < 2) createAction(doc, { id: random.id(), author: people[0]!, createdAt: 1, origin: null, what: 'کار' });
					else if (chance < 5) spliceAction(doc, any, random.chance(0.5) ? 'what' : 'notes', { at: 0, removed: 0, inserted: 'واژه ' });
					else if (chance === 5) spliceAction(doc, any, 'what', { at: 0, removed: 1, inserted: '' });
					else if (chance === 6) changeAction(doc, any, { state: actionStates[random.integer(0, 3)]!, due: '2026-12-01' });
					else if (chance === 7) changeAction(doc, any, random.chance(0.5) ? { person: people[1]! } : { office: 'دفتر یزد' });
					else setActionDeleted(doc, any, random.chance(0.5));
				});
			}

			// as a room does it: each row is committed, and the tables follow now and then
			const room = new Y.Doc();
			let touched = new Set<Id>();
			let found: ActionChange[] = [];
			watchActions(room, (ids, changes) => {
				ids.forEach((id) => touched.add(id));
				found.push(...changes);
			});
			let changedAt = new Map<Id, number>();
			let changes: LoggedChange[] = [];
			for (const [i, update] of updates.entries()) {
				Y.applyUpdate(room, update);
				const [{ seq, at }] = (await test.database.documents.append([{ document, update }])) as [{ seq: number; at: number }];
				for (const id of touched) changedAt.set(id, at);
				changes.push(...found.map((change) => ({ ...change, seq, at })));
				[touched, found] = [new Set(), []];
				if (random.chance(0.2) || i === updates.length - 1) {
					await test.database.actions.project(
						document,
						seq,
						[...changedAt].map(([id, at]) => ({ action: readAction(room, id)!, at })),
						changes
					);
					[changedAt, changes] = [new Map(), []];
				}
			}
			const tables = async () => ({
				actions: await test.database.connection.run(({ sql: raw }) => raw`select * from actions order by action_id`).then((rows) => [...rows]),
				history: await test.database.connection
					.run(({ sql: raw }) => raw`select * from action_changes order by action_id, seq, field`)
					.then((rows) => [...rows])
			});
			const live = await tables();
			expect(live.actions.length).toBeGreaterThan(5);
			expect(live.history.length).toBeGreaterThan(40);
			expect(new Set(live.history.map((row) => row['person_id']))).toEqual(
				new Set([...people, ...(live.history.some((row) => row['person_id'] === null) ? [null] : [])])
			);

			expect(await rebuildActions(test.database, document)).toMatchObject({ rows: updates.length, changed: 0, removed: 0 });
			expect(await tables()).toEqual(live);

			await test.database.connection.run(({ orm }) => orm.execute(sql`update actions set what = 'not so' where action_id = ${live.actions[1]!['action_id']}`));
			await test.database.connection.run(({ orm }) => orm.execute(sql`delete from actions where action_id = ${live.actions[2]!['action_id']}`));
			await test.database.connection.run(({ orm }) =>
				orm.execute(sql`insert into action_changes (document_id, action_id, seq, field, at) values (${document}, ${newId()}, 3, 'what', now())`)
			);
			await test.database.connection.run(({ orm }) =>
				orm.execute(sql`update action_changes set after = 'not so', person_id = null where seq < 20 and field <> 'state'`)
			);
			await test.database.connection.run(({ orm }) => orm.execute(sql`delete from action_changes where seq between 60 and 80`));
			const rebuilt = await rebuildActions(test.database, document);
			expect(rebuilt.changed).toBeGreaterThan(3);
			expect(rebuilt.removed).toBeGreaterThan(0);
			expect(await tables()).toEqual(live);
		});

		it('finds the documents of a kind, and nothing else', async () => {
			const all = [await addDocument(test.database, 'actions'), await addDocument(test.database, 'actions')];
			await addDocument(test.database);
			const found: Id[] = [];
			for await (const id of documentsOf(test.database, 'actions')) found.push(id);
			expect(found).toEqual(all.sort());
		});
	});
}
