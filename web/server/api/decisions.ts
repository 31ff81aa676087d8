import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import type { ListedDecision } from '#db/stores/decisions.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { decisionShape } from './decision-shapes.ts';
import { described } from './describe.ts';
import { permitted } from './permitted.ts';
import { id, localText } from './shapes.ts';

const listed = z.object({
	...decisionShape.shape,
	meeting: z.object({ id, number: z.int(), title: localText }),
	personName: localText.nullable(),
	mandateText: localText.nullable()
}) satisfies z.ZodType<ListedDecision>;

const listQuery = z.object({
	/** a number of a decision: those before it */
	below: z.coerce.number().int().min(1).optional(),
	count: z.coerce.number().int().min(1).max(limits.decisionsListed).default(limits.decisionsListed)
});

/** What think tanks have decided. */
export const decisions = new Hono<Env>().get(
	'/think-tanks/:id/decisions',
	described('The decisions of a think tank over all of its meetings, the newest first, withdrawn ones included', {
		about: 'Decisions',
		/** `more`: there are older ones */
		answer: z.object({ decisions: z.array(listed), more: z.boolean() }),
		refusals: ['signed-out', 'not-found', 'malformed']
	}),
	signedIn,
	permitted('decisions.see'),
	validator('query', listQuery, otherwise('malformed')),
	async (context) => {
		const { below = null, count } = context.req.valid('query');
		const found = await context.var.services.database.decisions.list(context.req.param('id'), below, count + 1);
		return context.json({ decisions: found.slice(0, count), more: found.length > count });
	}
);
