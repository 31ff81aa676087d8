import { createCard, splice } from '#realtime/board/edits.ts';
import { open } from '#db/open.ts';
import { readBoard } from '#realtime/board/read.ts';
import { enterMeeting } from '#realtime/client/meeting-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { newId } from '#server/auth/tokens.ts';
import { once } from 'node:events';
import { connect } from 'node:net';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product } from '../support/product.ts';

let product: Product;
/** Somebody of no think tank. */
const stranger = 2;

beforeAll(async () => {
	product = await Product.prepare([
		{ name: { fa: 'دبیر' }, role: 'facilitator' },
		{ name: { fa: 'مدیر دفتر یزد' }, role: 'member', province: 'IR-21' },
		{ name: { fa: 'بیگانه' }, role: 'member' }
	]);
	const database = await open(product.database);
	await database.connection.run(({ sql }) => sql`delete from memberships where person_id = ${product.people[stranger]!.id}`);
	await database.close();
	await product.start();
});
afterAll(() => product?.remove());

/** What becomes of a board's socket: the status that refuses it, or the close code, and the bytes that came before. */
function outcome(path: string, headers: Record<string, string>): Promise<{ status?: number; code?: number; bytes: number }> {
	const socket = new WebSocket(product.url.replace('http', 'ws') + path, { headers });
	let bytes = 0;
	return new Promise((resolve) => {
		socket.on('unexpected-response', (_request, response) => resolve({ status: response.statusCode!, bytes }));
		socket.on('message', (data: Buffer) => (bytes += data.length));
		socket.on('close', (code) => resolve({ code, bytes }));
		socket.on('error', () => {});
	});
}

