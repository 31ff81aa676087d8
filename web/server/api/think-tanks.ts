import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import { meetingDraft, templateKeys, thinkTankDraft, type TemplateKey } from '#db/seed/templates.ts';
import { line, localText as writtenText, stepPatterns } from '#realtime/meeting/commands.ts';
import { isId } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { agendaKinds } from '#realtime/meeting/meetings.ts';
import { actions, allowed, may } from '#realtime/meeting/permissions.ts';
import type { StepPattern } from '#realtime/meeting/recipes.ts';
import { isPrivate } from '#realtime/meeting/steps.ts';
import { newId } from '../auth/tokens.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { described } from './describe.ts';
import { ApiError, type ErrorCode } from './errors.ts';
import { noteOf } from './note.ts';
import { administrator, permitted } from './permitted.ts';
import { day, id, instant, localText, meetingState, memberRole, province, savedRecipe, surface } from './shapes.ts';

const about = 'Think tanks';
const ofOne: readonly ErrorCode[] = ['signed-out', 'not-found'];
const changing: readonly ErrorCode[] = [...ofOne, 'not-allowed', 'archived', 'malformed', 'foreign-origin', 'too-large'];

const name = writtenText(limits.titleUnits);
const paragraph = writtenText(limits.purposeUnits);
/** within the Persian years 1300 to 1500, as every other time */
const termDay = day.refine((text) => Date.parse(text) >= limits.earliestMs && Date.parse(text) <= limits.latestMs).nullable();

const draft = z.strictObject({
	name,
	host: name,
	purpose: paragraph,
	province: province.nullable(),
	termFrom: termDay,
	termTo: termDay
});

const newThinkTank = z.strictObject({
	...draft.shape,
	mandate: z.array(paragraph).max(limits.mandateItems),
	/** does whoever makes it become its facilitator? */
	facilitate: z.boolean()
});

const item = z.string().refine(isId);
const mandateChange = z.strictObject({
	text: z.exactOptional(paragraph),
	progress: z.exactOptional(z.int().min(0).max(100)),
	/** puts it before another item; null: at the end */
	before: z.exactOptional(item.nullable())
});

const newRecipe = z
	.strictObject({
		name: line(limits.recipeNameUnits),
		surface,
		steps: stepPatterns as unknown as z.ZodType<StepPattern[]>
	})
	.refine(({ surface, steps }) => surface === 'board' || !steps.some(isPrivate));

const thinkTankShape = z.object({
	id,
	name: localText,
	host: localText,
	purpose: localText,
	province: province.nullable(),
	termFrom: day.nullable(),
	termTo: day.nullable(),
	archivedAt: instant.nullable()
});

const meetingInList = z.object({ id, number: z.int(), title: localText, state: meetingState, startsAt: instant });

const templateKey = z.enum(templateKeys);

const thinkTankAnswer = z.object({
	thinkTank: thinkTankShape,
	/** in order */
	mandate: z.array(z.object({ id, text: localText, progress: z.int() })),
	members: z.array(
		z.object({
			id,
			name: localText,
			/** what they are everywhere */
			office: localText.nullable(),
			/** what they are here; null: the same */
			officeHere: localText.nullable(),
			province: province.nullable(),
			role: memberRole,
			deactivated: z.boolean()
		})
	),
	/** the newest first */
	meetings: z.array(meetingInList),
	/** what whoever asks is here; null: nothing, as an administrator */
	role: memberRole.nullable(),
	/** what they may do here */
	allowed: z.array(z.enum(actions)),
	/** what the first meeting can begin with, while there is none: drafts without a time, citing this mandate */
	templates: z.array(
		z.object({
			key: templateKey,
			meeting: z.object({
				title: localText,
				minutes: z.int(),
				agenda: z.array(z.object({ kind: z.enum(agendaKinds), title: localText, minutes: z.int(), mandate: id.nullable() }))
			})
		})
	)
});

const listAnswer = z.object({
	thinkTanks: z.array(
		z.object({
			id,
			name: localText,
			host: localText,
			province: province.nullable(),
			archivedAt: instant.nullable(),
			role: memberRole.nullable(),
			members: z.int(),
			meetings: z.int()
		})
	)
});

const templatesAnswer = z.object({
	templates: z.array(z.object({ key: templateKey, thinkTank: z.object({ name: localText, host: localText, purpose: localText, mandate: z.array(localText) }) }))
});

