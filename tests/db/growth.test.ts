import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBackup } from '#db/backup/write.ts';
import { client, connectionWithin, type Connection, type Sql } from '#db/connection.ts';
import { readHolder } from '#db/embedded/lock.ts';
import { neediestTable } from '#db/embedded/neediest-table.ts';
import { page } from '#db/limits.ts';
import { accessReads } from '#db/stores/access.ts';
import { actionStore } from '#db/stores/actions.ts';
import { auditStore } from '#db/stores/audit.ts';
import { directoryStore } from '#db/stores/directory.ts';
import { groupingStore } from '#db/stores/groupings.ts';
import { homeReads } from '#db/stores/home.ts';
import { invitationStore } from '#db/stores/invitations.ts';
import { meetingStore } from '#db/stores/meetings.ts';
import { memberStore } from '#db/stores/members.ts';
import { personStore } from '#db/stores/people.ts';
import { sessionStore } from '#db/stores/sessions.ts';
import { thinkTankStore } from '#db/stores/think-tanks.ts';
import { titleReads } from '#db/stores/titles.ts';
import { databaseKinds, temporaryFolder, type TestDatabase } from '../support/databases.ts';

const people = 3_000;
const tanks = 50;
const meetings = 1_000;
/** who is a member of two think tanks, where everybody else is of one */
const inTwo = 'person8';

/** An installation with more than one person's share in it: each table that grows has some thousand rows. */
const filling = [
	`insert into think_tanks (id, name, host, purpose) select 'tank' || n, '{"fa": "اتاق"}', '{}', '{}' from generate_series(1, ${tanks}) n`,
	`insert into people (id, name, office, user_name, mobile, administrator)
		select 'person' || n, jsonb_build_object('fa', 'کاظم شمارهٔ ' || n || ' نیک‌نام'), '{"fa": "مدیر دفتر"}', 'user' || n, '+98912' || lpad(n::text, 7, '0'), n = ${people}
		from generate_series(1, ${people}) n`,
	`insert into memberships (think_tank_id, person_id, role, created_at) select 'tank' || 1 + n % ${tanks}, 'person' || n, 'member', now() - interval '2 years'
		from generate_series(1, ${people}) n`,
	`insert into memberships (think_tank_id, person_id, role) values ('tank10', '${inTwo}', 'member')`,
	`insert into sessions (digest, person_id, expires_at) select 'session' || n, 'person' || n, now() + interval '1 day' from generate_series(1, ${people}) n`,
	`insert into links (digest, id, purpose, expires_at, created_by, think_tank_id, created_at)
		select 'link' || n, 'link' || n, 'invitation', now(), 'person1', 'tank' || 1 + n % ${tanks}, now() - n * interval '1 minute' from generate_series(1, ${people}) n`,
	`insert into audit_entries (kind, subject_id) select case when n % 100 = 0 then 'member.added' else 'signed-in' end, 'person' || 1 + n % ${people}
		from generate_series(1, ${2 * people}) n`,
	`insert into meetings (id, think_tank_id, number, version, title, state, starts_at)
		select 'meeting' || n, 'tank' || 1 + n % ${tanks}, 1 + n / ${tanks}, 10, '{"fa": "نشست"}', case when n > ${meetings - tanks} then 'live' else 'closed' end, now() - (${meetings} - n) * interval '1 hour'
		from generate_series(1, ${meetings}) n`,
	`insert into documents (id, kind, think_tank_id) select 'actions' || n, 'actions', 'tank' || n from generate_series(1, ${tanks}) n`,
	`insert into documents (id, kind, think_tank_id) select 'board' || n, 'board', 'tank' || 1 + n % ${tanks} from generate_series(1, ${meetings}) n`,
	`insert into agenda_items (id, meeting_id, position, kind, title, minutes, document_id)
		select 'item' || n || '-' || i, 'meeting' || n, i, 'swot', '{"fa": "نشست"}', 10, 'board' || n from generate_series(1, ${meetings}) n, generate_series(1, 6) i`,
	`insert into decisions (id, think_tank_id, number, meeting_id, item_id, document_id, wording_id, text, by, adopted_at)
		select 'decision' || n, 'tank' || 1 + n % ${tanks}, 1 + n / ${tanks}, 'meeting' || n, 'item' || n || '-1', 'board' || n, 'wording' || n, 'نشست', '"consensus"', now()
		from generate_series(1, ${meetings}) n`,
	`insert into meeting_events (meeting_id, version, event, command_id, actor_id, at)
		select 'meeting' || n, i, case when i = 1 then '{"name": "meeting.scheduled"}'::jsonb else '{"name": "timer.stopped"}' end, n || '-' || i, 'person1',
			now() - (${meetings} - n) * interval '1 hour' from generate_series(1, ${meetings}) n, generate_series(1, 10) i`,
	`insert into attendances (meeting_id, person_id, came_at, seen_at, role)
		select 'meeting' || n, 'person' || 1 + (n * 7 + i) % ${people}, now() - interval '1 hour', now(), 'member' from generate_series(1, ${meetings}) n, generate_series(1, 5) i`,
	`insert into guests (meeting_id, person_id, link_digest, state) select 'meeting' || n, 'person' || n, 'link' || n, 'admitted' from generate_series(1, ${meetings}) n`,
	`insert into vote_boxes (id, meeting_id, vote, open) select 'vote' || n, 'meeting' || n, '{}', false from generate_series(1, ${meetings}) n`,
	`insert into ballots (vote_id, key, marks) select 'vote' || n, i, '{}' from generate_series(1, ${meetings}) n, generate_series(1, 3) i`,
	`insert into factors (document_id, card_id, "column", place, text, author_id, evidence, deleted, updated_at)
		select 'board' || n, 'card' || i, 'strengths', 'a', 'نقش', 'person' || n, '[]', false, now() from generate_series(1, ${meetings}) n, generate_series(1, 3) i`,
	`insert into groupings (document_id, seq, card_id, person_id, at) select 'board' || n, i, 'card' || i, 'person' || n, now() from generate_series(1, ${meetings}) n, generate_series(1, 3) i`,
	`insert into actions (document_id, action_id, think_tank_id, what, notes, person_id, state, place, deleted, created_at, updated_at)
		select 'actions' || 1 + n % ${tanks}, 'action' || n, 'tank' || 1 + n % ${tanks}, 'کار', '', 'person' || n, 'open', 'a', false, now(), now() from generate_series(1, ${people}) n`
];

