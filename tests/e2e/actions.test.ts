import { readFile } from 'node:fs/promises';
import { readAction, readActions } from '#realtime/board/actions-read.ts';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { chromiumPath, complaints, contextOf, desktop, holdScripts, launch, phone } from '../support/browser.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product } from '../support/product.ts';

/** Action items, from a card to the page of whoever has them to do: a facilitator at a desk, a member on a phone. */

let product: Product;
let browser: Browser;
let contexts: BrowserContext[];
let desk: Page;
let mobile: Page;
let mine: Page;
const told: string[][] = [];

describe.skipIf(chromiumPath === null)('action items', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' }
		]);
		await product.start();
		browser = await launch();
		contexts = [await contextOf(browser, product.url, product.people[0]!, desktop), await contextOf(browser, product.url, product.people[1]!, phone)];
		[desk, mobile, mine] = [await contexts[0]!.newPage(), await contexts[1]!.newPage(), await contexts[1]!.newPage()];
		for (const page of [desk, mobile, mine]) {
			told.push(complaints(page));
		}
		const { meeting, activities } = product.founding;
		for (const page of [desk, mobile]) {
			await page.goto(`${product.url}/meetings/${meeting}/${activities.swot}`);
			await page.locator('[data-saved="saved"]').waitFor();
		}
		await desk.locator('[data-saved-beside="saved"]').waitFor();
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
	});

	const item = (page: Page, index = 0) => page.locator('[data-action]').nth(index);

	test('ACTION-10 a key makes an action of a card; others see it, with its way back to the card', async () => {
		const card = desk.locator('[data-card]').first();
		const text = (await card.locator('.words').first().innerText()).trim();
		await card.focus();
		await desk.keyboard.press('a');
		await item(desk).waitFor();
		expect(await item(desk).getByRole('textbox').first().inputValue()).toBe(text);
		// the card says so, and opens it
		await card.locator('.made').click();
		await vi.waitFor(async () => expect(await item(desk).getAttribute('data-sought')).toBe(''));

		await mobile.getByRole('button', { name: /^Actions/ }).tap();
		// it is nobody's yet, so a member may write in it
		const theirs = mobile.getByRole('dialog').locator('[data-action]').getByRole('textbox').first();
		await vi.waitFor(async () => expect(await theirs.inputValue()).toBe(text));
		await mobile.getByRole('dialog').locator('.more').tap();
		await mobile.getByRole('button', { name: 'Go to the card' }).tap();
		await vi.waitFor(async () => expect(await mobile.evaluate(() => document.activeElement?.textContent)).toContain(text));
	});

	test('ACTION-10 by menu as well, and a second time the menu shows what was made', async () => {
		const card = desk.locator('[data-card]').nth(1);
		await card.focus();
		await desk.keyboard.press('F10');
		await desk.getByRole('menuitem', { name: 'از این برگه اقدام بساز' }).click();
		await vi.waitFor(async () => expect(await desk.locator('[data-action]').count()).toBe(2));
		await card.focus();
		await desk.keyboard.press('F10');
		await desk.getByRole('menuitem', { name: 'دیدن اقدام این برگه' }).click();
		expect(await desk.locator('[data-action]').count()).toBe(2);
	});

	test('ACTION-1 ACTION-3 written in place: who, when, words, and taken back', async () => {
		await item(desk).locator('.who').selectOption({ label: 'مدیر دفتر یزد' });
		const field = item(desk).getByRole('textbox').first();
		await field.press('End');
		await field.pressSequentially(' تا پایان ماه');
		await desk.locator('[data-saved-beside="saved"]').waitFor();
		await item(desk, 1).locator('.state').selectOption('dropped');
		await item(desk, 1).locator('.state').press('Control+z');
		await vi.waitFor(async () => expect(await item(desk, 1).locator('.state').inputValue()).toBe('open'));
	});

	test('ACTION-8 what is done on the page of one’s own actions is done in the open meeting at once', async () => {
		await mine.goto(`${product.url}/actions`);
		await mine.locator('[data-action]').getByText('تا پایان ماه').waitFor();
		await mine.getByRole('button', { name: /^Done:/ }).tap();
		await vi.waitFor(async () => expect(await item(desk).locator('.state').inputValue()).toBe('done'));
		await mine.reload();
		await mine.getByRole('heading', { name: /Finished lately/ }).waitFor();
	});

	test('ACTION-5 a member reads another’s action, and is offered nothing that would be refused', async () => {
		await item(desk, 1).locator('.who').selectOption({ label: 'دبیرکل خانهٔ تعاونگران' });
		await mobile.getByRole('button', { name: /^Actions/ }).tap();
		const theirs = mobile.getByRole('dialog').locator('[data-action]').nth(1);
		await vi.waitFor(async () => expect(await theirs.locator('select').count()).toBe(0));
		await theirs.locator('.more').tap();
		await theirs.getByText('Only whoever made this action').waitFor();
	});

	test('ACTION-5 what a phone wrote offline in an action that was given away meanwhile is handed out before it is dropped', async () => {
		await item(desk, 1).locator('.who').selectOption('');
		const panel = mobile.getByRole('dialog');
		const words = panel.locator('[data-action]').nth(1).getByRole('textbox').first();
		await words.waitFor();
		await contexts[1]!.setOffline(true);
		await panel.locator('[data-saved-beside="offline"], [data-saved-beside="saving"]').waitFor();
		await words.press('End');
		await words.pressSequentially(' از تونل');
		await panel.locator('[data-saved-beside="unsaved"]').waitFor();
		await item(desk, 1).locator('.who').selectOption({ label: 'دبیرکل خانهٔ تعاونگران' });
		await desk.locator('[data-saved-beside="saved"]').waitFor();
		await contexts[1]!.setOffline(false);

		const banner = panel.getByRole('alert').filter({ hasText: 'given to somebody else' });
		await banner.waitFor();
		const download = mobile.waitForEvent('download');
		await banner.getByRole('button', { name: 'Export my copy' }).tap();
		expect(await readFile(await (await download).path(), 'utf8')).toContain(' از تونل');
		await banner.getByRole('button', { name: 'Drop the changes' }).tap();
		await panel.locator('[data-saved-beside="saved"]').waitFor();
		await panel.locator('[data-action]').nth(1).waitFor();
		const texts = await panel.getByRole('textbox').evaluateAll((fields) => fields.map((field) => (field as HTMLTextAreaElement).value));
		expect(texts.join()).not.toContain('از تونل');
	});

	test('ACTION-11 ACCOUNT-16 the list of the think tank: searched, also by what is typed before the scripts have come, with the history of each', async () => {
		const page = await contexts[0]!.newPage();
		const come = await holdScripts(page);
		await page.goto(`${product.url}/think-tanks/${product.founding.thinkTank}/actions`, { waitUntil: 'commit' });
		await vi.waitFor(async () => expect(await page.locator('[data-action]').count()).toBe(2));
		await page.getByRole('searchbox').fill('تا پایان ماه');
		come();
		await vi.waitFor(async () => expect(await page.locator('[data-action]').count()).toBe(1));
		expect(page.url()).toContain('text=');
		await page.getByRole('button', { name: 'تاریخچه' }).click();
		await page.getByRole('dialog').getByText('وضعیت: از باز به انجام‌شده').waitFor();
		await page.getByRole('dialog').getByText('مدیر دفتر یزد').first().waitFor();
		await page.close();
	});

	test('ACTION-7 a bot that opens the document sees the same', async () => {
		const link = await openPage(product, product.people[1]!, product.founding.documents.actions);
		await untilStatus(link, saved);
		const [id] = [...readActions(link.doc).keys()];
		expect([...readActions(link.doc).values()].map(({ state }) => state).sort()).toEqual(['done', 'open']);
		expect(readAction(link.doc, id!)!.origin).toMatchObject({ meeting: product.founding.meeting, document: product.founding.documents.swot });
		link.close();
	});

	test('nothing was complained of', () => {
		expect(told).toEqual([[], [], []]);
	});
});
