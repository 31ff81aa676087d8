import { Hono } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import type { HistoryRow } from '#db/projections/action-rows.ts';
import type { ActionQuery, ActionRow, OwnActionRow } from '#db/stores/actions.ts';
import { changeAction, writeAction } from '#realtime/board/actions-edits.ts';
import { isOwnOrNobodys, readAction } from '#realtime/board/actions-read.ts';
import { actionFields } from '#realtime/board/actions-schema.ts';
import { actionStates } from '#realtime/board/schema.ts';
import { line } from '#realtime/meeting/commands.ts';
import { isDay } from '#realtime/meeting/days.ts';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { maySee, mayWrite, mayWriteAll } from '#realtime/server/authorize.ts';
import type { Grant, Subject } from '#realtime/server/ports.ts';
import { actionsCsv } from './actions-csv.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { described } from './describe.ts';
import { ApiError } from './errors.ts';
import { permitted } from './permitted.ts';
import type { Services } from './services.ts';
import { day, id, idParameter, instant, language, localText, participant, searched } from './shapes.ts';

const about = 'Actions';

const actionState = z.enum(actionStates);

const actionFieldsShape = {
	documentId: id,
	actionId: id,
	thinkTankId: id,
	what: z.string(),
	notes: z.string(),
	/** who is to do it: a person, or an office by its name, or nobody yet */
	personId: id.nullable(),
	office: z.string().nullable(),
	due: day.nullable(),
	state: actionState,
	place: z.string(),
	/** the meeting it was made in, and the card or decision it was made of */
	originMeetingId: id.nullable(),
	originDocumentId: id.nullable(),
	originCardId: id.nullable(),
	originDecisionId: id.nullable(),
	/** the point of the agenda that has the card */
	originActivityId: id.nullable(),
	authorId: id.nullable(),
	deleted: z.boolean(),
	createdAt: instant.nullable(),
	updatedAt: instant
};
const action = z.object(actionFieldsShape) satisfies z.ZodType<ActionRow>;
const ownAction = z.object({ ...actionFieldsShape, thinkTankName: localText, mayChange: z.boolean() }) satisfies z.ZodType<OwnActionRow>;

const change = z.object({
	actionId: id,
	seq: z.int(),
	field: z.enum(actionFields),
	before: z.string().nullable(),
	after: z.string().nullable(),
	personId: id.nullable(),
	at: instant
}) satisfies z.ZodType<HistoryRow>;

const existingDay = day.refine(isDay);
/** of a query: several with commas between them */
const states = z
	.string()
	.transform((text) => text.split(','))
	.pipe(z.array(actionState).min(1));

const filters = {
	state: states.optional(),
	/** an id; `nobody`: what is neither a person's nor an office's */
	person: z.union([z.literal('nobody'), z.string().refine(isId)]).optional(),
	dueFrom: existingDay.optional(),
	dueTo: existingDay.optional(),
	text: searched.trim().min(1).optional(),
	sort: z.enum(['due', 'changed', 'what', 'state', 'place']).default('due'),
	descending: z.enum(['true', 'false']).default('false')
};
const listQuery = z.object({
	...filters,
	from: z.coerce.number().int().min(0).default(0),
	count: z.coerce.number().int().min(1).max(limits.actionsListed).default(limits.actionsListed)
});
const csvQuery = z.object({ ...filters, language });

const queryOf = ({ state, person, dueFrom, dueTo, text, sort, descending }: z.infer<z.ZodObject<typeof filters>>): Omit<ActionQuery, 'from' | 'count'> => ({
	states: state,
	person: person === 'nobody' ? null : person,
	dueFrom,
	dueTo,
	text,
	sort,
	descending: descending === 'true'
});

const patch = z.strictObject({
	/** the document that holds it: ids of actions are its own */
	document: z.string().refine(isId),
	what: z.exactOptional(line(limits.actionUnits)),
	notes: z.exactOptional(
		z
			.string()
			.max(limits.actionNotesUnits)
			.refine((text) => text.isWellFormed() && !text.includes('\0'))
	),
	/** a member of the think tank; null: nobody's */
	person: z.exactOptional(z.string().refine(isId).nullable()),
	/** in place of a person */
	office: z.exactOptional(z.union([line(limits.officeUnits), z.null()])),
	due: z.exactOptional(existingDay.nullable()),
	state: z.exactOptional(actionState)
});

/** How long what is done stays in sight of whoever did it. */
const finishedMs = 14 * 24 * 60 * 60 * 1000;

