import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAction } from '#realtime/board/actions-edits.ts';
import { newId } from '#server/auth/tokens.ts';
import { chromiumPath, complaints, contextOf, desktop, launch, phone } from '../support/browser.ts';
import { firstStart, type FirstStart } from '../support/first-start.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product, type Somebody } from '../support/product.ts';

/** Every screen there is, in both languages, themes and sizes of window: nothing for axe to find, nothing that hangs over. */

const repository = join(import.meta.dirname, '../..');
const axe = readFileSync(join(repository, 'node_modules/axe-core/axe.min.js'), 'utf8');

/** The routes that are registered: each must have a row below. */
const registered = readdirSync(join(repository, 'web/routes'), { recursive: true, encoding: 'utf8' })
	.filter((path) => path.endsWith('+page.svelte'))
	.map((path) => `/${path.replace(/\/?\+page\.svelte$/, '')}`);

let product: Product;
/** as it is installed, and as it is once its link has been used */
let fresh: FirstStart;
let begun: FirstStart;
let administrator: { cookie: string };
let folder: string;
let browser: Browser;

interface Screen {
	route: string;
	name: string;
	/** another server's address */
	on?: () => string;
	who: () => Pick<Somebody, 'cookie'> | null;
	path: () => string;
	ready: (page: Page) => Promise<unknown>;
}

const facilitator = () => product.people[0]!;
const live = () => `/meetings/${product.founding.meeting}/${product.founding.activities.swot}`;
const main = (page: Page) => page.locator('main').first().waitFor();
const board = (page: Page) => page.locator('[data-saved="saved"]').waitFor();

/** What there is to do: overdue, dated, undated, an office's and done. */
async function addActions(): Promise<void> {
	const { id } = facilitator();
	const page = await openPage(product, facilitator(), product.founding.documents.actions);
	await untilStatus(page, saved);
	const origin = { meeting: product.founding.meeting, document: null, card: null };
	const given = [
		{ what: 'تهیهٔ گزارش فصلی برای اتاق تعاون و فرستادن آن به همهٔ دفترهای استانی', person: id, due: '2026-01-05' },
		{ what: 'Call the Yazd office', person: id },
		{ what: 'آماده‌سازی نشست بعدی', person: id, due: '2099-01-05', state: 'doing' },
		{ what: 'بازنگری اساس‌نامه', office: 'دبیرخانه', due: '2099-01-05' },
		{ what: 'ارسال صورت‌جلسه', person: id, state: 'done' }
	] as const;
	for (const values of given) createAction(page.doc, { id: newId(), author: id, createdAt: Date.now(), origin, ...values });
	await untilStatus(page, saved);
	page.close();
}

const screens: Screen[] = [
	{ route: '/', name: 'home', who: facilitator, path: () => '/', ready: main },
	{ route: '/', name: 'home of nobody', who: () => null, path: () => '/', ready: main },
	{ route: '/', name: 'home of the first administrator', on: () => begun.origin, who: () => administrator, path: () => '/', ready: main },
	{ route: '/set-up/[token]', name: 'a set-up link', on: () => fresh.origin, who: () => null, path: () => fresh.setUpPath, ready: main },
	{ route: '/set-up/[token]', name: 'a used set-up link', on: () => begun.origin, who: () => null, path: () => begun.setUpPath, ready: main },
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
	{ route: '/developers', name: 'the API, to read', who: () => null, path: () => '/developers', ready: main },
	{ route: '/actions', name: 'my actions', who: facilitator, path: () => '/actions', ready: main },
	{ route: '/actions', name: 'my actions, none yet', who: () => product.people[1]!, path: () => '/actions', ready: main },
	{
		route: '/think-tanks/[thinkTank]/actions',
		name: 'all actions of a think tank',
		who: facilitator,
		path: () => `/think-tanks/${product.founding.thinkTank}/actions`,
		ready: main
	},
	{
		route: '/think-tanks/[thinkTank]/actions',
		name: 'the history of an action',
		who: facilitator,
		path: () => `/think-tanks/${product.founding.thinkTank}/actions`,
		ready: async (page) => {
			await page.locator('[data-action] button').first().click();
			await page.getByRole('dialog').locator('li').first().waitFor();
		}
	},
	{
		route: '/meetings/[meeting]/[activity]',
		name: 'the actions beside a meeting',
		who: facilitator,
		path: live,
		ready: async (page) => {
			await board(page);
			if ((await page.locator('aside').count()) === 0) await page.locator('.actions-button').click();
			await page.locator('[data-action] .more').first().click();
			await page.locator('[data-action] .details').first().waitFor();
		}
	},
	{ route: '/meetings/[meeting]/[activity]/print', name: 'a board to print', who: facilitator, path: () => `${live()}/print`, ready: main }
];

describe.skipIf(chromiumPath === null)('screens', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator' },
			{ name: { fa: 'نمایندهٔ اتاق تعاون', en: 'Chamber representative' }, role: 'observer' }
		]);
		await product.start();
		await addActions();
		folder = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
		[fresh, begun] = await Promise.all([firstStart(join(folder, 'fresh')), firstStart(join(folder, 'begun'))]);
		const used = await fetch(`${begun.origin}/api${begun.setUpPath.replace('set-up', 'links')}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ name: 'مدیر سامانه', userName: 'modir', password: 'سه واژهٔ پشت سر هم' })
		});
		administrator = { cookie: used.headers.get('set-cookie')!.split(';')[0]! };
		browser = await launch();
	});
	afterAll(async () => {
		await browser?.close();
		await Promise.all([product?.remove(), fresh?.stop(), begun?.stop()]);
		await rm(folder, { recursive: true, force: true });
	});

	test('every registered route has a row', () => {
		expect([...new Set(screens.map(({ route }) => route))].sort()).toEqual([...registered].sort());
	});

	const looks = (['fa', 'en'] as const).flatMap((language) => (['light', 'dark'] as const).map((theme) => ({ language, theme })));

	describe.each(looks)('$language $theme', ({ language, theme }) => {
		test.each(screens)('$name', async ({ on = () => product.url, who, path, ready }) => {
			for (const window of [desktop, phone]) {
				const context = await contextOf(browser, on(), who(), {
					...window,
					locale: language === 'fa' ? 'fa-IR' : 'en-GB',
					colorScheme: theme,
					reducedMotion: 'reduce'
				});
				const page = await context.newPage();
				const told = complaints(page);
				await page.goto(on() + path());
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
