import { createCard, splice } from '#realtime/board/edits.ts';
import { cardTextOf } from '#realtime/board/read.ts';
import { newId } from '#server/auth/tokens.ts';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product, type NewSomebody } from '../support/product.ts';
import { p50p99, print } from './figures.ts';

/** Each person types a letter a second and moves five times a second; a neighbour's page says when the letter is there. */
const seconds = 20;
const warmUpSeconds = 3;
const letterMs = 1_000;
const moveMs = 200;

export async function benchKeystrokes(): Promise<void> {
	for (const people of [8, 50]) {
		// alternating, so that both see the same machine
		const runs = { product: [] as number[], control: [] as number[] };
		for (let round = 0; round < 2; round++) {
			runs.control.push(...(await broadcastRun(people)));
			runs.product.push(...(await productRun(people)));
		}
		print(`keystroke to another page, ${people} people`, p50p99(runs.product), `bare broadcast: ${p50p99(runs.control)}`);
	}
}

/** Calls `type` for everybody, spread over each second, and `move` five times a second. */
async function people(count: number, act: { type(person: number): void; move(person: number): void }): Promise<void> {
	const timers = Array.from({ length: count }, (_, person) => [
		setTimeout(() => timers[person]!.push(setInterval(() => act.type(person), letterMs)), (person / count) * letterMs),
		setTimeout(() => timers[person]!.push(setInterval(() => act.move(person), moveMs)), (person / count) * moveMs)
	]);
	await pause((seconds + warmUpSeconds) * 1_000);
	for (const timer of timers.flat()) clearInterval(timer);
}

async function productRun(count: number): Promise<number[]> {
	const everybody: NewSomebody[] = Array.from({ length: count }, (_, i) => ({ name: { en: `Member ${i}` }, role: i === 0 ? 'facilitator' : 'member' }));
	const product = await Product.prepare(everybody);
	await product.start({ LOG_LEVEL: 'warn' });
	const pages = await Promise.all(product.people.map((person) => openPage(product, person, product.founding.documents.swot)));
	await Promise.all(pages.map((page) => untilStatus(page, saved)));
	const cards = pages.map(({ doc }, i) => {
		const id = newId();
		createCard(doc, { id, author: product.people[i]!.id, createdAt: 1, column: 'strengths', group: null, before: null });
		return id;
	});
	await Promise.all(pages.map((page) => untilStatus(page, saved)));
	while (pages.some((page) => cards.some((card) => !cardTextOf(page.doc, card)))) await pause(20);

	const samples: number[] = [];
	const typedAt = pages.map(() => 0);
	const began = performance.now();
	pages.forEach((_page, person) => {
		cardTextOf(pages[(person + 1) % count]!.doc, cards[person]!)!.observe(() => {
			if (performance.now() - began > warmUpSeconds * 1_000) samples.push(performance.now() - typedAt[person]!);
		});
	});
	await people(count, {
		type(person) {
			typedAt[person] = performance.now();
			splice(pages[person]!.doc, { card: cards[person]! }, { at: 0, removed: 0, inserted: 'ا' });
		},
		move: (person) => pages[person]!.presence.set({ card: cards[person]!, caret: String(performance.now()) })
	});
	await Promise.all(pages.map((page) => untilStatus(page, saved)));
	for (const page of pages) page.close();
	await product.stop();
	await product.remove();
	return samples;
}

async function broadcastRun(count: number): Promise<number[]> {
	const server = fork(join(import.meta.dirname, 'broadcast.ts'));
	const [port] = (await once(server, 'message')) as [number];
	const sockets = await Promise.all(
		Array.from({ length: count }, async () => {
			const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
			await once(socket, 'open');
			return socket;
		})
	);
	const samples: number[] = [];
	const typedAt = sockets.map(() => 0);
	const began = performance.now();
	sockets.forEach((socket, reader) => {
		const neighbour = (reader + count - 1) % count;
		socket.on('message', (data: Buffer) => {
			if (data[0] === 1 && data[1] === neighbour && performance.now() - began > warmUpSeconds * 1_000) samples.push(performance.now() - typedAt[neighbour]!);
		});
	});
	// as many bytes as a keystroke and a presence entry have on the wire
	const letter = (person: number) => Buffer.alloc(30).fill(person).fill(1, 0, 1);
	const presence = (person: number) => Buffer.alloc(200).fill(person).fill(2, 0, 1);
	await people(count, {
		type(person) {
			typedAt[person] = performance.now();
			sockets[person]!.send(letter(person));
		},
		move: (person) => sockets[person]!.send(presence(person))
	});
	for (const socket of sockets) socket.terminate();
	server.kill();
	return samples;
}
