import { readBoard } from '#realtime/board/read.ts';
import { openBoard } from '#realtime/client/board-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { compilingOnce, main, node } from '../support/node.ts';
import { leaseClientId, socketWith } from '../support/page.ts';

/** `npm run demo`: a board that is alive when the page opens, and nothing of it left when it stops. */

interface Line {
	url: string;
	people: { name: string; role: string; signIn: string }[];
	thinkTank: string;
	meeting: string;
	documents: { swot: string; brainstorm: string; actions: string };
}

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts a demo with these arguments, its temporary files in our folder. */
async function demo(...args: string[]): Promise<{ line: Line; stop: () => Promise<number | null> }> {
	const child = spawn(node, [...compilingOnce, ...main, '--demo', '--json', ...args], {
		cwd: folder,
		env: { ...process.env, HOST: '127.0.0.1', PORT: '0', TMPDIR: folder },
		stdio: ['ignore', 'pipe', 'ignore']
	});
	let output = '';
	await new Promise<void>((resolve, reject) => {
		child.stdout.on('data', (chunk: Buffer) => {
			output += chunk.toString();
			if (output.endsWith('\n')) resolve();
		});
		child.once('exit', (code) => reject(new Error(`the demo ended with ${code}`)));
	});
	return {
		line: JSON.parse(output) as Line,
		stop: () =>
			new Promise((resolve) => {
				child.once('exit', (code) => resolve(code));
				child.kill('SIGTERM');
			})
	};
}

/** The session that a one-click link gives. */
async function enter(signIn: string): Promise<{ cookie: string; to: string }> {
	const answer = await fetch(signIn, { redirect: 'manual' });
	expect(answer.status).toBe(303);
	return { cookie: answer.headers.get('set-cookie')!.split(';')[0]!, to: answer.headers.get('location')! };
}

test('one line for scripts, links that sign in, bots that write, and nothing left behind', async () => {
	const { line, stop } = await demo();
	expect(line.people.map(({ role }) => role)).toEqual(expect.arrayContaining(['facilitator', 'member', 'observer']));
	const { cookie, to } = await enter(line.people[0]!.signIn);
	expect(new URL(to, line.url).pathname).toMatch(new RegExp(`^/meetings/${line.meeting}/`));
	expect((await fetch(new URL(to, line.url), { headers: { cookie } })).status).toBe(200);

	const clientId = await leaseClientId(line, { cookie });
	const page = openBoard({
		url: `${line.url.replace('http', 'ws')}/yjs`,
		document: line.documents.swot,
		clientId,
		storage: memoryStorage(),
		socket: socketWith(cookie)
	});
	await vi.waitFor(
		() => {
			expect(page.presence.others().length).toBeGreaterThan(3);
			expect(new Set(page.presence.others().map(({ person }) => person.province)).size).toBeGreaterThan(2);
			expect(readBoard(page.doc).cards.size).toBeGreaterThan(15);
		},
		{ timeout: 60_000, interval: 200 }
	);
	page.close();
	expect(await stop()).toBe(0);
	expect(readdirSync(folder)).toEqual([]);
});

test('--no-bots leaves the board alone, and --language chooses what it says', async () => {
	const { line, stop } = await demo('--no-bots', '--language', 'en');
	const { cookie } = await enter(line.people[0]!.signIn);
	const answer = await fetch(`${line.url}/api/documents/${line.documents.swot}/factors`, { headers: { cookie } });
	const { factors } = (await answer.json()) as { factors: { text: string }[] };
	expect(factors).toHaveLength(15);
	expect(factors.map(({ text }) => text)).toContain('Active offices in every province');
	expect(await stop()).toBe(0);
});
