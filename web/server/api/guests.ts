import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import type { Coming, OpenedGuestLink } from '#db/stores/guests.ts';
import { line } from '#realtime/meeting/commands.ts';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { inItsLanguage } from '#realtime/meeting/texts.ts';
import { authorize } from '#realtime/server/authorize.ts';
import type { Standing } from '#realtime/server/ports.ts';
import { note } from '../audit.ts';
import { digestOf, isToken, newId, newToken } from '../auth/tokens.ts';
import { otherwise, signedIn, type Env, type SignedInEnv } from './context.ts';
import { described } from './describe.ts';
import { ApiError, type ErrorCode } from './errors.ts';
import type { Services } from './services.ts';
import { id, instant, localText, meetingState, province } from './shapes.ts';

const about = 'Guests';

const guestState = z.enum(['waiting', 'admitted', 'refused']);
const linkShape = z.object({
	id,
	label: z.string().nullable(),
	approval: z.boolean(),
	createdAt: instant,
	expiresAt: instant,
	revokedAt: instant.nullable(),
	guests: z.int()
});
const guestShape = z.object({
	id,
	name: localText,
	office: localText.nullable(),
	province: province.nullable(),
	state: guestState,
	askedAt: instant,
	link: id.nullable(),
	revoked: z.boolean()
});

/** What a link shows to whoever opens it. */
const openedShape = z.object({
	meeting: z.object({ number: z.int(), title: localText, state: meetingState, startsAt: instant, minutes: z.int() }),
	thinkTank: localText,
	/** somebody has to let each guest in */
	approval: z.boolean(),
	/** who asks; null: nobody who is signed in */
	me: z.object({ id, name: localText }).nullable(),
	/** what they are there already */
	standing: z.enum(['none', ...guestState.options, 'member']),
	/** where to go, once they may */
	into: z.object({ meeting: id, activity: id.nullable() }).nullable()
});

const newLink = z.strictObject({
	label: z.nullable(line(limits.linkLabelUnits)),
	approval: z.boolean(),
	/** from now on */
	hours: z.int().min(1).max(limits.guestLinkHours)
});

/** Who comes; null: whoever is signed in. */
const comer = z.strictObject({
	who: z.strictObject({ name: line(limits.personNameUnits), province, office: z.nullable(line(limits.officeUnits)) }).nullable()
});

type GuestManager = SignedInEnv & { Variables: { standing: Standing; meeting: Id } };

/** Lets only those through who may let guests into the meeting of the path. */
const conducting = createMiddleware<GuestManager>(async (context, next) => {
	const { services, subject } = context.var;
	const meeting = context.req.param('id') ?? '';
	if (!isId(meeting)) throw new ApiError('not-found');
	const standing = await authorize(services.access, subject, 'guests.change', { meeting }, services.live?.facilitated(meeting) ?? false);
	if (typeof standing === 'string') throw new ApiError(standing);
	context.set('standing', standing);
	context.set('meeting', meeting);
	await next();
});

const managing = ['signed-out', 'not-found', 'not-allowed'] as const satisfies ErrorCode[];

