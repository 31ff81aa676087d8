import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import { personStates } from '#db/stores/directory.ts';
import { localText as writtenText } from '#realtime/meeting/commands.ts';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { auditKinds } from '../audit.ts';
import { makeInvitation, makeReset } from '../auth/invitations.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { described } from './describe.ts';
import { ApiError, type ErrorCode } from './errors.ts';
import { invitation, invitationMade, invitationsShown, shown } from './invitations.ts';
import { noteOf } from './note.ts';
import { administrator } from './permitted.ts';
import type { Services } from './services.ts';
import { day, id, instant, localText, memberRole, province, searched } from './shapes.ts';

const about = 'People (administrators)';
const seeing: readonly ErrorCode[] = ['signed-out', 'not-allowed', 'not-found', 'malformed'];
const changing: readonly ErrorCode[] = [...seeing, 'foreign-origin'];

const entry = z.object({
	id,
	name: localText,
	office: localText.nullable(),
	province: province.nullable(),
	/** what they sign in by */
	userName: z.string().nullable(),
	mobile: z.string().nullable(),
	email: z.string().nullable(),
	administrator: z.boolean(),
	/** `guest`: came by a meeting's link and has no account */
	state: z.enum(personStates),
	seenAt: instant.nullable(),
	memberships: z.array(z.object({ thinkTank: id, name: localText, role: memberRole }))
});

const details = entry.extend({
	hasPassword: z.boolean(),
	/** an authenticator or a passkey */
	secondFactor: z.boolean(),
	/** the first of their actions that are neither done nor dropped */
	openActions: z.array(z.object({ id, what: z.string(), thinkTank: localText, due: day.nullable() })),
	openActionCount: z.int()
});

const wanted = z.object({
	state: z.enum(personStates).default('active'),
	search: searched.default(''),
	from: z.coerce.number().int().min(0).max(1_000_000).default(0)
});

const changes = z.strictObject({
	name: z.exactOptional(writtenText(limits.personNameUnits)),
	office: z.exactOptional(z.nullable(writtenText(limits.officeUnits))),
	province: z.exactOptional(province.nullable()),
	administrator: z.exactOptional(z.boolean())
});

/** Whom open actions go to; null: nobody. */
const to = z.strictObject({ to: z.string().refine(isId).nullable() });
const handedOver = z.object({
	/** how many actions are not theirs any more */
	handedOver: z.int()
});

/** Gives a person's open actions to somebody with an account, or to nobody: how many, as SQL shows at once. */
async function handOver({ database, live }: Services, from: Id, to: Id | null, by: Id): Promise<number> {
	if (to !== null && (to === from || (await database.directory.find(to))?.state !== 'active')) throw new ApiError('no-account');
	if (!live) throw new ApiError('storage-unavailable');
	const found = await database.actions.documentsOf(from, to);
	// what was written a moment ago counts
	const follow = () => Promise.all(found.map(({ document }) => live.projectNow(document)));
	await follow();
	const before = (await database.directory.find(from))?.openActionCount ?? 0;
	await live.handOver(from, to, by);
	await follow();
	return before - ((await database.directory.find(from))?.openActionCount ?? 0);
}

const auditAnswer = z.object({
	/** the newest first */
	entries: z.array(
		z.object({
			id: z.int(),
			at: instant,
			kind: z.string(),
			actor: id.nullable(),
			actorName: localText.nullable(),
			subject: id.nullable(),
			subjectName: localText.nullable(),
			thinkTank: id.nullable(),
			thinkTankName: localText.nullable(),
			linkLabel: z.string().nullable(),
			address: z.string().nullable(),
			details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
		})
	),
	/** ask on before this one; null: there are no older ones */
	before: z.int().nullable()
});

