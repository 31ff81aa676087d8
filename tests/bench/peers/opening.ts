import { emptyStateVector } from '#realtime/board/replica.ts';
import { step1Frame } from '#realtime/protocol/frames.ts';
import { setTimeout as pause } from 'node:timers/promises';
import * as Y from 'yjs';
import { nowMs } from './clock.ts';
import { dialectOf } from './dialects.ts';
import type { Seat } from './hand.ts';
import { Line } from './line.ts';

/** What came of opening a document without having anything of it. */
export interface Opening {
	/** milliseconds until all that was expected was there; null: not all of it came */
	ms: number | null;
	/** what the server sent for it, in bytes */
	bytes: number;
	/** how far each client id came */
	reached: Map<number, number>;
}

const lookEveryMs = 100;
/** some send everything twice */
const afterwardsMs = 300;

/**
 * Opens a document, as our page does or `asStock`, and waits until everything is there that is expected, by client id; at most
 * so long. What comes is read once nothing more does, so that reading it takes none of the time.
 */
export async function opening(seat: Seat, expected: ReadonlyMap<number, number>, patienceMs: number, asStock = false): Promise<Opening> {
	const dialect = dialectOf(seat.document);
	const came: { at: number; update: Uint8Array }[] = [];
	const began = nowMs();
	const line = new Line(asStock ? seat.stockUrl : seat.url, seat.headers, (message) => {
		const heard = dialect.hear(message);
		if (heard?.kind === 'step2' || heard?.kind === 'update') came.push({ at: nowMs(), update: Uint8Array.from(heard.bytes) });
	});
	await line.opened;
	for (const message of dialect.hello) line.send(message);
	line.send(dialect.wrap(step1Frame(emptyStateVector)));
	const reached = new Map<number, number>();
	const isThere = () => [...expected].every(([client, clock]) => (reached.get(client) ?? 0) >= clock);
	let ms: number | null = null;
	for (let read = 0, seen = 0; ms === null && nowMs() - began < patienceMs; seen = came.length) {
		await pause(lookEveryMs);
		if (came.length > seen) continue;
		for (; ms === null && read < came.length; read++) {
			const { at, update } = came[read]!;
			for (const [client, clock] of Y.parseUpdateMeta(update).to) reached.set(client, Math.max(clock, reached.get(client) ?? 0));
			if (isThere()) ms = at - began;
		}
	}
	await pause(afterwardsMs);
	const bytes = line.bytesRead;
	line.cut();
	return { ms, bytes, reached };
}
