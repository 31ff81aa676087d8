import type { Id } from './ids.ts';
import type { Refusal } from './refusals.ts';
import { isQuorum } from './quorum.ts';
import type { Majority, Marks, VoteRule } from './vote-rules.ts';
import type { OptionTally, Vote, VoteOption, VoteResult } from './voting.ts';

/** What a ballot may say, and what all of them say together. */

/** What is in the box of a vote, and how many might have voted. */
export interface BallotBox {
	ballots: readonly Marks[];
	entitled: number;
}

/** Why this is no ballot of this vote; null: it is one. `person`: whose it is, where that is known. */
export function unfitness({ rule, options, ownCards }: Pick<Vote, 'rule' | 'options' | 'ownCards'>, marks: Marks, person: Id | null): Refusal | null {
	const known = new Map(options.map((option) => [option.id, option]));
	const marked = Object.keys(marks);
	if (!marked.every((id) => known.has(id)) || !fits(rule, options, Object.values(marks))) return 'ballot-unfit';
	return !ownCards && person !== null && marked.some((id) => known.get(id)!.authors.includes(person)) ? 'own-card' : null;
}

function fits(rule: VoteRule, options: readonly VoteOption[], values: readonly number[]): boolean {
	const within = (least: number, most: number) => values.every((value) => value >= least && value <= most);
	switch (rule.kind) {
		case 'dots':
			return values.length > 0 && within(1, rule.perCard) && sumOf(values) <= rule.budget;
		// to approve of none is an answer too
		case 'approve':
			return within(1, 1) && values.length <= rule.max;
		case 'score':
			return within(1, 5) && (rule.all ? values.length === options.length : values.length > 0);
		case 'rank':
			return (
				within(1, values.length) &&
				new Set(values).size === values.length &&
				(rule.top === null ? values.length === options.length : values.length > 0 && values.length <= rule.top)
			);
		case 'choice':
			return values.length === 1 && within(-1, 1);
	}
}

/** What the ballots say of each option, in the order of the options; whatever order the ballots come in. */
export const tally = ({ rule, options }: Pick<Vote, 'rule' | 'options'>, ballots: readonly Marks[]): OptionTally[] =>
	options.map(({ id }) => {
		const spread: Record<string, number> = {};
		const values = ballots.flatMap((marks) => marks[id] ?? []);
		for (const value of values) spread[value] = (spread[value] ?? 0) + 1;
		return { option: id, points: pointsOf(rule, values, options.length), ballots: values.length, spread };
	});

/**
 * What an option is placed by: its dots, those who approve, the average of its scores, who said yes; for an order, as
 * many points as there are places from its own to the last that one could give (Borda's count).
 */
function pointsOf(rule: VoteRule, values: readonly number[], options: number): number {
	switch (rule.kind) {
		case 'dots':
		case 'approve':
			return sumOf(values);
		case 'score':
			return values.length === 0 ? 0 : sumOf(values) / values.length;
		case 'rank':
			return sumOf(values.map((place) => (rule.top ?? options) + 1 - place));
		case 'choice':
			return values.filter((value) => value === 1).length;
	}
}

/** The result of a vote. */
export function resultOf(vote: Pick<Vote, 'rule' | 'options' | 'quorum' | 'majority'>, { ballots, entitled }: BallotBox): VoteResult {
	const voted = ballots.length;
	const tallies = tally(vote, ballots);
	const quorumMet = vote.quorum === null ? null : isQuorum(vote.quorum, voted, entitled);
	const [motion] = tallies;
	const carried = vote.majority === null || !motion ? null : quorumMet !== false && isMajority(vote.majority, motion.spread, voted, entitled);
	return { voted, entitled, quorumMet, carried, tallies };
}

function isMajority(majority: Majority, spread: OptionTally['spread'], voted: number, entitled: number): boolean {
	const yes = spread[1] ?? 0;
	switch (majority) {
		case 'simple':
			return yes > (spread[-1] ?? 0);
		case 'half-of-cast':
			return yes * 2 > voted;
		case 'half-of-entitled':
			return yes * 2 > entitled;
		case 'two-thirds-of-cast':
			return yes > 0 && yes * 3 >= voted * 2;
		case 'two-thirds-of-entitled':
			return yes > 0 && yes * 3 >= entitled * 2;
	}
}

/** A result from the first place to the last; what has as many points stands at the same place, in the order of the options. */
export function placed(tallies: readonly OptionTally[]): (OptionTally & { place: number })[] {
	const sorted = tallies.toSorted((a, b) => b.points - a.points);
	return sorted.map((one) => ({ ...one, place: sorted.findIndex(({ points }) => points === one.points) + 1 }));
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
