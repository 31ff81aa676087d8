import { z } from 'zod';
import { isPlain } from '#realtime/meeting/commands.ts';
import { turnKinds } from '#realtime/meeting/floor.ts';
import { isId } from '#realtime/meeting/ids.ts';
import { agendaKinds, meetingStates, type Meeting, type Participant, type Surface } from '#realtime/meeting/meetings.ts';
import { provinces, type Province } from '#realtime/meeting/provinces.ts';
import { memberRoles, roles } from '#realtime/meeting/roles.ts';
import type { SavedRecipe } from '#realtime/meeting/recipes.ts';
import { stepKinds } from '#realtime/meeting/steps.ts';
import { languages } from '#realtime/meeting/texts.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { decisionShape } from './decision-shapes.ts';
import { quorumShape, voteShape } from './vote-shapes.ts';

/** Shapes of what clients send and get. */

export const language = z.enum(languages);

/** The parameter of a route about one thing. What is no id names nothing that exists. */
export const idParameter = z.object({ id: z.string().refine(isId) });

/** A name as people write theirs: one line, nothing that hides or reorders other text. */
export const personName = z.string().trim().min(1).max(limits.personNameUnits).refine(isPlain);

/** A text of one line in one language or both, as it is given. */
const givenText = (units: number) =>
	z.partialRecord(language, z.string().trim().min(1).max(units).refine(isPlain)).refine((text) => Object.keys(text).length > 0);

/** How a person appears, as they give it themselves. */
export const appearance = {
	name: givenText(limits.personNameUnits),
	office: givenText(limits.officeUnits).nullable(),
	province: z.enum(Object.keys(provinces) as [Province, ...Province[]]).nullable()
};

/** What a person signs in by, as they type it; null: not given. */
export const identifiers = {
	userName: z.string().max(limits.emailUnits).nullable(),
	mobile: z.string().max(limits.emailUnits).nullable(),
	email: z
		.string()
		.max(2 * limits.emailUnits)
		.nullable()
};

/** A password as it is typed: what is longer than any is not even hashed. */
export const password = z.string().max(1_000);

/** Words that somebody searches for. A database takes no NUL. */
export const searched = z
	.string()
	.max(limits.searchUnits)
	.refine((words) => !words.includes('\0'));

export const id = z.string();
/** milliseconds since 1970 */
export const instant = z.int();
/** a day, as 2026-11-23 */
export const day = z.iso.date();
export const role = z.enum(roles);
export const memberRole = z.enum(memberRoles);
export const localText = z.object({ fa: z.string().exactOptional(), en: z.string().exactOptional() });
export const province = z.enum(Object.keys(provinces) as [Province, ...Province[]]);

/** How a person appears to others. */
export const participant = z.object({
	id,
	name: localText,
	office: localText.nullable(),
	province: province.nullable(),
	role
}) satisfies z.ZodType<Participant>;

export const boardColumn = z.object({ id: z.string(), title: z.string().nullable() });

/** What is attached to a card. */
export const evidence = z.discriminatedUnion('kind', [
	z.object({ id, kind: z.literal('link'), url: z.string(), title: z.string() }),
	z.object({ id, kind: z.literal('note'), text: z.string() })
]);

export const meetingState = z.enum(meetingStates);

/** Somebody who has asked for the floor, or has it. */
const asked = z.object({ person: id, as: z.enum(turnKinds) });

/** A step as a recipe has it. */
const stepPattern = z.object({
	kind: z.enum(stepKinds),
	title: localText.nullable(),
	see: z.boolean(),
	edit: z.boolean(),
	held: z.boolean(),
	anonymous: z.boolean()
});

/** What an activity is done on. */
export const surface = z.enum(['board', 'notes']) satisfies z.ZodType<Surface>;

/** A recipe of a think tank's own. */
export const savedRecipe = z.object({
	id,
	name: z.string(),
	surface,
	steps: z.array(stepPattern)
}) satisfies z.ZodType<SavedRecipe>;

export const meetingShape = z.object({
	id,
	thinkTank: id,
	number: z.int(),
	title: localText,
	state: meetingState,
	startsAt: instant,
	minutes: z.int(),
	place: z.string().nullable(),
	callLink: z.string().nullable(),
	quorum: quorumShape.nullable(),
	agenda: z.array(
		z.object({
			id,
			kind: z.enum(agendaKinds),
			title: localText,
			minutes: z.int(),
			usedMs: z.int(),
			owner: id.nullable(),
			mandate: id.nullable(),
			document: id,
			columns: z.array(boardColumn),
			steps: z.array(z.object({ ...stepPattern.shape, id: z.string(), until: instant.nullable() })),
			step: z.string().nullable(),
			reveals: z.int(),
			proposedBy: id.nullable()
		})
	),
	point: id.nullable(),
	pointSince: instant.nullable(),
	coFacilitators: z.array(id),
	votes: z.array(voteShape),
	decisions: z.array(decisionShape),
	openedAt: instant.nullable(),
	closedAt: instant.nullable(),
	timer: z.object({ plannedMs: z.int(), leftMs: z.int(), endsAt: instant.nullable() }).nullable(),
	floor: z.object({
		queue: z.array(asked),
		speaker: asked.extend({ since: instant }).nullable(),
		seconds: z.int().nullable(),
		fair: z.boolean(),
		spoken: z.array(z.object({ person: id, ms: z.int(), turns: z.int() }))
	}),
	version: z.int()
}) satisfies z.ZodType<Meeting>;
