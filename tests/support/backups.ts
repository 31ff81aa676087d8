import { createAction } from '#realtime/board/actions-edits.ts';
import { createCard, splice } from '#realtime/board/edits.ts';
import { applyBatch, changeAs, stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { leftOut } from '#db/backup/tables.ts';
import type { Database } from '#db/open.ts';
import { rebuildActions, rebuildFactors } from '#db/projections/rebuild.ts';
import { createFounding, type Founding } from '#db/seed/founding.ts';
import * as Y from 'yjs';
import { patternOf, stepsOf } from '#realtime/meeting/recipes.ts';
import { newId } from './databases.ts';

/** Puts something of everything into a database: people, a meeting, boards with a long log and a snapshot, actions, a vote, what came late. */
export async function furnish(database: Database, { rows = 700 }: { rows?: number } = {}): Promise<{ founding: Founding; facilitator: Id }> {
	const facilitator = newId();
	await database.people.create({ id: facilitator, name: { fa: 'دبیر «نشست»', en: 'O\'Brien \\ "quoted"' }, administrator: true });
	const founding = await createFounding(database, { facilitator, language: 'fa', newId });
	const { swot, actions } = founding.documents;
	const [client] = await database.clientIds.lease(facilitator, 2);

	const board = await edited(database, swot, client!, (doc) => {
		const card = newId();
		createCard(doc, { id: card, author: facilitator, createdAt: 1, column: 'threats', group: null, before: null });
		for (let letter = 0; letter < rows; letter++) splice(doc, { card }, { at: letter, removed: 0, inserted: 'نوشته\u2028\n"'[letter % 8]! });
	});
	await database.documents.keepSnapshot(swot, { seq: board.seq - 20, state: board.before(20), stateVector: stateVectorOf(board.doc) });
	await edited(database, actions, client!, (doc) => createAction(doc, { id: newId(), author: facilitator, createdAt: 2, origin: null, what: 'گزارش' }));
	await rebuildFactors(database, swot);
	await rebuildActions(database, actions);
	await database.late.keep(
		{
			id: newId(),
			meeting: founding.meeting,
			document: swot,
			person: facilitator,
			update: Uint8Array.from({ length: 100_000 }, (_, i) => i % 256),
			excerpt: 'دیر'
		},
		null
	);
	await database.connection.run(
		({ sql }) => sql`insert into sessions (digest, person_id, expires_at) values ('0', ${facilitator}, clock_timestamp() + interval '1 day')`
	);
	await database.connection.run(({ sql }) => sql`insert into passwords (person_id, hash) values (${facilitator}, '$argon2id$…')`);
	// a secret vote that is open: its key, a voter and a ballot
	const vote = newId();
	await database.connection.run(
		({ sql }) =>
			sql`insert into vote_boxes (id, meeting_id, vote, signing_key) values (${vote}, ${founding.meeting}, '{"level": "secret"}'::jsonb, '\\x00ff'::bytea)`
	);
	await database.connection.run(
		({ sql }) => sql`insert into voters (vote_id, person_id, casts, signed) values (${vote}, ${facilitator}, array['a', 'b "c"'], 'a digest')`
	);
	await database.connection.run(({ sql }) => sql`insert into ballots (vote_id, key, marks) values (${vote}, 'a receipt', '{"a": -1}'::jsonb)`);
	await database.recipes.save(founding.thinkTank, { id: newId(), name: 'روش «گیلان»', surface: 'board', steps: patternOf(stepsOf('silent', newId)) });
	await database.connection.run(
		({ sql }) => sql`
			insert into decisions (id, think_tank_id, number, meeting_id, item_id, document_id, wording_id, text, by, adopted_at)
			values (${newId()}, ${founding.thinkTank}, 1, ${founding.meeting}, ${founding.activities.swot}, ${swot}, ${newId()}, 'تصویب شد', '"consensus"'::jsonb, clock_timestamp())`
	);
	for (let entry = 0; entry < 3; entry++)
		await database.connection.run(({ sql }) => sql`insert into audit_entries (kind, actor_id) values ('test', ${facilitator})`);
	return { founding, facilitator };
}

/** Changes a document as the server would: a row of the log for each edit. */
async function edited(database: Database, document: Id, client: number, change: (doc: Y.Doc) => void) {
	const stored = (await database.documents.load(document))!;
	const doc = new Y.Doc();
	const updates = stored.tail.map(({ update }) => update);
	applyBatch(doc, updates);
	const fresh: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => fresh.push(update));
	changeAs(doc, client, change);
	await database.documents.append(fresh.map((update) => ({ document, update })));
	const all = [...updates, ...fresh];
	return {
		doc,
		seq: all.length,
		/** the state before the last so many rows */
		before(rows: number): Uint8Array {
			const earlier = new Y.Doc();
			applyBatch(earlier, all.slice(0, -rows));
			return stateOf(earlier);
		}
	};
}

/** Every row of every table that a backup brings back, as JSON in the order of the text, without what a restore changes. */
export async function everything(database: Database): Promise<Record<string, string[]>> {
	const tables = await database.connection.run(
		({ sql }) => sql<{ name: string }[]>`select table_name::text as name from information_schema.tables where table_schema = 'public' order by 1`
	);
	const all: Record<string, string[]> = {};
	for (const { name } of tables) {
		if (name === 'sessions') continue;
		const rows = await database.connection.run(
			({ sql }) => sql<{ row: string }[]>`
				select (to_jsonb(t) - 'generation' ${sql.unsafe(Object.hasOwn(leftOut, name) ? '' : "- 'projected_seq'")})::text as row from ${sql(name)} t order by 1`
		);
		all[name] = rows.map(({ row }) => row);
	}
	return all;
}
