import { z } from 'zod';
import { isId } from '#realtime/meeting/ids.ts';
import { languages } from '#realtime/meeting/texts.ts';
import { limits } from '#realtime/meeting/limits.ts';

/** Shapes of what clients send. */

export const language = z.enum(languages);

/** The parameter of a route about one thing. What is no id names nothing that exists. */
export const idParameter = z.object({ id: z.string().refine(isId) });

/** A name as people write theirs: one line, nothing that hides or reorders other text. */
export const personName = z
	.string()
	.trim()
	.min(1)
	.max(limits.personNameUnits)
	.refine((name) => name.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(name));
