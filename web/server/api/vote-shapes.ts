import { z } from 'zod';
import type { Quorum } from '#realtime/meeting/quorum.ts';
import { majorities, voteLevels } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';

/** Shapes of votes as clients get them: what is asked and by which rule, and what came of it. */

const id = z.string();
const marks = z.record(z.string(), z.int());

export const quorumShape = z.union([z.object({ voters: z.int() }), z.object({ share: z.enum(['half', 'two-thirds']) })]) satisfies z.ZodType<Quorum>;

const rule = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('dots'), budget: z.int(), perCard: z.int() }),
	z.object({ kind: z.literal('approve'), max: z.int() }),
	z.object({ kind: z.literal('score'), all: z.boolean() }),
	z.object({ kind: z.literal('rank'), top: z.int().nullable() }),
	z.object({ kind: z.literal('choice') })
]);

/** `spread`: value → how many ballots give the option that */
export const tally = z.object({ option: id, points: z.number(), ballots: z.int(), spread: marks });

const result = z.object({
	voted: z.int(),
	entitled: z.int(),
	quorumMet: z.boolean().nullable(),
	carried: z.boolean().nullable(),
	tallies: z.array(tally)
});

export const voteShape = z.object({
	id,
	item: id,
	round: z.int(),
	question: z.string().nullable(),
	rule,
	level: z.enum(voteLevels),
	options: z.array(z.object({ id, text: z.string(), authors: z.array(id) })),
	guests: z.boolean(),
	ownCards: z.boolean(),
	quorum: quorumShape.nullable(),
	majority: z.enum(majorities).nullable(),
	key: z.string().nullable(),
	openedAt: z.int(),
	state: z.enum(['open', 'closed', 'cancelled']),
	closedAt: z.int().nullable(),
	result: result.nullable()
}) satisfies z.ZodType<Vote>;
