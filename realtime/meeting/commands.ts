import { z } from 'zod/mini';
import { isDay } from './days.ts';
import { turnKinds } from './floor.ts';
import { isId } from './ids.ts';
import { limits } from './limits.ts';
import { agendaKinds, firstColumn } from './meetings.ts';
import { quorum } from './quorum.ts';
import { stepKinds, openStep } from './steps.ts';
import { languages } from './texts.ts';
import { majorities, voteLevels, voteRule } from './vote-rules.ts';

/** What people ask of a meeting. Each is decided by `decide`, and has its row in the tables of transitions and of rights. */

const id = z.string().check(z.refine(isId));

/** One line as people write it, with something to see in it, and without characters that hide or reorder other text. */
export const line = (units: number) =>
	z.string().check(
		z.trim(),
		z.minLength(1),
		z.maxLength(units),
		z.refine((text) => isPlain(text) && /[\p{L}\p{N}\p{P}\p{S}]/u.test(text))
	);

/** As {@link line}, of several lines. */
const paragraphs = (units: number) =>
	z.string().check(
		z.trim(),
		z.minLength(1),
		z.maxLength(units),
		z.refine((text) => text.split('\n').every(isPlain) && /[\p{L}\p{N}\p{P}\p{S}]/u.test(text))
	);

/** No control characters, no line breaks, nothing that reorders text, no half characters, no letter under more than a few marks. */
export const isPlain = (text: string): boolean =>
	text.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(text) && !/\p{M}{9}/u.test(text);

/** A text in one language or both. */
export const localText = (units: number) => z.partialRecord(z.enum(languages), line(units)).check(z.refine((text) => Object.keys(text).length > 0));

const title = localText(limits.titleUnits);
const minutes = z.int().check(z.gte(1), z.lte(limits.meetingMinutes));
const moment = z.int().check(z.gte(limits.earliestMs), z.lte(limits.latestMs));
const callLink = z.string().check(
	z.trim(),
	z.maxLength(limits.addressUnits),
	z.refine((text) => isWebAddress(text))
);

/** An address that a page may offer to open: of the web, and of nothing that runs. */
export const isWebAddress = (text: string): boolean => {
	const url = URL.parse(text);
	return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '' && isPlain(text);
};

/** of a timer, or what it is extended by */
const timerMinutes = z.int().check(z.gte(1), z.lte(limits.timerMinutes));

const columns = z
	.array(z.strictObject({ id: z.string().check(z.refine((text) => isId(text) || text === firstColumn.id)), title: z.nullable(line(limits.columnTitleUnits)) }))
	.check(
		z.minLength(1),
		z.maxLength(limits.boardColumns),
		z.refine((all) => new Set(all.map(({ id }) => id)).size === all.length)
	);

const step = z.string().check(z.refine((text) => isId(text) || text === openStep.id));

const pattern = {
	kind: z.enum(stepKinds),
	title: z.nullable(localText(limits.stepTitleUnits)),
	see: z.boolean(),
	edit: z.boolean(),
	held: z.boolean(),
	anonymous: z.boolean()
};

/** The steps of a recipe. */
export const stepPatterns = z.array(z.strictObject(pattern)).check(z.minLength(1), z.maxLength(limits.activitySteps));

const steps = z.array(z.strictObject({ ...pattern, id: step, until: z.nullable(moment) })).check(
	z.minLength(1),
	z.maxLength(limits.activitySteps),
	z.refine((all) => new Set(all.map(({ id }) => id)).size === all.length)
);

/** What may be changed of a point of the agenda. */
const point = {
	title,
	minutes: z.int().check(z.gte(1), z.lte(limits.agendaItemMinutes)),
	owner: z.nullable(id),
	mandate: z.nullable(id),
	/** of a brainstorm alone */
	columns,
	steps
};

/** What a point of the agenda is made of. */
export const agendaDraft = z.strictObject({
	...point,
	kind: z.enum(agendaKinds),
	owner: z._default(point.owner, null),
	mandate: z._default(point.mandate, null),
	columns: z.optional(columns),
	steps: z.optional(steps)
});

/** What may be changed of a meeting at any time until it is closed. */
const about = { title, minutes, place: z.nullable(line(limits.placeUnits)), callLink: z.nullable(callLink), quorum: z.nullable(quorum) };

