import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, complaints, contextOf, desktop, installed, launch, phone } from '../support/browser.ts';
import { firstStart, type FirstStart } from '../support/first-start.ts';

/**
 * From an empty database to a closed first meeting, all of it by hand: an administrator and a facilitator at desks
 * in Persian, a member and a guest on phones, the member in English.
 */

let folder: string;
let product: FirstStart;
let browser: Browser;
let admin: Page;
let desk: Page;
let mobile: Page;
let guest: Page;
let thinkTank: string;
let meeting: string;
const told: string[][] = [];

const dayMs = 24 * 60 * 60 * 1000;
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const savedOn = (page: Page) => page.locator('[data-saved="saved"]').waitFor();
const card = (page: Page, text: string) => page.locator('[data-card]', { hasText: text });
const row = (page: Page, title: string) => page.locator('[data-row]', { hasText: title });
/** A point of the agenda beside the live meeting. */
const point = (page: Page, title: string) => page.locator('nav a.point', { hasText: title });

async function newcomer(options: Parameters<Browser['newContext']>[0], locale: string): Promise<Page> {
	const context = await contextOf(browser, product.origin, null, { ...options, ...installed, locale, reducedMotion: 'reduce' });
	const page = await context.newPage();
	told.push(complaints(page));
	return page;
}

/** Makes an invitation as an administrator does, and reads its address. */
async function invitation(name: string, role: string): Promise<string> {
	await button(admin, 'دعوت با پیوند').click();
	const dialog = admin.getByRole('dialog');
	await dialog.getByLabel('نام شخص (دلخواه)').fill(name);
	await dialog.getByLabel('نقش').selectOption({ label: role });
	await dialog.getByRole('button', { name: 'ساختن پیوند' }).click();
	const address = await dialog.getByLabel('نشانی پیوند').inputValue();
	await dialog.getByRole('button', { name: 'بستن' }).last().click();
	return address;
}