/** Rows that a page may read of a table that grows with the installation: those of its own think tank, and those it shows. */
const share = 400;
const [me, tank, meeting] = ['person7', 'tank8', `meeting${meetings - tanks + 7}`];
const subject = { session: 'session7', person: me };
const year = Date.now() - 365 * 24 * 60 * 60 * 1000;

const asked: Record<string, (connection: Connection) => Promise<unknown>> = {
	'who is signed in': (connection) => sessionStore(connection).find('session7'),
	'meetings on the home page': (connection) => homeReads(connection).meetings(me),
	'news on the home page': (connection) => homeReads(connection).news(me, year),
	'actions on the home page': (connection) => homeReads(connection).actions(me),
	'the documents of actions that somebody has something in': (connection) => actionStore(connection).documentsOf(me, null),
	'what ten sockets may see': (connection) =>
		accessReads(connection, meetingStore(connection)).documents(Array.from({ length: 10 }, () => ({ subject, document: 'board7' }))),
	'a meeting': (connection) => accessReads(connection, meetingStore(connection)).meeting(subject, meeting),
	'who and what a meeting may name': (connection) => meetingStore(connection).around(tank, []),
	'who was in a meeting': (connection) => meetingStore(connection).attendance(meeting),
	'how cards of a meeting were grouped': (connection) => groupingStore(connection).ofMeeting(meeting),
	'whose names may appear on a board': (connection) => thinkTankStore(connection).peopleOf('board7'),
	'a search among people': (connection) => directoryStore(connection).list({ state: 'active', search: 'شماره ۲۰۷۷ نیک‌نام', from: 0, limit: 50 }),
	'a search for a number': (connection) => directoryStore(connection).list({ state: 'active', search: '0002077', from: 0, limit: 50 }),
	'a search for a new member': (connection) => memberStore(connection).candidates(tank, 'شمارهٔ 2077', 20),
	'a search of titles': (connection) => titleReads(connection).find(me, 'نشست', 10),
	'is there an administrator': (connection) => personStore(connection).hasAdministrator(),
	'the newest invitations': (connection) => invitationStore(connection).list(null, 200),
	'the log of access, of one kind': (connection) => auditStore(connection).read({ before: null, kinds: ['member.added'], limit: 50 }),
	'sessions that have ended': (connection) => sessionStore(connection).removeExpired(Date.now())
};

