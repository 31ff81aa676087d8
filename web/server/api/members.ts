import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import { localText as writtenText } from '#realtime/meeting/commands.ts';
import { isId } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { makeInvitation } from '../auth/invitations.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { described } from './describe.ts';
import { ApiError, type ErrorCode } from './errors.ts';
import { invitation, invitationMade, invitationsShown, shown } from './invitations.ts';
import { noteOf } from './note.ts';
import { permitted } from './permitted.ts';
import { id, localText, memberRole, province, searched } from './shapes.ts';

const about = 'Members and invitations';
const seeing: readonly ErrorCode[] = ['signed-out', 'not-found', 'not-allowed', 'archived', 'malformed'];
const changing: readonly ErrorCode[] = [...seeing, 'foreign-origin'];

const personId = z.string().refine(isId);
const office = z.nullable(writtenText(limits.officeUnits));

const candidates = z.object({
	people: z.array(z.object({ id, name: localText, office: localText.nullable(), province: province.nullable(), userName: z.string().nullable() }))
});

/** How many people a search offers: more than that, and one writes another letter. */
const offered = 12;

/** Who is in a think tank, as what, and who is invited. */
export const members = new Hono<Env>()
	.get(
		'/think-tanks/:id/candidates',
		described('People with an account who could be made members, by the words of a search', { about, answer: candidates, refusals: seeing }),
		signedIn,
		permitted('members.change'),
		validator('query', z.object({ search: searched }), otherwise('malformed')),
		async (context) =>
			context.json({ people: await context.var.services.database.members.candidates(context.req.param('id'), context.req.valid('query').search, offered) })
	)
	.post(
		'/think-tanks/:id/members',
		described('Makes somebody with an account a member', { about, answer: null, refusals: [...changing, 'no-such-person', 'already-member'] }),
		signedIn,
		permitted('members.change'),
		validator('json', z.strictObject({ person: personId, role: memberRole, office }), otherwise('malformed')),
		async (context) => {
			const thinkTank = context.req.param('id');
			const { person, role, office } = context.req.valid('json');
			const added = await context.var.services.database.members.add(thinkTank, person, { role, office });
			if (added !== 'added') throw new ApiError(added);
			await noteOf(context, { kind: 'member.added', subject: person, thinkTank, details: { role } });
			return context.body(null, 204);
		}
	)
	.patch(
		'/think-tanks/:id/members/:person',
		described('Changes the role or the office of a member', { about, answer: null, refusals: [...changing, 'no-such-person', 'last-facilitator'] }),
		signedIn,
		permitted('members.change'),
		validator('json', z.strictObject({ role: z.exactOptional(memberRole), office: z.exactOptional(office) }), otherwise('malformed')),
		async (context) => {
			const thinkTank = context.req.param('id');
			const person = context.req.param('person');
			const changes = context.req.valid('json');
			const facilitatorOptional = context.var.standing.rights.administrator;
			const changed = await context.var.services.database.members.change(thinkTank, person, changes, { facilitatorOptional });
			if (typeof changed === 'string') throw new ApiError(changed);
			if (changes.role && changes.role !== changed.before) {
				await noteOf(context, { kind: 'member.changed', subject: person, thinkTank, details: { before: changed.before, role: changes.role } });
			}
			return context.body(null, 204);
		}
	)
	.delete(
		'/think-tanks/:id/members/:person',
		described('Ends a membership; what the person wrote stays', { about, answer: null, refusals: [...changing, 'no-such-person', 'last-facilitator'] }),
		signedIn,
		permitted('members.change'),
		async (context) => {
			const thinkTank = context.req.param('id');
			const person = context.req.param('person');
			const facilitatorOptional = context.var.standing.rights.administrator;
			const removed = await context.var.services.database.members.remove(thinkTank, person, { facilitatorOptional });
			if (removed !== 'removed') throw new ApiError(removed);
			await noteOf(context, { kind: 'member.removed', subject: person, thinkTank });
			return context.body(null, 204);
		}
	)
	.get(
		'/think-tanks/:id/invitations',
		described('The invitations into a think tank, the newest first; the links themselves are nowhere', { about, answer: invitationsShown, refusals: seeing }),
		signedIn,
		permitted('members.change'),
		async (context) => {
			const all = await context.var.services.database.invitations.list(context.req.param('id'), limits.invitationsListed);
			return context.json({ invitations: all.map((one) => shown(one, Date.now())) });
		}
	)
	.post(
		'/think-tanks/:id/invitations',
		described('Makes an invitation into a think tank: the token of /invitations/<token>, shown once', {
			about,
			answer: invitationMade,
			status: 201,
			refusals: changing
		}),
		signedIn,
		permitted('members.change'),
		validator('json', z.strictObject({ ...invitation.shape, role: memberRole }), otherwise('malformed')),
		async (context) => {
			const thinkTank = context.req.param('id');
			const { role, ...asked } = context.req.valid('json');
			const made = await makeInvitation(context.var.services.database, { ...asked, thinkTank, role, createdBy: context.var.person.id }, Date.now());
			await noteOf(context, { kind: 'invitation.made', subject: made.id, thinkTank, details: { role, uses: asked.uses } });
			return context.json(made, 201);
		}
	)
	.delete(
		'/think-tanks/:id/invitations/:invitation',
		described('Revokes an invitation; whoever came by it stays', { about, answer: null, refusals: [...changing, 'no-such-invitation'] }),
		signedIn,
		permitted('members.change'),
		async (context) => {
			const thinkTank = context.req.param('id');
			const invitation = context.req.param('invitation');
			if (!(await context.var.services.database.invitations.revoke(invitation, thinkTank))) throw new ApiError('no-such-invitation');
			await noteOf(context, { kind: 'invitation.revoked', subject: invitation, thinkTank });
			return context.body(null, 204);
		}
	);
