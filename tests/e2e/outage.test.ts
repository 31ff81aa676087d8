import { open } from '#db/open.ts';
import { createCard, splice } from '#realtime/board/edits.ts';
import { readCard } from '#realtime/board/read.ts';
import { sameState } from '#realtime/board/replica.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { newId } from '#server/auth/tokens.ts';
import type { Browser } from 'playwright-core';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { chromiumPath, contextOf, desktop, installed, launch } from '../support/browser.ts';
import { cardsFrom } from '../support/cards.ts';
import { databaseKinds, startCluster, type Cluster } from '../support/databases.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product } from '../support/product.ts';
import { randomFrom } from '../support/random.ts';
import { storedDoc } from '../support/stored.ts';

/** PostgreSQL goes away in the middle of a meeting, and comes back. `LONG=1`: five times for a minute, with figures. */

const isLong = process.env['LONG'] === '1';
const stoppedMs = isLong ? 60_000 : 4_000;
/** It ends as in a crash, or it stands still with all its connections open. */
const ways = [
	[() => cluster.crash(), () => cluster.startAgain()],
	[async () => cluster.freeze(), async () => cluster.goOn()]
] as const;
const outages = Array.from({ length: isLong ? 5 : ways.length }, (_, i) => ways[i % ways.length]!);

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
		const window = browser && (await (await contextOf(browser, product.url, product.people[0]!, { ...desktop, ...installed })).newPage());
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
		await vi.waitFor(() => expect(sameState(pages[0]!.doc, pages[1]!.doc)).toBe(true));
		await window?.locator('[data-card]', { hasText: 'هنگام خاموشی پایگاه' }).waitFor();
		await window?.locator('[data-saved="saved"]').waitFor();
		for (const page of pages) page.close();
		const figures = await product.figures();
		expect(figures.get('hamandish_failed_commits_total')).toBeGreaterThan(0);
		expect(figures.get('hamandish_rooms_thrown_away_total')).toBeGreaterThan(0);
		await vi.waitFor(async () => expect((await product.figures()).get('hamandish_projection_lag_seconds')).toBe(0));
	});

	/** What the database has of the text of a card. */
	async function storedText(card: Id): Promise<string> {
		const database = await open({ ...product.database, besideServer: true });
		const doc = await storedDoc(database, product.founding.documents.swot);
		await database.close();
		return readCard(doc, card)!.text;
	}

	test(
		'database stopped 60 s in mid-meeting ×5: JOURNAL-8 nothing ends, nothing is called saved that is not, and nothing is lost',
		{ timeout: 600_000 },
		async () => {
			const { swot } = product.founding.documents;
			const { pid } = product;
			const pages = await Promise.all(product.people.map((person) => openPage(product, person, swot)));
			await Promise.all(pages.map((page) => untilStatus(page, saved)));
			const { id, make } = cardsFrom(randomFrom(7))('');
			make(pages[0]!.doc);
			await vi.waitFor(() => expect(pages.every(({ doc }) => readCard(doc, id))).toBe(true));

			const letters = 'آغاز خاموشی ';
			let written = 0;
			const write = (page: BoardLink) => {
				splice(page.doc, { card: id }, { at: 0, removed: 0, inserted: letters[written % letters.length]! });
				written++;
			};
			for (const [stop, start] of outages) {
				await stop();
				const began = performance.now();
				const seconds = () => ((performance.now() - began) / 1000).toFixed(1);
				let unsavedAfter: string | null = null;
				do {
					for (const page of pages) write(page);
					await pause(500);
					if (pages.every(({ status }) => status.unsavedSince !== null && Date.now() - status.unsavedSince > limits.unsavedAfterMs)) unsavedAfter ??= seconds();
				} while (performance.now() - began < stoppedMs || unsavedAfter === null);
				// not one of what was written since is called saved
				expect(pages.reduce((sum, { status }) => sum + status.unsaved, 0)).toBeGreaterThanOrEqual(pages.length);
				const stoppedFor = seconds();
				await start();
				const back = performance.now();
				await Promise.all(pages.map((page) => untilStatus(page, saved, 60_000)));
				await vi.waitFor(() => expect(sameState(pages[0]!.doc, pages[1]!.doc)).toBe(true));
				if (isLong)
					console.log(
						`stopped ${stoppedFor} s: "not saved" after ${unsavedAfter} s, caught up ${((performance.now() - back) / 1000).toFixed(1)} s after its return`
					);
				expect(readCard(pages[1]!.doc, id)!.text).toHaveLength(written);
				expect(await storedText(id)).toHaveLength(written);
				expect(product.pid).toBe(pid);
				expect((await fetch(`${product.url}/healthz`)).status).toBe(200);
			}
			for (const page of pages) page.close();
		}
	);
});
