import type { Id } from '#realtime/meeting/ids.ts';
import { rates } from '#realtime/meeting/limits.ts';
import { step1Frame, step2Frame, updateFrame } from '#realtime/protocol/frames.ts';
import { Rooms } from '#realtime/server/boards/rooms.ts';
import type { World } from '#realtime/server/ports.ts';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { boardServer } from '../support/board-server.ts';
import { cardsFrom, texts } from '../support/cards.ts';
import { randomFrom } from '../support/random.ts';
import { sameThread } from '../support/same-thread.ts';
import { roomsInMemory, ScriptedPage } from '../support/scripted-page.ts';

/**
 * Bad frames, resets, missing acks, throwing handlers: same process, nobody else disconnected. What would end the process
 * is an error that nobody catches, and vitest fails on those.
 */

const random = randomFrom(53);
const newCard = cardsFrom(random);
const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

describe('bad frames, resets, missing acks', () => {
	let server: Awaited<ReturnType<typeof boardServer>>;
	let board: Id;
	let bystander: ScriptedPage;

	beforeEach(async () => {
		server = await boardServer();
		board = server.document();
		bystander = await server.page(board, server.person()).join();
	});
	afterEach(async () => {
		// whoever is on the document still writes, and is told that it is saved
		const before = bystander.committed;
		bystander.write(newCard('هنوز اینجا').make);
		await until(() => expect(bystander.committed).toBe(before + 1));
		expect(bystander.closed).toBeNull();
		await server.stop();
	});

	const upgrade = (person: Id) =>
		`GET /yjs/${board}?acks=1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: ${person}\r\n\r\n`;

	async function raw(): Promise<Socket> {
		const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
		socket.on('error', () => {});
		await once(socket, 'connect');
		return socket;
	}

	/** A socket that has been upgraded, and everything that comes on it. */
	async function upgraded(person = server.person()): Promise<{ socket: Socket; received: () => Buffer; closed: () => boolean }> {
		const socket = await raw();
		const chunks: Buffer[] = [];
		let closed = false;
		socket.on('data', (chunk: Buffer) => chunks.push(chunk));
		socket.on('close', () => (closed = true));
		socket.write(upgrade(person));
		await until(() => expect(Buffer.concat(chunks).toString('latin1')).toContain('101 Switching'));
		return { socket, received: () => Buffer.concat(chunks), closed: () => closed };
	}

	/** A frame as a client sends it, masked with nothing. */
	function frame(opcode: number, payload: Uint8Array, final = true): Buffer {
		const length = payload.byteLength;
		const head = length < 126 ? [0x80 | length] : length < 65_536 ? [0xfe, length >> 8, length & 0xff] : [0xff, 0, 0, 0, 0, ...Buffer.of(0, 0, 0, 0)];
		if (length >= 65_536) head.splice(1, 8, 0, 0, 0, 0, (length >> 24) & 0xff, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
		return Buffer.concat([Buffer.of((final ? 0x80 : 0) | opcode, ...head, 0, 0, 0, 0), payload]);
	}

	test('WIRE-11 a reset at every byte of the way in, and after every part of a frame', { timeout: 60_000 }, async () => {
		const whole = Buffer.concat([Buffer.from(upgrade(server.person())), frame(2, step2Frame(Uint8Array.of(0, 0)))]);
		for (let sent = 0; sent <= whole.byteLength; sent += 7) {
			for (const end of ['reset', 'end'] as const) {
				const socket = await raw();
				socket.write(whole.subarray(0, sent));
				if (end === 'reset') socket.resetAndDestroy();
				else {
					socket.end();
					socket.destroy();
				}
			}
		}
		for (let sent = 1; sent < 12; sent++) {
			const { socket } = await upgraded();
			socket.write(frame(2, updateFrame(Uint8Array.of(0, 0))).subarray(0, sent));
			socket.resetAndDestroy();
		}
		await until(() => expect(server.rooms.statistics.connections).toBe(1));
	});

	test('WIRE-11 frames that no WebSocket may send, and close frames that are none', async () => {
		const bad = [
			Buffer.of(0xff, 0xff, 0xff),
			Buffer.alloc(70_000, 0x81),
			// not masked, of a reserved kind, a continuation of nothing, a ping that is too long or in parts, a length without end
			Buffer.of(0x82, 1, 1),
			frame(3, Uint8Array.of(1)),
			frame(0, Uint8Array.of(1)),
			frame(9, new Uint8Array(126)),
			frame(9, Uint8Array.of(1), false),
			Buffer.of(0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0),
			frame(8, Uint8Array.of(1)),
			frame(8, Uint8Array.of(0xff, 0xff, 0xc3)),
			frame(1, Uint8Array.of(0xc3, 0x28)),
			frame(1, Buffer.from('text')),
			frame(2, new Uint8Array())
		];
		for (const bytes of bad) {
			const { socket, closed } = await upgraded();
			socket.write(bytes);
			await until(() => expect(closed()).toBe(true));
		}
	});

	test('WIRE-11 a message in ever so many parts closes its connection', async () => {
		for (const size of [0, 1]) {
			const { socket, closed } = await upgraded();
			socket.write(frame(2, new Uint8Array(1), false));
			const part = frame(0, new Uint8Array(size), false);
			socket.write(Buffer.concat(Array<Buffer>(20_000).fill(part)));
			await until(() => expect(closed()).toBe(true));
		}
	});

	test('WIRE-11 a flood of pings is not read, and nobody else notices', async () => {
		const flooder = server.person();
		const { socket, closed } = await upgraded(flooder);
		server.rooms.allowances.of(flooder).take('presenceBytes', rates.presenceBytes.atOnce + 30 * rates.presenceBytes.perSecond);
		socket.write(Buffer.concat(Array<Buffer>(20_000).fill(frame(9, Uint8Array.of(1)))));
		// ws itself drops whoever pings faster than the answers leave
		await until(() => expect(closed() || [...server.sockets].at(-1)!.isPaused()).toBe(true));
		bystander.write(newCard('سریع').make);
		await until(() => expect(bystander.committed).toBe(2));
		socket.resetAndDestroy();
		await until(() => expect(server.rooms.statistics.connections).toBe(1));
	});

	test('WIRE-14 who sends more than is taken is held up on the wire, and comes on to the last frame', { timeout: 60_000 }, async () => {
		const { socket, received } = await upgraded();
		const sent = rates.edits.atOnce + 60;
		socket.write(frame(2, step2Frame(Uint8Array.of(0, 0))));
		for (let i = 0; i < sent; i++) socket.write(frame(2, updateFrame(Uint8Array.of(0, 0))));
		// "committed", with the number of the last frame
		const number = sent + 1;
		const last = Buffer.of(0x82, 3, 4, 0x80 | (number & 0x7f), number >> 7);
		await until(() => expect(received().includes(last)).toBe(true));
		socket.resetAndDestroy();
	});
});

describe('throwing handlers', () => {
	type Stores = Omit<World, 'meetings' | 'guests' | 'votes'>;
	const ports = ['documents', 'clientIds', 'factors', 'late', 'access'] as const;

	/** The stores, of which one call fails while it is about one of these. */
	function failing(world: Stores, fault: { call: string; how: 'throws' | 'rejects'; about: readonly string[]; on: boolean; hits: number }): Stores {
		const failingPort = (port: (typeof ports)[number]) =>
			new Proxy(world[port] as unknown as Record<string, (...args: unknown[]) => unknown>, {
				get:
					(target, name: string) =>
					(...args: unknown[]) => {
						const isAbout =
							args.length === 0 ||
							fault.about.some((id) => JSON.stringify(args, (_, value: unknown) => (value instanceof Uint8Array ? null : value)).includes(id));
						if (!fault.on || fault.call !== `${port}.${name}` || !isAbout) return target[name]!.apply(target, args);
						fault.hits++;
						const error = new Error('planted');
						if (fault.how === 'throws') throw error;
						return Promise.reject(error);
					}
			});
		return { ...world, ...Object.fromEntries(ports.map((port) => [port, failingPort(port)])) };
	}

	const calls = Object.entries(roomsInMemory().world).flatMap(([port, methods]) =>
		(ports as readonly string[]).includes(port) ? Object.keys(methods as object).map((name) => `${port}.${name}`) : []
	);
	/** what is not asked for while somebody comes, writes and leaves, by a process that is alone */
	const unasked = [
		'clientIds.lease',
		'late.find',
		'late.decide',
		'documents.quarantine',
		'documents.isBehind',
		'documents.behind',
		'documents.heads',
		'documents.rowsAfter',
		'access.sessionIn',
		'access.authenticate',
		'access.ownOrigin',
		'access.standing',
		'access.document',
		'access.meeting',
		'access.meetings'
	];
	const asked = calls.filter((call) => !unasked.includes(call));

	test.each(asked.flatMap((call) => (['throws', 'rejects'] as const).map((how) => ({ call, how }))))(
		'WIRE-11 $call $how: nobody else notices, and once it works again everything goes on',
		async ({ call, how }) => {
			const { world, document, person, grants } = roomsInMemory();
			const [board, elsewhere] = [document(), document()];
			const [me, late, other] = [person(), person('member', 'closed'), person()];
			const fault = { call, how, about: [board, me, late] as string[], on: false, hits: 0 };
			const stores = failing(world, fault);
			const rooms = new Rooms(stores, sameThread, { snapshotRows: 1 });
			const page = (on: Id, who: Id, query: { client?: string } = { client: `${random.integer(2, 2 ** 31)}` }) =>
				new ScriptedPage(rooms, stores, on, who, grants.get(who) as never, { acks: '1', ...query });
			const bystander = await page(elsewhere, other).join();
			fault.on = true;
			// one of them does not say under which id
			for (const { who, says } of [
				{ who: me, says: true },
				{ who: late, says: true },
				{ who: me, says: false }
			]) {
				const client = `${random.integer(2, 2 ** 31)}`;
				const mine = page(board, who, says ? { client } : {});
				fault.about.push(says ? client : `${mine.doc.clientID}`);
				mine.send(step1Frame(Uint8Array.of(0)));
				await until(() => expect(mine.closed !== null || mine.syncFrames === 2).toBe(true));
				mine.send(step2Frame(Uint8Array.of(0, 0)));
				mine.write(newCard('شاید').make);
				await rooms.askRights();
				await until(() => expect(mine.closed !== null || mine.committed === 2).toBe(true));
				mine.leave();
			}
			await rooms.projectNow(board).catch(() => {});
			// an edit of the bystander's is what another room does meanwhile
			bystander.write(newCard('همسایه').make);
			await until(() => expect(bystander.committed).toBe(2));
			expect([bystander.closed, texts(bystander)]).toEqual([null, ['همسایه']]);
			await rooms.stop();
			expect(fault.hits).toBeGreaterThan(0);

			fault.on = false;
			const after = new Rooms(stores, sameThread);
			const again = await new ScriptedPage(after, stores, board, me, grants.get(me) as never, { acks: '1' }).join();
			again.write(newCard('باز').make);
			await until(() => expect(again.committed).toBe(2));
			await after.stop();
		}
	);
});
