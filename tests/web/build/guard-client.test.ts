import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guardClient } from '../../../web/build/guard-client.ts';

/** The guard at work in a real build of a small tree with the same folders. */

let tree: string;
beforeEach(() => {
	tree = mkdtempSync(join(tmpdir(), 'hamandish-test-'));
	for (const folder of ['db', 'realtime/server', 'realtime/board', 'web/server', 'web/lib']) mkdirSync(join(tree, folder), { recursive: true });
	writeFileSync(join(tree, 'db/open.ts'), 'export const secret = 1; export type Row = number;');
	writeFileSync(join(tree, 'realtime/server/room.ts'), 'export const room = 1;');
	writeFileSync(join(tree, 'web/server/key.ts'), 'export const key = 1;');
	writeFileSync(join(tree, 'realtime/board/read.ts'), 'export const read = 1;');
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

function buildClient(source: string): Promise<unknown> {
	writeFileSync(join(tree, 'web/page.ts'), source);
	return build({
		root: join(tree, 'web'),
		configFile: false,
		logLevel: 'silent',
		plugins: [guardClient(`${tree}/`)],
		build: { write: false, rolldownOptions: { input: join(tree, 'web/page.ts') } }
	});
}

test.each([
	["import { secret } from '../db/open.ts'; console.log(secret);", 'db/open.ts'],
	["import { room } from '../realtime/server/room.ts'; console.log(room);", 'realtime/server/room.ts'],
	["import { key } from './server/key.ts'; console.log(key);", 'web/server/key.ts'],
	["import('../db/open.ts').then(console.log);", 'db/open.ts']
])('the build of the browser stops at %s', async (source, file) => {
	await expect(buildClient(source)).rejects.toThrow(`${file} must not reach the browser, and web/page.ts imports it`);
});

test('types and what the browser may have pass', async () => {
	await buildClient("import type { Row } from '../db/open.ts'; import { read } from '../realtime/board/read.ts'; const row: Row = read; console.log(row);");
});
