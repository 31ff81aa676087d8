import { RateLimiterMemory } from 'rate-limiter-flexible';
import { limits } from '#realtime/meeting/limits.ts';

/** Keeps whoever has a guest link from flooding a meeting with guests. */
export interface Knocks {
	/** Counts somebody who comes by a link. False: too many came by it, or from this network address (null: not known), just now. */
	admit(link: string, address: string | null): Promise<boolean>;
}

/** Counted in this process's memory: a restart forgets, and gives nobody more than another round. */
export function countKnocks(): Knocks {
	const duration = limits.knockWindowMs / 1000;
	const byAddress = new RateLimiterMemory({ keyPrefix: 'address', points: limits.knocksPerAddress, duration });
	const byLink = new RateLimiterMemory({ keyPrefix: 'link', points: limits.knocksPerLink, duration });
	const within = (limiter: RateLimiterMemory, key: string) =>
		limiter.consume(key).then(
			() => true,
			() => false
		);
	return {
		// one address that is over its own limit must not use up the link's
		admit: async (link, address) => (address === null || (await within(byAddress, address))) && (await within(byLink, link))
	};
}
