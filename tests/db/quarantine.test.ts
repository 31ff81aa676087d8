import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { applyBatch, sameState, stateOf } from '#realtime/board/replica.ts';
import { rebuildFactors } from '#db/projections/rebuild.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Role } from '#realtime/meeting/roles.ts';
import { Rooms } from '#realtime/server/boards/rooms.ts';
import type { Grant, World } from '#realtime/server/ports.ts';
import { sql, type SQL } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { addDocument, addPerson, clear, databaseKinds, type TestDatabase } from '../support/databases.ts';
import { randomFrom } from '../support/random.ts';
import { sameThread } from '../support/same-thread.ts';
import { ScriptedPage } from '../support/scripted-page.ts';

/** What is stored is not any more what was written. */

const random = randomFrom(5);
const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 10 });
const texts = (doc: Y.Doc) => [...readBoard(doc).cards.values()].map(({ text }) => text).sort();

/** What may become of row 3 of a log. */
const harms: Record<string, (document: Id) => SQL> = {
	flipped: (document) =>
		sql`update document_updates set update = set_byte(update, octet_length(update) / 2, 255 - get_byte(update, octet_length(update) / 2))
			where document_id = ${document} and seq = 3`,
	cut: (document) => sql`update document_updates set update = substr(update, 1, octet_length(update) - 2) where document_id = ${document} and seq = 3`,
	'replaced by another row': (document) =>
		sql`update document_updates d set update = o.update, sum = o.sum from document_updates o
			where d.document_id = ${document} and d.seq = 3 and o.document_id = ${document} and o.seq = 2`,
	gone: (document) => sql`delete from document_updates where document_id = ${document} and seq = 3`
};

