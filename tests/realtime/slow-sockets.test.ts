import { createCard, splice } from '#realtime/board/edits.ts';
import { sameState } from '#realtime/board/replica.ts';
import { openBoard, type BoardLink } from '#realtime/client/board-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits, rates } from '#realtime/meeting/limits.ts';
import { closeCodes } from '#realtime/protocol/close-codes.ts';
import { messageTypes, presenceFrame } from '#realtime/protocol/frames.ts';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { boardServer } from '../support/board-server.ts';
import { saved, socketWith, untilStatus } from '../support/page.ts';
import { randomFrom } from '../support/random.ts';

const random = randomFrom(31);
let server: Awaited<ReturnType<typeof boardServer>>;
let board: Id;

beforeEach(async () => {
	server = await boardServer();
	board = server.document();
});
afterEach(async () => {
	vi.useRealTimers();
	await server.stop();
});

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

/** A socket and nothing else: it answers pings, and reads as long as the test lets it. */
async function bare(person: Id): Promise<{ socket: WebSocket; closed: () => number | null }> {
	const socket = new WebSocket(server.url + board, { headers: { cookie: person } });
	let code: number | null = null;
	socket.on('close', (closeCode) => (code = closeCode));
	await once(socket, 'message');
	return { socket, closed: () => code };
}

/** A page of ours, and the way to stop it reading. */
async function pageOf(person: Id): Promise<{ link: BoardLink; sockets: WebSocket[] }> {
	const sockets: WebSocket[] = [];
	const Base = socketWith(person) as unknown as typeof WebSocket;
	class Kept extends Base {
		constructor(address: string) {
			super(address);
			sockets.push(this);
		}
	}
	const [clientId] = await server.world.clientIds.lease(person, 1);
	const link = openBoard({ url: server.url.slice(0, -1), document: board, clientId: clientId!, storage: memoryStorage(), socket: Kept as never });
	await untilStatus(link, saved);
	return { link, sockets };
}

const newCard = (text: string) => {
	const id = random.id();
	return (doc: Parameters<typeof createCard>[0]) => {
		createCard(doc, { id, author: id, createdAt: 1, column: 'strengths', group: null, before: null });
		splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
	};
};

test('WIRE-7 an attempt that a page gave up, and that reaches the server after the next, leaves the page where it is', async () => {
	const person = server.person();
	const { link, sockets } = await pageOf(person);
	link.drop();
	link.retry();
	await until(() => expect(sockets).toHaveLength(2));
	await untilStatus(link, saved);
	const late = new WebSocket(sockets[0]!.url, { headers: { cookie: person } });
	const [code] = (await once(late, 'close')) as [number];
	expect(code).toBe(closeCodes['taken-over']);
	expect(link.status).toMatchObject({ connection: 'online', reason: null });
	link.close();
});

test(
	'WIRE-17 twenty readers paused: each is dropped at a megabyte, nobody else notices, and they have everything when they read on',
	{ timeout: 60_000 },
	async () => {
		const writer = await pageOf(server.person());
		const paused = [await pageOf(server.person()), await pageOf(server.person())];
		const ends = [...server.sockets];
		const bares = await Promise.all(Array.from({ length: 18 }, () => bare(server.person())));
		const watched = [...server.sockets].filter((socket) => !ends.slice(0, 1).includes(socket));
		for (const { sockets } of paused) sockets[0]!.pause();
		for (const { socket } of bares) socket.pause();
		let most = 0;
		let written = 0;
		// what the kernel takes is not the server's
		while (server.rooms.statistics.connections > 1 && written < 300) {
			await server.rooms.edit(board, null, newCard('ا'.repeat(100 * 1024)));
			written++;
			most = Math.max(most, ...watched.map((socket) => socket.writableLength));
		}
		// a reader who does not answer the goodbye is not waited for
		await until(() => expect(server.rooms.statistics.connections).toBe(1));
		expect(written).toBeGreaterThan(5);
		expect(most).toBeGreaterThan(limits.bufferedBytes / 2);
		expect(most).toBeLessThanOrEqual(1.5 * 1024 * 1024);
		expect(writer.link.status).toMatchObject({ connection: 'online', reason: null });
		for (const { sockets } of paused) sockets[0]!.resume();
		await until(() => expect(paused.map(({ sockets }) => sockets.length)).toEqual([2, 2]));
		for (const { link } of paused) {
			await untilStatus(link, saved);
			await until(() => expect(sameState(link.doc, writer.link.doc)).toBe(true));
			link.close();
		}
		writer.link.close();
		for (const { socket } of bares) socket.terminate();
	}
);

