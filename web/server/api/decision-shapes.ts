import { z } from 'zod';
import type { Decision } from '#realtime/meeting/decisions.ts';
import { voteRuleKinds } from '#realtime/meeting/vote-rules.ts';
import { tally } from './vote-shapes.ts';

/** The shape of an adopted decision as clients get it. */

const id = z.string();

export const decisionShape = z.object({
	id,
	number: z.int(),
	item: id,
	document: id,
	wording: id,
	card: id.nullable(),
	text: z.string(),
	/** who answers for it: a person, or an office by its name, or nobody yet */
	person: id.nullable(),
	office: z.string().nullable(),
	due: z.iso.date().nullable(),
	mandate: id.nullable(),
	by: z.union([
		z.literal('consensus'),
		z.object({ vote: id, kind: z.enum(voteRuleKinds), voted: z.int(), entitled: z.int(), tally: tally.nullable(), place: z.int().nullable() })
	]),
	at: z.int(),
	/** null: it stands */
	withdrawnAt: z.int().nullable()
}) satisfies z.ZodType<Decision>;
