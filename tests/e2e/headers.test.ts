import { createApi } from '#server/api/api.ts';
import type { Services } from '#server/api/services.ts';
import { ownAnswers } from '#server/front-door.ts';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Product } from '../support/product.ts';

/** Every address that is registered, asked as a stranger and as a facilitator, over http and behind a proxy that speaks https. */

const repository = join(import.meta.dirname, '../..');

const pages = readdirSync(join(repository, 'web/routes'), { recursive: true, encoding: 'utf8' })
	.filter((path) => path.endsWith('+page.svelte'))
	.map((path) => `/${path.replace(/\/?\+page\.svelte$/, '')}`);

const calls = [
	...new Set(
		createApi(async () => ({}) as Services)
			.routes.filter(({ method }) => method === 'GET')
			.map(({ path }) => path)
	)
];

let product: Product;

beforeAll(async () => {
	product = await Product.prepare([{ name: { fa: 'دبیر' }, role: 'facilitator' }]);
	await product.start({ TRUSTED_PROXIES: '127.0.0.1' });
});
afterAll(() => product?.remove());

/** The address of a route, with things that exist where it names some. */
const filled = (route: string): string =>
	route
		.replaceAll(/\[(\w+)\]|:(\w+)/g, (_, name?: string, other?: string) => {
			const { meeting, activities, thinkTank, documents } = product.founding;
			const known: Record<string, string> = {
				meeting,
				activity: activities.swot,
				thinkTank,
				token: 'x'.repeat(32),
				id: route.includes('documents') ? documents.swot : meeting
			};
			return known[name ?? other!] ?? meeting;
		})
		.replace(/\.csv$/, '.csv?language=fa');

/** Asks by node's own client: a browser's would hide some headers, and follow redirects. */
function ask(path: string, headers: Record<string, string>): Promise<{ status: number; header: (name: string) => string }> {
	return new Promise((resolve, reject) => {
		request(`${product.url}${path}`, { headers, agent: false }, (response) => {
			response.resume();
			resolve({ status: response.statusCode!, header: (name) => String(response.headers[name] ?? '') });
		})
			.on('error', reject)
			.end();
	});
}

describe.each(['http', 'https'])('over %s', (scheme) => {
	const own = Object.keys(ownAnswers);
	test.each([
		...pages.map((route) => ['page', route] as const),
		...calls.map((route) => ['call', route] as const),
		...own.map((route) => ['own', route] as const)
	])('%s %s', async (kind, route) => {
		for (const session of [{}, { cookie: product.people[0]!.cookie }]) {
			const { status, header } = await ask(filled(route), { ...session, 'x-forwarded-proto': scheme, accept: kind === 'page' ? 'text/html' : '*/*' });
			expect(status).toBeLessThan(500);
			expect(header('x-content-type-options')).toBe('nosniff');
			expect(header('x-frame-options')).toBe('DENY');
			expect(header('referrer-policy')).toBe('no-referrer');
			expect(header('cross-origin-resource-policy')).toBe('same-origin');
			expect(header('permissions-policy')).toContain('camera=()');
			expect(header('access-control-allow-origin')).toBe('');
			expect(header('server') + header('x-powered-by')).toBe('');
			expect(header('strict-transport-security')).toBe(scheme === 'https' ? 'max-age=31536000' : '');
			expect(header('cross-origin-opener-policy')).toBe(scheme === 'https' ? 'same-origin' : '');
			const policy = header('content-security-policy');
			if (kind === 'own') expect(header('cache-control')).toBe('no-store');
			else if (kind === 'call') {
				expect(header('cache-control')).toBe('no-store');
				expect(policy).toBe("default-src 'none'; frame-ancestors 'none'");
			} else if (status === 200) {
				const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
				expect(scripts).toMatch(/^'self' 'nonce-[\w+/=]+'$/);
				expect(policy).toContain("object-src 'none'");
				expect(policy).toContain("base-uri 'self'");
				expect(policy).toContain("form-action 'self'");
				expect(policy).toContain("frame-ancestors 'none'");
				// a page shows what one person may see: no cache between may keep it
				expect(header('cache-control')).toMatch(/private|no-store/);
			}
			for (const cookie of header('set-cookie')
				.split(/,(?=[^ ]+=)/)
				.filter((found) => /hamandish/.test(found))) {
				expect(cookie).toMatch(/HttpOnly/i);
				expect(cookie).toMatch(/SameSite=Lax/i);
				if (scheme === 'https') expect(cookie).toMatch(/Secure/i);
			}
		}
	});
});
