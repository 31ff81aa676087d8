import { number } from '#lib/i18n/numbers.ts';
import { m } from '#lib/paraglide/messages.js';
import type { VoteRule } from '#realtime/meeting/vote-rules.ts';
import type { OptionTally } from '#realtime/meeting/voting.ts';

/** What an option of a vote got, in words. */
export function pointsOf({ kind }: Pick<VoteRule, 'kind'>, { points, ballots }: Pick<OptionTally, 'points' | 'ballots'>): string {
	switch (kind) {
		case 'dots':
			return m.vote_points_dots({ number: number(points) });
		case 'score':
			return ballots === 0 ? m.vote_score_none() : m.vote_points_score({ number: number(Math.round(points * 10) / 10) });
		case 'rank':
			return m.vote_points_rank({ number: number(points) });
		default:
			return m.vote_points_approve({ number: number(points) });
	}
}
