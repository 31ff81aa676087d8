import { createCard, splice } from '#realtime/board/edits.ts';
import { readCard } from '#realtime/board/read.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits, questions, rates } from '#realtime/meeting/limits.ts';
import { messageTypes, presenceFrame, stateFrame, step1Frame, step2Frame, updateFrame } from '#realtime/protocol/frames.ts';
import { Allowances } from '#realtime/server/allowance.ts';
import { Bucket } from '#realtime/server/bucket.ts';
import { threadMs } from '#realtime/server/processor.ts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { randomFrom } from '../support/random.ts';
import { roomsInMemory, type ScriptedPage } from '../support/scripted-page.ts';

const random = randomFrom(29);

describe('a bucket', () => {
	const rate = fc.record({ perSecond: fc.integer({ min: 1, max: 1_000 }), atOnce: fc.integer({ min: 1, max: 1_000 }) });
	const asked = fc.array(fc.record({ afterMs: fc.nat(3_000), amount: fc.nat(1_500) }), { maxLength: 60 });

	test('WIRE-14 in no stretch of time is more begun than what lay there and what has grown, but for the last', () => {
		fc.assert(
			fc.property(rate, asked, (rate, asked) => {
				const bucket = new Bucket(rate, 0);
				const taken: { at: number; amount: number }[] = [];
				let now = 0;
				for (const { afterMs, amount } of asked) {
					now += afterMs;
					// a fraction of a token may be missing after the wait
					for (let waits = 0; bucket.waitMs(amount, now) > 0; waits++) {
						now += bucket.waitMs(amount, now);
						expect(waits).toBeLessThan(2);
					}
					bucket.take(amount, now);
					taken.push({ at: now, amount });
					for (let from = 0, sum = 0; from < taken.length; from++, sum = 0) {
						for (const { amount } of taken.slice(from, -1)) sum += amount;
						expect(sum).toBeLessThanOrEqual(
							rate.atOnce + ((now - taken[from]!.at) / 1_000) * rate.perSecond + Math.max(...taken.map(({ amount }) => amount)) + 1e-6
						);
					}
				}
			})
		);
	});

	test('WIRE-14 what is owed is paid off before anything is begun, and a full bucket grows no more', () => {
		const bucket = new Bucket({ perSecond: 10, atOnce: 20 }, 0);
		bucket.take(50, 0);
		expect([bucket.waitMs(0, 0), bucket.waitMs(1, 0)]).toEqual([3_000, 3_100]);
		expect(bucket.waitMs(0, 3_000)).toBe(0);
		expect([bucket.isFull(4_999), bucket.isFull(5_000)]).toEqual([false, true]);
		bucket.take(20, 100_000);
		expect(bucket.waitMs(1, 100_000)).toBe(100);
	});

	test('WIRE-14 an allowance is the person’s, and not renewed by a crowd of others', () => {
		let now = 0;
		const allowances = new Allowances(() => now);
		const spender = random.id();
		allowances.of(spender).take('edits', rates.edits.atOnce);
		for (let i = 0; i < limits.allowancesKept + 5; i++) allowances.of(random.id());
		expect(allowances.of(spender).draw('edits', 1)).toBe(false);
		now = 1_000;
		expect(allowances.of(spender).draw('edits', rates.edits.perSecond)).toBe(true);
	});

	test('WIRE-14 a machine that stands still works for nobody', () => {
		const [clock, processor] = [performance.now(), threadMs()];
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
		expect(threadMs() - processor).toBeLessThan((performance.now() - clock) / 2);
		for (const began = threadMs(); threadMs() - began < 20;);
		expect(threadMs() - processor).toBeGreaterThanOrEqual(20);
	});
});

