import { setTimeout as pause } from 'node:timers/promises';
import { Hand } from './hand.ts';
import { work, type Habits, type Measured } from './load.ts';
import type { Server } from './servers.ts';

/** cards that are there already */
const cards = 200;
const words = 'دفترهای استانی کارشناس حقوقی ندارند و کار می‌ماند';
/** who make them */
const makers = 8;

/** One board of 200 cards, with this many people on it. */
export async function oneRoom(server: Server, people: number, habits: Habits): Promise<Measured> {
	const running = await server.start(people + makers, 1);
	try {
		await furnish(running);
		const hands: Hand[] = [];
		// a few at a time, as people come
		for (let at = 0; at < people; at += 10) {
			hands.push(...(await Promise.all(Array.from({ length: Math.min(10, people - at) }, (_, n) => Hand.at(running.seat(makers + at + n, 0))))));
		}
		for (const hand of hands) hand.begin();
		await pause(1_000);
		const measured = await work(running, [hands], habits);
		for (const hand of hands) hand.leave();
		return measured;
	} finally {
		await running.stop();
	}
}

async function furnish(running: Awaited<ReturnType<Server['start']>>): Promise<void> {
	const hands = await Promise.all(Array.from({ length: makers }, (_, n) => Hand.at(running.seat(n, 0))));
	for (let n = 0; n < cards; n++) {
		hands[n % makers]!.begin();
		hands[n % makers]!.write(words);
		if (n % makers === makers - 1) await pause(50);
	}
	await pause(1_000);
	for (const hand of hands) hand.leave();
}
