import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type Database } from '#db/open.ts';
import { temporaryFolder } from '../support/databases.ts';
import { copyEmptyDatabase } from '../support/empty-database.ts';
import { compilingOnce } from '../support/node.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

describe('the commands, beside a running server', { timeout: 60_000 }, () => {
	const dataDir = temporaryFolder();
	let server: Database;
	beforeAll(async () => {
		copyEmptyDatabase(dataDir);
		server = await open({ dataDir });
	}, 60_000);
	afterAll(async () => {
		await server.close();
		fs.rmSync(dataDir, { recursive: true, force: true });
	});

	const command = (script: string, ...args: string[]) =>
		run(process.execPath, [...compilingOnce, script, ...args], { cwd: root, env: { PATH: process.env['PATH'], DATA_DIR: dataDir } }).then(
			({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
			(failed: { code: number; stdout: string; stderr: string }) => failed
		);

	it('seed says what is missing, in the language asked for', async () => {
		expect(await command('db/seed.ts', '--language', 'en')).toMatchObject({ code: 1, stderr: expect.stringContaining('no administrator yet') });
		expect(await command('db/seed.ts', '--language', 'fa')).toMatchObject({ code: 1, stderr: expect.stringContaining('هنوز مدیری نیست') });
		expect(await command('db/seed.ts', '--language', 'de')).toMatchObject({ code: 1, stderr: expect.stringContaining('fa, en') });
	});

	it('seed adds the meeting, and rebuild finds its rows as they are', async () => {
		await server.people.create({ id: '0'.repeat(20), name: { en: 'Administrator' }, administrator: true });
		expect(await command('db/seed.ts', '--language', 'en')).toMatchObject({ code: 0, stdout: expect.stringMatching(/\/meetings\/[0-9a-z]{20}/) });
		const [thinkTank] = await server.thinkTanks.of('0'.repeat(20));
		expect(thinkTank).toMatchObject({ role: 'facilitator', meetings: [{ number: 1 }] });
		const rebuilt = await command('db/rebuild.ts');
		expect(rebuilt).toMatchObject({ code: 0, stdout: expect.stringContaining('1 rows of the log, 15 cards; 0 rows of the tables were not so') });
	});
});