describe('what somebody sends', () => {
	beforeEach(() => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance', 'Date'] });
	});
	afterEach(() => {
		vi.useRealTimers();
	});
	const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 1 });

	async function cardOf(page: ScriptedPage, text: string): Promise<Id> {
		const id = random.id();
		page.write((doc) => {
			createCard(doc, { id, author: page.person, createdAt: 1, column: 'strengths', group: null, before: null });
			splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
		});
		await until(() => expect(page.committed).toBe(2));
		return id;
	}

	test('WIRE-14 a held Backspace, thirty edits a second for a minute, never waits', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const writer = await page(document(), person()).join();
		const card = await cardOf(writer, 'ا'.repeat(1_000));
		for (let i = 0; i < 30 * 60 && readCard(writer.doc, card)!.text !== ''; i++) {
			writer.write((doc) => splice(doc, { card }, { at: 0, removed: 1, inserted: '' }));
			expect(writer.isRead).toBe(true);
			await vi.advanceTimersByTimeAsync(1_000 / 30);
		}
		await until(() => expect(writer.committed).toBe(1_002));
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-14 what the processor works for somebody they pay off before their next edit, and nobody else waits', async () => {
		// the processor is looked at before and after the batch
		const costMs = rates.workMs.atOnce + 4 * rates.workMs.perSecond;
		let workedMs = 0;
		const { document, person, page, rooms } = roomsInMemory(undefined, undefined, { processorMs: () => (workedMs += costMs) });
		const board = document();
		const [writer, other] = [await page(board, person()).join(), await page(board, person()).join()];
		const write = (page: ScriptedPage) =>
			page.write((doc) => createCard(doc, { id: random.id(), author: page.person, createdAt: 1, column: 'strengths', group: null, before: null }));
		write(writer);
		await until(() => expect(writer.committed).toBe(2));
		write(writer);
		write(other);
		await until(() => expect(other.committed).toBe(2));
		await vi.advanceTimersByTimeAsync(3_000);
		expect([writer.committed, writer.isRead]).toEqual([2, false]);
		await vi.advanceTimersByTimeAsync(2_000);
		await until(() => expect(writer.committed).toBe(3));
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-14 an edit of whoever is over their allowance goes with the next of anybody else, or after 50 ms', async () => {
		const { document, person, page, rooms, database } = roomsInMemory();
		const board = document();
		const [spender, other] = [await page(board, person()).join(), await page(board, person()).join()];
		const card = await cardOf(spender, 'پ');
		const rows = () => database.documents.get(board)!.log.length;
		const before = rows();
		/** each letter a piece, more than grow back within the time */
		const letters = () =>
			spender.write((doc) => {
				for (let i = 0; i < 200; i++) splice(doc, { card }, { at: 0, removed: 0, inserted: 'پ' });
			});
		const spend = () => rooms.allowances.of(spender.person).take('pieces', rates.pieces.atOnce);

		spend();
		letters();
		await vi.advanceTimersByTimeAsync(limits.companyMs - 10);
		expect([rows(), spender.committed]).toEqual([before, 2]);
		await cardOf(other, 'د');
		expect([rows(), spender.committed]).toEqual([before + 1, 3]);

		await vi.advanceTimersByTimeAsync(2_000);
		spend();
		letters();
		await vi.advanceTimersByTimeAsync(limits.companyMs - 10);
		expect(spender.committed).toBe(3);
		await vi.advanceTimersByTimeAsync(2 * limits.companyMs);
		expect([rows(), spender.committed]).toEqual([before + 2, 4]);

		// within it they go at once
		await vi.advanceTimersByTimeAsync(2_000);
		letters();
		await vi.advanceTimersByTimeAsync(limits.companyMs - 10);
		expect(spender.committed).toBe(5);
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-14 a flood over many sockets waits and is taken to its last letter, and nobody else waits', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const flooder = person();
		const sockets = await Promise.all(Array.from({ length: 3 }, () => page(board, flooder).join()));
		const other = await page(board, person()).join();
		const card = await cardOf(other, 'می‌ماند');
		const each = 300;
		for (const socket of sockets) {
			const own = await cardOf(socket, '');
			for (let i = 0; i < each; i++) socket.write((doc) => splice(doc, { card: own }, { at: i, removed: 0, inserted: 'س' }));
		}
		await vi.advanceTimersByTimeAsync(100);
		const taken = () => sockets.reduce((sum, { committed }) => sum + committed - 2, 0);
		expect(taken()).toBeLessThan(rates.edits.atOnce + 20);
		expect(sockets.filter(({ isRead }) => !isRead).length).toBeGreaterThan(0);
		other.write((doc) => splice(doc, { card }, { at: 0, removed: 0, inserted: 'و ' }));
		await vi.advanceTimersByTimeAsync(50);
		expect([other.committed, other.isRead]).toEqual([3, true]);
		await vi.advanceTimersByTimeAsync(3_000);
		expect(taken()).toBeLessThan(rates.edits.atOnce + 4 * rates.edits.perSecond);
		await vi.advanceTimersByTimeAsync(3_000);
		expect(taken()).toBe(sockets.length * each);
		expect(sockets.map(({ isRead, closed }) => [isRead, closed])).toEqual(sockets.map(() => [true, null]));
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-14 coming back renews nothing', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const flooder = person();
		rooms.allowances.of(flooder).take('edits', rates.edits.atOnce + 10 * rates.edits.perSecond);
		for (let i = 0; i < 3; i++) {
			const again = await page(board, flooder).join();
			again.write((doc) => createCard(doc, { id: random.id(), author: flooder, createdAt: 1, column: 'strengths', group: null, before: null }));
			await vi.advanceTimersByTimeAsync(2_000);
			expect([again.isRead, again.committed]).toEqual([false, 1]);
			again.leave();
		}
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-14 edits of many pieces are few a second', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const writer = await page(document(), person()).join();
		const card = random.id();
		writer.write((doc) => createCard(doc, { id: card, author: card, createdAt: 1, column: 'strengths', group: null, before: null }));
		const heavy = () =>
			writer.edit((doc) => {
				// letters that no run joins
				for (let i = 0; i < 290; i++) splice(doc, { card }, { at: 0, removed: 0, inserted: 'x' });
			});
		for (let i = 0; i < 30; i++) writer.send(updateFrame(heavy()));
		await vi.advanceTimersByTimeAsync(10);
		expect(writer.closed).toBe(null);
		expect(writer.committed).toBeLessThan(7);
		expect(writer.isRead).toBe(false);
		await vi.advanceTimersByTimeAsync(60_000);
		expect(writer.committed).toBe(32);
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-14 what was written offline is two megabytes in ten seconds, and more waits', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const me = person();
		const pieces = await Promise.all(Array.from({ length: 9 }, () => page(board, me).join()));
		for (const piece of pieces) {
			const update = piece.edit((doc) => {
				for (let i = 0; i < 2; i++) {
					const id = random.id();
					createCard(doc, { id, author: me, createdAt: 1, column: 'strengths', group: null, before: null });
					splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'ا'.repeat(64_000) });
				}
			});
			expect(update.byteLength).toBeGreaterThan(250 * 1024);
			piece.send(step2Frame(update));
		}
		await vi.advanceTimersByTimeAsync(500);
		const taken = () => pieces.filter(({ committed }) => committed === 2).length;
		expect(taken()).toBeGreaterThan(4);
		expect(taken()).toBeLessThan(9);
		await vi.advanceTimersByTimeAsync(10_000);
		expect(pieces.map(({ committed, closed }) => [committed, closed])).toEqual(pieces.map(() => [2, null]));
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-15 a connection asks for everything twice in ten seconds, and its further questions wait', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const reader = await page(document(), person()).join();
		const answers = () => reader.received.filter((frame) => frame[0] === messageTypes.sync && frame[1] === 1).length;
		for (let i = 0; i < 10; i++) reader.send(step1Frame(Y.encodeStateVector(new Y.Doc())));
		await vi.advanceTimersByTimeAsync(1_000);
		expect([answers(), reader.isRead]).toEqual([questions.atOnce, false]);
		await vi.advanceTimersByTimeAsync(10_000);
		expect(answers()).toBe(questions.atOnce + 1);
		await vi.advanceTimersByTimeAsync(80_000);
		expect([answers(), reader.isRead, reader.closed]).toEqual([11, true, null]);
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-15 answers count by their bytes, over all connections of a person', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const me = person();
		const first = await page(board, me).join();
		await cardOf(first, 'ا'.repeat(1_000));
		rooms.allowances.of(me).take('answerBytes', rates.answerBytes.atOnce);
		const second = await page(board, me).join();
		await cardOf(second, 'ا'.repeat(1_000)).catch(() => {});
		const third = page(board, me);
		third.send(step1Frame(Y.encodeStateVector(third.doc)));
		await vi.advanceTimersByTimeAsync(10);
		expect(third.isRead).toBe(true);
		rooms.allowances.of(me).take('answerBytes', 5 * rates.answerBytes.perSecond);
		third.send(step1Frame(Y.encodeStateVector(third.doc)));
		await vi.advanceTimersByTimeAsync(3_000);
		expect(third.isRead).toBe(false);
		await vi.advanceTimersByTimeAsync(3_000);
		expect([third.isRead, third.closed]).toEqual([true, null]);
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-15 answers count by what making them takes too, and nobody’s edits wait for that', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const me = person();
		const first = await page(board, me).join();
		rooms.allowances.of(me).take('answerMs', rates.answerMs.atOnce + 5 * rates.answerMs.perSecond);
		const second = page(board, me);
		second.send(step1Frame(Y.encodeStateVector(second.doc)));
		await cardOf(first, 'بی‌درنگ');
		first.send(stateFrame({ received: first.syncFrames, stateVector: Uint8Array.of(0), hash: '' }));
		await vi.advanceTimersByTimeAsync(1_000);
		expect([first.isRead, second.isRead]).toEqual([true, false]);
		await vi.advanceTimersByTimeAsync(5_000);
		expect([second.isRead, second.closed]).toEqual([true, null]);
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-15 a state vector longer than a document has client ids is refused', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const reader = await page(document(), person()).join();
		reader.send(step1Frame(new Uint8Array(limits.stateVectorBytes + 1)));
		expect(reader.closed).toBe('too-large');
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-15 who is closed for what no honest page sends pays eight arrivals, and whoever is taken over none', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const [abuser, honest] = [person(), person()];
		const owed = (who: Id) => (rooms.allowances.of(who).waitMs('arrivals', rates.arrivals.atOnce) / 1_000) * rates.arrivals.perSecond;
		const bad = await page(board, abuser).join();
		bad.send(Uint8Array.of(255));
		expect([bad.closed, owed(abuser)]).toEqual(['malformed', limits.abuseArrivals]);
		// what was on its way behind it
		for (let i = 0; i < 10_000; i++) bad.send(Uint8Array.of(255));
		expect(owed(abuser)).toBe(limits.abuseArrivals);
		// who goes before they are told pays as well
		const hasty = person();
		const going = await page(board, hasty).join();
		going.send(updateFrame(Uint8Array.of(255)));
		going.leave();
		await vi.advanceTimersByTimeAsync(100);
		expect(owed(hasty)).toBeGreaterThan(limits.abuseArrivals - 1);
		const former = await page(board, honest, { client: '5' }).join();
		await page(board, honest, { client: '5' }).join();
		expect([former.closed, owed(honest)]).toEqual(['taken-over', 0]);
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-16 others are told of the newest presence, and not of all', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const [mover, watcher] = [await page(board, person(), { client: '5' }).join(), await page(board, person()).join()];
		const told = () => watcher.received.filter((frame) => frame[0] === messageTypes.presence).length;
		const seconds = 10;
		for (let clock = 1; clock <= seconds * 100; clock++) {
			mover.send(presenceFrame([{ client: 5, clock, state: { card: `${clock}` } }]));
			await vi.advanceTimersByTimeAsync(10);
		}
		expect(mover.isRead).toBe(true);
		expect(told()).toBeLessThanOrEqual(rates.presence.atOnce + (seconds + 1) * rates.presence.perSecond);
		expect(told()).toBeGreaterThan(seconds * rates.presence.perSecond - 1);
		await vi.advanceTimersByTimeAsync(1_000);
		expect(watcher.presence.get(5)!.state).toMatchObject({ card: `${seconds * 100}` });
		// who is not told of at the moment is gone all the same when they leave
		mover.send(presenceFrame([{ client: 5, clock: 10_000, state: { card: 'x' } }]));
		mover.leave();
		await vi.advanceTimersByTimeAsync(1_000);
		expect(watcher.presence.get(5)!.state).toBe(null);
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-16 who comes and goes under ever new ids is told of as seldom', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const [flooder, watcher] = [await page(board, person()).join(), await page(board, person()).join()];
		for (let client = 100; client < 1_100; client++) {
			flooder.send(presenceFrame([{ client, clock: 1, state: {} }]));
			flooder.send(presenceFrame([{ client, clock: 2, state: null }]));
		}
		await vi.advanceTimersByTimeAsync(5_000);
		expect(watcher.presence.size).toBeLessThanOrEqual(rates.presence.atOnce + 6 * rates.presence.perSecond);
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});

	test('WIRE-16 the echo of a whole hall is ignored and read; a flood of it waits', async () => {
		const { document, person, page, rooms } = roomsInMemory();
		const board = document();
		const [stock, watcher] = [await page(board, person(), {}).join(), await page(board, person()).join()];
		stock.send(presenceFrame([{ client: 7, clock: 1, state: { card: null } }]));
		await until(() => expect(watcher.presence.has(7)).toBe(true));
		const hall = presenceFrame(Array.from({ length: 200 }, (_, i) => ({ client: 1_000 + i, clock: 1, state: { person: { name: 'x'.repeat(50) } } })));
		for (let tick = 0; tick < 30 * 5; tick++) {
			stock.send(hall);
			expect(stock.isRead).toBe(true);
			await vi.advanceTimersByTimeAsync(limits.presenceTickMs.least);
		}
		for (let i = 0; i < 200; i++) stock.send(hall);
		expect([stock.isRead, stock.closed]).toEqual([false, null]);
		await vi.advanceTimersByTimeAsync(10_000);
		expect([stock.isRead, watcher.presence.size]).toEqual([true, 1]);
		await Promise.all([rooms.stop(), vi.advanceTimersByTimeAsync(1_000)]);
	});
});
