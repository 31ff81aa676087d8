import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { newId } from '#server/auth/tokens.ts';
import { copyEmptyDatabase } from '../support/empty-database.ts';
import { compilingOnce, node } from '../support/node.ts';

/** `npm run dev`: pages, API and sockets at the same addresses as in production. */

const repository = join(import.meta.dirname, '../..');
let folder: string;
let server: ChildProcess;
let port: number;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
	port = await new Promise<number>((resolve) => {
		const probe = createServer();
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address() as { port: number };
			probe.close(() => resolve(port));
		});
	});
	copyEmptyDatabase(join(folder, 'data'));
	server = spawn(node, [...compilingOnce, join(repository, 'node_modules/vite/bin/vite.js'), 'dev'], {
		cwd: repository,
		env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: join(folder, 'data') },
		stdio: 'ignore'
	});
	await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/readyz`)).ok).toBe(true), { timeout: 200_000, interval: 300 });
});
afterAll(async () => {
	const ended = new Promise((resolve) => server.once('exit', resolve));
	server.kill('SIGTERM');
	await ended;
	await rm(folder, { recursive: true, force: true });
});

/** How a socket ends: its close code, or the status that refused it. */
const outcome = (path: string, headers: Record<string, string> = {}): Promise<number> =>
	new Promise((resolve) => {
		const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, path === '/' ? ['vite-hmr'] : [], { headers });
		socket.on('unexpected-response', (_request, response) => resolve(response.statusCode!));
		socket.on('close', (code) => resolve(code));
		socket.on('error', () => {});
		socket.on('open', () => {
			if (path === '/') socket.close(1000);
		});
	});

test('pages, API and sockets answer on one port', async () => {
	const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'accept-language': 'fa' } });
	expect(page.status).toBe(200);
	expect(await page.text()).toContain('dir="rtl"');
	const answer = await fetch(`http://127.0.0.1:${port}/api/me`);
	expect([answer.status, await answer.json()]).toEqual([401, { error: { code: 'signed-out' } }]);
	expect(await outcome(`/yjs/${newId()}`)).toBe(4401);
	expect(await outcome(`/yjs/${newId()}`, { origin: 'http://evil.example' })).toBe(403);
	expect((await fetch(`http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`)).status).toBeGreaterThanOrEqual(400);
});