for (const { name, missing, start } of databaseKinds) {
	describe.skipIf(missing !== null)(`a grown installation on ${name}${missing === null ? '' : ` (${missing})`}`, () => {
		let test: TestDatabase;
		let sql: Sql;
		/** by a search of titles while the database knew nothing of its tables yet */
		let ofUnknown: Map<string, number>;
		beforeAll(async () => {
			test = await start();
			const { url, dataDir } = test.options;
			sql = client(url === undefined ? { socket: readHolder(dataDir)!.socket! } : { url }, { max: 1 });
			for (const statement of filling) await sql.unsafe(statement);
			ofUnknown = await rowsRead((connection) => titleReads(connection).find(inTwo, 'نشست', 10), -1);
			// here tables are smaller than what a disk reads at once
			await sql`set random_page_cost = 1.1`;
			// as it is looked after: by autovacuum, or by the embedded database itself
			await sql`vacuum (analyze)`;
		});
		afterAll(async () => {
			await sql?.end();
			await test?.stop();
		});

		/** Rows that this transaction has read so far of each table with so many of them. */
		const readSoFar = async (sql: Sql, least: number) =>
			new Map(
				(
					await sql<{ name: string; rows: number }[]>`
						select t.relname::text as name, t.seq_tup_read + coalesce(t.idx_tup_fetch, 0) as rows
						from pg_stat_xact_user_tables t join pg_class c on c.oid = t.relid where c.reltuples >= ${least}`
				).map(({ name, rows }) => [name, rows])
			);
		const between = (before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>) =>
			new Map([...after].map(([name, rows]) => [name, rows - before.get(name)!]));

		/** Rows that are read of each table that is known to hold so many. */
		const rowsRead = (work: (connection: Connection) => Promise<unknown>, least = 1_000) =>
			sql.begin(async (transaction) => {
				const within = connectionWithin(sql, transaction);
				const before = await readSoFar(within.sql, least);
				await work(within);
				return between(before, await readSoFar(within.sql, least));
			});

		it.each(Object.entries(asked))('reads no more than its share: %s', async (_, work) => {
			const rows = await rowsRead(work);
			expect(rows.size).toBeGreaterThan(8);
			expect([...rows].filter(([, read]) => read > share)).toEqual([]);
		});

		it('reads no more than its share before the database knows its tables: a search of titles', () => {
			expect([...ofUnknown].filter(([, read]) => read > share)).toEqual([]);
			expect(ofUnknown.get('agenda_items')).toBeGreaterThan(0);
		});

		it('what was asked above finds something', async () => {
			const { directory, members, home, titles } = test.database;
			expect((await directory.list({ state: 'active', search: 'شماره ۲۰۷۷ نیک‌نام', from: 0, limit: 50 })).total).toBeGreaterThan(0);
			expect((await directory.list({ state: 'active', search: '0002077', from: 0, limit: 50 })).people.map(({ id }) => id)).toEqual(['person2077']);
			expect((await members.candidates(tank, 'شمارهٔ 2077', 20)).map(({ id }) => id)).toContain('person2077');
			const { meetings, points, decisions } = await titles.find(me, 'نشست', 10);
			expect([meetings, points, decisions].map(({ found }) => found.length)).toEqual([10, 10, 10]);
			expect((await home.meetings(me)).map(({ id }) => id)).toEqual([meeting]);
			expect((await home.news(me, year)).filter(({ about }) => about === 'meeting').length).toBeGreaterThan(10);
		});

		it('a search by what somebody signs in with is the administrators’ alone', async () => {
			expect(await test.database.members.candidates(tank, '0002077', 20)).toEqual([]);
		});

		it('a backup reads what only grows, or is over, after the moment in which everybody waits', async () => {
			const { connection } = test.database;
			const folder = temporaryFolder();
			let read = new Map<string, number>();
			const watched: Connection = {
				...connection,
				moment: (work) =>
					connection.moment(async (sql) => {
						const before = await readSoFar(sql, 0);
						const result = await work(sql);
						read = between(before, await readSoFar(sql, 0));
						return result;
					})
			};
			const { rows } = await writeBackup(watched, path.join(folder, 'a.backup.gz'), Date.now());
			fs.rmSync(folder, { recursive: true });
			expect(rows).toMatchObject({ people, meeting_events: 10 * meetings, attendances: 5 * meetings, ballots: 3 * meetings, audit_entries: 2 * people });
			for (const table of ['meeting_events', 'ballots', 'voters', 'audit_entries', 'client_ids']) expect(read.get(table), table).toBeLessThan(2);
			// those of the live ones
			expect(read.get('attendances')).toBeLessThan((meetings * 5) / 10);
		});

		it('finds what SQL has not followed, wherever it is among many documents', async () => {
			await sql`insert into documents (id, kind, think_tank_id, last_seq) select 'late' || n, 'board', 'tank1', case when n in (1, ${page.light}) then 1 else 0 end
				from generate_series(1, ${page.light}::int) n`;
			expect((await test.database.documents.behind()).sort()).toEqual(['late1', `late${page.light}`]);
		});

		it('a table that has changed is looked after, until it has not', async () => {
			// what was changed a moment ago would be counted after it has been looked after
			await sql`select pg_stat_force_next_flush()`;
			await sql`vacuum (analyze)`;
			const neediest = async () => {
				await sql`select pg_stat_force_next_flush()`;
				return (await sql.unsafe<{ name: string }[]>(neediestTable)).map(({ name }) => name);
			};
			expect(await neediest()).toEqual([]);
			await sql`update links set label = 'another'`;
			expect(await neediest()).toEqual(['public.links']);
			await sql`vacuum (analyze) links`;
			expect(await neediest()).toEqual([]);
		});
	});
}
