import { closeSync, openSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open } from '#db/open.ts';
import { startCluster } from '../support/databases.ts';
import { firstStart, type FirstStart } from '../support/first-start.ts';
import { compilingOnce, main, node } from '../support/node.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { missingProcesses } from '../support/processes.ts';
import { Product } from '../support/product.ts';
import { startRedis } from '../support/redis.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the server with these settings, until it ends by itself or has said what is waited for. */
function run(env: Record<string, string>, { args = [], until }: { args?: string[]; until?: RegExp } = {}): Promise<{ code: number | null; output: string }> {
	const child = spawn(node, [...compilingOnce, ...main, ...args], {
		cwd: folder,
		env: { ...process.env, HOST: '127.0.0.1', PORT: '0', DATA_DIR: join(folder, 'data'), ...env }
	});
	let output = '';
	const take = (data: Buffer) => {
		output += data.toString();
		if (until?.test(output)) child.kill('SIGTERM');
	};
	child.stdout.on('data', take);
	child.stderr.on('data', take);
	return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

describe('a start that cannot be', () => {
	test.each([
		[{ PORT: 'http' }, 'PORT'],
		[{ PORT: '70000' }, 'PORT'],
		[{ ORIGIN: 'think.example.org' }, 'ORIGIN'],
		[{ DATABASE_URL: 'mysql://user:topsecret@db/x' }, 'DATABASE_URL'],
		[{ REDIS_URL: 'redis://localhost' }, 'DATABASE_URL'],
		[{ TRUSTED_PROXIES: 'anybody' }, 'TRUSTED_PROXIES'],
		[{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL']
	])('%o is refused in both languages, naming %s', async (env, name) => {
		const { code, output } = await run(env);
		expect(code).toBe(78);
		const sentences = output.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
		expect(sentences).toHaveLength(2);
		for (const sentence of sentences) expect(sentence).toContain(name);
		expect(output).not.toContain('topsecret');
		expect(output).not.toMatch(/^\s+at /m);
	});

	test('a data folder in use names the process that has it', async () => {
		const product = await Product.prepare([{ name: { fa: 'دبیر' }, role: 'facilitator' }]);
		await product.start();
		const { code, output } = await run({ DATA_DIR: product.database.dataDir });
		expect(code).toBe(1);
		expect(output).toContain(String(product.pid));
		expect(output).not.toMatch(/^\s+at /m);
		expect((await fetch(`${product.url}/readyz`)).ok).toBe(true);
		await product.remove();
	});

	test('BACKUP-13 a database that a later version has changed', async () => {
		const product = await Product.prepare([{ name: { fa: 'دبیر' }, role: 'facilitator' }]);
		const database = await open(product.database);
		await database.connection.run(({ sql }) => sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', ${Date.UTC(2100, 0)})`);
		await database.close();
		const { code, output } = await run({ DATA_DIR: product.database.dataDir });
		expect(code).toBe(78);
		expect(output).toMatch(/A later version of Hamandish has changed the database/);
		expect(output).not.toMatch(/^\s+at /m);
		await product.remove();
	});

	test('a database that does not answer', async () => {
		const { code, output } = await run({ DATABASE_URL: 'postgres://nobody:topsecret@127.0.0.1:1/none' });
		expect(code).toBe(1);
		expect(output).toMatch(/The database does not answer/i);
		expect(output).not.toContain('topsecret');
		expect(output).not.toMatch(/^\s+at /m);
	});

	test('a port in use', async () => {
		const other = createServer();
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		const { port } = other.address() as { port: number };
		const { code, output } = await run({ PORT: String(port) });
		expect(code).toBe(1);
		expect(output).toContain(String(port));
		other.close();
	});

	test('a data folder that is a file', async () => {
		const file = join(folder, 'file');
		closeSync(openSync(file, 'w'));
		const { code, output } = await run({ DATA_DIR: file });
		expect(code).toBe(1);
		expect(output).toContain(file);
		expect(output).not.toMatch(/^\s+at /m);
	});
});

describe('a start that can', () => {
	test('prints where it is and a set-up link, which works once and signs the first administrator in', async () => {
		// a container's clock, as a rule
		const first = await firstStart(join(folder, 'first'), { onNothing: true, env: { TZ: 'UTC' } });
		const { origin, setUpPath } = first;
		const token = setUpPath.split('/').at(-1)!;
		const api = (method: string, body?: unknown) =>
			fetch(`${origin}/api/links/${token}`, { method, ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}) });
		expect((await fetch(origin + setUpPath)).status).toBe(200);
		expect((await api('GET')).status).toBe(200);
		const credentials = { userName: 'modir', password: 'سه واژهٔ پشت سر هم' };
		const twice = await Promise.all([api('POST', { name: 'مدیر نخست', ...credentials }), api('POST', { name: 'مدیر دوم', ...credentials })]);
		expect(twice.map(({ status }) => status).sort()).toEqual([200, 410]);
		const cookie = twice
			.find(({ ok }) => ok)!
			.headers.get('set-cookie')!
			.split(';')[0]!;
		expect((await fetch(`${origin}/api/home`, { headers: { cookie } }).then((answer) => answer.json())) as unknown).toMatchObject({ sampleOffered: true });
		expect(await (await api('GET')).json()).toEqual({ error: { code: 'link-used' } });
		const again = await fetch(`${origin}/api/sign-in`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ identifier: credentials.userName, password: credentials.password })
		});
		expect(again.status).toBe(200);
		// what is said of its end is by the country's clock, three and a half hours ahead
		const [, hours, minutes] = /It works once, until \d+ \w+ at (\d\d):(\d\d)/.exec(first.output())!;
		const untilHere = (Number(hours) * 60 + Number(minutes) - 210 + 1_440) % 1_440;
		const now = new Date();
		const past = (now.getUTCHours() * 60 + now.getUTCMinutes() - untilHere + 1_440) % 1_440;
		expect(past).toBeLessThan(30);
		// token and password are in nobody's log
		const logged = first
			.output()
			.split('\n')
			.filter((line) => line.startsWith('{') && (line.includes(token) || line.includes(credentials.password)));
		expect(logged).toEqual([]);
		expect(first.output()).toContain('"msg":"serving"');
		expect(await first.stop()).toBe(0);
	});

	test.skipIf(missingProcesses !== null)(
		'two processes at once on a database that is yet to be filled: both serve, and either link works at either',
		async () => {
			const [postgres, redis] = [await startCluster(), await startRedis()];
			const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
			const starts = await Promise.all(['one', 'other'].map((name) => firstStart(join(folder, name), { onNothing: true, env })));
			const [one, other] = starts as [FirstStart, FirstStart];
			const ask = ({ origin }: FirstStart, { setUpPath }: FirstStart, init?: RequestInit) => fetch(origin + setUpPath.replace('/set-up/', '/api/links/'), init);
			try {
				for (const at of starts) {
					expect((await fetch(`${at.origin}/readyz`)).status).toBe(200);
					for (const link of starts) expect(await (await ask(at, link)).json()).toMatchObject({ purpose: 'set-up' });
				}
				const body = JSON.stringify({ name: 'مدیر', userName: 'modir', password: 'سه واژهٔ پشت سر هم' });
				expect((await ask(other, one, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status).toBe(200);
				for (const at of starts) for (const link of starts) expect(await (await ask(at, link)).json()).toEqual({ error: { code: 'link-used' } });
			} finally {
				expect(await Promise.all(starts.map((start) => start.stop()))).toEqual([0, 0]);
				await redis.remove();
				await postgres.remove();
			}
		}
	);

	test('SIGTERM ends it cleanly while people are writing, and they come back to everything', async () => {
		const product = await Product.prepare([
			{ name: { fa: 'دبیر' }, role: 'facilitator' },
			{ name: { fa: 'عضو' }, role: 'member' }
		]);
		await product.start();
		const pages = await Promise.all(product.people.map((person) => openPage(product, person, product.founding.documents.swot)));
		await Promise.all(pages.map((page) => untilStatus(page, saved)));
		expect(await product.stop()).toBe(0);
		await untilStatus(pages[0]!, ({ reason }) => reason === 'restarting');
		await product.start();
		await Promise.all(pages.map((page) => untilStatus(page, saved)));
		for (const page of pages) page.close();
		await product.remove();
	});
});
