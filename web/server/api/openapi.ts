import type { Hono } from 'hono';
import { generateSpecs } from 'hono-openapi';
import type { Env } from './context.ts';
import { errorStatus } from './errors.ts';

/** What the documentation says of the API as a whole. */
const documentation = {
	openapi: '3.1.0',
	info: {
		title: 'Hamandish',
		version: '1',
		description: [
			'The HTTP API of Hamandish, as its own pages use it. Signing in sets a cookie, which every other call carries; calls that change something have to come from a page of this server or from no page at all.',
			'Times are milliseconds since 1970, days are ISO 8601 (2026-11-23), ids are 20 characters, and texts in two languages are objects with `fa`, `en` or both.',
			'A refusal has a status and a code. A thing that does not exist and one that the caller may not know of are refused alike.'
		].join('\n\n')
	},
	servers: [{ url: '/' }],
	components: {
		schemas: {
			Refusal: {
				type: 'object' as const,
				properties: {
					error: { type: 'object' as const, properties: { code: { type: 'string' as const, enum: Object.keys(errorStatus) } }, required: ['code'] }
				},
				required: ['error']
			}
		},
		securitySchemes: { session: { type: 'apiKey' as const, in: 'cookie' as const, name: 'hamandish', description: '`__Host-hamandish` over https' } }
	},
	security: [{ session: [] }]
};

/** The API's description as OpenAPI 3.1, made from the routes that are registered. */
export async function openApiOf(api: Hono<Env>): Promise<Record<string, unknown>> {
	const spec = await generateSpecs(api, { documentation });
	for (const [path, operations] of Object.entries(spec.paths ?? {})) {
		for (const operation of Object.values(operations ?? {})) {
			if (typeof operation !== 'object' || !('responses' in operation)) continue;
			// the library describes what its validators would answer; ours refuse like everything else
			for (const [status, response] of Object.entries(operation.responses ?? {})) {
				if (!('description' in response) || response.description === 'Validation Error') delete operation.responses![status];
			}
			// a part of the path that no validator looks at is described all the same
			const known = new Set(operation.parameters?.map((parameter) => 'name' in parameter && parameter.name));
			const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).filter((name) => !known.has(name));
			operation.parameters = [
				...(operation.parameters ?? []),
				...inPath.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' as const } }))
			];
		}
	}
	return spec as unknown as Record<string, unknown>;
}