/** Guest links of meetings: made and revoked by whoever conducts them, opened by anybody who has one. */
export const guests = new Hono<Env>()
	.get(
		'/meetings/:id/guests',
		described('The guest links of a meeting, and who came by them', {
			about,
			answer: z.object({ links: z.array(linkShape), guests: z.array(guestShape) }),
			refusals: managing
		}),
		signedIn,
		conducting,
		async (context) => {
			const { services, meeting } = context.var;
			const { guests } = services.database;
			const [links, came] = await Promise.all([guests.linksOf(meeting), guests.of(meeting)]);
			return context.json({ links, guests: came });
		}
	)
	.post(
		'/meetings/:id/guest-links',
		described('Makes a guest link; its token is answered this once and kept nowhere', {
			about,
			answer: z.object({ id, token: z.string(), expiresAt: instant }),
			status: 201,
			refusals: [...managing, 'malformed', 'meeting-closed', 'meeting-cancelled', 'links-full']
		}),
		signedIn,
		validator('json', newLink, otherwise('malformed')),
		conducting,
		async (context) => {
			const { services, person, meeting, standing, address } = context.var;
			const { label, approval, hours } = context.req.valid('json');
			const { state } = standing.situation;
			if (state === 'closed' || state === 'cancelled') throw new ApiError(`meeting-${state}`);
			const token = newToken();
			const now = Date.now();
			const link = {
				id: newId(),
				digest: digestOf(token),
				meeting,
				thinkTank: standing.thinkTank,
				label,
				approval,
				expiresAt: now + hours * 60 * 60 * 1000,
				createdBy: person.id
			};
			if (!(await services.database.guests.addLink(link, now, limits.guestLinks))) throw new ApiError('links-full');
			await note(services.database, {
				kind: 'guest-link.made',
				actor: person.id,
				subject: link.id,
				thinkTank: standing.thinkTank,
				address,
				details: { meeting, approval, hours }
			});
			return context.json({ id: link.id, token, expiresAt: link.expiresAt }, 201);
		}
	)
	.delete(
		'/meetings/:id/guest-links/:link',
		described('Revokes a guest link: whoever came by it is out within two seconds', { about, answer: null, refusals: managing }),
		signedIn,
		conducting,
		async (context) => {
			const { services, person, meeting, standing, address } = context.var;
			const link = context.req.param('link');
			if (!isId(link) || !(await services.database.guests.revoke(meeting, link, Date.now()))) throw new ApiError('not-found');
			await note(services.database, {
				kind: 'guest-link.revoked',
				actor: person.id,
				subject: link,
				thinkTank: standing.thinkTank,
				address,
				details: { meeting }
			});
			services.live?.doorChanged(meeting);
			return context.body(null, 204);
		}
	)
	.post(
		'/meetings/:id/guests/:person',
		described('Lets a guest in, or not, or no longer', { about, answer: null, refusals: [...managing, 'malformed'] }),
		signedIn,
		validator('json', z.strictObject({ state: z.enum(['admitted', 'refused']) }), otherwise('malformed')),
		conducting,
		async (context) => {
			const { services, person, meeting, standing, address } = context.var;
			const guest = context.req.param('person');
			const { state } = context.req.valid('json');
			if (!isId(guest) || !(await services.database.guests.decide(meeting, guest, state, person.id))) throw new ApiError('not-found');
			await note(services.database, {
				kind: `guest.${state}`,
				actor: person.id,
				subject: guest,
				thinkTank: standing.thinkTank,
				address,
				details: { meeting }
			});
			services.live?.doorChanged(meeting);
			return context.body(null, 204);
		}
	)
	.get(
		'/me/guest-meetings',
		described('The meetings that whoever asks is a guest of', {
			about,
			answer: z.object({
				meetings: z.array(
					z.object({
						id,
						number: z.int(),
						title: localText,
						state: meetingState,
						startsAt: instant,
						thinkTank: localText,
						guest: guestState,
						activity: id.nullable()
					})
				)
			}),
			refusals: ['signed-out']
		}),
		signedIn,
		async (context) => context.json({ meetings: await context.var.services.database.guests.meetingsOf(context.var.person.id) })
	)
	.get(
		'/guest/:token',
		described('Where a guest link leads, and what whoever asks is there already', {
			about,
			answer: openedShape,
			refusals: ['link-unknown', ...refusedAtTheDoor()]
		}),
		async (context) => {
			const { services, https } = context.var;
			const session = await services.sessions.read(context.req.header('cookie'), https);
			return context.json(await opened(services, context.req.param('token'), session?.person ?? null));
		}
	)
	.post(
		'/guest/:token/enter',
		described('Comes in by a guest link, or to the door; who has no session gets one', {
			about,
			answer: openedShape,
			refusals: ['link-unknown', ...refusedAtTheDoor(), 'malformed', 'signed-out', 'meeting-full', 'too-many-guests']
		}),
		validator('json', comer, otherwise('malformed')),
		async (context) => {
			const { services, https, address } = context.var;
			const token = context.req.param('token');
			if (!isToken(token)) throw new ApiError('link-unknown');
			const session = await services.sessions.read(context.req.header('cookie'), https);
			const before = await opened(services, token, session?.person ?? null);
			if (before.standing === 'member') return context.json(before);
			const { who } = context.req.valid('json');
			if (!session && who === null) throw new ApiError('signed-out');
			const digest = digestOf(token);
			if (before.standing === 'none' && !(await services.knocks.admit(digest, address))) throw new ApiError('too-many-guests');
			const person =
				session?.person ??
				({ id: newId(), name: inItsLanguage(who!.name), province: who!.province, office: who!.office === null ? null : inItsLanguage(who!.office) } as const);
			const came = await services.database.guests.come(digest, session ? person.id : person, Date.now(), limits.guestsPerMeeting);
			if (came in problems) throw new ApiError(problems[came as keyof typeof problems]);
			if (!session) context.header('set-cookie', await services.sessions.signIn(person.id, https));
			const after = await look(services, token, person.id);
			if (came !== before.standing && came === 'waiting') services.live?.doorChanged(after.meeting.id);
			if (came !== before.standing && came === 'admitted') {
				await note(services.database, {
					kind: 'guest.admitted',
					actor: person.id,
					subject: person.id,
					thinkTank: after.thinkTank.id,
					address,
					details: { meeting: after.meeting.id, byLink: true }
				});
			}
			return context.json(shown(after, person));
		}
	);

