import { Hono, type TypedResponse } from 'hono';
import { validator } from 'hono-openapi';
import { z } from 'zod';
import { commands as meetingCommands, command } from '#realtime/meeting/commands.ts';
import type { Grouped } from '#db/stores/groupings.ts';
import type { CourseEntry } from '#db/stores/meetings.ts';
import { meetingDraft, seedOf, templateKeys, type TemplateKey } from '#db/seed/templates.ts';
import type { Block } from '#realtime/board/notes.ts';
import type { Stood } from '#realtime/board/stood.ts';
import { itemOf } from '#realtime/meeting/agenda.ts';
import { courseEvents } from '#realtime/meeting/course.ts';
import { isId } from '#realtime/meeting/ids.ts';
import { agendaKinds, surfaceOf, type Meeting } from '#realtime/meeting/meetings.ts';
import { actions, allowed, may } from '#realtime/meeting/permissions.ts';
import { refusals } from '#realtime/meeting/refusals.ts';
import { isNameless, isPassedOn, isPrivate, presentStep, stepKinds } from '#realtime/meeting/steps.ts';
import { authorize } from '#realtime/server/authorize.ts';
import { newId } from '../auth/tokens.ts';
import { otherwise, signedIn, type Env } from './context.ts';
import { described } from './describe.ts';
import { ApiError } from './errors.ts';
import { boardColumn, evidence, id, idParameter, instant, language, localText, meetingShape, participant } from './shapes.ts';

/** Who may answer for a point of an agenda, and what it may serve. */
const around = {
	/** `active`: they may sign in */
	members: z.array(participant.extend({ active: z.boolean() })),
	/** `removed`: taken off the list since, and cited by this agenda or a decision still */
	mandate: z.array(z.object({ id, text: localText, removed: z.boolean() }))
};

const meetingAnswer = z.object({
	meeting: meetingShape,
	thinkTank: z.object({ id, name: localText }),
	/** the document of the think tank's actions; null: they may not see it */
	actions: id.nullable(),
	me: participant,
	archived: z.boolean(),
	/** the documents in which they write for themself alone, by the points of the agenda */
	drafts: z.record(id, id),
	/** may they write on its boards and notes now? */
	mayWrite: z.boolean(),
	/** everything that they may do now */
	may: z.array(z.enum(actions as [(typeof actions)[number], ...typeof actions])),
	/** the points at which something has been written */
	written: z.array(id),
	...around
});

const courseAnswer = z.object({
	course: z.array(
		z.object({
			version: z.int(),
			at: instant,
			/** who had it so; null: nobody that is known */
			by: z.object({ id, name: localText }).nullable(),
			what: z.enum(courseEvents),
			/** the point of the agenda that it is about, the step, the vote, the decision; null: about none */
			item: id.nullable(),
			step: z.string().nullable(),
			vote: id.nullable(),
			decision: id.nullable(),
			/** the step that it ended, as it was called then, and the document that was written at it; null: none that can be seen as it stood */
			ended: z
				.object({
					item: id,
					title: localText,
					kind: z.enum(agendaKinds),
					columns: z.array(boardColumn),
					document: id,
					step: z.object({ id: z.string(), kind: z.enum(stepKinds), title: localText.nullable(), see: z.boolean() })
				})
				.nullable()
		})
	),
	grouped: z.array(
		z.object({
			/** when it was last done */
			at: instant,
			by: z.object({ id, name: localText }),
			/** the point of the agenda */
			item: id,
			/** how many cards came into each group (`id` null: out of one), and what it is called by now (null: it is gone) */
			groups: z.array(z.object({ id: id.nullable(), title: z.string().nullable(), cards: z.int() }))
		})
	)
}) satisfies z.ZodType<{ course: CourseEntry[]; grouped: Grouped[] }>;

/** of a line of notes */
const run = z.object({ text: z.string(), marks: z.array(z.enum(['bold', 'italic', 'underline', 'strike'])), href: z.string().nullable() });

