import { z } from 'zod/mini';
import { isId, type Id } from './ids.ts';
import { limits } from './limits.ts';

/** What votes can be like: rules, levels of secrecy and majority. All of it is configuration of one machinery. */

const upTo = (most: number) => z.int().check(z.gte(1), z.lte(most));

/** How one marks a ballot. */
export const voteRule = z.discriminatedUnion('kind', [
	/** so many dots to place, and so many of them at most on one option */
	z.strictObject({ kind: z.literal('dots'), budget: upTo(limits.voteDots), perCard: upTo(limits.voteDots) }),
	/** as many options as one likes, up to so many */
	z.strictObject({ kind: z.literal('approve'), max: upTo(limits.voteOptions) }),
	/** 1 to 5 for each option; `all`: none may be left out */
	z.strictObject({ kind: z.literal('score'), all: z.boolean() }),
	/** options in one's own order: up to so many of them, or all (null) */
	z.strictObject({ kind: z.literal('rank'), top: z.nullable(upTo(limits.voteOptions)) }),
	/** yes, no or abstention, on one motion */
	z.strictObject({ kind: z.literal('choice') })
]);
export type VoteRule = z.infer<typeof voteRule>;
export const voteRuleKinds = ['choice', 'dots', 'approve', 'score', 'rank'] as const satisfies readonly VoteRule['kind'][];

/**
 * What becomes of the names. `open`: shown after the closing. `unnamed`: kept while one may change one's vote, and gone
 * with the closing. `secret`: ballots are cast under blindly signed tokens, and never stood beside a name.
 */
export const voteLevels = ['open', 'unnamed', 'secret'] as const;
export type VoteLevel = (typeof voteLevels)[number];

/**
 * When a motion is carried. `simple`: more yes than no. The others: more than half, or two thirds, of all who voted,
 * abstentions included, or of all who were entitled to vote.
 */
export const majorities = ['simple', 'half-of-cast', 'half-of-entitled', 'two-thirds-of-cast', 'two-thirds-of-entitled'] as const;
export type Majority = (typeof majorities)[number];

/** What one's ballot says of each option that it marks: dots, 1 for approved, a score, a place from 1; of a motion 1 for yes, -1 for no, 0 for neither. */
export type Marks = Record<Id, number>;

/** A ballot as it is sent. Whether it fits its vote, `unfitness` says. */
export const marks = z
	.record(z.string().check(z.refine(isId)), z.int().check(z.gte(-1), z.lte(limits.voteDots)))
	.check(z.refine((all) => Object.keys(all).length <= limits.voteOptions));