export const commands = {
	/** makes a meeting; it is the only command without one */
	'meeting.schedule': z.strictObject({
		...about,
		startsAt: moment,
		place: z._default(about.place, null),
		callLink: z._default(about.callLink, null),
		quorum: z._default(about.quorum, null),
		agenda: z._default(z.array(agendaDraft).check(z.maxLength(limits.agendaItems)), [])
	}),
	/** what is left out stays, here and in every change */
	'meeting.describe': z.partial(z.strictObject(about)),
	'meeting.postpone': z.strictObject({ startsAt: moment, minutes: z.optional(minutes) }),
	'meeting.cancel': z.strictObject({}),
	/** makes another one like it, at another time */
	'meeting.duplicate': z.strictObject({ startsAt: moment }),
	'meeting.open': z.strictObject({}),
	'meeting.close': z.strictObject({}),
	/** takes the meeting to another point of its agenda */
	'meeting.turn': z.strictObject({ item: id }),
	/** a closed one is live again, a cancelled one scheduled */
	'meeting.reopen': z.strictObject({}),
	/** `from`: the point of this agenda that it goes on from; what is to be seen there, the new one begins with */
	'agenda.add': z.extend(agendaDraft, { before: z._default(z.nullable(id), null), from: z._default(z.nullable(id), null) }),
	/** as `agenda.add`, for whoever may only propose */
	'agenda.propose': agendaDraft,
	'agenda.accept': z.strictObject({ item: id }),
	'agenda.change': z.extend(z.partial(z.strictObject(point)), { item: id }),
	/** puts it before another (null: at the end) */
	'agenda.move': z.strictObject({ item: id, before: z.nullable(id) }),
	'agenda.remove': z.strictObject({ item: id }),
	/** takes the activity at hand to another of its steps */
	'step.turn': z.strictObject({ item: id, step }),
	/** turns switches of the step that the activity at hand is at, or says until when it stays open */
	'step.switch': z.strictObject({
		item: id,
		see: z.optional(z.boolean()),
		edit: z.optional(z.boolean()),
		held: z.optional(z.boolean()),
		until: z.optional(z.nullable(moment))
	}),
	/** puts what arrived after the reveal onto the board */
	'drafts.admit': z.strictObject({ item: id }),
	/** takes over a live meeting that nobody conducts, by consent of the others who are there */
	'conduct.take': z.strictObject({}),
	/** names somebody of the think tank a co-facilitator of this meeting, or no longer */
	'facilitator.name': z.strictObject({ person: id }),
	'facilitator.release': z.strictObject({ person: id }),
	/** in place of one that runs */
	'timer.start': z.strictObject({ minutes: timerMinutes }),
	'timer.pause': z.strictObject({}),
	'timer.resume': z.strictObject({}),
	/** one that has run out, too: from then on */
	'timer.extend': z.strictObject({ minutes: timerMinutes }),
	'timer.stop': z.strictObject({}),
	/** asks for the floor; again as something else: in the same place */
	'turns.ask': z.strictObject({ as: z.enum(turnKinds) }),
	/** one's own */
	'turns.withdraw': z.strictObject({}),
	/** gives the floor to somebody, whether or not they have asked for it, and ends the turn of whoever has it */
	'turns.give': z.strictObject({ person: id }),
	/** of whoever has the floor; of somebody who has it no longer, nothing ends */
	'turns.end': z.strictObject({ person: id }),
	/** takes somebody off the list of those who have asked */
	'turns.drop': z.strictObject({ person: id }),
	/** how long a turn is meant to be (null: open end), and whether whoever has not spoken yet goes first */
	'turns.set': z.partial(
		z.strictObject({ seconds: z.nullable(z.int().check(z.gte(limits.turnSecondsAtLeast), z.lte(limits.turnSeconds))), fair: z.boolean() })
	),
	/** `item`: the point that it is about; `cards`: of its board, all of them (null) or these */
	'vote.open': z.strictObject({
		item: id,
		question: z._default(z.nullable(line(limits.voteQuestionUnits)), null),
		rule: voteRule,
		level: z.enum(voteLevels),
		options: z.union([
			z.strictObject({ cards: z.nullable(z.array(id).check(z.minLength(1), z.maxLength(limits.voteOptions))) }),
			z.strictObject({ texts: z.array(line(limits.voteOptionUnits)).check(z.minLength(1), z.maxLength(limits.voteOptions)) })
		]),
		guests: z._default(z.boolean(), false),
		ownCards: z._default(z.boolean(), true),
		quorum: z._default(z.nullable(quorum), null),
		/** of a motion alone */
		majority: z._default(z.nullable(z.enum(majorities)), null)
	}),
	'vote.close': z.strictObject({ vote: id }),
	/** gives it up; its ballots are destroyed */
	'vote.cancel': z.strictObject({ vote: id }),
	/** another round: the same options under the same rules */
	'vote.again': z.strictObject({ vote: id }),
	/** the wording as whoever adopts it has read it; `by`: a closed vote at that point, or consensus */
	'decision.adopt': z.strictObject({
		item: id,
		/** of the wording, in the document of the point */
		wording: id,
		text: paragraphs(limits.decisionUnits),
		person: z.nullable(id),
		office: z.nullable(line(limits.officeUnits)),
		due: z.nullable(z.string().check(z.refine(isDay))),
		mandate: z.nullable(id),
		by: z.union([z.literal('consensus'), z.strictObject({ vote: id })])
	}),
	'decision.withdraw': z.strictObject({ decision: id })
} as const;

export type CommandName = keyof typeof commands;
export const commandNames = Object.keys(commands) as CommandName[];
export const isCommandName = (name: string): name is CommandName => Object.hasOwn(commands, name);

/** A command as it is sent. */
export const command = z.discriminatedUnion(
	'name',
	commandNames.map((name) => z.strictObject({ name: z.literal(name), body: commands[name] })) as never
) as z.ZodMiniType<Command, CommandInputs[CommandName]>;

/** What a command carries. */
export type CommandBody<Name extends CommandName> = z.infer<(typeof commands)[Name]>;
/** What a client may leave out of it. */
export type CommandInput<Name extends CommandName> = z.input<(typeof commands)[Name]>;

type CommandInputs = { [Name in CommandName]: { name: Name; body: CommandInput<Name> } };

/** A command as somebody words it, with what may be left out left out. */
export type AnyCommandInput = CommandInputs[CommandName];

export type Command = { [Name in CommandName]: { name: Name; body: CommandBody<Name> } }[CommandName];