const block: z.ZodType<Block> = z.lazy(() =>
	z.discriminatedUnion('kind', [
		z.object({ kind: z.literal('paragraph'), lines: z.array(z.array(run)) }),
		z.object({ kind: z.literal('heading'), level: z.union([z.literal(2), z.literal(3)]), lines: z.array(z.array(run)) }),
		z.object({ kind: z.literal('bulletList'), items: z.array(z.array(block)) }),
		z.object({ kind: z.literal('orderedList'), start: z.number(), items: z.array(z.array(block)) }),
		z.object({ kind: z.literal('blockquote'), blocks: z.array(block) })
	])
);

const stoodAnswer = z.object({
	/** nothing that had been written by then is missing */
	whole: z.boolean(),
	/** of a board, in its order, those of a group one after the other */
	cards: z.array(
		z.object({
			cardId: id,
			column: z.string(),
			text: z.string(),
			groupId: id.nullable(),
			groupTitle: z.string().nullable(),
			authorId: id.nullable(),
			evidence: z.array(evidence)
		})
	),
	/** of notes */
	blocks: z.array(block)
}) satisfies z.ZodType<Stood & { whole: boolean }>;

const attendanceAnswer = z.object({
	people: z.array(
		z.object({
			...participant.shape,
			/** from when to when, in order */
			stretches: z.array(z.object({ from: instant, to: instant })),
			/** together, in whole minutes */
			minutes: z.int()
		})
	)
});

const nextAnswer = z.object({
	thinkTank: z.object({ id, name: localText }),
	/** what the next meeting will be counted as, unless somebody makes one meanwhile */
	number: z.int(),
	/** what a new one may be like; null: there has been none */
	last: meetingShape.nullable(),
	/** drafts to begin with as long as there has been none, citing this mandate */
	templates: z.array(
		z.object({
			key: z.enum(templateKeys),
			meeting: z.object({
				title: localText,
				minutes: z.int(),
				agenda: z.array(z.object({ kind: z.enum(agendaKinds), title: localText, minutes: z.int(), mandate: id.nullable() }))
			})
		})
	),
	...around
});

/** What a command has led to: the version of the meeting from then on, and the meeting that a duplicate is. */
const done = z.object({ version: z.int(), into: id.nullable() });

/** The id of a command: whoever sends it again with the same id gets the same answer, and nothing happens twice. */
const commandId = z.string().refine(isId);

const minuteMs = 60_000;

/** A template's meeting as a form begins with it; null: it has none. */
function draftOf(key: TemplateKey, asked: Parameters<typeof meetingDraft>[1]) {
	const draft = meetingDraft(key, asked);
	if (!draft) return null;
	const { title, minutes, agenda = [] } = draft;
	return { key, meeting: { title, minutes, agenda: agenda.map(({ kind, title, minutes, mandate = null }) => ({ kind, title, minutes, mandate })) } };
}

