import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { badLines, FaultProxy } from './support/fault-proxy.ts';
import { randomFrom } from './support/random.ts';

/** What is proved behind a bad line is worth as much as the line: it may be slow, and it loses, changes and reorders nothing. */
test('a line that goes bad and whole again brings everything, in order', { timeout: 60_000 }, async () => {
	const random = randomFrom(3);
	const written: string[] = Array.from({ length: 1_500 }, (_, i) => `${i}\n`);
	let arrived = '';
	const gone = Promise.withResolvers<void>();
	const server = createServer((socket) => {
		socket.setEncoding('utf8').on('data', (text: string) => (arrived += text));
		socket.on('close', gone.resolve);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const proxy = await FaultProxy.open((server.address() as AddressInfo).port, random);
	const client = connect(Number(new URL(proxy.url).port), '127.0.0.1').setNoDelay(true);
	const lines = [badLines['5 % loss'], badLines['2 s latency'], badLines['64 kbit/s'], badLines['black hole'], {}];
	for (const [i, text] of written.entries()) {
		if (i % 50 === 0) proxy.become(lines[(i / 50) % lines.length]!);
		client.write(text);
		if (random.chance(0.5)) await pause(random.integer(0, 4));
	}
	proxy.become({});
	client.end();
	await gone.promise;
	await proxy.close();
	server.close();
	expect(Object.values(proxy.hits).filter((hits) => hits > 0)).toHaveLength(4);
	expect(arrived).toBe(written.join(''));
});
