import { createCard, splice } from '#realtime/board/edits.ts';
import { clockOf } from '#realtime/board/replica.ts';
import { newId } from '#server/auth/tokens.ts';
import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { randomFrom, type Random } from '../../../support/random.ts';
import { median, ms } from '../../figures.ts';
import { Hand, type Seat } from '../hand.ts';
import { opening, type Opening } from '../opening.ts';
import { Reader } from '../reader.ts';
import type { Running, Spent } from '../servers.ts';
import { tableOf } from '../table.ts';
import { inTurns, withServer, type Scenario } from '../turns.ts';

const cards = 200;
const seed = 7;
/** letters of a word, which are written one after the other, each an edit of its own */
const wordLetters = 5;
/** of the edits, how many take a letter away */
const removals = 0.1;

const openings = 2;
const patienceMs = 120_000;
/** who stores later than this is not waited for: Hocuspocus does after 2 s of silence */
const silenceMs = 3_000;
/** processor milliseconds in that time that are nothing */
const nothingMs = 100;

interface LongDocument {
	/** until whoever reads along had been sent all of it */
	wallMs: number;
	/** of the processor, until the server had nothing more to do with it */
	cpu: Spent;
	/** the server has just been started */
	cold: Opening[];
	/** somebody else is there already */
	warm: Opening[];
	coldAsStock: Opening[];
	diskBytes: number;
}

/**
 * Very many edits of one document. Each of 200 people, one after the other, opens the board, writes their part of the edits
 * into a card of their own, as fast as the server takes them, and goes when all of it has come to somebody who reads along:
 * so nobody is over what our server allows one person, and every server is sent the same bytes in the same way.
 */
export const longDocument: Scenario = async (bench) => {
	const edits = bench.quick ? 20_000 : 100_000;
	const found = await inTurns<LongDocument>(bench, 'long document', bench.quick ? 1 : 5, (server) =>
		withServer(server, { rooms: 1, peopleInRoom: cards + 1 }, async (running) => {
			const { expected, wallMs, cpu } = await takeIn(running, edits / cards);
			const [cold, warm, coldAsStock] = [[], [], []] as [Opening[], Opening[], Opening[]];
			for (let round = 0; server.keeps && round < (bench.quick ? 1 : openings); round++) {
				await running.restart();
				cold.push(await opening(running.seat(0, { page: 1 }), expected, patienceMs));
				const stays = await Hand.at(running.seat(1, { page: 1 }));
				warm.push(await opening(running.seat(2, { page: 1 }), expected, patienceMs));
				stays.leave();
				if (!server.isOurs) continue;
				await running.restart();
				coldAsStock.push(await opening(running.seat(0, { page: 1 }), expected, patienceMs, true));
			}
			return { wallMs, cpu, cold, warm, coldAsStock, diskBytes: await running.diskBytes() };
		})
	);
	const time = (openings: Opening[]) => medianOf(openings.map(({ ms }) => ms));
	const kilobytes = (bytes: number) => `${Math.round(bytes / 1024).toLocaleString('en')} KB`;
	return [
		tableOf(
			`A document of ${edits.toLocaleString('en')} edits over ${cards} cards`,
			found,
			[
				{ what: 'taking it in, processor', of: ({ cpu }) => cpu.server + cpu.database, show: ms, better: 'lower', reach: { ratio: 0.5 } },
				{ what: 'of that, PostgreSQL', of: ({ cpu }) => cpu.database || null, show: ms },
				{ what: 'taking it in, time', of: ({ wallMs }) => wallMs, show: ms, better: 'lower' },
				{ what: 'cold opening', of: ({ cold }) => time(cold), show: ms, better: 'lower', reach: { ratio: 0.6 } },
				{ what: 'cold opening by a stock provider', of: ({ cold, coldAsStock }) => time(coldAsStock) ?? time(cold), show: ms, better: 'lower' },
				{ what: 'warm opening', of: ({ warm }) => time(warm), show: ms, better: 'lower' },
				{ what: 'sent to who opens it', of: ({ cold }) => medianOf(cold.map(({ bytes }) => bytes)), show: kilobytes, better: 'lower' },
				{ what: 'on the disk', of: ({ diskBytes }) => diskBytes || null, show: kilobytes, better: 'lower' }
			],
			['Written by 200 people, one after the other, each into a card of their own, in edits of one letter; one more reads along.']
		)
	];
};

const medianOf = (values: readonly (number | null)[]): number | null => (values.length === 0 || values.includes(null) ? null : median(values as number[]));

/** Has everybody write, and answers how far each client id is then. */
async function takeIn(running: Running, editsOfPerson: number): Promise<{ expected: Map<number, number>; wallMs: number; cpu: Spent }> {
	const random = randomFrom(seed);
	const parts = Array.from({ length: cards }, (_, person) => partOf(running.seat(person), editsOfPerson, random));
	const reader = await Reader.at(running.seat(cards));
	const before = running.spent();
	const began = performance.now();
	for (const { seat, updates, clock } of parts) {
		const hand = await Hand.at(seat, { knows: reader.stateVector });
		for (const update of updates) hand.pass(update);
		await reader.until({ clientId: seat.clientId, clock });
		hand.leave();
	}
	const wallMs = performance.now() - began;
	const cpu = await spentSince(running, before);
	reader.leave();
	return { expected: new Map(parts.map(({ seat, clock }) => [seat.clientId, clock])), wallMs, cpu };
}

/** A card and edits of its text, each a letter more or less: words at any place of it. */
function partOf(seat: Seat, edits: number, random: Random): { seat: Seat; updates: Uint8Array[]; clock: number } {
	const doc = new Y.Doc();
	doc.clientID = seat.clientId;
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	const card = newId();
	createCard(doc, { id: card, author: seat.author, createdAt: 1, column: 'strengths', group: null, before: null });
	let [units, at] = [0, 0];
	for (let edit = 0; edit < edits; edit++) {
		if (edit % wordLetters === 0) at = random.integer(0, units);
		if (at > 0 && random.chance(removals)) {
			splice(doc, { card }, { at: --at, removed: 1, inserted: '' });
			units--;
		} else {
			splice(doc, { card }, { at: at++, removed: 0, inserted: 'ا' });
			units++;
		}
	}
	return { seat, updates, clock: clockOf(doc, seat.clientId) };
}

/** What it has spent since, once it does nothing more. */
async function spentSince(running: Running, before: Spent): Promise<Spent> {
	const began = performance.now();
	let [last, now] = [before, running.spent()];
	do {
		last = now;
		await pause(silenceMs);
		now = running.spent();
	} while (now.server + now.database - last.server - last.database > nothingMs && performance.now() - began < patienceMs);
	return { server: now.server - before.server, database: now.database - before.database };
}
