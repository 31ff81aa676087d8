import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import type { Titled } from '#db/stores/titles.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { described } from './describe.ts';
import { id, instant, localText, meetingState, searched } from './shapes.ts';

const thinkTank = z.object({ id, name: localText });

const newest = <One extends z.ZodType>(one: One) => z.object({ found: z.array(one), more: z.boolean() });

const titled = z.object({
	meetings: newest(z.object({ id, number: z.int(), title: localText, state: meetingState, startsAt: instant, thinkTank })),
	/** points of agendas; `proposed`: it is not in its agenda yet */
	points: newest(z.object({ id, title: localText, proposed: z.boolean(), meeting: z.object({ id, number: z.int(), startsAt: instant }), thinkTank })),
	/** `meeting`: the id of the one that adopted it */
	decisions: newest(z.object({ id, number: z.int(), text: z.string(), withdrawn: z.boolean(), meeting: id, thinkTank }))
}) satisfies z.ZodType<Titled>;

/** What is found by its title in the think tanks that one is a member of. */
export const search = new Hono<Env>().get(
	'/search',
	described('Meetings and points of agendas by their titles, and decisions by their words, in the think tanks that one is a member of: the newest of each', {
		about: 'Home',
		answer: titled,
		refusals: ['signed-out', 'malformed']
	}),
	signedIn,
	validator('query', z.object({ words: searched }), otherwise('malformed')),
	async (context) => {
		const { services, person } = context.var;
		return context.json(await services.database.titles.find(person.id, context.req.valid('query').words, limits.titlesFound));
	}
);
