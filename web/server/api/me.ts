import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import { limits } from '#realtime/meeting/limits.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { language } from './shapes.ts';

const settings = z.strictObject({
	language: language.nullable().optional(),
	theme: z.enum(['system', 'light', 'dark']).optional(),
	textSize: z.enum(['normal', 'large']).optional(),
	calendar: z.enum(['persian', 'gregorian']).nullable().optional()
});

/** The person who asks, and what is theirs. */
export const me = new Hono<Env>()
	.get('/me', signedIn, (context) => {
		const { id, name, office, province, language, theme, textSize, calendar, administrator } = context.var.person;
		return context.json({ person: { id, name, office, province }, language, theme, textSize, calendar, administrator });
	})
	.patch('/me', signedIn, validator('json', settings, otherwise('malformed')), async (context) => {
		const { services, person } = context.var;
		const { language, theme, textSize, calendar } = context.req.valid('json');
		await services.database.people.change(person.id, {
			...(language === undefined ? {} : { language }),
			...(theme === undefined ? {} : { theme }),
			...(textSize === undefined ? {} : { textSize }),
			...(calendar === undefined ? {} : { calendar })
		});
		return context.body(null, 204);
	})
	.post(
		'/client-ids',
		signedIn,
		validator('json', z.strictObject({ count: z.int().min(1).max(limits.clientIdsAtOnce) }), otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			return context.json({ ids: await services.database.clientIds.lease(person.id, context.req.valid('json').count) });
		}
	)
	.post('/sign-out', async (context) => {
		for (const cookie of await context.var.services.sessions.signOut(context.req.header('cookie'))) context.header('set-cookie', cookie, { append: true });
		return context.body(null, 204);
	});