/** Why nobody comes in by a link, as the API says it. */
const problems = {
	unknown: 'link-unknown',
	revoked: 'link-revoked',
	expired: 'link-expired',
	archived: 'archived',
	closed: 'meeting-closed',
	cancelled: 'meeting-cancelled',
	full: 'meeting-full'
} as const satisfies Partial<Record<Coming, ErrorCode>>;

function refusedAtTheDoor(): ErrorCode[] {
	return ['link-revoked', 'link-expired', 'archived', 'meeting-closed', 'meeting-cancelled'];
}

async function look({ database }: Services, token: string, person: Id | null): Promise<OpenedGuestLink> {
	const found = isToken(token) ? await database.guests.open(digestOf(token), person) : null;
	if (!found) throw new ApiError('link-unknown');
	return found;
}

type Person = Pick<NonNullable<z.infer<typeof openedShape>['me']>, 'id' | 'name'>;

/** What a link shows; throws what there is to say if it leads nowhere. */
async function opened(services: Services, token: string, person: Person | null): Promise<z.infer<typeof openedShape>> {
	const found = await look(services, token, person?.id ?? null);
	const { guest, meeting } = found;
	if (!found.member) {
		const isGuest = guest !== null && !guest.revoked;
		if (found.revoked && !(isGuest && guest.state === 'admitted')) throw new ApiError('link-revoked');
		if (found.archived) throw new ApiError('archived');
		if (meeting.state === 'closed' || meeting.state === 'cancelled') throw new ApiError(`meeting-${meeting.state}`);
		if (found.expiresAt <= Date.now() && !isGuest) throw new ApiError('link-expired');
	}
	return shown(found, person);
}

function shown({ meeting, thinkTank, approval, member, guest, activity }: OpenedGuestLink, me: Person | null): z.infer<typeof openedShape> {
	const { id, number, title, state, startsAt, minutes } = meeting;
	const standing = member ? 'member' : guest && !(guest.revoked && guest.state !== 'refused') ? guest.state : 'none';
	return {
		meeting: { number, title, state, startsAt, minutes },
		thinkTank: thinkTank.name,
		approval,
		me: me && { id: me.id, name: me.name },
		standing,
		into: standing === 'member' || (standing === 'admitted' && state === 'live') ? { meeting: id, activity } : null
	};
}
