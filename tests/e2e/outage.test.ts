import { createCard, splice } from '#realtime/board/edits.ts';
import { sameState } from '#realtime/board/replica.ts';
import { newId } from '#server/auth/tokens.ts';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { chromiumPath, contextOf, desktop, launch } from '../support/browser.ts';
import { databaseKinds, startCluster, type Cluster } from '../support/databases.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product } from '../support/product.ts';

/** PostgreSQL goes away in the middle of a meeting, and comes back. */

const [, postgres] = databaseKinds;
let cluster: Cluster;
let product: Product;
let browser: Browser | undefined;

describe.skipIf(postgres.missing !== null)('a database that goes away', () => {
	beforeAll(async () => {
		cluster = await startCluster();
		product = await Product.prepare(
			[
				{ name: { fa: 'دبیر' }, role: 'facilitator', language: 'en' },
				{ name: { fa: 'عضو' }, role: 'member' }
			],
			{ url: cluster.url }
		);
		await product.start();
		if (chromiumPath !== null) browser = await launch();
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
		await cluster?.remove();
	});

	test('METRIC-4 SYNC-5 people write on, nothing is called saved, and all of it is there afterwards', async () => {
		const { swot, brainstorm } = product.founding.documents;
		const pages = await Promise.all(product.people.map((person) => openPage(product, person, swot)));
		await Promise.all(pages.map((page) => untilStatus(page, saved)));
		const { meeting, activities } = product.founding;
		const window = browser && (await (await contextOf(browser, product.url, product.people[0]!, desktop)).newPage());
		await window?.goto(`${product.url}/meetings/${meeting}/${activities.swot}`);
		await window?.locator('[data-saved="saved"]').waitFor();

		await cluster.crash();
		const id = newId();
		createCard(pages[0]!.doc, { id, author: product.people[0]!.id, createdAt: 1, column: 'threats', group: null, before: null });
		splice(pages[0]!.doc, { card: id }, { at: 0, removed: 0, inserted: 'هنگام خاموشی پایگاه' });
		await untilStatus(pages[0]!, ({ reason }) => reason === 'storage-unavailable');
		expect(pages[0]!.status.unsaved).toBeGreaterThan(0);
		expect((await fetch(`${product.url}/healthz`)).status).toBe(200);
		expect((await fetch(`${product.url}/readyz`)).status).toBe(503);
		const answer = await fetch(`${product.url}/api/documents/${brainstorm}/people`, { headers: { cookie: product.people[0]!.cookie } });
		expect([answer.status, await answer.json()]).toEqual([503, { error: { code: 'storage-unavailable' } }]);

		if (window) {
			await window.locator('[data-saved="offline"], [data-saved="unsaved"]').waitFor();
			await window.locator('main [role="status"], main [role="alert"]').first().waitFor();
			// a page that is asked for meanwhile has a sentence, and no stack
			const other = await window.context().newPage();
			const response = await other.goto(`${product.url}/`);
			const text = await other.locator('main').innerText();
			expect([response!.status(), text]).toEqual([503, expect.stringMatching(/database/i)]);
			expect(text).not.toMatch(/at .*\.(js|ts):\d+/);
			await other.close();
		}

		await cluster.startAgain();
		await Promise.all(pages.map((page) => untilStatus(page, saved)));
		await vi.waitFor(() => expect(sameState(pages[0]!.doc, pages[1]!.doc)).toBe(true), { timeout: 10_000 });
		await window?.locator('[data-card]', { hasText: 'هنگام خاموشی پایگاه' }).waitFor({ timeout: 20_000 });
		await window?.locator('[data-saved="saved"]').waitFor();
		for (const page of pages) page.close();
		const figures = await product.figures();
		expect(figures.get('hamandish_failed_commits_total')).toBeGreaterThan(0);
		expect(figures.get('hamandish_rooms_thrown_away_total')).toBeGreaterThan(0);
		await vi.waitFor(async () => expect((await product.figures()).get('hamandish_projection_lag_seconds')).toBe(0), { timeout: 10_000 });
	});
});
