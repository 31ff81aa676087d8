import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import type { LocalText } from '#realtime/meeting/texts.ts';
import { lookAtLink, openSetUpLink } from '../auth/set-up-link.ts';
import { otherwise, type Env } from './context.ts';
import { ApiError } from './errors.ts';
import { personName } from './shapes.ts';

/** One-time links, and the demo's links that sign in with one click. */
export const links = new Hono<Env>()
	.get('/links/:token', async (context) => {
		const found = await lookAtLink(context.var.services.database, context.req.param('token'), Date.now());
		if (typeof found === 'string') throw new ApiError(found);
		return context.json({ purpose: found.purpose, state: 'open' as const });
	})
	.post('/links/:token', validator('json', z.strictObject({ name: personName }), otherwise('malformed')), async (context) => {
		const { services, https } = context.var;
		const opened = await openSetUpLink(services.database, context.req.param('token'), inItsLanguage(context.req.valid('json').name), Date.now());
		if (typeof opened === 'string') throw new ApiError(opened);
		services.log.info({ person: opened.person }, 'the set-up link made its holder the administrator');
		context.header('set-cookie', await services.sessions.signIn(opened.person, https));
		return context.json({ person: opened.person });
	})
	.get('/demo/enter/:token', async (context) => {
		const { services, https } = context.var;
		const person = services.oneClickLinks?.personOf(context.req.param('token')) ?? null;
		if (!services.oneClickLinks || person === null) throw new ApiError('not-found');
		context.header('set-cookie', await services.sessions.signIn(person, https));
		return context.redirect(services.oneClickLinks.destination, 303);
	});

/** A name in the language whose letters it begins with. */
const inItsLanguage = (name: string): LocalText => (/^\P{L}*\p{Script=Arabic}/u.test(name) ? { fa: name } : { en: name });
