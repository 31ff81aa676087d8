import type { Crowd } from './crowd.ts';

const people = 8;
const habits = { editsPerSecond: 6, movesPerSecond: 5 };
const seconds = 5;

/** Lets a few people in the first room work as much as fifty would, before anything is counted: what a server compiles in its first seconds it compiles once. */
export async function warmUp(crowd: Crowd): Promise<void> {
	await crowd.fill(1, people);
	await crowd.work(habits, { warmUpSeconds: 0, seconds });
}
