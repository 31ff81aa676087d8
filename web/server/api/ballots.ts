import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import { isId } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { marks } from '#realtime/meeting/vote-rules.ts';
import { otherwise, type Env } from './context.ts';
import { described } from './describe.ts';
import { ApiError } from './errors.ts';

const base64 = z.string().max(limits.blindedUnits);

/** Secret ballots. Whoever has a token that the vote signed may cast one: no session is looked at, and nothing is kept of the request. */
export const ballots = new Hono<Env>().post(
	'/ballots',
	described('Casts a ballot of a secret vote under a token that was signed blindly', {
		about: 'Votes',
		answer: z.object({ receipt: z.string() }),
		refusals: ['malformed', 'no-such-vote', 'token-unsigned', 'ballot-unfit', 'ballot-cast', 'vote-over']
	}),
	validator(
		'json',
		z.strictObject({
			vote: z.string().refine(isId),
			/** 32 random bytes, and the signature of the vote's key over them (RFC 9474), as base64 */
			token: base64,
			signature: base64,
			/** option → dots, 1 for approved, a score, a place, or 1, 0 or -1 */
			marks: marks as unknown as z.ZodType<z.infer<typeof marks>>
		}),
		otherwise('malformed')
	),
	async (context) => {
		const { live } = context.var.services;
		if (!live) throw new ApiError('storage-unavailable');
		const answer = await live.votes.castSecretly(context.req.valid('json'));
		if (typeof answer === 'string') throw new ApiError(answer);
		return context.json(answer);
	}
);

/** Where secret ballots come in: of requests there not a line is written down, since one with a time could be laid beside others. */
export const ballotsPath = '/api/ballots';
