import { RateLimiterMemory } from 'rate-limiter-flexible';
import { limits } from '#realtime/meeting/limits.ts';

/**
 * Stops guessing. Only failures count: for an account from one address, for an account from anywhere, and for an
 * address whatever the account. Whoever gets in is never counted, so an office behind one address gets in as a whole.
 * What is counted lives in this process.
 */
export interface Guessing {
	/** When this account (null: no certain one) may be tried from this address again, in milliseconds since 1970; null: now. */
	lockedUntil(account: string | null, address: string): Promise<number | null>;
	/** Counts a failure; answers as {@link Guessing.lockedUntil} what follows from it. */
	failed(account: string | null, address: string): Promise<number | null>;
	/** The account's own mistakes at this address are forgiven. */
	succeeded(account: string, address: string): Promise<void>;
}

export function openGuessing(): Guessing {
	const seconds = limits.failuresMs / 1000;
	const counting = (points: number) => new RateLimiterMemory({ points, duration: seconds });
	const here = counting(limits.failuresPerAccountAndAddress);
	const anywhere = counting(limits.failuresPerAccount);
	const address = counting(limits.failuresPerAddress);
	// a length in front keeps two pairs from looking alike
	const pair = (account: string, from: string) => `${account.length} ${account} ${from}`;
	const of = (account: string | null, from: string) => [
		...(account === null ? [] : [[here, pair(account, from)] as const, [anywhere, account] as const]),
		[address, from] as const
	];

	async function lockedUntil(account: string | null, from: string): Promise<number | null> {
		let waitMs = 0;
		for (const [limiter, key] of of(account, from)) {
			const counted = await limiter.get(key);
			if (counted && counted.consumedPoints >= limiter.points) waitMs = Math.max(waitMs, counted.msBeforeNext);
		}
		return waitMs > 0 ? Date.now() + waitMs : null;
	}

	return {
		lockedUntil,
		async failed(account, from) {
			for (const [limiter, key] of of(account, from)) {
				const counted = await limiter.penalty(key);
				// the whole time from the last one, not what was left from the first
				if (counted.consumedPoints === limiter.points) await limiter.block(key, seconds);
			}
			return lockedUntil(account, from);
		},
		async succeeded(account, from) {
			await here.delete(pair(account, from));
		}
	};
}
