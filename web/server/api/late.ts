import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import type { ShownContribution } from '#db/stores/late.ts';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import { may } from '#realtime/meeting/permissions.ts';
import { authorize } from '#realtime/server/authorize.ts';
import type { Subject } from '#realtime/server/ports.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { described } from './describe.ts';
import { ApiError } from './errors.ts';
import type { Services } from './services.ts';
import { id, idParameter, instant, localText, province } from './shapes.ts';

const contribution = z.object({
	id,
	document: id,
	author: z.object({ id, name: localText, office: localText.nullable(), province: province.nullable() }),
	/** the words in it, clipped; empty: it moves and deletes, and says nothing */
	excerpt: z.string(),
	arrivedAt: instant,
	/** null: nobody has decided yet */
	admitted: z.boolean().nullable(),
	decidedAt: instant.nullable()
}) satisfies z.ZodType<ShownContribution>;

const about = 'Meetings';

/** Asks for a right to a meeting, as of who is in it now. */
async function authorized({ access, live }: Services, subject: Subject, action: 'meeting.see' | 'late.decide', meeting: Id) {
	const standing = await authorize(access, subject, action, { meeting }, live?.facilitated(meeting) ?? false);
	if (typeof standing === 'string') throw new ApiError(standing);
	return standing;
}

/** What arrived for the boards and notes of a meeting after it was closed. */
export const late = new Hono<Env>()
	.get(
		'/meetings/:id/late',
		described('What arrived after the meeting was closed: everything for whoever decides about it, else what is one’s own', {
			about,
			answer: z.object({ mayDecide: z.boolean(), contributions: z.array(contribution) }),
			refusals: ['signed-out', 'not-found']
		}),
		signedIn,
		validator('param', idParameter, otherwise('not-found')),
		async (context) => {
			const { services, subject } = context.var;
			const meeting = context.req.valid('param').id;
			const { rights, situation } = await authorized(services, subject, 'meeting.see', meeting);
			const mayDecide = may(rights, 'late.decide', { ...situation, facilitated: services.live?.facilitated(meeting) ?? false });
			return context.json({ mayDecide, contributions: await services.database.late.shown(meeting, mayDecide ? null : subject.person) });
		}
	)
	.post(
		'/meetings/:id/late/:late',
		described('Admits a late contribution onto its board or notes, or declines it. The same decision again changes nothing', {
			about,
			answer: null,
			refusals: ['signed-out', 'not-found', 'not-allowed', 'malformed', 'late-decided', 'late-unfit', 'foreign-origin']
		}),
		signedIn,
		validator('param', z.object({ id: z.string().refine(isId), late: z.string().refine(isId) }), otherwise('not-found')),
		validator('json', z.strictObject({ admit: z.boolean() }), otherwise('malformed')),
		async (context) => {
			const { services, subject } = context.var;
			const { id: meeting, late } = context.req.valid('param');
			await authorized(services, subject, 'late.decide', meeting);
			if (!services.live) throw new ApiError('storage-unavailable');
			const refusal = await services.live.late.decide(meeting, late, context.req.valid('json').admit, subject.person);
			if (refusal) throw new ApiError(refusal);
			return context.body(null, 204);
		}
	);