test('WIRE-17 a long answer is not held against a reader who reads slowly', { timeout: 30_000 }, async () => {
	for (let i = 0; i < 30; i++) await server.rooms.edit(board, null, newCard('ا'.repeat(100 * 1024)));
	const reader = await bare(server.person());
	reader.socket.pause();
	reader.socket.send(Uint8Array.of(0, 0, 1, 0));
	await until(() => expect(Math.max(...[...server.sockets].map((socket) => socket.writableLength))).toBeGreaterThan(limits.bufferedBytes));
	await server.rooms.edit(board, null, newCard('پس از آن'));
	reader.socket.resume();
	const frames: number[] = [];
	reader.socket.on('message', (data: Buffer) => frames.push(data[1]!));
	// the answer, and the edit behind it
	await until(() => expect(frames).toEqual([1, 2]));
	expect(reader.closed()).toBe(null);
	reader.socket.terminate();
});

test('WIRE-17 who asks ever again and reads no answer is dropped', { timeout: 60_000 }, async () => {
	for (let i = 0; i < 30; i++) await server.rooms.edit(board, null, newCard('ا'.repeat(100 * 1024)));
	const reader = await bare(server.person());
	reader.socket.pause();
	for (let i = 0; i < 3; i++) reader.socket.send(Uint8Array.of(0, 0, 1, 0));
	await vi.waitFor(() => expect(server.rooms.statistics.connections).toBe(0), { timeout: 30_000, interval: 100 });
	reader.socket.resume();
	await until(() => expect(reader.closed()).toBe(closeCodes['too-slow']));
});

test('WIRE-17 a frozen client is gone from everybody’s list within 45 s, and whoever answers stays', { timeout: 30_000 }, async () => {
	await server.stop();
	// the server's pings and its clock; sockets and everything else run on
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
	server = await boardServer();
	board = server.document();
	const [frozen, watcher, reader] = [await bare(server.person()), await bare(server.person()), await bare(server.person())];
	let listed: boolean | null = null;
	watcher.socket.on('message', (data: Buffer) => {
		if (data[0] === messageTypes.presence && data.includes('"person"')) listed = true;
		else if (data[0] === messageTypes.presence && data.includes('null')) listed = false;
	});
	frozen.socket.send(presenceFrame([{ client: 9, clock: 1, state: { card: null } }]));
	await until(() => expect(listed).toBe(true));
	frozen.socket.pause();
	for (let passed = 0; passed < 45_000; passed += limits.pingEveryMs) {
		// whoever is asked answers before the clock goes on
		const answered = [...server.sockets].slice(1).map((socket) => once(socket, 'data'));
		vi.advanceTimersByTime(limits.pingEveryMs);
		await Promise.all(answered);
	}
	await until(() => expect(listed).toBe(false));
	expect([watcher.closed(), reader.closed()]).toEqual([null, null]);
	expect(server.rooms.statistics.connections).toBe(2);
	for (const { socket } of [frozen, watcher, reader]) socket.terminate();
});

