import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBackup, readHeader } from '#db/backup/file.ts';
import { backupName, newestBackup, rotateBackups } from '#db/backup/folder.ts';
import { restoreBackup } from '#db/backup/restore.ts';
import { leftOut, tablesOf } from '#db/backup/tables.ts';
import { writeBackup } from '#db/backup/write.ts';
import { connect, type Connection } from '#db/connection.ts';
import { CommandError } from '#db/errors.ts';
import { applyWithin, migrations } from '#db/migrate.ts';
import { open, reach, type Database, type OpenOptions } from '#db/open.ts';
import { everything, furnish } from '../support/backups.ts';
import { databaseKinds, newId, startPostgres, temporaryFolder } from '../support/databases.ts';

const folder = temporaryFolder();
const newFile = () => path.join(folder, `${newId()}.backup.gz`);

/** Restores as the command does: alone on a database that nobody has open. */
async function restore(options: OpenOptions, file: string, { replace = false, now = Date.now() } = {}) {
	const reached = await reach(options);
	try {
		return await restoreBackup(reached.address, file, { replace, now });
	} finally {
		await reached.close();
	}
}

async function looked<Result>(options: OpenOptions, look: (database: Database) => Promise<Result>): Promise<Result> {
	const database = await open(options);
	try {
		return await look(database);
	} finally {
		await database.close();
	}
}

const generations = (database: Database) =>
	database.connection.run(({ sql }) =>
		sql<{ generation: number }[]>`select generation from documents order by generation`.then((rows) => rows.map((row) => row.generation))
	);

/** An embedded database without a schema is made once and copied: making one takes longer than all that is done with it. */
const blank = path.join(folder, 'blank');
async function emptyEmbedded(): Promise<OpenOptions> {
	if (!fs.existsSync(blank)) await (await reach({ dataDir: blank })).close();
	const dataDir = path.join(folder, newId());
	fs.cpSync(blank, dataDir, { recursive: true });
	return { dataDir };
}
async function emptyPostgres(): Promise<OpenOptions> {
	const { options, stop } = await startPostgres();
	await stop();
	return options;
}

/** One furnished database of each kind, its backup, and what was in it. */
const sources = databaseKinds.map(({ name, missing }, i) => ({
	name,
	missing,
	empty: i === 0 ? emptyEmbedded : emptyPostgres,
	database: null as Database | null,
	options: null as OpenOptions | null,
	file: newFile(),
	held: {} as Record<string, string[]>
}));
beforeAll(async () => {
	for (const source of sources.filter(({ missing }) => missing === null)) {
		source.database = await open((source.options = await source.empty()));
		await furnish(source.database);
		source.held = await everything(source.database);
		await writeBackup(source.database.connection, source.file, 1_000);
	}
}, 300_000);
afterAll(async () => {
	for (const { database } of sources) await database?.close();
	fs.rmSync(folder, { recursive: true, force: true });
});
const missing = sources.find((source) => source.missing !== null)?.missing ?? null;