/** Everybody of the installation, who was invited into it, and what was done in matters of access. */
export const people = new Hono<Env>()
	.get(
		'/people',
		described('People by name, a page at a time', {
			about,
			answer: z.object({ people: z.array(entry), total: z.int() }),
			refusals: seeing
		}),
		signedIn,
		administrator,
		validator('query', wanted, otherwise('malformed')),
		async (context) => context.json(await context.var.services.database.directory.list({ ...context.req.valid('query'), limit: limits.peopleListed }))
	)
	.get(
		'/people/log',
		described('What was done in matters of access, a page at a time', { about, answer: auditAnswer, refusals: seeing }),
		signedIn,
		administrator,
		validator('query', z.object({ before: z.coerce.number().int().min(1).optional(), kind: z.enum(auditKinds).optional() }), otherwise('malformed')),
		async (context) => {
			const { before = null, kind } = context.req.valid('query');
			const entries = await context.var.services.database.audit.read({ before, kinds: kind ? [kind] : null, limit: limits.auditListed });
			return context.json({ entries, before: entries.length < limits.auditListed ? null : entries.at(-1)!.id });
		}
	)
	.get(
		'/people/invitations',
		described('All invitations, the newest first; the links themselves are nowhere', { about, answer: invitationsShown, refusals: seeing }),
		signedIn,
		administrator,
		async (context) => {
			const all = await context.var.services.database.invitations.list(null, limits.invitationsListed);
			return context.json({ invitations: all.map((one) => shown(one, Date.now())) });
		}
	)
	.post(
		'/people/invitations',
		described('Makes an invitation into the installation alone: the token of /invitations/<token>, shown once', {
			about,
			answer: invitationMade,
			status: 201,
			refusals: changing
		}),
		signedIn,
		administrator,
		validator('json', invitation, otherwise('malformed')),
		async (context) => {
			const asked = context.req.valid('json');
			const made = await makeInvitation(context.var.services.database, { ...asked, thinkTank: null, role: null, createdBy: context.var.person.id }, Date.now());
			await noteOf(context, { kind: 'invitation.made', subject: made.id, details: { uses: asked.uses } });
			return context.json(made, 201);
		}
	)
	.delete(
		'/people/invitations/:invitation',
		described('Revokes any invitation; whoever came by it stays', { about, answer: null, refusals: [...changing, 'no-such-invitation'] }),
		signedIn,
		administrator,
		async (context) => {
			const invitation = context.req.param('invitation');
			const revoked = await context.var.services.database.invitations.revoke(invitation, null);
			if (!revoked) throw new ApiError('no-such-invitation');
			await noteOf(context, { kind: 'invitation.revoked', subject: invitation, thinkTank: revoked.thinkTank });
			return context.body(null, 204);
		}
	)
	.get(
		'/people/:id',
		described('One person, without a password or a secret', { about, answer: details, refusals: seeing }),
		signedIn,
		administrator,
		async (context) => {
			const found = await context.var.services.database.directory.find(context.req.param('id'));
			if (!found) throw new ApiError('not-found');
			return context.json(found);
		}
	)
	.patch(
		'/people/:id',
		described('Changes what is given of a person; the last administrator stays one', {
			about,
			answer: null,
			refusals: [...changing, 'no-account', 'last-administrator']
		}),
		signedIn,
		administrator,
		validator('json', changes, otherwise('malformed')),
		async (context) => {
			const { directory } = context.var.services.database;
			const person = context.req.param('id');
			const { administrator, ...rest } = context.req.valid('json');
			if (administrator !== undefined) {
				const changed = await directory.setAdministrator(person, administrator);
				if (changed !== 'changed') throw new ApiError(changed);
				await noteOf(context, { kind: administrator ? 'administrator.made' : 'administrator.unmade', subject: person });
			}
			if (!(await directory.change(person, rest))) throw new ApiError('not-found');
			if (Object.keys(rest).length > 0) await noteOf(context, { kind: 'person.changed', subject: person, details: { fields: Object.keys(rest).join(' ') } });
			return context.body(null, 204);
		}
	)
	.post(
		'/people/:id/reset',
		described('Makes the link by which a person gives themselves a new password: the token of /reset/<token>, shown once', {
			about,
			answer: z.object({ token: z.string(), expiresAt: instant }),
			status: 201,
			refusals: [...changing, 'no-account']
		}),
		signedIn,
		administrator,
		validator('json', z.strictObject({ secondFactor: z.boolean() }), otherwise('malformed')),
		async (context) => {
			const person = context.req.param('id');
			const { secondFactor } = context.req.valid('json');
			const made = await makeReset(context.var.services.database, { person, secondFactor, createdBy: context.var.person.id }, Date.now());
			if (typeof made === 'string') throw new ApiError(made);
			await noteOf(context, { kind: 'reset.made', subject: person, details: { secondFactor } });
			return context.json(made, 201);
		}
	)
	.post(
		'/people/:id/deactivate',
		described('Ends all sessions of a person, who comes in no more; what they wrote stays. Their open actions stay theirs, unless they are handed over', {
			about,
			answer: null,
			refusals: [...changing, 'no-account', 'last-administrator']
		}),
		signedIn,
		administrator,
		async (context) => {
			const person = context.req.param('id');
			const done = await context.var.services.database.directory.deactivate(person);
			if (done !== 'changed') throw new ApiError(done);
			await noteOf(context, { kind: 'person.deactivated', subject: person });
			return context.body(null, 204);
		}
	)
	.post(
		'/people/:id/hand-over',
		described('Gives the open actions of a person to another, or to nobody: to nobody also where that other is no member', {
			about,
			answer: handedOver,
			refusals: [...changing, 'no-account']
		}),
		signedIn,
		administrator,
		validator('json', to, otherwise('malformed')),
		async (context) => {
			const { services, person: by } = context.var;
			const person = context.req.param('id');
			if (!(await services.database.directory.find(person))) throw new ApiError('not-found');
			const { to } = context.req.valid('json');
			const count = await handOver(services, person, to, by.id);
			await noteOf(context, { kind: 'actions.handed-over', subject: person, details: { to, handedOver: count } });
			return context.json({ handedOver: count });
		}
	)
	.post(
		'/people/:id/reactivate',
		described('Lets a person in again', { about, answer: null, refusals: changing }),
		signedIn,
		administrator,
		async (context) => {
			const person = context.req.param('id');
			if (!(await context.var.services.database.directory.reactivate(person))) throw new ApiError('not-found');
			await noteOf(context, { kind: 'person.reactivated', subject: person });
			return context.body(null, 204);
		}
	);