/** Meetings as whoever asks sees them, and what is asked of them by pages that are not in them. */
export const meetings = new Hono<Env>()
	.get(
		'/meetings/:id',
		described('One meeting, as whoever asks sees it', { about: 'Meetings', answer: meetingAnswer, refusals: ['signed-out', 'not-found'] }),
		signedIn,
		validator('param', idParameter, otherwise('not-found')),
		async (context) => {
			const { services, subject, person } = context.var;
			const { database } = services;
			const found = await services.access.meeting(subject, context.req.valid('param').id);
			const thinkTank = found && (await database.thinkTanks.find(found.meeting.thinkTank));
			if (!found || !thinkTank) throw new ApiError('not-found');
			const { meeting, participant, archived } = found;
			const situation = { state: meeting.state, archived, facilitated: services.live?.facilitated(meeting.id) ?? false, step: null };
			const [{ members, mandate }, written, actions, drafts] = await Promise.all([
				database.meetings.around(thinkTank.id, [...meeting.agenda, ...meeting.decisions]),
				database.meetings.written(meeting.agenda),
				database.actions.documentOf(thinkTank.id),
				database.drafts.own(meeting.id, participant.id)
			]);
			return context.json({
				meeting,
				thinkTank: { id: thinkTank.id, name: thinkTank.name },
				actions: may({ role: participant.role, administrator: false }, 'actions.see', situation) ? actions : null,
				me: participant,
				archived,
				drafts,
				mayWrite: may({ role: participant.role, administrator: false }, 'board.write', situation),
				may: allowed({ role: participant.role, administrator: person.administrator }, situation),
				written,
				members,
				mandate
			});
		}
	)
	.get(
		'/meetings/:id/course',
		described('How a meeting went: when it came to which point and step, what was revealed, grouped, voted and decided, and by whom', {
			about: 'Meetings',
			answer: courseAnswer,
			refusals: ['signed-out', 'not-found']
		}),
		signedIn,
		validator('param', idParameter, otherwise('not-found')),
		async (context) => {
			const { services, subject } = context.var;
			const { id } = context.req.valid('param');
			if (!(await services.access.meeting(subject, id))) throw new ApiError('not-found');
			const { meetings, groupings } = services.database;
			const [course, grouped] = await Promise.all([meetings.course(id), groupings.ofMeeting(id)]);
			return context.json({ course, grouped });
		}
	)
	.get(
		'/meetings/:id/course/:version/board',
		described('The board or notes of a step as they stood when the meeting left it, by the version that the meeting came to', {
			about: 'Meetings',
			answer: stoodAnswer,
			refusals: ['signed-out', 'not-found']
		}),
		signedIn,
		validator('param', z.object({ id: z.string().refine(isId), version: z.string().regex(/^\d{1,9}$/) }), otherwise('not-found')),
		async (context) => {
			const { services, subject } = context.var;
			const { id, version } = context.req.valid('param');
			if (!(await services.access.meeting(subject, id))) throw new ApiError('not-found');
			const ended = await services.database.meetings.ended(id, Number(version));
			if (!ended) throw new ApiError('not-found');
			if (!services.live) throw new ApiError('storage-unavailable');
			const { document, kind } = ended.step;
			const stood = await services.live.asItStood(document, ended.seq, surfaceOf[kind]);
			if (stood === null) throw new ApiError('not-found');
			// it is JSON already
			const answer: Response = context.body(stood, 200, { 'content-type': 'application/json' });
			return answer as Response & TypedResponse<z.infer<typeof stoodAnswer>, 200, 'json'>;
		}
	)
	.get(
		'/meetings/:id/attendance',
		described('Who was in a meeting, from when to when', { about: 'Meetings', answer: attendanceAnswer, refusals: ['signed-out', 'not-found'] }),
		signedIn,
		validator('param', idParameter, otherwise('not-found')),
		async (context) => {
			const { services, subject } = context.var;
			const { id } = context.req.valid('param');
			if (!(await services.access.meeting(subject, id))) throw new ApiError('not-found');
			const people = await services.database.meetings.attendance(id);
			return context.json({
				people: people.map((person) => ({
					...person,
					minutes: Math.round(person.stretches.reduce((sum, { from, to }) => sum + to - from, 0) / minuteMs)
				}))
			});
		}
	)
	.post(
		'/meetings/:id/drafts',
		described('The document in which whoever asks writes for themself alone at a point of the agenda, until it is revealed; made if there is none', {
			about: 'Meetings',
			answer: z.object({ document: id }),
			refusals: ['signed-out', 'not-found', 'not-allowed', 'malformed', 'no-such-item', 'no-private-steps', 'meeting-closed', 'foreign-origin']
		}),
		signedIn,
		validator('param', idParameter, otherwise('not-found')),
		validator('json', z.strictObject({ item: z.string().refine(isId) }), otherwise('malformed')),
		async (context) => {
			const { services, subject, person } = context.var;
			const { id: meeting } = context.req.valid('param');
			const standing = await authorize(services.access, subject, 'drafts.write', { meeting });
			if (typeof standing === 'string') throw new ApiError(standing);
			const found = await services.database.meetings.find(meeting);
			const item = found && itemOf(found, context.req.valid('json').item);
			if (!item) throw new ApiError('no-such-item');
			if (found.state === 'closed') throw new ApiError('meeting-closed');
			if (!isPrivate(presentStep(item))) throw new ApiError('no-private-steps');
			const document = await services.database.drafts.open({
				meeting,
				thinkTank: standing.thinkTank,
				item: item.id,
				person: person.id,
				document: newId(),
				anonymous: isNameless(item),
				passedOn: isPassedOn(item)
			});
			return context.json({ document });
		}
	)
	.post(
		'/meetings/:id/commands',
		described('Asks something of a meeting: opens, closes or postpones it, changes its agenda', {
			about: 'Meetings',
			answer: done,
			refusals: ['signed-out', ...refusals]
		}),
		signedIn,
		validator('param', idParameter, otherwise('not-found')),
		validator('json', z.strictObject({ id: commandId, command: command as unknown as z.ZodType<z.infer<typeof command>> }), otherwise('malformed')),
		async (context) => {
			const { services, subject } = context.var;
			const { id: meeting } = context.req.valid('param');
			const { id, command } = context.req.valid('json');
			if (!services.live) throw new ApiError('storage-unavailable');
			const answer = await services.live.desk.command(subject, meeting, id, command);
			if (typeof answer === 'string') throw new ApiError(answer);
			return context.json({ version: answer.version, into: answer.into });
		}
	)
	.get(
		'/think-tanks/:id/next-meeting',
		described('What a new meeting of a think tank can begin with', {
			about: 'Meetings',
			answer: nextAnswer,
			refusals: ['signed-out', 'not-found', 'not-allowed', 'archived']
		}),
		signedIn,
		validator('param', idParameter, otherwise('not-found')),
		async (context) => {
			const { services, subject } = context.var;
			const { database } = services;
			const asked = context.req.valid('param').id;
			const standing = await authorize(services.access, subject, 'meeting.schedule', { thinkTank: asked });
			if (typeof standing === 'string') throw new ApiError(standing);
			const [found, thinkTank, last] = await Promise.all([database.thinkTanks.find(asked), database.meetings.thinkTank(asked), database.meetings.last(asked)]);
			if (!found || !thinkTank) throw new ApiError('not-found');
			// whoever schedules without being in the think tank, as an administrator, is not shown what is in its meetings
			const shown: Meeting | null = standing.rights.role === null ? null : last;
			const { members, mandate } = await database.meetings.around(asked, []);
			const templates = last ? [] : templateKeys.flatMap((key) => draftOf(key, mandate) ?? []);
			return context.json({ thinkTank: { id: found.id, name: found.name }, number: thinkTank.nextNumber, last: shown, templates, members, mandate });
		}
	)
	.post(
		'/think-tanks/:id/meetings',
		described('Schedules a meeting', {
			about: 'Meetings',
			answer: z.object({ meeting: id }),
			status: 201,
			refusals: ['signed-out', ...refusals]
		}),
		signedIn,
		validator('param', idParameter, otherwise('not-found')),
		validator(
			'json',
			z.strictObject({
				id: commandId.optional(),
				/** what its boards begin with */
				template: z.enum(templateKeys).optional(),
				/** in which language */
				language: language.optional(),
				meeting: meetingCommands['meeting.schedule'] as unknown as z.ZodType<z.infer<(typeof meetingCommands)['meeting.schedule']>>
			}),
			otherwise('malformed')
		),
		async (context) => {
			const { services, subject } = context.var;
			const { id = newId(), meeting: body, template = 'empty', language = 'fa' } = context.req.valid('json');
			if (!services.live) throw new ApiError('storage-unavailable');
			const answer = await services.live.desk.schedule(
				subject,
				context.req.valid('param').id,
				id,
				{ name: 'meeting.schedule', body },
				seedOf(template, language)
			);
			if (typeof answer === 'string') throw new ApiError(answer);
			return context.json({ meeting: answer.meeting }, 201);
		}
	);
