import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, complaints, contextOf, desktop, isAlive, launch, phone } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/** Somebody looks for a meeting by a few words. */

let product: Product;
let browser: Browser;
let desk: Page;
let mobile: Page;
const told: string[][] = [];
const links = (page: Page) => page.getByRole('dialog').getByRole('link');

describe.skipIf(chromiumPath === null)('a search from any page', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', language: 'en' }
		]);
		await product.start();
		browser = await launch();
		const contexts = [await contextOf(browser, product.url, product.people[0]!, desktop), await contextOf(browser, product.url, product.people[1]!, phone)];
		[desk, mobile] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page];
		for (const page of [desk, mobile]) told.push(complaints(page));
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
		expect(told.flat()).toEqual([]);
	});

	test('HOME-5 HOME-6 by keys alone: a key opens it, words find, arrows choose, Enter goes there', async () => {
		await desk.goto(`${product.url}/actions`);
		await isAlive(desk);
		await desk.keyboard.press('Control+k');
		await desk.locator('input[type=search]:focus').waitFor();
		await desk.keyboard.insertText('نشست دوره اي');
		await expect.poll(() => links(desk).count()).toBe(1);
		expect(await links(desk).first().innerText()).toContain('نشست دوره‌ای اتاق فکر');
		await desk.keyboard.press('ArrowDown');
		await desk.locator('dialog a:focus').waitFor();
		await desk.keyboard.press('ArrowUp');
		await desk.locator('input[type=search]:focus').waitFor();
		// at once: what was found before it is not meant
		await desk.locator('input[type=search]').fill('قضایی حقوقی');
		await desk.keyboard.press('Enter');
		await desk.waitForURL(new RegExp(`/meetings/${product.founding.meeting}/[0-9a-z]{20}$`));
		await desk.getByRole('heading', { level: 1, name: 'ریشه‌یابی مشکلات حقوقی و قضایی' }).waitFor();
	});

	test('HOME-6 a dialog in which something is being done keeps it away', async () => {
		await desk.goto(`${product.url}/think-tanks/${product.founding.thinkTank}/members`);
		await isAlive(desk);
		await desk.getByRole('button', { name: 'افزودن عضو' }).click();
		await desk.locator('dialog[open]').waitFor();
		await desk.keyboard.press('Control+k');
		expect(await desk.locator('dialog[open]').count()).toBe(1);
		await desk.keyboard.press('Escape');
		await desk.locator('dialog[open]').waitFor({ state: 'detached' });
		await desk.keyboard.press('Control+k');
		await desk.locator('input[type=search]:focus').waitFor();
	});

	test('HOME-5 on a phone: its button, a word that is nowhere, and one in the other language', async () => {
		await mobile.goto(product.url);
		await isAlive(mobile);
		await mobile.getByRole('button', { name: 'Search' }).tap();
		await mobile.getByRole('searchbox').fill('nowhere');
		await mobile.getByText('Nothing has these words').waitFor();
		await mobile.getByRole('searchbox').fill('اتاق فکر');
		await links(mobile).first().tap();
		await mobile.waitForURL(new RegExp(`/meetings/${product.founding.meeting}`));
	});
});
