import { readBoard } from '#realtime/board/read.ts';
import { quadrants } from '#realtime/board/schema.ts';
import { open } from '#db/open.ts';
import type { Browser, Page } from 'playwright-core';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { chromiumPath, contextOf, desktop, installed, launch } from '../support/browser.ts';
import { badLines, FaultProxy } from '../support/fault-proxy.ts';
import { Product } from '../support/product.ts';
import { randomFrom } from '../support/random.ts';
import { storedDoc } from '../support/stored.ts';

/** Two browsers, one of them behind a line that goes bad, and what is really in the database. `LONG=1`: ten minutes of it, with figures. */

/** each with what the proxy counts when it has really hit something */
const faults = [
	['black hole', 'held'],
	['reset', 'resets'],
	['2 s latency', 'delayed'],
	['5 % loss', 'lost'],
	['64 kbit/s', 'narrowed']
] as const;
/** for how long each holds; longer while it has hit nothing, since a line that was never bad proves nothing */
const badMs = process.env['LONG'] ? 120_000 : 3_000;
/** what a page may take to find out that its line is whole again: it tries every few seconds, and gives a silent one up after thirty */
const ordinaryMs = 60_000;

describe.skipIf(chromiumPath === null)('proxy between client and server: black hole, reset, 2 s latency, 5 % loss, 64 kbit/s', () => {
	let product: Product;
	let browser: Browser;
	let proxy: FaultProxy;
	const random = randomFrom(8);

	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیر' }, role: 'facilitator', language: 'en' },
			{ name: { fa: 'عضو' }, role: 'member', language: 'en' }
		]);
		await product.start();
		proxy = await FaultProxy.open(Number(new URL(product.url).port), random);
		browser = await launch();
	});
	afterAll(async () => {
		await browser?.close();
		await proxy?.close();
		await product?.remove();
	});

	test('SYNC-18 "saved" is never false, and both pages and the database are equal once the line is whole', { timeout: 900_000 }, async () => {
		const { meeting, activities, documents } = product.founding;
		const [behind, straight] = (await Promise.all(
			[proxy.url, product.url].map(async (url, i) => {
				const page = await (await contextOf(browser, url, product.people[i]!, { ...desktop, ...installed })).newPage();
				await page.goto(`${url}/meetings/${meeting}/${activities.swot}`);
				await page.locator('[data-saved="saved"]').waitFor();
				return page;
			})
		)) as [Page, Page];
		const database = await open({ ...product.database, besideServer: true });
		/** the texts of all cards that the database has */
		const stored = async () => {
			const doc = await storedDoc(database, documents.swot);
			const texts = [...readBoard(doc).cards.values()].map(({ text }) => text);
			doc.destroy();
			return texts;
		};

		const written: string[] = [];
		/** A new card by the button of a column, with words that stand nowhere else. */
		const write = async (on: Page) => {
			const words = `سخن ${written.length + 1} پایان`;
			written.push(words);
			await on.locator(`[data-column="${random.pick(quadrants)}"] [data-add]`).click();
			// as somebody does who waits for the caret
			await on.locator('[data-writing]:focus').waitFor();
			await on.keyboard.insertText(words);
			await on.keyboard.press('Escape');
		};

		let watching = true;
		let timesSaved = 0;
		/** Looks again and again at what a page shows and says of it in one moment, and whether the database has what is called saved. */
		const watch = async (page: Page) => {
			const known = new Set<string>();
			while (watching) {
				const { saved, text } = await page.evaluate(() => ({
					saved: document.querySelector('[data-saved]')?.getAttribute('data-saved') === 'saved',
					text: document.querySelector('main')!.innerText
				}));
				const called = saved ? written.filter((words) => !known.has(words) && text.includes(words)) : [];
				if (called.length > 0) {
					timesSaved++;
					expect(await stored(), 'called saved').toEqual(expect.arrayContaining(called));
					for (const words of called) known.add(words);
				}
				await pause(50);
			}
		};
		const watched = Promise.all([watch(behind), watch(straight)]);
		// what it finds is thrown at the end; meanwhile nobody waits for it
		watched.catch(() => (watching = false));

		for (const [fault, hits] of faults) {
			const began = performance.now();
			if (fault !== 'reset') proxy.become(badLines[fault]);
			do {
				if (fault === 'reset') proxy.reset();
				for (const page of [behind, straight]) await write(page);
				await pause(random.integer(300, process.env['LONG'] ? 5_000 : 900));
			} while (watching && (performance.now() - began < badMs || proxy.hits[hits] === 0));
			proxy.become({});
			const healed = performance.now();
			await vi.waitFor(
				async () => {
					for (const [name, page] of Object.entries({ behind, straight })) {
						expect(await page.locator('[data-saved]').getAttribute('data-saved')).toBe('saved');
						const text = await page.locator('main').innerText();
						const missing = written.filter((words) => !text.includes(words));
						expect({ missing, stored: missing.length > 0 && (await stored()) }, name).toEqual({ missing: [], stored: false });
					}
				},
				{ timeout: ordinaryMs, interval: 100 }
			);
			const equalMs = performance.now() - healed;
			if (process.env['LONG']) console.log(`${fault}, ${badMs / 1000} s: equal ${(equalMs / 1000).toFixed(1)} s after healing`);
			expect(await stored()).toEqual(expect.arrayContaining(written));
		}
		watching = false;
		await watched;
		await database.close();
		// a page that never said "saved" proves nothing either
		expect(timesSaved).toBeGreaterThan(faults.length);
	});
});
