import { setTimeout as pause } from 'node:timers/promises';
import { Hand } from './hand.ts';
import { Reader } from './reader.ts';
import type { Running } from './servers.ts';

/** cards that are there already */
const cards = 200;
const words = 'دفترهای استانی کارشناس حقوقی ندارند و کار می‌ماند';
/** between two cards of a person */
const gapMs = 20;

/** Whoever makes them, beside the people of the room: what our server allows a person is still theirs afterwards. */
export const makers = 8;

/** Makes a board of 200 cards out of the first, whose people are so many and the makers. Answers all that is on it, as a state vector. */
export async function furnish(running: Running, people: number): Promise<Uint8Array> {
	const reader = await Reader.at(running.seat(people));
	const hands = await Promise.all(Array.from({ length: makers - 1 }, (_, n) => Hand.at(running.seat(people + 1 + n))));
	for (let n = 0; n < cards; n++) {
		const hand = hands[n % hands.length]!;
		hand.begin();
		hand.write(words);
		if (n % hands.length === hands.length - 1) await pause(gapMs);
	}
	for (const hand of hands) await reader.until(hand);
	for (const one of [reader, ...hands]) one.leave();
	return reader.stateVector;
}
