import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { attachEvidence, createCard, groupCards, moveCard, moveGroup, setDeleted, splice, ungroup } from '#realtime/board/edits.ts';
import { watchGroupings, type Grouping } from '#realtime/board/groupings.ts';
import { readBoard, type Board, type Card } from '#realtime/board/read.ts';
import { quadrants } from '#realtime/board/schema.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { LoggedGrouping } from '#realtime/server/ports.ts';
import { documentsOf, rebuildFactors } from '#db/projections/rebuild.ts';
import { addDocument, addPerson, clear, databaseKinds, newId, type TestDatabase } from '../support/databases.ts';
import { randomFrom } from '../support/random.ts';

const card = (fields: Partial<Card> = {}): Card => ({
	id: newId(),
	text: 'a factor',
	column: 'strengths',
	place: 'a0',
	group: null,
	author: null,
	createdAt: null,
	deleted: false,
	evidence: [],
	...fields
});

const boardWith = (...cards: Card[]): Board => ({ cards: new Map(cards.map((one) => [one.id, one])), groups: new Map() });

/** Edits of a board by several hands, each a row of its log. */
function history(seed: number, rows: number, authors: readonly Id[]): { doc: Y.Doc; updates: Uint8Array[] } {
	const random = randomFrom(seed);
	const whole = (below: number) => random.integer(0, below - 1);
	const freshId = () => random.id();
	const doc = new Y.Doc();
	doc.clientID = 7;
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	while (updates.length < rows) {
		const { cards, groups } = readBoard(doc);
		const any = [...cards.keys()][whole(cards.size)];
		const other = [...cards.keys()][whole(cards.size)];
		const column = quadrants[whole(4)]!;
		const chance = whole(10);
		if (!any || !other || chance < 2)
			createCard(doc, {
				id: freshId(),
				author: authors[whole(authors.length)]!,
				createdAt: 1_700_000_000_000 + updates.length,
				column,
				group: null,
				before: null
			});
		else if (chance < 6) splice(doc, { card: any }, { at: 0, removed: 0, inserted: 'واژه ' });
		else if (chance === 6) moveCard(doc, any, { column, group: null, before: other });
		else if (chance === 7) groupCards(doc, any, other, freshId());
		else if (chance === 8) setDeleted(doc, any, !cards.get(any)!.deleted);
		else if (groups.size > 0 && whole(2) === 0) moveGroup(doc, [...groups.keys()][whole(groups.size)]!, { column, before: null });
		else if (groups.size > 0 && whole(3) === 0) ungroup(doc, [...groups.keys()][whole(groups.size)]!);
		else attachEvidence(doc, any, freshId(), { kind: 'note', text: 'because' });
	}
	return { doc, updates };
}

