import { setTimeout } from 'node:timers/promises';

/** The human pace of the bots. Milliseconds, each drawn between two bounds. */
const pace = {
	/** between two bots that come in */
	arriving: [700, 2_500],
	/** before the first idea */
	thinking: [4_000, 25_000],
	/** before each further one, so that a dozen of them leave others room to read */
	pondering: [30_000, 120_000],
	/** between one look at the board and the next, once a bot has said what it had to say */
	looking: [20_000, 90_000],
	letter: [55, 190],
	/** after a word */
	word: [120, 450],
	/** after a comma or in mid-sentence */
	hesitating: [600, 2_000]
} as const satisfies Record<string, readonly [number, number]>;

export type Pause = keyof typeof pace;

/** Waits as long as a person would. Rejects once the signal says stop. */
export function pause(kind: Pause, signal: AbortSignal): Promise<void> {
	const [least, most] = pace[kind];
	return setTimeout(least + Math.random() * (most - least), undefined, { signal });
}

/** true once in a while: `chance` of 1 */
export const sometimes = (chance: number): boolean => Math.random() < chance;
