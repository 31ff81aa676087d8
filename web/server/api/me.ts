import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import { limits } from '#realtime/meeting/limits.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { described } from './describe.ts';
import { language, participant } from './shapes.ts';

const settings = z.strictObject({
	language: language.nullable().optional(),
	theme: z.enum(['system', 'light', 'dark']).optional(),
	textSize: z.enum(['normal', 'large']).optional(),
	calendar: z.enum(['persian', 'gregorian']).nullable().optional()
});

const about = 'My account';
const { language: chosenLanguage, theme, textSize, calendar } = settings.shape;
const meAnswer = z.object({
	person: participant.omit({ role: true }),
	language: chosenLanguage.unwrap(),
	theme: theme.unwrap(),
	textSize: textSize.unwrap(),
	calendar: calendar.unwrap(),
	administrator: z.boolean(),
	/** came by a meeting's link, and has no account */
	guest: z.boolean(),
	/** the first of user name, mobile number and e-mail address that there is */
	signsInBy: z.string().nullable()
});

/** The person who asks, and what is theirs. */
export const me = new Hono<Env>()
	.get('/me', described('Who I am, and how I want to read', { about, answer: meAnswer, refusals: ['signed-out'] }), signedIn, (context) => {
		const { id, name, office, province, language, theme, textSize, calendar, administrator, guest, userName, mobile, email } = context.var.person;
		const signsInBy = userName ?? mobile ?? email;
		return context.json({ person: { id, name, office, province }, language, theme, textSize, calendar, administrator, guest, signsInBy });
	})
	.patch(
		'/me',
		described('Changes how I want to read; what is not given stays', { about, answer: null, refusals: ['signed-out', 'malformed'] }),
		signedIn,
		validator('json', settings, otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			const { language, theme, textSize, calendar } = context.req.valid('json');
			await services.database.people.change(person.id, {
				...(language === undefined ? {} : { language }),
				...(theme === undefined ? {} : { theme }),
				...(textSize === undefined ? {} : { textSize }),
				...(calendar === undefined ? {} : { calendar })
			});
			return context.body(null, 204);
		}
	)
	.post(
		'/client-ids',
		described('Client ids for the pages of a device: each for one page, and this person’s for ever', {
			about: 'Documents',
			answer: z.object({ ids: z.array(z.int()) }),
			refusals: ['signed-out', 'malformed']
		}),
		signedIn,
		validator('json', z.strictObject({ count: z.int().min(1).max(limits.clientIdsAtOnce) }), otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			return context.json({ ids: await services.database.clientIds.lease(person.id, context.req.valid('json').count) });
		}
	)
	.post('/sign-out', described('Ends this session', { about: 'Signing in', answer: null }), async (context) => {
		for (const cookie of await context.var.services.sessions.signOut(context.req.header('cookie'))) context.header('set-cookie', cookie, { append: true });
		return context.body(null, 204);
	});
