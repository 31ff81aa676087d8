import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, complaints, contextOf, desktop, launch, phone } from '../support/browser.ts';
import { firstStart, type FirstStart } from '../support/first-start.ts';

/** From an empty installation to a think tank with members, by hand. */

let folder: string;
let product: FirstStart;
let browser: Browser;
let contexts: BrowserContext[];
let page: Page;
let thinkTank: string;
let invitation: string;
const told: string[][] = [];

describe.skipIf(chromiumPath === null)('TANK-12 a think tank, made by hand', () => {
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
		product = await firstStart(join(folder, 'data'));
		const used = await fetch(`${product.origin}/api${product.setUpPath.replace('set-up', 'links')}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ name: 'مدیر سامانه', userName: 'modir', password: 'سه واژهٔ پشت سر هم' })
		});
		const [name, value] = used.headers.get('set-cookie')!.split(';')[0]!.split('=', 2) as [string, string];
		browser = await launch();
		contexts = await Promise.all(
			[desktop, phone].map((window) => contextOf(browser, product.origin, null, { ...window, locale: 'fa-IR', reducedMotion: 'reduce' }))
		);
		await contexts[0]!.addCookies([{ name, value, url: product.origin, httpOnly: true, sameSite: 'Lax' }]);
		page = await contexts[0]!.newPage();
		told.push(complaints(page));
	});
	afterAll(async () => {
		await browser?.close();
		await product?.stop();
		await rm(folder, { recursive: true, force: true });
	});

	test('from the list to the founding template, with what is missing said and nothing lost', async () => {
		await page.goto(`${product.origin}/think-tanks`);
		await page.getByRole('link', { name: 'اتاق فکر تازه' }).click();
		await page.getByRole('button', { name: 'ساختن اتاق فکر' }).click();
		await page.getByText('هنوز چیزی ثبت نشده است').waitFor();
		await page.getByLabel('اتاق فکر تعاون').check();
		const name = page.getByLabel('نام (فارسی)');
		await name.fill('اتاق فکر تعاون گیلان');
		await page.getByLabel('گستره').selectOption({ label: 'گیلان' });
		await page.getByRole('button', { name: 'ساختن اتاق فکر' }).click();
		await page.getByRole('heading', { level: 1, name: 'اتاق فکر تعاون گیلان' }).waitFor();
		thinkTank = page.url();
		expect(await page.locator('main ol li').count()).toBe(6);
		expect(await page.getByRole('link', { name: 'گذاشتن نخستین نشست' }).getAttribute('href')).toBe(`${new URL(thinkTank).pathname}/meetings/new`);
	});

	test('a mandate item is moved by its menu and its progress set', async () => {
		const item = page.locator('main ol li').nth(1);
		const text = await item.locator('.text').innerText();
		await item.getByRole('button').click();
		await page.getByRole('menuitem', { name: 'یکی بالاتر' }).click();
		await page.locator('main ol li').first().getByText(text).waitFor();
		await page.locator('main ol li').first().getByRole('button').click();
		await page.getByRole('menuitem', { name: 'ویرایش و پیشرفت' }).click();
		await page.getByRole('slider').focus();
		await page.keyboard.press('End');
		await page.getByRole('dialog').getByRole('button', { name: 'ثبت' }).click();
		await page.locator('main ol li').first().getByText('۱۰۰ درصد').waitFor();
	});

	test('an invitation is made, copied and listed, and its token is nowhere after that', async () => {
		await page.getByRole('link', { name: 'مدیریت اعضا و دعوت' }).click();
		await page.getByRole('button', { name: 'دعوت با پیوند' }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByLabel('نام شخص (دلخواه)').fill('مدیر دفتر گیلان');
		await dialog.getByRole('button', { name: 'ساختن پیوند' }).click();
		invitation = await dialog.getByLabel('نشانی پیوند').inputValue();
		expect(invitation).toMatch(new RegExp(`^${product.origin}/invitations/[\\w-]{32}$`));
		await dialog.getByRole('button', { name: 'رونوشت' }).click();
		await dialog.getByRole('button', { name: 'رونوشت شد' }).waitFor();
		await dialog.getByRole('button', { name: 'بستن' }).last().click();
		await page.getByText('مدیر دفتر گیلان').waitFor();
		await page.reload();
		await page.getByText('مدیر دفتر گیلان').waitFor();
		expect(await page.content()).not.toContain(new URL(invitation).pathname.split('/').at(-1)!);
	});

	test('whoever follows it on a phone is in the list of members, and the invitation is used', async () => {
		const invited = await contexts[1]!.newPage();
		told.push(complaints(invited));
		const token = new URL(invitation).pathname.split('/').at(-1)!;
		const accepted = await fetch(`${product.origin}/api/invitations/${token}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({
				name: { fa: 'زهرا محمدی' },
				office: null,
				province: 'IR-01',
				language: 'fa',
				userName: 'zahra',
				mobile: null,
				email: null,
				password: 'چهار واژهٔ دیگر اینجا'
			})
		});
		expect(accepted.ok, await accepted.clone().text()).toBe(true);
		const [name, value] = accepted.headers.get('set-cookie')!.split(';')[0]!.split('=', 2) as [string, string];
		await contexts[1]!.addCookies([{ name, value, url: product.origin, httpOnly: true, sameSite: 'Lax' }]);
		await invited.goto(thinkTank);
		await invited.getByRole('heading', { level: 1, name: 'اتاق فکر تعاون گیلان' }).waitFor();
		expect(await invited.getByRole('link', { name: 'ویرایش مشخصات' }).count()).toBe(0);

		await page.reload();
		await page.locator('main li', { hasText: 'زهرا محمدی' }).getByRole('combobox').waitFor();
		await page.locator('main li', { hasText: 'مدیر دفتر گیلان' }).getByText('استفاده‌شده').waitFor();
	});

	test('a role is changed in the list; somebody is found whichever way their name is written, and deactivated; the log tells both', async () => {
		const changed = page.waitForResponse((response) => response.request().method() === 'PATCH');
		await page.locator('main li', { hasText: 'زهرا محمدی' }).getByRole('combobox').selectOption({ label: 'دبیر' });
		expect((await changed).ok()).toBe(true);
		await page.goto(`${product.origin}/people`);
		await page.getByRole('searchbox').fill('زهرا محمدي');
		await page.waitForURL(/search=/);
		await page.getByRole('link', { name: 'زهرا محمدی' }).click();
		await page.getByRole('button', { name: 'غیرفعال کردن حساب' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'غیرفعال کردن حساب' }).click();
		await page.getByRole('button', { name: 'فعال کردن دوبارهٔ حساب' }).waitFor();
		await page.goto(`${product.origin}/people/log`);
		await page.locator('tbody').getByText('حساب غیرفعال شد').waitFor();
		await page.locator('tbody').getByText('عضو به دبیر').waitFor();
	});

	test('nothing was complained of', () => {
		expect(told.flat()).toEqual([]);
	});
});
