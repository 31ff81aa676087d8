import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { randomFrom } from '../../../support/random.ts';
import { Hand } from '../hand.ts';
import { opening } from '../opening.ts';
import type { Running } from '../servers.ts';
import { tableOf } from '../table.ts';
import { inTurns, withServer, type Scenario } from '../turns.ts';

const people = 20;
const editEveryMs = 100;
/** when it is killed, after everybody has begun */
const workMs = { from: 300, to: 1_200 };
/** for what is read from the disk after the document has been opened */
const patienceMs = 6_000;
const seed = 11;

interface Kills {
	kills: number;
	/** edits that somebody else had been shown, or that had been acknowledged */
	seen: number;
	/** and were gone when the server was there again */
	lost: number;
}

/** The power goes while people write, over and over. They come back on new pages, which know nothing of what they wrote before. */
export const kills: Scenario = async (bench) => {
	const found = await inTurns<Kills>(bench, 'kills', 1, (server) =>
		withServer(server, { rooms: 1, peopleInRoom: people }, async (running) => {
			const count = bench.quick ? 3 : server.isOurs ? 50 : 3;
			const random = randomFrom(seed);
			const found: Kills = { kills: count, seen: 0, lost: 0 };
			for (let kill = 0; kill < count; kill++) {
				const { seen, lost } = await one(running, kill, random.integer(workMs.from, workMs.to));
				found.seen += seen;
				found.lost += lost;
			}
			return found;
		})
	);
	return [
		tableOf(`kill -9 while ${people} people write ${1_000 / editEveryMs} times a second each`, found, [
			{ what: 'kills', of: ({ kills }) => kills, show: String },
			{ what: 'edits that were acknowledged, or shown to another', of: ({ seen }) => seen, show: (edits) => edits.toLocaleString('en') },
			{
				what: 'of them gone',
				of: ({ lost }) => lost,
				show: (edits) => edits.toLocaleString('en'),
				reach: { said: '0', most: () => 0 }
			}
		])
	];
};

/** One time. `page`: which of everybody's pages. */
async function one(running: Running, page: number, afterMs: number): Promise<Pick<Kills, 'seen' | 'lost'>> {
	/** how far each client id was shown to somebody else */
	const shown = new Map<number, number>();
	const hands = await Promise.all(
		Array.from({ length: people }, async (_, person) => {
			const hand = new Hand(running.seat(person, { page }));
			hand.heard = (update) => {
				for (const [client, clock] of Y.parseUpdateMeta(update).to) {
					if (client !== hand.clientId) shown.set(client, Math.max(clock, shown.get(client) ?? 0));
				}
			};
			await hand.enter({ listens: true });
			hand.begin();
			return hand;
		})
	);
	const began = new Map(hands.map((hand) => [hand.clientId, hand.clock]));
	const timers = hands.map((hand) => setInterval(() => hand.write('ا'), editEveryMs));
	await pause(afterMs);
	await running.kill();
	for (const timer of timers) clearInterval(timer);
	const seen = new Map(hands.map((hand) => [hand.clientId, Math.max(shown.get(hand.clientId) ?? 0, hand.acknowledged, began.get(hand.clientId)!)]));
	const { reached } = await opening(running.seat(0, { page }), seen, patienceMs);
	const sum = (edits: (client: number) => number) => hands.reduce((sum, { clientId }) => sum + edits(clientId), 0);
	return {
		seen: sum((client) => seen.get(client)! - began.get(client)!),
		lost: sum((client) => seen.get(client)! - Math.max(began.get(client)!, Math.min(seen.get(client)!, reached.get(client) ?? 0)))
	};
}
