import { z } from 'zod';
import { isId } from '#realtime/meeting/ids.ts';
import { agendaKinds, meetingStates, type Meeting, type Participant } from '#realtime/meeting/meetings.ts';
import { provinces, type Province } from '#realtime/meeting/provinces.ts';
import { memberRoles, roles } from '#realtime/meeting/roles.ts';
import { languages } from '#realtime/meeting/texts.ts';
import { limits } from '#realtime/meeting/limits.ts';

/** Shapes of what clients send and get. */

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

export const meetingState = z.enum(meetingStates);

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
	agenda: z.array(
		z.object({
			id,
			kind: z.enum(agendaKinds),
			title: localText,
			minutes: z.int(),
			owner: id.nullable(),
			mandate: id.nullable(),
			document: id,
			columns: z.array(z.object({ id: z.string(), title: z.string().nullable() })),
			proposedBy: id.nullable()
		})
	),
	coFacilitators: z.array(id),
	openedAt: instant.nullable(),
	closedAt: instant.nullable(),
	version: z.int()
}) satisfies z.ZodType<Meeting>;