describe.skipIf(chromiumPath === null)('the first meeting of a new installation', () => {
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
		product = await firstStart(join(folder, 'data'));
		browser = await launch();
		[admin, desk] = [await newcomer(desktop, 'fa-IR'), await newcomer(desktop, 'fa-IR')];
		[mobile, guest] = [await newcomer(phone, 'en-GB'), await newcomer(phone, 'fa-IR')];
	});
	afterAll(async () => {
		await browser?.close();
		await product?.stop();
		await rm(folder, { recursive: true, force: true });
	});

	test('the set-up link makes an administrator, and home says what to do next', async () => {
		await admin.goto(product.origin + product.setUpPath);
		await admin.getByLabel('نام و نام خانوادگی').fill('مدیر سامانه');
		await admin.getByLabel('نام کاربری').fill('modir');
		await admin.getByLabel('گذرواژه', { exact: true }).fill('سه واژهٔ پشت سر هم');
		await button(admin, 'آغاز کار').click();
		await admin.waitForURL(`${product.origin}/`);
		await admin.locator('a[href="/think-tanks/new"]').first().click();
		await admin.waitForURL('**/think-tanks/new');
	});

	test('a think tank is made from the founding template', async () => {
		await admin.getByLabel('اتاق فکر تعاون').check();
		await button(admin, 'ساختن اتاق فکر').click();
		await admin.getByRole('heading', { level: 1, name: 'اتاق فکر تعاون' }).waitFor();
		thinkTank = admin.url();
		expect(await admin.locator('main ol li').count()).toBe(6);
	});

	test('a facilitator and a member come in by their invitations', async () => {
		await admin.getByRole('link', { name: 'مدیریت اعضا و دعوت' }).click();
		await desk.goto(await invitation('دبیرکل', 'دبیر'));
		await desk.getByLabel('نام به فارسی').fill('دبیرکل خانهٔ تعاونگران');
		await desk.getByLabel('نام کاربری').fill('dabir');
		await desk.getByLabel('گذرواژه', { exact: true }).fill('چهار واژهٔ پشت سر هم');
		await button(desk, 'ساختن حساب و پیوستن').click();
		await desk.waitForURL(`${product.origin}/`);

		await mobile.goto(await invitation('مدیر دفتر یزد', 'عضو'));
		await mobile.getByLabel('Name in English').fill('Manager, Yazd office');
		await mobile.getByLabel('Province').selectOption('IR-21');
		await mobile.getByLabel('User name').fill('yazd');
		await mobile.getByLabel('Password', { exact: true }).fill('four words in a row');
		await mobile.getByRole('button', { name: 'Make my account and join' }).tap();
		await mobile.waitForURL(`${product.origin}/`);
	});

	test('the facilitator schedules the founding meeting', async () => {
		await desk.goto(thinkTank);
		await desk.getByRole('link', { name: 'گذاشتن نخستین نشست' }).click();
		await desk.getByLabel('از الگوی نشست بنیان‌گذار').check();
		await row(desk, 'نقاط قوت و ضعف بخش تعاون').waitFor();
		await desk.getByLabel('روز').first().fill('۱۴۰۵/۱۰/۵');
		await desk.getByLabel('ساعت').first().fill('۱۰:۰۰');
		await desk.getByLabel('ساعت').first().blur();
		await button(desk, 'ساختن نشست').click();
		await desk.waitForURL(/\/meetings\/[0-9a-z]{20}/);
		meeting = new URL(desk.url()).pathname.split('/')[2]!;
		await mobile.goto(product.origin);
		await mobile.locator(`a[href^="/meetings/${meeting}"]`).first().waitFor();
	});

	test('it opens; the member goes in, and a guest is let in at the door', async () => {
		await button(desk, 'آغاز نشست').first().click();
		await desk.waitForURL(new RegExp(`/meetings/${meeting}/[0-9a-z]{20}$`));
		await mobile.goto(`${product.origin}/meetings/${meeting}`);
		await mobile.waitForURL(new RegExp(`/meetings/${meeting}/[0-9a-z]{20}$`));

		await button(desk, 'مهمانان').click();
		const drawer = desk.getByRole('dialog', { name: 'مهمانان' });
		await drawer.getByRole('button', { name: 'ساختن پیوند' }).click();
		await guest.goto(await drawer.getByLabel('نشانی پیوند').inputValue());
		await desk.keyboard.press('Escape');
		await guest.getByLabel('نام شما').fill('نمایندهٔ اتاق تعاون');
		await guest.getByLabel('استان شما').selectOption('IR-07');
		await guest.getByRole('button', { name: /درخواست ورود|ورود به نشست/ }).tap();
		await desk.getByRole('button', { name: 'پذیرش نمایندهٔ اتاق تعاون' }).click();
		await guest.waitForURL(/\/meetings\//);
	});

	test('on the SWOT board each sees what the others write', async () => {
		for (const page of [desk, mobile, guest]) {
			await page.goto(await addressOf('نقاط قوت و ضعف'));
			await savedOn(page);
		}
		expect(await desk.locator('[data-card]').count()).toBe(15);
		for (const [page, text] of [
			[mobile, 'A guarantee fund in every province'],
			[guest, 'همکاری اتاق‌های تعاون استان‌ها']
		] as const) {
			const field = page.locator('form.composer textarea');
			await field.tap();
			await field.fill(text);
			await field.press('Enter');
			await card(desk, text).waitFor();
		}
		await card(desk, 'همکاری اتاق‌های تعاون').getByText('مهمان', { exact: true }).waitFor();
		await card(mobile, 'همکاری اتاق‌های تعاون').waitFor();
	});

	test('a brainstorm and notes are written together', async () => {
		for (const page of [desk, mobile]) {
			await page.goto(await addressOf('خدمات قابل برون‌سپاری'));
			await savedOn(page);
		}
		const field = mobile.locator('form.composer textarea');
		await field.tap();
		await field.fill('Registration of changes');
		await field.press('Enter');
		await card(desk, 'Registration of changes').waitFor();

		for (const page of [desk, mobile]) {
			await page.goto(await addressOf('جمع‌بندی'));
			await savedOn(page);
		}
		await desk.getByRole('textbox').first().click();
		await desk.keyboard.type('نشست بعدی در یزد برگزار می‌شود.', { delay: 10 });
		await mobile.getByText('نشست بعدی در یزد برگزار می‌شود.').waitFor();
	});

	test('a card becomes an action of the member’s', async () => {
		await desk.goto(await addressOf('نقاط قوت و ضعف'));
		await savedOn(desk);
		await desk.locator('[data-saved-beside="saved"]').waitFor();
		await card(desk, 'A guarantee fund').focus();
		await desk.keyboard.press('a');
		const action = desk.locator('[data-action]').first();
		await action.locator('.who').selectOption({ label: 'Manager, Yazd office' });
		await desk.locator('[data-saved-beside="saved"]').waitFor();
		await card(desk, 'A guarantee fund').locator('.made').waitFor();
	});

	test('closed, it is read by the members alone', async () => {
		await mobile.goto(await addressOf('نقاط قوت و ضعف'));
		await savedOn(mobile);
		await button(desk, 'پایان دادن به نشست').first().click();
		await desk.getByRole('dialog').getByRole('button', { name: 'پایان دادن به نشست' }).click();
		for (const page of [desk, mobile]) await page.locator('main > .banner').waitFor();
		await guest.getByRole('dialog', { name: 'دیگر در این نشست نیستید' }).waitFor();
		expect(await mobile.locator('form.composer').count()).toBe(0);
		await card(mobile, 'A guarantee fund').waitFor();
	});

	test('the next day the member finds the action on the home page, and does it', async () => {
		await mobile.clock.install({ time: Date.now() + dayMs });
		await mobile.goto(product.origin);
		const found = mobile.locator('main').getByText('A guarantee fund in every province').first();
		await found.waitFor();
		await found.click();
		await mobile.waitForURL('**/actions**');
		await mobile.getByRole('button', { name: /^Done: A guarantee fund/ }).tap();
		// the facilitator has the meeting open, and sees it at once
		await expect.poll(() => desk.locator('[data-action] .state').first().inputValue()).toBe('done');
		await mobile.reload();
		await mobile.getByRole('heading', { name: /Finished lately/ }).waitFor();
	});

	test('nothing was complained of', () => {
		expect(told.flat()).toEqual([]);
	});
});

/** The address of a point of the agenda, by a piece of its title. */
async function addressOf(title: string): Promise<string> {
	if (!desk.url().includes(`/meetings/${meeting}/`)) {
		await desk.goto(`${product.origin}/meetings/${meeting}?about`);
		return product.origin + (await row(desk, title).locator('a[data-title], [data-title] a, a').first().getAttribute('href'))!;
	}
	return product.origin + (await point(desk, title).first().getAttribute('href'))!;
}
