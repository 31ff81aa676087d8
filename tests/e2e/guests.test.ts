import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { chromiumPath, complaints, contextOf, desktop, holdScripts, isAlive, launch, phone } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/** A guest on a phone: from a link to a card, and out again. */

let product: Product;
let browser: Browser;
let host: BrowserContext;
let desk: Page;
let mobile: Page;
let guest: BrowserContext;
const told: string[][] = [];
let address: string;

const live = () => `${product.url}/meetings/${product.founding.meeting}/${product.founding.activities.swot}`;
const savedOn = (page: Page) => page.locator('[data-saved="saved"]').waitFor();
const card = (page: Page, text: string) => page.locator('[data-card]', { hasText: text });
const drawer = () => desk.getByRole('dialog', { name: 'مهمانان' });

/** Makes a link as a facilitator does, and reads its address. */
async function makeLink(name: string, approval: boolean): Promise<string> {
	if (!(await drawer().isVisible())) await desk.getByRole('button', { name: 'مهمانان' }).click();
	const made = drawer().getByLabel('نشانی پیوند');
	const before = (await made.isVisible()) ? await made.inputValue() : '';
	await drawer().getByLabel('نام این پیوند').fill(name);
	await drawer().getByLabel('مهمانان پشت در می‌مانند').setChecked(approval);
	await drawer().getByRole('button', { name: 'ساختن پیوند' }).click();
	await vi.waitFor(async () => expect(await made.inputValue()).not.toBe(before));
	return await made.inputValue();
}

async function openPhone(): Promise<{ context: BrowserContext; page: Page }> {
	const context = await contextOf(browser, product.url, null, { ...phone, locale: 'fa-IR' });
	const page = await context.newPage();
	told.push(complaints(page));
	return { context, page };
}