describe('a backup', { timeout: 120_000 }, () => {
	for (const [i, from] of sources.entries()) {
		const to = sources[1 - i]!;
		it.skipIf(missing !== null)(`BACKUP-2 BACKUP-8 of ${from.name} brings everything back in ${to.name}`, async () => {
			expect(Object.values(from.held).filter((rows) => rows.length === 0).length).toBeLessThan(14);
			for (const name of [
				'documents',
				'document_updates',
				'document_archive',
				'document_snapshot_pieces',
				'factors',
				'actions',
				'action_changes',
				'late_contributions'
			])
				expect(from.held[name]!.length, name).toBeGreaterThan(0);
			const target = await to.empty();
			expect(await restore(target, from.file)).toMatchObject({ at: 1_000, unread: [] });
			const first = await looked(target, async (database) => {
				expect(await everything(database)).toEqual(from.held);
				// the schema is as the migrator leaves it, and counting and referring go on
				const migrated = await database.connection.run(({ sql }) => sql`select hash, created_at from drizzle.__drizzle_migrations order by created_at`);
				expect([...migrated]).toEqual(migrations.map(({ hash, folderMillis }) => ({ hash, created_at: folderMillis })));
				const [entry] = await database.connection.run(({ sql }) => sql<{ id: number }[]>`insert into audit_entries (kind) values ('test') returning id`);
				expect(entry!.id).toBe(4);
				await expect(database.connection.run(({ sql }) => sql`delete from people`)).rejects.toThrow(/23503/);
				return generations(database);
			});
			// no generation that any device could know
			expect(Math.min(...first)).toBeGreaterThan(1);
			if (to !== sources[1]) return;
			// and another one with every restore, whatever the clock says
			await restore(target, from.file, { replace: true, now: 0 });
			await looked(target, async (database) => expect(Math.min(...(await generations(database)))).toBeGreaterThan(Math.max(...first)));
		});
	}

	for (const source of sources) {
		describe.skipIf(source.missing !== null)(`of ${source.name}`, () => {
			it('BACKUP-3 has every table, but for those that are left out with a reason', async () => {
				const database = source.database!;
				const names = await database.connection.run(async ({ sql }) => {
					await sql`create table added_later (id text primary key, data bytea, at timestamptz not null default clock_timestamp())`;
					await sql`insert into added_later (id, data) values ('1', '\\x00ff'), ('2', null)`;
					return (await tablesOf(sql)).map(({ name }) => name);
				});
				const file = newFile();
				try {
					await writeBackup(database.connection, file, 2_000);
				} finally {
					await database.connection.run(({ sql }) => sql`drop table added_later`);
				}
				const seen = new Set<string>();
				const rows: unknown[] = [];
				let table = '';
				for await (const line of readBackup(file)) {
					if ('table' in line) seen.add((table = line.table));
					else if (Array.isArray(line) && table === 'added_later') rows.push(line.slice(0, 2));
				}
				expect([...seen, ...Object.keys(leftOut)].sort()).toEqual(names);
				expect(rows).toEqual([
					['1', '00ff'],
					['2', null]
				]);
				for (const [name, reason] of Object.entries(leftOut)) expect(reason.length, name).toBeGreaterThan(20);
			});

			it('BACKUP-4 shows one moment while people write on', async () => {
				const database = source.database!;
				const thinkTank = (await database.connection.run(({ sql }) => sql<{ id: string }[]>`select id from think_tanks`))[0]!.id;
				const document = (
					await database.connection.run(({ sql }) => sql<{ id: string }[]>`select id from documents where kind = 'board' order by last_seq desc`)
				)[0]!.id;
				let writing = true;
				let written = 0;
				const writer = (async () => {
					for (; writing; written++) {
						await database.documents.append([{ document, update: Uint8Array.of(0, 0) }]);
						const person = newId();
						await database.people.create({ id: person, name: { en: 'Newcomer' } });
						await database.thinkTanks.addMember(thinkTank, person, 'member');
						await database.clientIds.lease(person, 1);
					}
				})();
				const file = newFile();
				await writeBackup(database.connection, file, 3_000);
				writing = false;
				await writer;
				expect(written).toBeGreaterThan(0);
				await restore(await source.empty(), file);
			});

			it('BACKUP-5 BACKUP-6 what is damaged, foreign or in use changes nothing', async () => {
				const target = await source.empty();
				const running = await open(target);
				const inPlace = await furnish(running, { rows: 3 });
				const before = await everything(running);
				await expect(restore(target, source.file, { replace: true })).rejects.toThrow(target.url ? /server is running/ : /in use by process/);
				await running.close();
				const packed = fs.readFileSync(source.file);
				const lines = gunzipSync(packed).toString().trimEnd().split('\n');
				const header = JSON.parse(lines[0]!) as { migrations: number[] };
				const flipped = Buffer.from(packed);
				flipped[Math.floor(flipped.length / 2)]! ^= 0x10;
				const made = (change: (lines: string[]) => string[]) => gzipSync(`${change([...lines]).join('\n')}\n`);
				const wrong: [Buffer, RegExp][] = [
					[packed.subarray(0, packed.length - 9), /damaged/],
					[packed.subarray(0, 100), /damaged/],
					[Buffer.alloc(0), /damaged/],
					[flipped, /damaged/],
					[Buffer.from('a letter'), /damaged/],
					[gzipSync('{"a":1}\n'), /no backup of this product/],
					[made((all) => all.filter((_, i) => i !== 5)), /damaged/],
					[made((all) => all.slice(0, -1)), /damaged/],
					[made((all) => [...all, '[]']), /damaged/],
					[made((all) => all.with(0, JSON.stringify({ ...header, format: 2 }))), /format 2/],
					[made((all) => all.with(0, JSON.stringify({ ...header, migrations: [...header.migrations, 4e12] }))), /newer version/]
				];
				const reached = await reach(target);
				const refused = (file: string, replace = true) => restoreBackup(reached.address, file, { replace, now: 0 }).catch((error: unknown) => error as Error);
				try {
					for (const [bytes, reason] of wrong) {
						const file = newFile();
						fs.writeFileSync(file, bytes);
						const error = await refused(file);
						expect(error, String(reason)).toBeInstanceOf(CommandError);
						expect((error as Error).message).toMatch(reason);
					}
					expect(await refused(source.file, false)).toMatchObject({ message: expect.stringContaining('not empty') });
					expect(await refused(path.join(folder, 'nowhere'))).toMatchObject({ message: expect.stringContaining('no file') });
				} finally {
					await reached.close();
				}
				await looked(target, async (database) => {
					expect(await everything(database)).toEqual(before);
					expect((await database.meetings.find(inPlace.founding.meeting))!.state).toBe('live');
				});
			});
		});
	}

	it('BACKUP-6 a restore that is interrupted leaves what was there', async () => {
		const source = sources.findLast(({ missing }) => missing === null);
		const target = await source!.empty();
		const before = await looked(target, async (database) => {
			await furnish(database, { rows: 3 });
			return everything(database);
		});
		// a row that says what its column cannot hold, with a digest that is right: found when half of it is loaded
		const lines = gunzipSync(fs.readFileSync(source!.file)).toString().trimEnd().split('\n');
		const at = lines.findIndex((line) => line.includes('"table":"meetings"')) + 1;
		const row = JSON.parse(lines[at]!) as (string | null)[];
		lines[at] = JSON.stringify(row.with(2, 'no number'));
		const body = `${lines.slice(0, -1).join('\n')}\n`;
		const end = { ...(JSON.parse(lines.at(-1)!) as object), digest: createHash('sha256').update(body).digest('hex') };
		const file = newFile();
		fs.writeFileSync(file, gzipSync(`${body}${JSON.stringify(end)}\n`));
		await expect(restore(target, file, { replace: true })).rejects.toThrow(/22P02|integer/);
		await looked(target, async (database) => expect(await everything(database)).toEqual(before));
	});

	const somebodysId = '0123456789abcdefghij';
	const somebody = async (database: Database) => expect(await database.people.find(somebodysId)).toMatchObject({ name: { en: 'Somebody' } });

	/** A database as the last version but one left it, with somebody in it. */
	async function ofFormerVersion(then: (connection: Connection) => Promise<void> = async () => {}): Promise<OpenOptions> {
		const options = await emptyEmbedded();
		const former = await reach(options);
		const connection = connect(former.address);
		await connection.run(async ({ sql }) => {
			await applyWithin(sql, migrations.slice(0, -1));
			await sql`insert into people (id, name) values (${somebodysId}, '{"en":"Somebody"}')`;
		});
		await then(connection);
		await connection.close();
		await former.close();
		return options;
	}
	function noting() {
		const notes: string[] = [];
		const note = (_: Record<string, unknown>, text: string) => void notes.push(text);
		return { notes, log: { info: note, warn: () => {}, error: note } };
	}

	it('BACKUP-7 BACKUP-9 of a former schema is brought forward, and one is made before that schema is changed', async () => {
		const file = newFile();
		const { dataDir } = await ofFormerVersion(async (connection) => void (await writeBackup(connection, file, 4_000)));
		expect((await readHeader(file)).migrations).toEqual(migrations.slice(0, -1).map(({ folderMillis }) => folderMillis));
		const { notes, log } = noting();
		await looked({ dataDir, log }, somebody);
		expect(notes).toEqual([expect.stringContaining('a backup was made')]);
		const automatic = fs.readdirSync(path.join(dataDir, 'backups'));
		expect(automatic).toEqual([expect.stringMatching(/^before-migration-.*\.backup\.gz$/)]);
		// once it is changed, nothing is made again
		await looked({ dataDir, log }, somebody);
		expect(fs.readdirSync(path.join(dataDir, 'backups'))).toEqual(automatic);

		const elsewhere = await emptyEmbedded();
		expect((await readHeader(path.join(dataDir, 'backups', automatic[0]!))).migrations).toEqual((await readHeader(file)).migrations);
		await restore(elsewhere, path.join(dataDir, 'backups', automatic[0]!));
		await looked(elsewhere, somebody);
	});

	it('BACKUP-9 a schema is changed also where no backup could be made', async () => {
		const { dataDir } = await ofFormerVersion();
		fs.writeFileSync(path.join(dataDir, 'backups'), 'no folder');
		const { notes, log } = noting();
		await looked({ dataDir, log }, somebody);
		expect(notes).toEqual([expect.stringContaining('no backup could be made')]);
	});

	it('BACKUP-10 is for its owner alone, whole or not there, and never written over another', async () => {
		const database = sources[0]!.database!;
		expect(fs.statSync(sources[0]!.file).mode & 0o777).toBe(0o600);
		const packed = fs.readFileSync(sources[0]!.file);
		await expect(writeBackup(database.connection, sources[0]!.file, 0)).rejects.toThrow(/not overwritten/);
		expect(fs.readFileSync(sources[0]!.file).equals(packed)).toBe(true);
		const file = newFile();
		const gone = { ...database.connection, run: database.connection.run, moment: () => Promise.reject(new Error('the database is away')) };
		await expect(writeBackup(gone as never, file, 0)).rejects.toThrow(/away/);
		expect(fs.readdirSync(folder).filter((name) => name.startsWith(path.basename(file)))).toEqual([]);
	});

	it('BACKUP-9 the newest of an occasion stay', () => {
		const place = path.join(folder, newId());
		fs.mkdirSync(place);
		const days = Array.from({ length: 5 }, (_, day) => Date.UTC(2026, 10, 20 + day, 3, 4, 5, 678));
		for (const day of days) for (const occasion of ['scheduled', 'asked'] as const) fs.writeFileSync(path.join(place, backupName(occasion, day)), '');
		fs.writeFileSync(path.join(place, `${backupName('scheduled', 0)}.part`), '');
		expect([newestBackup(place, 'scheduled'), newestBackup(place, 'before-migration'), newestBackup('/nowhere', 'asked')]).toEqual([days[4], null, null]);
		rotateBackups(place, 'scheduled', 2);
		expect(fs.readdirSync(place).sort()).toEqual([...days.map((day) => backupName('asked', day)), ...days.slice(3).map((day) => backupName('scheduled', day))]);
	});
});
