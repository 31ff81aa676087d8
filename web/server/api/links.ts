import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import type { Accepted, DeadLink, NewAccount } from '#db/stores/links.ts';
import { inItsLanguage } from '#realtime/meeting/texts.ts';
import { note } from '../audit.ts';
import { lookAtLink, openSetUpLink } from '../auth/set-up-link.ts';
import { digestOf, isToken, newId } from '../auth/tokens.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { foldedIdentifiers, hashOfNew, identifierRefusals, passwordRefusals, requireOne, takenError } from './credentials.ts';
import { described } from './describe.ts';
import { ApiError } from './errors.ts';
import { noteOf } from './note.ts';
import { appearance, id, identifiers, language, localText, memberRole, password, personName, province } from './shapes.ts';
import { letIn } from './sign-in.ts';

const about = 'Links';
const deadLinks = ['link-unknown', 'link-expired', 'link-used', 'link-revoked'] as const;

/** The digest of a link's token; what is no token names no link. */
function digestIn(token: string): string {
	if (!isToken(token)) throw new ApiError('link-unknown');
	return digestOf(token);
}

/** What a link opens, unless it opens nothing. */
function opened<Found extends object>(found: Found | DeadLink | 'archived' | 'of-another'): Found {
	if (typeof found !== 'string') return found;
	throw new ApiError(found === 'archived' ? 'archived' : `link-${found}`);
}

function joined(accepted: Accepted) {
	const made = opened(accepted);
	if ('taken' in made) throw takenError(made);
	return made;
}

const newAccount = z.strictObject({ ...appearance, ...identifiers, password, language });
const joinedAnswer = z.object({ person: id, thinkTank: id.nullable() });

