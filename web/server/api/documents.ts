import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import type { FactorRow } from '#db/stores/factors.ts';
import { isId } from '#realtime/meeting/ids.ts';
import { maySee } from '#realtime/server/authorize.ts';
import { otherwise, signedIn, type Env, type SignedInEnv } from './context.ts';
import { described } from './describe.ts';
import { ApiError } from './errors.ts';
import { factorsCsv } from './factors-csv.ts';
import { evidence, id, instant, language, participant, province } from './shapes.ts';

/** Lets only those through who may see the document of the path. */
const visible = createMiddleware<SignedInEnv>(async (context, next) => {
	const { services, subject } = context.var;
	const id = context.req.param('id');
	const grant = isId(id) ? await services.access.document(subject, id) : null;
	if (!grant || !maySee(grant)) throw new ApiError('not-found');
	await next();
});

/** Brings SQL up to date with the board before it is read. */
const settled = createMiddleware<SignedInEnv>(async (context, next) => {
	await context.var.services.live?.projectNow(context.req.param('id')!);
	await next();
});

const refusals = ['signed-out', 'not-found'] as const;

const factor = z.object({
	documentId: id,
	cardId: id,
	column: z.string(),
	place: z.string(),
	text: z.string(),
	groupId: id.nullable(),
	groupTitle: z.string().nullable(),
	authorId: id.nullable(),
	province: province.nullable(),
	evidence: z.array(evidence),
	deleted: z.boolean(),
	createdAt: instant.nullable(),
	updatedAt: instant
}) satisfies z.ZodType<FactorRow>;

/** What SQL knows of a document. */
export const documents = new Hono<Env>()
	.get(
		'/documents/:id/people',
		described('Everybody whose name may appear on a document', { about: 'Documents', answer: z.object({ people: z.array(participant) }), refusals }),
		signedIn,
		visible,
		async (context) => context.json({ people: await context.var.services.database.thinkTanks.peopleOf(context.req.param('id')) })
	)
	.get(
		'/documents/:id/factors',
		described('The cards of a board as SQL has them, brought up to date first', {
			about: 'Documents',
			answer: z.object({ factors: z.array(factor) }),
			refusals
		}),
		signedIn,
		visible,
		settled,
		async (context) => context.json({ factors: await context.var.services.database.factors.of(context.req.param('id')) })
	)
	.get(
		'/documents/:id/factors.csv',
		described('The cards of a board as a table for spreadsheets, in UTF-8 with a byte order mark', {
			about: 'Documents',
			answer: z.string(),
			media: 'text/csv',
			refusals: [...refusals, 'malformed']
		}),
		signedIn,
		visible,
		validator('query', z.object({ language }), otherwise('malformed')),
		settled,
		async (context) => {
			const { services, person } = context.var;
			const id = context.req.param('id');
			const { language } = context.req.valid('query');
			const { factors, thinkTanks, meetings } = services.database;
			const [rows, people, columns] = await Promise.all([factors.of(id), thinkTanks.peopleOf(id), meetings.columnsOf(id)]);
			const calendar = person.calendar ?? (language === 'fa' ? 'persian' : 'gregorian');
			return context.body(factorsCsv(rows, people, { language, calendar }, columns), 200, {
				'content-type': 'text/csv; charset=utf-8',
				'content-disposition': 'attachment; filename="factors.csv"'
			});
		}
	);