for (const { name, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`factors on ${name}${missing === null ? '' : ` (${missing})`}`, { timeout: 60_000 }, () => {
		let test: TestDatabase;
		beforeAll(async () => (test = await start()), 60_000);
		beforeEach(() => clear(test.database));
		afterAll(() => test?.stop());

		/** a document with rows in its log, so that there is something to follow */
		async function documentWith(rows: number): Promise<Id> {
			const document = await addDocument(test.database);
			await test.database.documents.append(Array.from({ length: rows }, () => ({ document, update: new Uint8Array() })));
			return document;
		}

		it('show a card with its author’s province, its times and its evidence', async () => {
			const document = await documentWith(1);
			const author = await addPerson(test.database);
			const one = card({ author, createdAt: 1_700_000_000_001, evidence: [{ id: 'e', kind: 'link', url: 'https://example.org', title: 'Source' }] });
			await test.database.factors.project(document, 1, boardWith(one), new Map([[one.id, 1_700_000_000_123]]), []);
			expect(await test.database.factors.of(document)).toEqual([
				{
					documentId: document,
					cardId: one.id,
					column: 'strengths',
					place: 'a0',
					text: 'a factor',
					groupId: null,
					groupTitle: null,
					authorId: author,
					province: 'IR-23',
					evidence: one.evidence,
					deleted: false,
					createdAt: 1_700_000_000_001,
					updatedAt: 1_700_000_000_123
				}
			]);
		});

		it('show a card where its group lies', async () => {
			const document = await documentWith(1);
			const group = newId();
			const one = card({ group, column: 'strengths' });
			const board = { ...boardWith(one), groups: new Map([[group, { id: group, title: 'Roots', column: 'threats', place: 'a1' }]]) };
			await test.database.factors.project(document, 1, board, new Map(), []);
			expect((await test.database.factors.of(document))[0]).toMatchObject({ column: 'threats', groupId: group, groupTitle: 'Roots' });
		});

		it('never go back to an older row', async () => {
			const document = await documentWith(5);
			const id = newId();
			const project = (seq: number, text: string) => test.database.factors.project(document, seq, boardWith(card({ id, text })), new Map([[id, seq]]), []);
			await project(3, 'three');
			await project(2, 'two');
			await project(3, 'three again');
			expect((await test.database.factors.of(document))[0]).toMatchObject({ text: 'three', updatedAt: 3 });
			await project(5, 'five');
			await project(4, 'four');
			expect((await test.database.factors.of(document))[0]).toMatchObject({ text: 'five', updatedAt: 5 });
			expect((await test.database.documents.load(document))!.projectedSeq).toBe(5);
		});

		it('change only what differs, and keep the time of what did not change', async () => {
			const document = await documentWith(3);
			const [a, b] = [card(), card()];
			await test.database.factors.project(document, 1, boardWith(a, b), new Map([a, b].map(({ id }) => [id, 1_000])), []);
			const versions = () =>
				test.database.connection.run(({ sql: raw }) => raw<{ id: Id; version: string }[]>`select card_id as id, xmin::text as version from factors`);
			const before = new Map((await versions()).map(({ id, version }) => [id, version]));
			await test.database.factors.project(document, 2, boardWith({ ...a, text: 'other words' }, b), new Map([[a.id, 2_000]]), []);
			const after = new Map((await versions()).map(({ id, version }) => [id, version]));
			expect(after.get(a.id)).not.toBe(before.get(a.id));
			expect(after.get(b.id)).toBe(before.get(b.id));
			expect(new Map((await test.database.factors.of(document)).map(({ cardId, updatedAt }) => [cardId, updatedAt]))).toEqual(
				new Map([
					[a.id, 2_000],
					[b.id, 1_000]
				])
			);
		});

		it('keep a row of a card that a board does not know any more', async () => {
			const document = await documentWith(2);
			await test.database.factors.project(document, 1, boardWith(card(), card()), new Map(), []);
			await test.database.factors.project(document, 2, boardWith(), new Map(), []);
			expect(await test.database.factors.of(document)).toHaveLength(2);
		});

		it('take whatever a document may hold', async () => {
			const document = await documentWith(1);
			const hostile = card({
				text: `\0\uD800${'x'.repeat(limits.textUnits - 3)}😀 more`,
				column: '\0'.repeat(5_000),
				place: '\uDFFF'.repeat(5_000),
				group: '__proto__',
				author: "'; drop table factors; --",
				createdAt: Number.MAX_VALUE,
				evidence: Array.from({ length: 100 }, (_, i) => ({ id: `${i}\0`, kind: 'link', url: '\uD800'.repeat(9_000), title: '\0' }) as const)
			});
			const times = [-1, Number.MIN_SAFE_INTEGER, 8.64e15, 0.5].map((createdAt) => card({ createdAt }));
			const nameless = ['', '\0', '__proto__', 'x'.repeat(100_000)].map((id) => card({ id }));
			await test.database.factors.project(document, 1, boardWith(hostile, ...times, ...nameless), new Map(), []);
			const rows = await test.database.factors.of(document);
			expect(rows).toHaveLength(5);
			expect(test.database.factors.dropped).toBe(4);
			const row = rows.find(({ cardId }) => cardId === hostile.id)!;
			expect(row.text).toBe(`\uFFFD\uFFFD${'x'.repeat(limits.textUnits - 3)}\uFFFD`);
			expect(row).toMatchObject({ authorId: null, groupId: null, createdAt: null });
			expect(row.evidence).toHaveLength(limits.evidencePerCard);
			expect(new Set(rows.map(({ createdAt }) => createdAt))).toEqual(new Set([null, 0]));
		});

		it.each([1, 2, 3])('are made again from the log exactly as a server left them (history %i)', async (seed) => {
			const authors = [await addPerson(test.database), await addPerson(test.database), newId()];
			const document = await addDocument(test.database);
			const { updates } = history(seed, 160, authors);
			const random = randomFrom(seed);

			// as a room does it: each row is committed, and the tables follow now and then
			const room = new Y.Doc();
			const touched = new Set<Id>();
			let found: Grouping[] = [];
			watchGroupings(room, (cards, groupings) => {
				for (const id of cards) touched.add(id);
				found.push(...groupings);
			});
			let changedAt = new Map<Id, number>();
			let groupings: LoggedGrouping[] = [];
			for (const update of updates) {
				Y.applyUpdate(room, update);
				const [{ seq, at }] = (await test.database.documents.append([{ document, update }])) as [{ seq: number; at: number }];
				for (const id of touched) changedAt.set(id, at);
				touched.clear();
				groupings.push(...found.map((grouping) => ({ ...grouping, seq, at })));
				found = [];
				if (random.chance(0.2) || seq === updates.length) {
					await test.database.factors.project(document, seq, readBoard(room), changedAt, groupings);
					changedAt = new Map();
					groupings = [];
				}
				if (seq === 90)
					await test.database.documents.keepSnapshot(document, { seq: 60, state: Y.encodeStateAsUpdate(room), stateVector: Y.encodeStateVector(room) });
			}
			const live = await test.database.factors.of(document);
			expect(live.length).toBeGreaterThan(5);
			expect(live.some(({ deleted }) => deleted) && live.some(({ groupId }) => groupId !== null)).toBe(true);

			expect(await rebuildFactors(test.database, document)).toMatchObject({ rows: updates.length, changed: 0, removed: 0 });

			await test.database.connection.run(({ orm }) =>
				orm.execute(sql`update factors set text = 'not so', updated_at = now() where card_id <= ${live[3]!.cardId}`)
			);
			await test.database.connection.run(({ orm }) => orm.execute(sql`delete from factors where card_id = ${live[5]!.cardId}`));
			await test.database.connection.run(({ orm }) =>
				orm.execute(
					sql`insert into factors select document_id, ${newId()}, "column", place, text, group_id, group_title, author_id, province, evidence, deleted, created_at, updated_at from factors limit 1`
				)
			);
			const rebuilt = await rebuildFactors(test.database, document);
			expect(rebuilt.changed).toBeGreaterThan(0);
			expect(rebuilt.removed).toBe(1);
			expect(await test.database.factors.of(document)).toEqual(live);
		});

		it('are rebuilt beside a server that goes on writing', async () => {
			const document = await addDocument(test.database);
			const { updates } = history(9, 120, [await addPerson(test.database)]);
			const room = new Y.Doc();
			let committed = 0;
			const write = async () => {
				for (const update of updates) {
					Y.applyUpdate(room, update);
					committed = (await test.database.documents.append([{ document, update }]))[0]!.seq;
				}
			};
			const writing = write();
			let rebuilds = 0;
			while (committed < updates.length) {
				await rebuildFactors(test.database, document);
				rebuilds++;
			}
			await writing;
			expect(rebuilds).toBeGreaterThan(1);
			expect((await rebuildFactors(test.database, document)).rows).toBe(updates.length);
			const rows = await test.database.factors.of(document);
			expect(new Map(rows.map(({ cardId, text }) => [cardId, text]))).toEqual(new Map([...readBoard(room).cards.values()].map(({ id, text }) => [id, text])));
		});

		it('finds all boards to rebuild, and nothing but boards', async () => {
			const boards = [await addDocument(test.database), await addDocument(test.database)];
			await addDocument(test.database, 'actions');
			const found: Id[] = [];
			for await (const id of documentsOf(test.database, 'board')) found.push(id);
			expect(found).toEqual(boards.sort());
		});
	});
}
