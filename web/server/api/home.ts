import { Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import { createFounding } from '#db/seed/founding.ts';
import type { HomeAction } from '#db/stores/home.ts';
import { actionStates } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { stepKinds } from '#realtime/meeting/steps.ts';
import { newId } from '../auth/tokens.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { described } from './describe.ts';
import { ApiError } from './errors.ts';
import { day, id, instant, language, localText, meetingState, memberRole, role } from './shapes.ts';
import type { Services } from './services.ts';

const named = z.object({ id, name: localText });
const action = z.object({ id, what: z.string(), due: day.nullable(), state: z.enum(actionStates), thinkTank: named }) satisfies z.ZodType<HomeAction>;

const news = z.discriminatedUnion('about', [
	z.object({
		about: z.literal('meeting'),
		what: z.enum(['scheduled', 'postponed', 'cancelled', 'opened', 'closed', 'reopened', 'named', 'released']),
		at: instant,
		meeting: z.object({ id, number: z.int(), title: localText, state: meetingState, startsAt: instant }),
		thinkTank: named
	}),
	z.object({ about: z.literal('action'), what: z.enum(['given', 'changed', 'removed']), at: instant, action, by: localText.nullable() }),
	z.object({ about: z.literal('membership'), what: z.enum(['joined', 'role', 'left']), at: instant, thinkTank: named, role: memberRole.nullable() }),
	z.object({ about: z.literal('administrator'), what: z.enum(['made', 'unmade']), at: instant })
]);

const homeAnswer = z.object({
	/** what the answer is true of, and since when things are new to whoever asks */
	now: instant,
	since: instant,
	meetings: z.array(
		z.object({
			id,
			number: z.int(),
			title: localText,
			state: z.enum(['live', 'scheduled']),
			startsAt: instant,
			minutes: z.int(),
			place: z.string().nullable(),
			callLink: z.string().nullable(),
			thinkTank: named,
			role,
			/** the step that a live one is at, if that stays open until a date */
			open: z.object({ kind: z.enum(stepKinds), title: localText.nullable(), until: instant }).nullable()
		})
	),
	actions: z.array(action),
	/** how many open ones there are, shown or not */
	openActions: z.int(),
	news: z.array(news),
	thinkTanks: z.array(z.object({ id, name: localText, host: localText, role: memberRole, archived: z.boolean() })),
	sampleOffered: z.boolean()
});

/** Since when things are new, kept by a browser for a while: whose home it was, and the time. */
const stays = 'hamandish-home';

/** Since when things are new to a person who last looked then, and whose browser may still keep what was new before. */
function newSince(kept: string | undefined, person: Id, seenAt: number): number {
	const [whose, since = ''] = kept?.split('.') ?? [];
	return whose === person && /^\d{1,15}$/.test(since) ? Math.min(Number(since), seenAt) : seenAt;
}

/** What a person finds first: what is next for them, what they have to do, and what others did. */
export const home = new Hono<Env>()
	.get(
		'/home',
		described('Meetings to come, own open actions, what others did since the last look, and own think tanks', {
			about: 'Home',
			answer: homeAnswer,
			refusals: ['signed-out']
		}),
		signedIn,
		async (context) => {
			const { services, person } = context.var;
			const { home, thinkTanks } = services.database;
			const { seenAt, now } = await home.seen(person.id);
			const since = Math.max(newSince(getCookie(context, stays), person.id, seenAt), now - limits.homeNewsMs);
			const [own, meetings, { actions, count }, news, sampleOffered] = await Promise.all([
				home.thinkTanks(person.id),
				home.meetings(person.id),
				home.actions(person.id),
				home.news(person.id, since),
				person.administrator ? thinkTanks.any().then((any) => !any) : false
			]);
			return context.json({ now, since, meetings, actions, openActions: count, news, thinkTanks: own, sampleOffered } satisfies z.infer<typeof homeAnswer>);
		}
	)
	.post(
		'/home/seen',
		described('That the home page was looked at as it was at a time: what happened before is not new at the next visit', {
			about: 'Home',
			answer: null,
			refusals: ['signed-out', 'malformed', 'foreign-origin']
		}),
		signedIn,
		validator('json', z.strictObject({ at: instant.min(0).max(limits.latestMs) }), otherwise('malformed')),
		async (context) => {
			const { services, person, https } = context.var;
			const { home } = services.database;
			const { seenAt } = await home.seen(person.id);
			setCookie(context, stays, `${person.id}.${newSince(getCookie(context, stays), person.id, seenAt)}`, {
				path: '/',
				httpOnly: true,
				secure: https,
				sameSite: 'Lax',
				maxAge: limits.homeStaysMs / 1_000
			});
			// SQL follows the boards a little later than they change: what it did not know of yet stays new
			await home.look(person.id, Math.max(0, context.req.valid('json').at - limits.newsOverlapMs));
			return context.body(null, 204);
		}
	)
	.post(
		'/sample',
		described('Makes the sample think tank with its founding meeting: for an administrator, as long as there is no think tank', {
			about: 'Home',
			answer: z.object({ thinkTank: id, meeting: id, activity: id }),
			status: 201,
			refusals: ['signed-out', 'not-found', 'malformed', 'foreign-origin']
		}),
		signedIn,
		validator('json', z.strictObject({ language }), otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			if (!person.administrator) throw new ApiError('not-found');
			const { thinkTank, meeting, activities } = await oneAtATime(services, async () => {
				if (await services.database.thinkTanks.any()) throw new ApiError('not-found');
				return createFounding(services.database, { facilitator: person.id, language: context.req.valid('json').language, newId });
			});
			return context.json({ thinkTank, meeting, activity: activities.swot }, 201);
		}
	);

/** The last of the samples being made, for each database: two clicks make one sample. */
const making = new WeakMap<Services['database'], Promise<unknown>>();

function oneAtATime<Made>({ database }: Services, make: () => Promise<Made>): Promise<Made> {
	const made = (making.get(database) ?? Promise.resolve()).then(make, make);
	making.set(database, made);
	return made;
}