describe.skipIf(chromiumPath === null)('a guest', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'ناهید کریمی' }, role: 'member', province: 'IR-21', language: 'fa' }
		]);
		await product.start();
		browser = await launch();
		host = await contextOf(browser, product.url, product.people[0]!, desktop);
		desk = await host.newPage();
		told.push(complaints(desk));
		await desk.goto(live());
		await savedOn(desk);
		({ context: guest, page: mobile } = await openPhone());
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
	});

	test('GUEST-1 a facilitator makes a link with approval, and sees it as an address and as a QR code', async () => {
		address = await makeLink('دفتر یزد', true);
		expect(address).toMatch(/\/guest\/[\w-]{32}$/);
		await drawer()
			.getByRole('img', { name: /رمزینه/ })
			.waitFor();
		await drawer().locator('[data-link]', { hasText: 'دفتر یزد' }).waitFor();
		await desk.keyboard.press('Escape');
	});

	test('ACCOUNT-16 what is typed and chosen before the scripts have come stays', async () => {
		const come = await holdScripts(mobile);
		await mobile.goto(address, { waitUntil: 'commit' });
		await mobile.getByLabel('نام شما').fill('شتابان');
		await mobile.getByLabel('استان شما').selectOption('IR-07');
		const knock = mobile.getByRole('button', { name: 'درخواست ورود' });
		expect(await knock.isDisabled()).toBe(true);
		come();
		await isAlive(mobile);
		expect(await mobile.getByLabel('نام شما').inputValue()).toBe('شتابان');
		expect(await mobile.getByLabel('استان شما').inputValue()).toBe('IR-07');
		expect(await knock.isEnabled()).toBe(true);
		await mobile.unrouteAll();
	});

	test('GUEST-2 GUEST-3 a guest knocks by a phone, is seen at once, and let in goes in by itself', async () => {
		await mobile.goto(address);
		await mobile.getByText('اتاق فکر تعاون').waitFor();
		await mobile.getByLabel('نام شما').fill('ناهید کریمی');
		await mobile.getByLabel('استان شما').selectOption('IR-21');
		await mobile.getByRole('button', { name: 'درخواست ورود' }).tap();
		await mobile.getByRole('heading', { name: 'پشت در هستید' }).waitFor();
		// a reload is the same guest
		await mobile.reload();
		await mobile.getByRole('heading', { name: 'پشت در هستید' }).waitFor();

		const waiting = desk.locator('[data-waiting]');
		await waiting.getByText('ناهید کریمی').waitFor();
		await waiting.getByText('یزد').waitFor();
		expect(await waiting.count()).toBe(1);
		await waiting.getByRole('button', { name: 'پذیرش ناهید کریمی' }).click();
		await waiting.waitFor({ state: 'detached' });
		await mobile.waitForURL(/\/meetings\//);
	});

	test('GUEST-4 GUEST-8 HOME-6 they write a card, which the others see as a guest’s', async () => {
		await mobile.goto(live());
		await savedOn(mobile);
		const field = mobile.locator('form.composer textarea');
		await field.tap();
		await field.fill('فرصت همکاری استان‌ها');
		await field.press('Enter');
		await savedOn(mobile);
		const foot = card(desk, 'فرصت همکاری استان‌ها').locator('.foot');
		await foot.getByText('مهمان', { exact: true }).waitFor();
		await foot.getByText('ناهید کریمی').waitFor();
		await foot.getByText('یزد', { exact: true }).waitFor();
		// who is here says so too
		await desk.locator('button.who').click();
		await desk.locator(':popover-open').getByRole('listitem').filter({ hasText: 'ناهید کریمی' }).getByText(/مهمان/).waitFor();
		await desk.keyboard.press('Escape');
		// and their home is the meeting that let them in
		await mobile.goto(product.url);
		await mobile.getByRole('heading', { name: 'نشست‌های شما' }).waitFor();
		// in which there is nothing to look for
		const home = await host.newPage();
		await home.goto(product.url);
		const search = { name: 'جست‌وجو' };
		await home.getByRole('button', search).waitFor();
		expect(await mobile.getByRole('button', search).count()).toBe(0);
		await home.close();
		await mobile.goto(live());
		await savedOn(mobile);
	});

	test('GUEST-5 the link is revoked: out at once, told why, and the card stays', async () => {
		await desk.getByRole('button', { name: 'مهمانان' }).click();
		const link = drawer().locator('[data-link]', { hasText: 'دفتر یزد' });
		await link.getByRole('button', { name: 'باطل کردن' }).click();
		const revoked = desk.waitForResponse((response) => response.request().method() === 'DELETE');
		await link.getByRole('button', { name: 'پیوند باطل شود' }).click();
		expect((await revoked).status()).toBe(204);
		const dialog = mobile.getByRole('dialog', { name: 'دیگر در این نشست نیستید' });
		await dialog.waitFor();
		await dialog.getByText('پیوندی که با آن آمده بودید باطل شد').waitFor();
		await mobile.locator('[data-saved="ended"]').waitFor();
		await desk.keyboard.press('Escape');
		await card(desk, 'فرصت همکاری استان‌ها').waitFor();
		await mobile.goto(address);
		await mobile.getByRole('heading', { name: 'این پیوند به نشستی راه ندارد' }).waitFor();
		await mobile.goto(live());
		expect(await mobile.locator('[data-card]').count()).toBe(0);
	});

	test('GUEST-2 by a new link the same guest comes back, and on their device somebody else may come', async () => {
		const next = await makeLink('پیوند دوم', false);
		await desk.keyboard.press('Escape');
		await mobile.goto(next);
		await mobile.getByRole('button', { name: 'ورود با نام ناهید کریمی' }).tap();
		await mobile.waitForURL(/\/meetings\//);
		await mobile.goto(live());
		await savedOn(mobile);
		await desk.locator('button.who').click();
		await desk.locator(':popover-open').getByRole('listitem').filter({ hasText: 'ناهید کریمی' }).waitFor();
		await desk.keyboard.press('Escape');

		const other = await openPhone();
		await other.page.goto(next);
		await other.page.getByLabel('نام شما').fill('رضا');
		await other.page.getByLabel('استان شما').selectOption({ label: 'گیلان' });
		await other.page.getByRole('button', { name: 'ورود به نشست' }).tap();
		await other.page.waitForURL(/\/meetings\//);
		await other.context.close();
	});

	test('GUEST-3 who is not let in is told so', async () => {
		const strict = await makeLink('پیوند سوم', true);
		await desk.keyboard.press('Escape');
		const other = await openPhone();
		await other.page.goto(strict);
		await other.page.getByLabel('نام شما').fill('<b>کسی</b>');
		await other.page.getByLabel('استان شما').selectOption('IR-00');
		await other.page.getByRole('button', { name: 'درخواست ورود' }).tap();
		await desk.getByRole('button', { name: 'رد کردن <b>کسی</b>' }).click();
		await other.page.getByRole('heading', { name: 'ورود شما پذیرفته نشد' }).waitFor();
		await other.context.close();
	});

	test('GUEST-2 a member who opens the link goes to the meeting as a member', async () => {
		const next = await makeLink('پیوند چهارم', true);
		await desk.keyboard.press('Escape');
		const member = await contextOf(browser, product.url, product.people[1]!, phone);
		const page = await member.newPage();
		await page.goto(next);
		await page.waitForURL(/\/meetings\//);
		await savedOn(page);
		expect(await desk.locator('[data-waiting]').count()).toBe(0);
		await member.close();
	});

	test('no page complained', async () => {
		expect(told.flat()).toEqual([]);
		await guest.close();
	});
});
