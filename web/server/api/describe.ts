import { describeRoute, resolver } from 'hono-openapi';
import type { z } from 'zod';
import { errorStatus, type ErrorCode } from './errors.ts';

interface Description {
	/** what kind of thing it is about: a heading in the documentation */
	about: string;
	/** the body of its answer; null: it has none */
	answer: z.ZodType | null;
	/** of its answer */
	status?: 200 | 201 | 204 | 303;
	/** of an answer that is no JSON */
	media?: string;
	/** how it refuses, beside what every route may answer */
	refusals?: readonly ErrorCode[];
}

/** What every route may answer, whatever it is asked. */
const always: readonly ErrorCode[] = ['storage-unavailable', 'storage-full', 'unexpected'];

/**
 * Describes a route for /api/openapi.json: what it does, in a sentence for whoever writes a program against it,
 * the shape of its answer, and every way in which it refuses. Its parameters are described by its validators.
 */
export const described = (summary: string, { about, answer, status = answer ? 200 : 204, media = 'application/json', refusals = [] }: Description) =>
	describeRoute({
		summary,
		tags: [about],
		responses: {
			[status]: { description: 'Done.', ...(answer && { content: { [media]: { schema: resolver(answer) } } }) },
			...refusalResponses([...refusals, ...always])
		}
	});

function refusalResponses(codes: readonly ErrorCode[]) {
	const byStatus = new Map<number, ErrorCode[]>();
	for (const code of new Set(codes)) byStatus.set(errorStatus[code], [...(byStatus.get(errorStatus[code]) ?? []), code]);
	return Object.fromEntries(
		[...byStatus].map(([status, codes]) => [
			status,
			{ description: codes.join(', '), content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } } }
		])
	);
}
