import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import { createFounding } from '#db/seed/founding.ts';
import { newId } from '../auth/tokens.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { ApiError } from './errors.ts';
import { language } from './shapes.ts';
import type { Services } from './services.ts';

/** What a person finds first: their think tanks, or the offer of a sample. */
export const home = new Hono<Env>()
	.get('/home', signedIn, async (context) => {
		const { services, person } = context.var;
		const { thinkTanks } = services.database;
		return context.json({
			thinkTanks: await thinkTanks.of(person.id),
			sampleOffered: person.administrator && !(await thinkTanks.any())
		});
	})
	.post('/sample', signedIn, validator('json', z.strictObject({ language }), otherwise('malformed')), async (context) => {
		const { services, person } = context.var;
		if (!person.administrator) throw new ApiError('not-found');
		const { thinkTank, meeting, activities } = await oneAtATime(services, async () => {
			if (await services.database.thinkTanks.any()) throw new ApiError('not-found');
			return createFounding(services.database, { facilitator: person.id, language: context.req.valid('json').language, newId });
		});
		return context.json({ thinkTank, meeting, activity: activities.swot }, 201);
	});

/** The last of the samples being made, for each database: two clicks make one sample. */
const making = new WeakMap<Services['database'], Promise<unknown>>();

function oneAtATime<Made>({ database }: Services, make: () => Promise<Made>): Promise<Made> {
	const made = (making.get(database) ?? Promise.resolve()).then(make, make);
	making.set(database, made);
	return made;
}