test('WIRE-15 who comes back ever again is told to wait, and nobody else is', { timeout: 30_000 }, async () => {
	const stormer = server.person();
	const asked = vi.spyOn(server.world.access, 'authenticate');
	const statuses: number[] = [];
	const denials = () => statuses.filter((status) => status === 429).length;
	while (denials() < 12) {
		const socket = new WebSocket(server.url + board, { headers: { cookie: stormer } });
		socket.on('error', () => {});
		const denied = once(socket, 'unexpected-response').then(([, response]) => (response as { statusCode: number }).statusCode);
		statuses.push(await Promise.race([denied, once(socket, 'open').then(() => 101)]));
		socket.terminate();
	}
	expect(statuses.slice(0, rates.arrivals.atOnce)).toEqual(Array(rates.arrivals.atOnce).fill(101));
	// whoever has just been told so is told again without a question to the database
	expect(asked.mock.calls.length).toBeLessThan(statuses.length);
	const other = await bare(server.person());
	expect(other.closed()).toBe(null);
	other.socket.terminate();
});

test('WIRE-15 of the sockets that come at once by one session, the database is asked about one at a time', async () => {
	const { authenticate } = server.world.access;
	let asking = 0;
	let most = 0;
	let together = 1;
	vi.spyOn(server.world.access, 'authenticate').mockImplementation(async (cookie) => {
		most = Math.max(most, ++asking);
		await until(() => expect(most).toBeGreaterThanOrEqual(together));
		asking--;
		return authenticate(cookie);
	});
	const hasty = server.person();
	const sockets = await Promise.all(Array.from({ length: limits.socketsPerPerson }, () => bare(hasty)));
	expect(most).toBe(1);
	// and about several people at a time: each answer waits for the last question
	together = limits.arrivalsAsked;
	sockets.push(...(await Promise.all(Array.from({ length: together }, () => bare(server.person())))));
	for (const { socket } of sockets) socket.terminate();
});

test('WIRE-14 pings that come together are answered once, with the last of them', async () => {
	const { socket } = await bare(server.person());
	const answers: string[] = [];
	socket.on('pong', (data: Buffer) => answers.push(data.toString()));
	// each a few bytes, so that the server reads them together
	(socket as unknown as { _socket: Socket })._socket.cork();
	for (let i = 1; i <= 100; i++) socket.ping(`${i}`);
	(socket as unknown as { _socket: Socket })._socket.uncork();
	await until(() => expect(answers.at(-1)).toBe('100'));
	expect(answers.length).toBeLessThan(10);
	socket.ping('alone');
	await until(() => expect(answers.at(-1)).toBe('alone'));
	socket.terminate();
});

test('SYNC-22 an attempt to connect that nothing answers is given up, and another one is made', async () => {
	const held: Socket[] = [];
	let isHole = true;
	const line = createServer((client) => {
		client.on('error', () => {});
		if (isHole) return void held.push(client);
		const through = connect(Number(new URL(server.url).port), '127.0.0.1');
		client.pipe(through).pipe(client);
	});
	line.listen(0, '127.0.0.1');
	await once(line, 'listening');
	const person = server.person();
	const [clientId] = await server.world.clientIds.lease(person, 1);
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
	const url = `ws://127.0.0.1:${(line.address() as AddressInfo).port}/yjs`;
	const link = openBoard({ url, document: board, clientId: clientId!, storage: memoryStorage(), socket: socketWith(person) });
	while (held.length === 0) await new Promise((resolve) => setImmediate(resolve));
	await vi.advanceTimersByTimeAsync(limits.connectMs - 1);
	expect(link.status.connection).toBe('connecting');
	const givenUp = once(held[0]!.resume(), 'close');
	isHole = false;
	await vi.advanceTimersByTimeAsync(1);
	await givenUp;
	// what a page waits at most before it makes the next
	while (link.status.connection === 'connecting') await new Promise((resolve) => setImmediate(resolve));
	await vi.advanceTimersByTimeAsync(2_500);
	vi.useRealTimers();
	await untilStatus(link, saved);
	link.close();
	line.close();
});
