import { limits } from '#realtime/meeting/limits.ts';
import { underLoad } from '../load.ts';

/** How showing something to everybody who is on a board here went. */
interface Shown {
	/** milliseconds that it took */
	tookMs: number;
	/** who is known to be on it at other processes, and how many of these there are */
	elsewhere: { people: number; processes: number };
	/** the part of the time that this process is at work */
	busy: number;
}

/**
 * Milliseconds until the next edits are committed and shown: the more it takes to write to everybody, the more edits share it. Of
 * what any process commits, each of the others is told, and writes to its own; so what counts on a board that is spread over
 * several is what writing to all of its people takes, once for each of the processes.
 */
export function flushGapMs({ tookMs, elsewhere: { people, processes }, busy }: Shown): number {
	const allMs = (tookMs + people * limits.writeMs) * (1 + processes);
	const restMs = allMs * underLoad(busy, limits.flushBusy, limits.flushRests);
	return Math.min(Math.max(limits.flushGapMs, restMs), limits.flushGapMsAtMost);
}