/** One-time links, and the demo's links that sign in with one click. */
export const links = new Hono<Env>()
	.get(
		'/links/:token',
		described('Would this set-up link open something?', {
			about,
			answer: z.object({ purpose: z.literal('set-up'), state: z.literal('open') }),
			refusals: deadLinks
		}),
		async (context) => {
			const found = await lookAtLink(context.var.services.database, context.req.param('token'), Date.now());
			if (typeof found === 'string') throw new ApiError(found);
			return context.json({ purpose: found.purpose, state: 'open' as const });
		}
	)
	.post(
		'/links/:token',
		described('Makes the holder of a set-up link the first administrator, and signs them in', {
			about,
			answer: z.object({ person: id }),
			refusals: ['malformed', ...deadLinks, 'user-name-wrong', ...passwordRefusals]
		}),
		validator('json', z.strictObject({ name: personName, userName: identifiers.userName.unwrap(), password }), otherwise('malformed')),
		async (context) => {
			const { services, address } = context.var;
			const given = context.req.valid('json');
			const name = inItsLanguage(given.name);
			const { userName = null } = foldedIdentifiers({ userName: given.userName });
			if (userName === null) throw new ApiError('user-name-wrong');
			const looked = await lookAtLink(services.database, context.req.param('token'), Date.now());
			if (typeof looked === 'string') throw new ApiError(looked);
			const passwordHash = await hashOfNew(given.password, { userName }, name);
			const opened = await openSetUpLink(services.database, context.req.param('token'), { name, userName, passwordHash }, Date.now());
			if (typeof opened === 'string') throw new ApiError(opened);
			services.log.info({ person: opened.person }, 'the set-up link made its holder the administrator');
			await note(services.database, { kind: 'administrator.first', actor: opened.person, subject: opened.person, address });
			await letIn(context, opened.person);
			return context.json({ person: opened.person });
		}
	)
	.get(
		'/invitations/:token',
		described('What an invitation is to', {
			about,
			answer: z.object({
				thinkTank: z.object({ id, name: localText, role: memberRole }).nullable(),
				person: z.object({ name: localText, office: localText.nullable(), province: province.nullable() }).nullable()
			}),
			refusals: [...deadLinks, 'archived']
		}),
		async (context) => {
			const { thinkTank, person } = opened(await context.var.services.database.links.invitation(digestIn(context.req.param('token')), Date.now()));
			return context.json({ thinkTank, person: person && { name: person.name, office: person.office, province: person.province } });
		}
	)
	.post(
		'/invitations/:token',
		described('Accepts an invitation with a new account, or as the guest that one is, and signs in', {
			about,
			answer: joinedAnswer,
			refusals: ['malformed', ...deadLinks, 'archived', 'link-of-another', ...identifierRefusals, ...passwordRefusals]
		}),
		validator('json', newAccount, otherwise('malformed')),
		async (context) => {
			const { services, https, address } = context.var;
			const { database } = services;
			const { name, office, province, password, language, ...typed } = context.req.valid('json');
			const digest = digestIn(context.req.param('token'));
			const { userName = null, mobile = null, email = null } = foldedIdentifiers(typed);
			const identified = { userName, mobile, email };
			requireOne(identified);
			// a dead link costs nobody a hash
			opened(await database.links.invitation(digest, Date.now()));
			const session = await services.sessions.read(context.req.header('cookie'), https);
			const present = session && (await database.accounts.find(session.person.id));
			const passwordHash = await hashOfNew(password, identified, name as NewAccount['name']);
			const account: NewAccount = {
				id: newId(),
				name: name as NewAccount['name'],
				office: office as NewAccount['office'],
				province,
				language,
				...identified,
				passwordHash
			};
			const { joined: person, thinkTank } = joined(await database.links.acceptAsNew(digest, Date.now(), account, present?.guest ? present.person : null));
			await note(database, { kind: 'invitation.accepted', actor: person, subject: person, thinkTank, address });
			await letIn(context, person);
			return context.json({ person, thinkTank });
		}
	)
	.post(
		'/invitations/:token/join',
		described('Accepts an invitation with the account that one has', {
			about,
			answer: joinedAnswer,
			refusals: ['signed-out', 'not-allowed', ...deadLinks, 'archived', 'link-of-another']
		}),
		signedIn,
		async (context) => {
			const { services, person } = context.var;
			const account = await services.database.accounts.find(person.id);
			if (account?.guest) throw new ApiError('not-allowed');
			const { thinkTank } = joined(await services.database.links.acceptAs(digestIn(context.req.param('token')), Date.now(), person.id));
			await noteOf(context, { kind: 'invitation.accepted', subject: person.id, thinkTank });
			return context.json({ person: person.id, thinkTank });
		}
	)
	.get('/reset/:token', described('Whose password a link renews', { about, answer: z.object({ name: localText }), refusals: deadLinks }), async (context) => {
		const { name } = opened(await context.var.services.database.links.reset(digestIn(context.req.param('token')), Date.now()));
		return context.json({ name });
	})
	.post(
		'/reset/:token',
		described('Sets a new password and ends all sessions of its person, who then signs in with it', {
			about,
			answer: null,
			refusals: ['malformed', ...deadLinks, ...passwordRefusals]
		}),
		validator('json', z.strictObject({ password }), otherwise('malformed')),
		async (context) => {
			const { database } = context.var.services;
			const digest = digestIn(context.req.param('token'));
			const { id, name } = opened(await database.links.reset(digest, Date.now()));
			const account = await database.accounts.find(id);
			const hash = await hashOfNew(context.req.valid('json').password, account ?? {}, name);
			const { person } = opened(await database.links.useReset(digest, Date.now(), hash));
			await note(database, { kind: 'password.reset', actor: null, subject: person, address: context.var.address });
			return context.body(null, 204);
		}
	)
	.get('/demo/enter/:token', described('Signs in as somebody of the demo', { about, answer: null, status: 303, refusals: ['not-found'] }), async (context) => {
		const { services } = context.var;
		const person = services.oneClickLinks?.personOf(context.req.param('token')) ?? null;
		if (!services.oneClickLinks || person === null) throw new ApiError('not-found');
		await letIn(context, person);
		return context.redirect(services.oneClickLinks.destination, 303);
	});
