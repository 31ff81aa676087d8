import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#server/auth/tokens.ts';
import { chromiumPath, complaints, contextOf, desktop, launch, phone } from '../support/browser.ts';
import { Product, type Somebody } from '../support/product.ts';

/** Every screen there is, in both languages, themes and sizes of window: nothing for axe to find, nothing that hangs over. */

const repository = join(import.meta.dirname, '../..');
const axe = readFileSync(join(repository, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** The routes that are registered: each must have a row below. */
const registered = readdirSync(join(repository, 'web/routes'), { recursive: true, encoding: 'utf8' })
	.filter((path) => path.endsWith('+page.svelte'))
	.map((path) => `/${path.replace(/\/?\+page\.svelte$/, '')}`);

let product: Product;
let browser: Browser;

interface Screen {
	route: string;
	name: string;
	who: () => Somebody | null;
	path: () => string;
	ready: (page: Page) => Promise<unknown>;
}

const facilitator = () => product.people[0]!;
const live = () => `/meetings/${product.founding.meeting}/${product.founding.activities.swot}`;
const main = (page: Page) => page.locator('main').first().waitFor();
const board = (page: Page) => page.locator('[data-saved="saved"]').waitFor();

const screens: Screen[] = [
	{ route: '/', name: 'home', who: facilitator, path: () => '/', ready: main },
	{ route: '/', name: 'home of nobody', who: () => null, path: () => '/', ready: main },
	{ route: '/', name: 'home of an administrator without a think tank', who: () => product.people[2]!, path: () => '/', ready: main },
	{ route: '/set-up/[token]', name: 'an unknown set-up link', who: () => null, path: () => '/set-up/nothing', ready: main },
	{ route: '/meetings/[meeting]/[activity]', name: 'a live board', who: facilitator, path: live, ready: board },
	{ route: '/meetings/[meeting]/[activity]', name: 'a board to read', who: () => product.people[1]!, path: live, ready: board },
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'a brainstorm, empty',
		who: facilitator,
		path: () => `/meetings/${product.founding.meeting}/${product.founding.activities.brainstorm}`,
		ready: board
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'a card being written',
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			await page.locator('[data-card]:visible').first().click();
			await page.locator('textarea[data-writing]').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: "a card's menu",
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			await page.locator('[data-card]:visible').first().focus();
			await page.keyboard.press('F10');
			await page.getByRole('menuitem').first().waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'evidence of a card',
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			await page.locator('[data-card]:visible').first().focus();
			await page.keyboard.press('e');
			await page.getByRole('dialog').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'the sheet of keys',
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			await page.locator('[data-card]:visible').first().focus();
			await page.keyboard.press('?');
			await page.getByRole('dialog').waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'a meeting that is not there',
		who: facilitator,
		path: () => `/meetings/${newId()}/${newId()}`,
		ready: main
	},
	{ route: '/meetings/[meeting]/[activity]/print', name: 'a board to print', who: facilitator, path: () => `${live()}/print`, ready: main }
];

describe.skipIf(chromiumPath === null)('screens', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator' },
			{ name: { fa: 'نمایندهٔ اتاق تعاون', en: 'Chamber representative' }, role: 'observer' },
			{ name: { fa: 'مدیر سامانه', en: 'Administrator' }, role: 'member', administrator: true }
		]);
		await product.start();
		browser = await launch();
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
	});

	test('every registered route has a row', () => {
		expect([...new Set(screens.map(({ route }) => route))].sort()).toEqual([...registered].sort());
	});

	const looks = (['fa', 'en'] as const).flatMap((language) => (['light', 'dark'] as const).map((theme) => ({ language, theme })));

	describe.each(looks)('$language $theme', ({ language, theme }) => {
		test.each(screens)('$name', async ({ who, path, ready }) => {
			for (const window of [desktop, phone]) {
				const context = await contextOf(browser, product.url, who(), {
					...window,
					locale: language === 'fa' ? 'fa-IR' : 'en-GB',
					colorScheme: theme,
					reducedMotion: 'reduce'
				});
				const page = await context.newPage();
				const told = complaints(page);
				await page.goto(product.url + path());
				await ready(page);
				expect(await page.locator('html').getAttribute('lang')).toBe(language);
				// by the browser's own hand: our pages allow no script but their own
				const found = await page.evaluate(
					`${axe}; axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(' | ')))`
				);
				expect(found, `${window.viewport!.width} px wide`).toEqual([]);
				const { scroll, client } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
				expect(scroll, `${window.viewport!.width} px wide`).toBeLessThanOrEqual(client);
				expect(told).toEqual([]);
				await context.close();
			}
		});
	});
});