for (const { name, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`a log on ${name}${missing === null ? '' : ` (${missing})`}`, { timeout: 60_000 }, () => {
		let on: TestDatabase;
		const rooms: Rooms[] = [];
		beforeAll(async () => (on = await start()), 60_000);
		beforeEach(() => clear(on.database));
		afterAll(async () => {
			await Promise.all(rooms.map((one) => one.stop()));
			await on?.stop();
		});

		const run = (query: SQL) => on.database.connection.run(({ orm }) => orm.execute<Record<string, unknown>>(query));
		const grantOf = (id: Id, role: Role): Grant => ({
			kind: 'board',
			meeting: null,
			situation: { state: 'live', archived: false, step: null },
			participant: { id, name: { en: id }, office: null, province: null, role }
		});

		/** A server of its own on the database, and its pages. */
		function serve(snapshotRows = 5) {
			const world: Omit<World, 'meetings' | 'guests' | 'votes'> = {
				...on.database,
				access: {
					sessionIn: () => null,
					authenticate: async () => null,
					ownOrigin: () => true,
					standing: async () => null,
					document: async () => null,
					documents: async (asked) => asked.map(({ subject }) => grantOf(subject.person, 'member')),
					meeting: async () => null,
					meetings: async () => []
				},
				log: { info() {}, warn() {}, error() {} }
			};
			const server = new Rooms(world, sameThread, { snapshotRows });
			rooms.push(server);
			return {
				server,
				async page(document: Id, person: Id, { role = 'member' as Role, has = null as Uint8Array | null } = {}) {
					const page = new ScriptedPage(server, world, document, person, grantOf(person, role), { acks: '1' });
					if (has) applyBatch(page.doc, [has]);
					return page.join();
				}
			};
		}

		/** A board of two people, six rows long: what each of them holds of it, and who they are. */
		async function written(): Promise<{ document: Id; whole: Uint8Array; writer: Id; other: Id }> {
			const document = await addDocument(on.database);
			const [writer, other] = [await addPerson(on.database), await addPerson(on.database)];
			const { server, page } = serve(1_000);
			const [a, b] = [await page(document, writer), await page(document, other)];
			const cards = [random.id(), random.id()];
			let rows = 0;
			const write = async (by: ScriptedPage, change: (doc: Y.Doc) => void) => {
				by.write(change);
				rows++;
				await until(async () => expect((await on.database.documents.load(document))!.lastSeq).toBe(rows));
			};
			const make = (card: Id) => (doc: Y.Doc) => createCard(doc, { id: card, author: card, createdAt: 1, column: 'strengths', group: null, before: null });
			const type = (card: Id, at: number, letter: string) => (doc: Y.Doc) => splice(doc, { card }, { at, removed: 0, inserted: letter });
			await write(a, make(cards[0]!));
			await write(a, type(cards[0]!, 0, 'a'));
			await write(a, type(cards[0]!, 1, 'b'));
			await write(b, make(cards[1]!));
			await write(b, type(cards[1]!, 0, 'x'));
			await write(a, type(cards[0]!, 2, 'c'));
			await until(() => expect(texts(b.doc)).toEqual(['abc', 'x']));
			const whole = stateOf(b.doc);
			await server.stop();
			// as a crash would have left it
			await run(sql`update documents set projected_seq = 2 where id = ${document}`);
			return { document, whole, writer, other };
		}

		it.each(Object.keys(harms))(
			'JOURNAL-4 JOURNAL-5 a log row that is %s: the board opens from what is good, says so, and is healed by a page that has the rest',
			async (harm) => {
				const { document, whole, other } = await written();
				await run(harms[harm]!(document));
				const { server, page } = serve();
				const reader = await page(document, await addPerson(on.database));
				// row 3 is lost, and row 6 follows on it; rows 4 and 5 are another's
				expect(texts(reader.doc)).toEqual(['a', 'x']);
				expect(reader.damage).toMatchObject({ edits: 2 });
				const kept = await run(sql`select seq, reason, bytes is null as empty from document_quarantine where document_id = ${document} order by seq`);
				expect([...kept]).toEqual([
					{ seq: 3, reason: harm === 'gone' ? 'missing' : 'unreadable', empty: harm === 'gone' },
					{ seq: 6, reason: 'waits', empty: false }
				]);
				// SQL follows nothing that lacks something, not even when it is made anew
				await server.projectNow(document);
				expect(await run(sql`select projected_seq from documents where id = ${document}`)).toMatchObject([{ projected_seq: 2 }]);
				await expect(rebuildFactors(on.database, document)).rejects.toThrow();

				// people write on
				const card = random.id();
				reader.write((doc) => createCard(doc, { id: card, author: card, createdAt: 1, column: 'threats', group: null, before: null }));
				await until(() => expect(reader.committed).toBe(2));

				// somebody else's page still has everything
				const healthy = await page(document, other, { has: whole });
				await until(() => expect(texts(reader.doc)).toEqual(['', 'abc', 'x']));
				expect(healthy.closed).toBe(null);
				// of a row that is gone nobody knows what was in it
				await until(() => expect(reader.damage?.edits).toBe(harm === 'gone' ? 1 : 0));
				await server.projectNow(document);
				expect((await on.database.factors.of(document)).map(({ text }) => text).sort()).toEqual(['', 'abc', 'x']);

				// and it stays so: for whoever opens it next, from the log and from the snapshot that replaces it
				await server.stop();
				const next = await serve().page(document, other);
				await until(() => expect(texts(next.doc)).toEqual(['', 'abc', 'x']));
				expect(next.damage).toBe(null);
				if (harm !== 'gone') expect((await rebuildFactors(on.database, document)).changed).toBe(0);
			}
		);

		it('JOURNAL-5 the last rows, if they are gone, come back with their author and with nobody else', async () => {
			const { document, whole, writer, other } = await written();
			await run(sql`delete from document_updates where document_id = ${document} and seq = 6`);
			const { page } = serve();
			const stranger = await page(document, other, { has: whole });
			await until(() => expect(stranger.closed).toBe('not-allowed'));
			const reader = await page(document, other);
			expect(texts(reader.doc)).toEqual(['ab', 'x']);
			const author = await page(document, writer, { has: whole });
			await until(() => expect(texts(reader.doc)).toEqual(['abc', 'x']));
			expect(author.closed).toBe(null);
		});

		it('JOURNAL-5 who may only read keeps what they were shown, and changes nothing', async () => {
			const { document, whole } = await written();
			await run(harms['flipped']!(document));
			const { page } = serve();
			const observer = await page(document, await addPerson(on.database), { role: 'observer', has: whole });
			await until(() => expect(observer.committed).toBe(1));
			expect(observer.closed).toBe(null);
			const reader = await page(document, await addPerson(on.database));
			expect(texts(reader.doc)).toEqual(['a', 'x']);
			expect((await on.database.documents.load(document))!.lastSeq).toBe(6);
		});

		it('JOURNAL-6 a snapshot that is not what was written is set aside, and the one before takes its place', async () => {
			const { document, whole, writer } = await written();
			const truth = new Y.Doc();
			applyBatch(truth, [whole]);
			const snapshots = async () =>
				[...(await run(sql`select seq from document_snapshots where document_id = ${document} order by seq`))].map(({ seq }) => seq);
			const { server, page } = serve();
			await page(document, writer);
			await server.stop();
			const again = serve();
			const typing = await again.page(document, writer);
			for (let i = 0; i < 5; i++) {
				typing.write((doc) => splice(doc, { card: [...readBoard(doc).cards.keys()][0]! }, { at: 0, removed: 0, inserted: 'z' }));
				await until(() => expect(typing.committed).toBe(i + 2));
			}
			await again.server.stop();
			expect(await snapshots()).toEqual([6, 11]);
			for (const [last, left] of [
				[11, [6]],
				[6, []]
			] as const) {
				await run(
					sql`update document_snapshot_pieces set piece = set_byte(piece, 9, 255 - get_byte(piece, 9)) where document_id = ${document} and seq = ${last}`
				);
				const stored = (await on.database.documents.load(document))!;
				expect([stored.setAside, stored.snapshot?.seq ?? null]).toEqual([[last], left[0] ?? null]);
				expect(await snapshots()).toEqual(left);
				const { server, page } = serve();
				const reader = await page(document, writer);
				expect(sameState(reader.doc, typing.doc)).toBe(true);
				expect(reader.damage).toBe(null);
				if (left.length > 0) continue;
				// a new one is made in their place
				await server.stop();
				expect(await snapshots()).toEqual([11]);
			}
			expect(await run(sql`select seq, what from document_quarantine where document_id = ${document} order by seq`)).toMatchObject([
				{ seq: 6, what: 'snapshot' },
				{ seq: 11, what: 'snapshot' }
			]);
		});

		it('JOURNAL-1 a snapshot is whole or not there, wherever keeping it is cut off, and the former one stays 30 days', async () => {
			const document = await addDocument(on.database);
			const update = (i: number) => Uint8Array.of(i);
			await on.database.documents.append(Array.from({ length: 8 }, (_, i) => ({ document, update: update(i) })));
			const rows = async () => {
				const { snapshot, tail } = (await on.database.documents.load(document))!;
				return [snapshot?.seq ?? 0, ...tail.map(({ seq }) => seq)];
			};
			const keep = (seq: number) => on.database.documents.keepSnapshot(document, { seq, state: Uint8Array.of(seq), stateVector: Uint8Array.of(0) });
			// pieces without the word that they are complete are no snapshot
			await run(sql`insert into document_snapshot_pieces (document_id, seq, position, piece) values (${document}, 3, 0, '\\x07')`);
			expect(await rows()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
			await keep(3);
			// complete, and its rows not moved yet
			await run(sql`insert into document_updates select * from document_archive where document_id = ${document}`);
			await run(sql`delete from document_archive where document_id = ${document}`);
			expect(await rows()).toEqual([3, 4, 5, 6, 7, 8]);
			await keep(5);
			expect(await rows()).toEqual([5, 6, 7, 8]);
			expect(await run(sql`select count(*)::int as rows from document_archive where document_id = ${document}`)).toMatchObject([{ rows: 5 }]);
			const kept = async () => [...(await run(sql`select seq from document_snapshots where document_id = ${document} order by seq`))].map(({ seq }) => seq);
			expect(await kept()).toEqual([3, 5]);
			await run(sql`update document_snapshots set at = at - interval '29 days' where document_id = ${document}`);
			await keep(6);
			expect(await kept()).toEqual([3, 5, 6]);
			// 31 days after 5 has replaced it, 3 goes; 5 is old as well, and was replaced only now
			await run(sql`update document_snapshots set at = at - interval '2 days' where document_id = ${document} and seq < 6`);
			await keep(7);
			expect(await kept()).toEqual([5, 6, 7]);
		});
	});
}