const made = z.object({ id });

/** The first meeting that a template has, or null: a draft for a form. */
function firstMeeting(key: TemplateKey, mandate: Parameters<typeof meetingDraft>[1]) {
	const draft = meetingDraft(key, mandate);
	if (!draft) return [];
	const { title, minutes, agenda = [] } = draft;
	return [{ key, meeting: { title, minutes, agenda: agenda.map(({ mandate = null, kind, title, minutes }) => ({ kind, title, minutes, mandate })) } }];
}

/** Think tanks: what they are, what they were asked to do, and their end. */
export const thinkTanks = new Hono<Env>()
	.get(
		'/think-tanks',
		described("One's own think tanks; for an administrator, all there are", { about, answer: listAnswer, refusals: ['signed-out'] }),
		signedIn,
		async (context) => {
			const { services, person } = context.var;
			return context.json({ thinkTanks: await services.database.thinkTanks.list(person.id, person.administrator) });
		}
	)
	.get(
		'/think-tank-templates',
		described('What a new think tank can begin with', { about, answer: templatesAnswer, refusals: ['signed-out', 'not-allowed'] }),
		signedIn,
		administrator,
		(context) => context.json({ templates: templateKeys.map((key) => ({ key, thinkTank: thinkTankDraft(key) })) })
	)
	.post(
		'/think-tanks',
		described('Makes a think tank with its mandate', {
			about,
			answer: made,
			status: 201,
			refusals: ['signed-out', 'not-allowed', 'malformed', 'term-order', 'foreign-origin', 'too-large']
		}),
		signedIn,
		administrator,
		validator('json', newThinkTank, otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			const { mandate, facilitate, ...rest } = context.req.valid('json');
			inOrder(rest);
			const id = newId();
			await services.database.thinkTanks.create(
				{ ...rest, id, actions: newId(), mandate: mandate.map((text) => ({ id: newId(), text })) },
				facilitate ? person.id : null
			);
			await noteOf(context, { kind: 'think-tank.made', subject: id, thinkTank: id });
			return context.json({ id }, 201);
		}
	)
	.get(
		'/think-tanks/:id',
		described('One think tank with its mandate, members and list of meetings', { about, answer: thinkTankAnswer, refusals: ofOne }),
		signedIn,
		permitted('think-tank.see'),
		async (context) => {
			const { thinkTanks, mandates, members } = context.var.services.database;
			const { standing } = context.var;
			const id = context.req.param('id');
			const [found, mandate, people, meetings] = await Promise.all([thinkTanks.details(id), mandates.of(id), members.of(id), thinkTanks.meetingsOf(id)]);
			if (!found) throw new ApiError('not-found');
			const { actions: _, ...thinkTank } = found;
			const situation = { ...standing.situation, facilitated: false };
			return context.json({
				thinkTank,
				mandate,
				members: people,
				meetings,
				role: people.find((member) => member.id === context.var.person.id)?.role ?? null,
				allowed: allowed(standing.rights, situation),
				templates: meetings.length === 0 && may(standing.rights, 'meeting.schedule', situation) ? templateKeys.flatMap((key) => firstMeeting(key, mandate)) : []
			});
		}
	)
	.patch(
		'/think-tanks/:id',
		described('Changes what is given of a think tank', { about, answer: null, refusals: [...changing, 'term-order'] }),
		signedIn,
		permitted('think-tank.change'),
		validator('json', draft.partial(), otherwise('malformed')),
		async (context) => {
			const { thinkTanks } = context.var.services.database;
			const id = context.req.param('id');
			const changes = given(context.req.valid('json'));
			const before = await thinkTanks.details(id);
			if (!before) throw new ApiError('not-found');
			inOrder({ ...before, ...changes });
			await thinkTanks.change(id, changes);
			await noteOf(context, { kind: 'think-tank.changed', subject: id, thinkTank: id, details: { fields: Object.keys(changes).join(' ') } });
			return context.body(null, 204);
		}
	)
	.put(
		'/think-tanks/:id/archived',
		described('Makes a think tank read-only, or brings it back; nothing is deleted', { about, answer: null, refusals: [...changing] }),
		signedIn,
		permitted('think-tank.archive'),
		validator('json', z.strictObject({ archived: z.boolean() }), otherwise('malformed')),
		async (context) => {
			const id = context.req.param('id');
			const { archived } = context.req.valid('json');
			if (await context.var.services.database.thinkTanks.archive(id, archived)) {
				await noteOf(context, { kind: archived ? 'think-tank.archived' : 'think-tank.brought-back', subject: id, thinkTank: id });
			}
			return context.body(null, 204);
		}
	)
	.post(
		'/think-tanks/:id/mandate',
		described('Puts an item at the end of the mandate', { about, answer: made, status: 201, refusals: [...changing, 'mandate-full'] }),
		signedIn,
		permitted('think-tank.change'),
		validator('json', z.strictObject({ text: paragraph }), otherwise('malformed')),
		async (context) => {
			const thinkTank = context.req.param('id');
			const item = { id: newId(), ...context.req.valid('json') };
			if ((await context.var.services.database.mandates.add(thinkTank, item)) === 'mandate-full') throw new ApiError('mandate-full');
			await noteOf(context, { kind: 'mandate.added', thinkTank });
			return context.json({ id: item.id }, 201);
		}
	)
	.patch(
		'/think-tanks/:id/mandate/:item',
		described('Changes the words, the progress or the place of a mandate item', { about, answer: null, refusals: [...changing, 'no-such-mandate'] }),
		signedIn,
		permitted('think-tank.change'),
		validator('json', mandateChange, otherwise('malformed')),
		async (context) => {
			const thinkTank = context.req.param('id');
			const changes = context.req.valid('json');
			if (!(await context.var.services.database.mandates.change(thinkTank, context.req.param('item'), changes))) throw new ApiError('no-such-mandate');
			// progress and order are daily work, the words are what the body was asked
			if (changes.text) await noteOf(context, { kind: 'mandate.changed', thinkTank });
			return context.body(null, 204);
		}
	)
	.delete(
		'/think-tanks/:id/mandate/:item',
		described('Takes an item off the mandate; meetings that cited it still do', { about, answer: null, refusals: [...changing, 'no-such-mandate'] }),
		signedIn,
		permitted('think-tank.change'),
		async (context) => {
			const thinkTank = context.req.param('id');
			if (!(await context.var.services.database.mandates.remove(thinkTank, context.req.param('item')))) throw new ApiError('no-such-mandate');
			await noteOf(context, { kind: 'mandate.removed', thinkTank });
			return context.body(null, 204);
		}
	)
	.get(
		'/think-tanks/:id/recipes',
		described('The recipes that a think tank keeps of its own', { about, answer: z.object({ recipes: z.array(savedRecipe) }), refusals: ofOne }),
		signedIn,
		permitted('think-tank.see'),
		async (context) => context.json({ recipes: await context.var.services.database.recipes.of(context.req.param('id')) })
	)
	.post(
		'/think-tanks/:id/recipes',
		described('Keeps the steps of an activity as a recipe of the think tank', {
			about,
			answer: made,
			status: 201,
			refusals: [...changing, 'recipe-name-taken', 'recipes-full']
		}),
		signedIn,
		permitted('think-tank.change'),
		validator('json', newRecipe, otherwise('malformed')),
		async (context) => {
			const recipe = { id: newId(), ...context.req.valid('json') };
			const saved = await context.var.services.database.recipes.save(context.req.param('id'), recipe);
			if (saved !== 'saved') throw new ApiError(saved);
			return context.json({ id: recipe.id }, 201);
		}
	)
	.delete(
		'/think-tanks/:id/recipes/:recipe',
		described('Takes a recipe off the list; activities that were made by it stay as they are', {
			about,
			answer: null,
			refusals: [...changing, 'no-such-recipe']
		}),
		signedIn,
		permitted('think-tank.change'),
		async (context) => {
			const removed = await context.var.services.database.recipes.remove(context.req.param('id'), context.req.param('recipe'));
			if (!removed) throw new ApiError('no-such-recipe');
			return context.body(null, 204);
		}
	);

/** What is there, without what is undefined. */
const given = <Body extends object>(body: Body) =>
	Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as { [Key in keyof Body]: Exclude<Body[Key], undefined> };

function inOrder({ termFrom, termTo }: { termFrom: string | null; termTo: string | null }): void {
	if (termFrom !== null && termTo !== null && termTo < termFrom) throw new ApiError('term-order');
}