/** Action items: of a think tank, of whoever asks, and one of them. */
export const actions = new Hono<Env>()
	.get(
		'/think-tanks/:id/actions',
		described('The actions of a think tank, filtered, sorted and page by page', {
			about,
			answer: z.object({
				document: id,
				actions: z.array(action),
				/** how many there are with this filter, on all pages */
				total: z.int(),
				people: z.array(participant),
				mayWrite: z.boolean(),
				/** everybody's, and not only one's own and nobody's */
				mayWriteAll: z.boolean()
			}),
			refusals: ['signed-out', 'not-found', 'malformed']
		}),
		signedIn,
		permitted('actions.see'),
		validator('query', listQuery, otherwise('malformed')),
		async (context) => {
			const { services, subject } = context.var;
			const { from, count, ...query } = context.req.valid('query');
			const { thinkTank } = context.var.standing;
			const document = await documentOf(services, thinkTank);
			const { grant } = await grantOf(services, subject, document);
			const [{ actions, total }, people] = await Promise.all([
				services.database.actions.list(thinkTank, { ...queryOf(query), from, count }),
				services.database.thinkTanks.peopleOf(document)
			]);
			return context.json({ document, actions, total, people, mayWrite: mayWrite(grant) === true, mayWriteAll: mayWriteAll(grant) });
		}
	)
	.get(
		'/think-tanks/:id/actions.csv',
		described('The actions of a think tank as a table for spreadsheets, in UTF-8 with a byte order mark', {
			about,
			answer: z.string(),
			media: 'text/csv',
			refusals: ['signed-out', 'not-found', 'malformed']
		}),
		signedIn,
		permitted('actions.see'),
		validator('query', csvQuery, otherwise('malformed')),
		async (context) => {
			const { services, person } = context.var;
			const { language, ...query } = context.req.valid('query');
			const { thinkTank } = context.var.standing;
			const document = await documentOf(services, thinkTank);
			const rows: ActionRow[] = [];
			for (;;) {
				const { actions, total } = await services.database.actions.list(thinkTank, { ...queryOf(query), from: rows.length, count: limits.actionsListed });
				rows.push(...actions);
				if (actions.length === 0 || rows.length >= total) break;
			}
			const people = await services.database.thinkTanks.peopleOf(document);
			const calendar = person.calendar ?? (language === 'fa' ? 'persian' : 'gregorian');
			return context.body(actionsCsv(rows, people, { language, calendar }), 200, {
				'content-type': 'text/csv; charset=utf-8',
				'content-disposition': 'attachment; filename="actions.csv"'
			});
		}
	)
	.get(
		'/actions/mine',
		described('What whoever asks has to do in all their think tanks, and what they finished lately', {
			about,
			answer: z.object({ actions: z.array(ownAction) }),
			refusals: ['signed-out']
		}),
		signedIn,
		async (context) => {
			const { services, subject, person } = context.var;
			const mine = await services.database.actions.documentsOf(person.id, null);
			await Promise.all(mine.map(({ document }) => services.live?.projectNow(document)));
			const rows = await services.database.actions.ofPerson(person.id, Date.now() - finishedMs);
			const grants = await services.access.documents([...new Set(rows.map(({ documentId }) => documentId))].map((document) => ({ subject, document })));
			const writable = new Map([...new Set(rows.map(({ documentId }) => documentId))].map((document, i) => [document, grants[i]]));
			return context.json({
				actions: rows.flatMap((row) => {
					const grant = writable.get(row.documentId);
					return grant && grant !== 'signed-out' && maySee(grant) ? { ...row, mayChange: mayWrite(grant) === true } : [];
				})
			});
		}
	)
	.get(
		'/actions/:id/changes',
		described('What changed of an action, by whom and when, the newest first', {
			about,
			answer: z.object({ changes: z.array(change) }),
			refusals: ['signed-out', 'not-found']
		}),
		signedIn,
		validator('param', idParameter, otherwise('not-found')),
		validator('query', z.object({ document: z.string().refine(isId) }), otherwise('not-found')),
		async (context) => {
			const { services, subject } = context.var;
			const { document } = context.req.valid('query');
			const { id } = context.req.valid('param');
			await grantOf(services, subject, document);
			await services.live?.projectNow(document);
			if (!(await services.database.actions.find(document, id))) throw new ApiError('not-found');
			return context.json({ changes: await services.database.actions.history(document, id) });
		}
	)
	.patch(
		'/actions/:id',
		described('Changes an action, at once for everybody who has it open', {
			about,
			answer: z.object({ action }),
			refusals: ['signed-out', 'not-found', 'not-allowed', 'archived', 'malformed', 'no-such-person', 'foreign-origin', 'too-large']
		}),
		signedIn,
		validator('param', idParameter, otherwise('not-found')),
		validator('json', patch, otherwise('malformed')),
		async (context) => {
			const { services, subject, person } = context.var;
			const { id } = context.req.valid('param');
			const { document, what, notes, ...values } = context.req.valid('json');
			const { grant, thinkTank } = await grantOf(services, subject, document);
			await services.live?.projectNow(document);
			if (!(await services.database.actions.find(document, id))) throw new ApiError('not-found');
			if (mayWrite(grant) !== true) throw new ApiError(grant.situation.archived ? 'archived' : 'not-allowed');
			if (values.person != null && !(await services.database.meetings.thinkTank(thinkTank))?.members.has(values.person)) throw new ApiError('no-such-person');
			if (!services.live) throw new ApiError('storage-unavailable');
			await services.live.edit(document, person.id, (doc) => {
				const found = readAction(doc, id);
				if (!found || found.deleted) throw new ApiError('not-found');
				if (!mayWriteAll(grant) && !isOwnOrNobodys(found, person.id)) throw new ApiError('not-allowed');
				if (what !== undefined) writeAction(doc, id, 'what', what);
				if (notes !== undefined) writeAction(doc, id, 'notes', notes);
				changeAction(doc, id, values);
			});
			await services.live.projectNow(document);
			const changed = await services.database.actions.find(document, id);
			if (!changed) throw new ApiError('not-found');
			return context.json({ action: changed });
		}
	);

/** The document of a think tank's actions, with SQL brought up to date with it. */
async function documentOf({ database, live }: Services, thinkTank: Id): Promise<Id> {
	const document = await database.actions.documentOf(thinkTank);
	if (!document) throw new ApiError('not-found');
	await live?.projectNow(document);
	return document;
}

/** What somebody may do with a document of actions; a foreign one, and one of another kind, look missing. */
async function grantOf({ access }: Services, subject: Subject, document: Id): Promise<{ grant: Grant; thinkTank: Id }> {
	const [grant, standing] = await Promise.all([access.document(subject, document), access.standing(subject, { document })]);
	if (!grant || grant.kind !== 'actions' || !maySee(grant) || !standing) throw new ApiError('not-found');
	return { grant, thinkTank: standing.thinkTank };
}