describe('boards', () => {
	test('WIRE-6 foreign Origins × ws, socket.io websocket and polling: refused before the upgrade', async () => {
		const { cookie } = product.people[0]!;
		const board = `/yjs/${product.founding.documents.swot}`;
		for (const origin of ['http://evil.example', 'https://localhost', 'null', `http://localhost:1`]) {
			expect(await outcome(board, { cookie, origin })).toEqual({ status: 403, bytes: 0 });
			expect((await outcome('/socket.io/?EIO=4&transport=websocket', { cookie, origin })).status).toBeGreaterThanOrEqual(400);
			expect((await fetch(`${product.url}/socket.io/?EIO=4&transport=polling`, { headers: { cookie, origin } })).status).toBeGreaterThanOrEqual(400);
		}
	});

	test('WIRE-6 without a session 4401, an unknown and a foreign document 4404, and no byte of a document', async () => {
		const { swot } = product.founding.documents;
		const own = product.people[0]!.cookie;
		expect(await outcome(`/yjs/${swot}`, {})).toEqual({ code: 4401, bytes: 0 });
		expect(await outcome(`/yjs/${swot}`, { cookie: own.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')) })).toEqual({ code: 4401, bytes: 0 });
		const foreign = await outcome(`/yjs/${swot}`, { cookie: product.people[stranger]!.cookie });
		const unknown = await outcome(`/yjs/${newId()}`, { cookie: own });
		expect([foreign, unknown, await outcome('/yjs/..%2f..', { cookie: own })]).toEqual(Array(3).fill({ code: 4404, bytes: 0 }));
		expect((await outcome('/elsewhere', { cookie: own })).status).toBe(404);
	});

	test('WIRE-12 a page of another version is told so', async () => {
		const { cookie } = product.people[0]!;
		expect(await outcome(`/yjs/${product.founding.documents.swot}?v=999`, { cookie })).toEqual({ code: 4426, bytes: 0 });
	});

	test('WIRE-9 WIRE-13 who is removed keeps nothing of the board but their own unsent words', async () => {
		const { swot } = product.founding.documents;
		const storage = memoryStorage();
		const page = await openPage(product, product.people[1]!, swot, storage);
		await untilStatus(page, saved);
		expect((await storage.load()).updates.length).toBeGreaterThan(0);
		const database = await open({ ...product.database, besideServer: true });
		await database.connection.run(({ sql }) => sql`delete from memberships where person_id = ${product.people[1]!.id}`);
		const began = performance.now();
		await untilStatus(page, ({ connection, reason }) => connection === 'ended' && reason === 'not-found');
		if (process.env['LONG'] === '1') expect(performance.now() - began).toBeLessThan(4_000);
		await vi.waitFor(async () => expect((await storage.load()).updates).toEqual([]));
		await database.thinkTanks.addMember(product.founding.thinkTank, product.people[1]!.id, 'member');
		await database.close();
		page.close();
	});

	test('WIRE-11 bad frames, resets, missing acks, throwing handlers: same process, nobody else disconnected', async () => {
		const { swot } = product.founding.documents;
		const page = await openPage(product, product.people[0]!, swot);
		await untilStatus(page, saved);
		const statuses: string[] = [];
		page.watch(() => statuses.push(page.status.connection));

		const port = Number(new URL(product.url).port);
		const upgrade = (path: string) =>
			`GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: ${product.people[1]!.cookie}\r\n\r\n`;
		for (const path of [`/yjs/${swot}`, '/socket.io/?EIO=4&transport=websocket', '/elsewhere', '//[']) {
			for (const after of [Buffer.of(0xff, 0xff, 0xff), Buffer.of(0x82, 0x05, 1), Buffer.alloc(70_000, 0x81)]) {
				const socket = connect(port, '127.0.0.1');
				socket.on('error', () => {});
				await once(socket, 'connect');
				socket.write(upgrade(path));
				await Promise.race([once(socket, 'data'), once(socket, 'close')]);
				socket.write(after);
				socket.resetAndDestroy();
			}
			// a reset before the answer
			const hasty = connect(port, '127.0.0.1');
			hasty.on('error', () => {});
			await once(hasty, 'connect');
			hasty.write(upgrade(path));
			hasty.resetAndDestroy();
		}
		// requests of a meeting that are none, and that want no answer
		const socket = io(product.url, { path: '/socket.io', transports: ['websocket'], extraHeaders: { cookie: product.people[1]!.cookie } });
		await new Promise<void>((resolve) => socket.on('connect', () => resolve()));
		for (const request of [undefined, null, 1, 'x', {}, { meeting: 'x' }, { meeting: { $ne: 1 } }, { meeting: newId(), more: 1 }])
			socket.emit('meeting.enter', request);
		socket.emit('meeting.unheard', 1);
		expect(await socket.emitWithAck('meeting.enter', { meeting: newId() })).toEqual({ ok: false, refusal: 'not-found' });
		socket.close();

		const id = newId();
		createCard(page.doc, { id, author: product.people[0]!.id, createdAt: 1, column: 'threats', group: null, before: null });
		splice(page.doc, { card: id }, { at: 0, removed: 0, inserted: 'هنوز اینجا' });
		await untilStatus(page, saved);
		expect(new Set(statuses)).toEqual(new Set(['online']));
		expect((await fetch(`${product.url}/healthz`)).ok).toBe(true);
		page.close();
	});

	test('SYNC-11 SQL shows what is committed', async () => {
		const { swot } = product.founding.documents;
		const page = await openPage(product, product.people[1]!, swot);
		await untilStatus(page, saved);
		const id = newId();
		createCard(page.doc, { id, author: product.people[1]!.id, createdAt: 1, column: 'strengths', group: null, before: null });
		splice(page.doc, { card: id }, { at: 0, removed: 0, inserted: 'در جدول' });
		await untilStatus(page, saved);
		const answer = await fetch(`${product.url}/api/documents/${swot}/factors`, { headers: { cookie: product.people[1]!.cookie } });
		const { factors } = (await answer.json()) as { factors: { cardId: string; text: string; province: string | null }[] };
		expect(factors.find(({ cardId }) => cardId === id)).toMatchObject({
			text: 'در جدول',
			column: 'strengths',
			province: 'IR-21',
			authorId: product.people[1]!.id
		});
		expect(factors).toHaveLength(readBoard(page.doc).cards.size);
		page.close();
	});
});

describe('meetings', () => {
	test('PRESENCE-3 each person is in a meeting once, however many pages they have open', async () => {
		const { meeting } = product.founding;
		const seen = { first: [] as string[], second: [] as string[] };
		const enter = (person: number, into: 'first' | 'second') =>
			enterMeeting({
				url: product.url,
				meeting,
				cookie: product.people[person]!.cookie,
				changed: ({ present }) => (seen[into] = present.map(({ name }) => name.fa!)),
				ended: () => {}
			});
		const links = [enter(0, 'first'), enter(1, 'second'), enter(1, 'second')];
		await vi.waitFor(() => expect([...seen.first].sort()).toEqual(['دبیر', 'مدیر دفتر یزد']));
		await vi.waitFor(() => expect(seen.second).toHaveLength(2));
		links[1]!.leave();
		links[0]!.leave();
		await vi.waitFor(() => expect(seen.second).toEqual(['مدیر دفتر یزد']));
		links[2]!.leave();
	});
});

test('an idle connection is kept longer than proxies keep theirs, and the server says so', async () => {
	const { headers } = await fetch(`${product.url}/healthz`);
	expect(headers.get('keep-alive')).toBe(`timeout=${limits.keepAliveMs / 1000}`);
});
