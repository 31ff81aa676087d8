import { idFrom, idLength, type Id } from '#realtime/meeting/ids.ts';

/** Everything random of a simulation, out of one seed: the same seed gives the same run. */
export interface Random {
	/** in [0, 1) */
	next(): number;
	/** an integer in [from, to] */
	integer(from: number, to: number): number;
	pick<T>(from: readonly T[]): T;
	chance(probability: number): boolean;
	id(): Id;
}

/** mulberry32: 32 bits of state, more than a simulation's choices need. */
export function randomFrom(seed: number): Random {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
	const integer = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
	return {
		next,
		integer,
		pick: (from) => from[integer(0, from.length - 1)]!,
		chance: (probability) => next() < probability,
		id: () => idFrom(Uint8Array.from({ length: idLength }, () => integer(0, 255)))
	};
}
