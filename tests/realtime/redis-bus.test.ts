import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Bus } from '#realtime/server/bus.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { openBus } from '#realtime/server/redis-bus.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { missingRedis, startRedis, type Redis } from '../support/redis.ts';

declare module '#realtime/server/bus.ts' {
	interface Told {
		test: { n: number; bytes?: Uint8Array };
	}
}

/** A bus, and what came over it. */
function listening(bus: Bus) {
	const heard: { n: number; bytes?: Uint8Array }[] = [];
	const changes: [string, string][] = [];
	let gaps = 0;
	bus.listen('test', (message) => void heard.push(message));
	bus.onChange((other, change) => void changes.push([other, change]));
	bus.onGap(() => gaps++);
	return { bus, heard, changes, gaps: () => gaps };
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** bytes that something still has */
function heldBytes(): number {
	collect();
	return process.memoryUsage().arrayBuffers;
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 10 });

describe.skipIf(missingRedis !== null)(`the bus over Redis ${missingRedis ?? ''}`, () => {
	let redis: Redis;
	const open: Bus[] = [];
	const logged: string[] = [];
	const note = (fields: Record<string, unknown>, message: string) => void logged.push(`${JSON.stringify(fields)} ${message}`);
	const join = (channel = 'one', url = redis.url) => {
		const bus = openBus(url, { channel, log: { info: note, warn: note, error: note } });
		open.push(bus);
		return listening(bus);
	};
	const two = async () => {
		const both = [join(), join()] as const;
		await until(() => expect(both.map(({ changes }) => changes.length)).toEqual([1, 1]));
		return both;
	};

	beforeAll(async () => {
		redis = await startRedis();
	});
	afterEach(async () => {
		for (const bus of open.splice(0)) await bus.stop();
		logged.splice(0);
	});
	afterAll(() => redis?.remove());

	test('PROCESS-11 what is told reaches the others in its order, bytes too, and nobody of another database', async () => {
		const [a, b] = await two();
		const stranger = join('another');
		await until(() => expect(stranger.bus.isUp).toBe(true));
		for (let n = 0; n < 100; n++) a.bus.tell('test', { n, bytes: Uint8Array.of(n, 255) });
		await until(() => expect(b.heard).toHaveLength(100));
		expect(b.heard.map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, n) => n));
		expect([...b.heard[7]!.bytes!]).toEqual([7, 255]);
		expect(a.heard).toEqual([]);
		expect([stranger.heard, stranger.changes]).toEqual([[], []]);
	});

	test('PROCESS-11 a process that stops says goodbye', async () => {
		const [a, b] = await two();
		await b.bus.stop();
		await until(() =>
			expect(a.changes).toEqual([
				[b.bus.self, 'come'],
				[b.bus.self, 'gone']
			])
		);
	});

	test('PROCESS-11 Redis that ends is noticed, nobody is taken for gone by that, and it is used again', { timeout: 30_000 }, async () => {
		const [a, b] = await two();
		const gaps = b.gaps();
		await redis.stop();
		await until(() => expect([a.bus.isUp, b.bus.isUp]).toEqual([false, false]));
		a.bus.tell('test', { n: 1 });
		await redis.startAgain();
		await until(() => expect([a.bus.isUp, b.bus.isUp]).toEqual([true, true]));
		// what was told meanwhile is not there, and that something was is known
		await until(() => expect(b.gaps()).toBeGreaterThan(gaps));
		a.bus.tell('test', { n: 2 });
		await until(() => expect(b.heard.at(-1)).toEqual({ n: 2 }));
		expect(b.heard).toEqual([{ n: 2 }]);
		expect(b.changes).toEqual([[a.bus.self, 'come']]);
		expect(logged.filter((line) => line.includes('127.0.0.1') || line.includes('redis://'))).toEqual([]);
	});

	test('PROCESS-11 Redis that lets nobody in is logged once, by what it says', async () => {
		const url = new URL(redis.url);
		[url.username, url.password] = ['nobody', 'a-secret'];
		const { bus } = join('one', url.href);
		await pause(2.5 * limits.busRetryMs);
		expect(bus.isUp).toBe(false);
		expect(logged).toEqual([expect.stringContaining('{"code":"WRONGPASS"} Redis is not reached')]);
		expect(logged.join()).not.toMatch(/127\.0\.0\.1|redis:\/\/|secret/);
	});

	test('PROCESS-11 Redis that stands still is not waited for, and what is told meanwhile is not kept', { timeout: 60_000 }, async () => {
		const [a, b] = await two();
		redis.freeze();
		const bytes = new Uint8Array(1024 * 1024);
		const before = heldBytes();
		let told = 0;
		await vi.waitFor(
			() => {
				a.bus.tell('test', { n: ++told, bytes });
				expect(a.bus.isUp).toBe(false);
			},
			{ timeout: 30_000, interval: 50 }
		);
		expect(told).toBeGreaterThan(limits.busUnderWayBytes / bytes.byteLength);
		await until(() => expect(heldBytes() - before).toBeLessThan(limits.busUnderWayBytes * 2));
		redis.goOn();
		await until(() => expect([a.bus.isUp, b.bus.isUp]).toEqual([true, true]));
		a.bus.tell('test', { n: -1 });
		await until(() => expect(b.heard.at(-1)).toEqual({ n: -1 }));
	});
});
