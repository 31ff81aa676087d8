import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { createApi } from '#server/api/api.ts';
import type { Services } from '#server/api/services.ts';

/** The API's description: complete, because it is made of what is registered, and valid. */

const api = createApi(async () => ({ log: { debug() {}, error() {} } }) as unknown as Services);
const spec = (await (await api.request('/api/openapi.json')).json()) as {
	openapi: string;
	paths: Record<string, Record<string, { summary?: string; tags?: string[]; responses: Record<string, { description: string; content?: object }> }>>;
};

test('it is OpenAPI 3.1', async () => {
	const { valid, errors } = await new Validator().validate(structuredClone(spec));
	expect(errors ?? []).toEqual([]);
	expect([valid, spec.openapi]).toEqual([true, '3.1.0']);
});

const routes = [...new Set(api.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`))].filter(
	(route) => route !== 'GET /api/openapi.json'
);

test.each(routes)('%s is described: what it does, what it answers and how it refuses', (route) => {
	const [method = '', path = ''] = route.split(' ');
	const operation = spec.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
	expect(operation?.summary).toBeTruthy();
	expect(operation?.tags).toHaveLength(1);
	const answers = Object.entries(operation!.responses);
	expect(answers.filter(([status]) => Number(status) < 400)).toHaveLength(1);
	for (const [status, { content }] of answers) if (status !== '204' && status !== '303') expect(content, status).toBeTruthy();
});
