import { createCard } from '#realtime/board/edits.ts';
import { newId } from '#server/auth/tokens.ts';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, complaints, contextOf, desktop, keepNotice, launch, phone } from '../support/browser.ts';
import { openPage, untilStatus } from '../support/page.ts';
import { Product } from '../support/product.ts';

/** A meeting from its scheduling to its reopening: a facilitator at a desk in Persian, a member on a phone in English. */

let product: Product;
let browser: Browser;
let desk: Page;
let mobile: Page;
let meeting: string;
const told: string[][] = [];

const row = (page: Page, title: string): Locator => page.locator('[data-row]', { hasText: title });
const titles = (page: Page) => page.locator('[data-row] [data-title]').allInnerTexts();
const command = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first();

describe.skipIf(chromiumPath === null)('a meeting', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' }
		]);
		await product.start();
		browser = await launch();
		const contexts = [await contextOf(browser, product.url, product.people[0]!, desktop), await contextOf(browser, product.url, product.people[1]!, phone)];
		[desk, mobile] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page];
		for (const page of [desk, mobile]) {
			told.push(complaints(page));
		}
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
	});

	test('MEET-35 is scheduled: nothing typed is lost by what is missing', async () => {
		await desk.goto(`${product.url}/think-tanks/${product.founding.thinkTank}/meetings/new`);
		await desk.locator('input[lang="fa"]').fill('بررسی موانع حقوقی');
		await desk.getByLabel('محل').fill('تهران، خانهٔ تعاونگران');
		await desk.getByLabel('پیوند تماس').fill('javascript:alert(1)');
		await command(desk, 'ساختن نشست').click();
		await desk.getByText('این نشانی درست نیست').waitFor();
		expect(await desk.locator('input[lang="fa"]').inputValue()).toBe('بررسی موانع حقوقی');
		await desk.getByLabel('پیوند تماس').fill('https://meet.example.ir/42');
		await desk.getByLabel('روز').first().fill('۱۴۰۵/۱۰/۱۲');
		await desk.getByLabel('ساعت').first().fill('۱۰:۳۰');
		await desk.getByLabel('ساعت').first().blur();
		for (const [kind, title] of [
			['discussion', 'گفت‌وگو با دفتر حقوقی'],
			['brainstorm', 'خدمات قابل برون‌سپاری']
		] as const) {
			await command(desk, 'افزودن بند').click();
			const dialog = desk.getByRole('dialog');
			await dialog.locator('select').first().selectOption(kind);
			await dialog.locator('input[lang="fa"]').fill(title);
			if (kind === 'brainstorm') {
				await dialog.getByLabel('نام ستون ۱').fill('آسان');
				await dialog.getByRole('button', { name: 'افزودن ستون' }).click();
				await dialog.getByLabel('نام ستون ۲').fill('دشوار');
			}
			await dialog.getByRole('button', { name: 'افزودن به دستور جلسه' }).click();
			await row(desk, title).waitFor();
		}
		expect(await row(desk, 'خدمات').locator('time').innerText()).toBe('۱۰:۴۵');
		await command(desk, 'ساختن نشست').click();
		await desk.waitForURL(/\/meetings\/[0-9a-z]{20}/);
		meeting = new URL(desk.url()).pathname.split('/')[2]!;
		await desk.getByText('شنبه ۱۲ دی ۱۴۰۵').waitFor();
	});

	test('MEET-36 a member on a phone sees each change of the agenda as it happens', async () => {
		await mobile.goto(`${product.url}/meetings/${meeting}`);
		await mobile.locator('[data-connection="online"]').waitFor();
		await row(mobile, 'خدمات').waitFor();
		// the member proposes, and changes nothing
		expect(await command(mobile, 'Add an item').count()).toBe(0);
		await command(mobile, 'Propose an item').tap();
		const proposal = mobile.getByRole('dialog');
		await proposal.locator('input[lang="en"]').fill('The guarantee fund in Yazd');
		await proposal.getByRole('button', { name: 'Send the proposal' }).tap();
		await row(desk, 'guarantee fund')
			.getByRole('button', { name: /^پذیرفتن/ })
			.click();
		await row(mobile, 'guarantee fund').locator('time').waitFor();

		await command(desk, 'افزودن بند').click();
		const dialog = desk.getByRole('dialog');
		await dialog.locator('input[lang="fa"]').fill('جمع‌بندی');
		// said in passing
		const said = mobile.locator('[aria-live]', { hasText: 'added to the agenda' }).first().waitFor({ state: 'attached' });
		await Promise.all([dialog.getByRole('button', { name: 'افزودن به دستور جلسه' }).click(), said]);
		await row(mobile, 'جمع‌بندی').waitFor();
	});

	test('MEET-37 points are put in order by keys, by buttons and by dragging, and put back once removed', async () => {
		const order = async (expected: string[]) => {
			await expect.poll(() => titles(desk)).toEqual(expected);
			await expect.poll(() => titles(mobile)).toEqual(expected);
		};
		const [talk, ideas, fund, summary] = await titles(desk);
		await row(desk, 'جمع‌بندی').locator('[data-title]').focus();
		await desk.keyboard.press('Alt+ArrowUp');
		await order([talk!, ideas!, summary!, fund!]);
		// the focus went with it
		await desk.keyboard.press('Alt+ArrowUp');
		await order([talk!, summary!, ideas!, fund!]);
		await row(desk, 'جمع‌بندی').locator('[data-down]').click();
		await order([talk!, ideas!, summary!, fund!]);
		const grip = (await row(desk, 'guarantee').locator('[data-grip]').boundingBox())!;
		const target = (await row(desk, talk!).boundingBox())!;
		await desk.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
		await desk.mouse.down();
		await desk.mouse.move(grip.x + grip.width / 2, target.y + 4, { steps: 8 });
		await desk.locator('.drop-line').waitFor({ state: 'attached' });
		// the line is drawn once a frame
		await desk.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
		await desk.mouse.up();
		await order([fund!, talk!, ideas!, summary!]);

		const remove = async (title: string) => {
			await row(desk, title)
				.getByRole('button', { name: /^کارهای بند/ })
				.click();
			await desk.getByRole('menuitem', { name: 'برداشتن از دستور جلسه' }).click();
		};
		await remove('جمع‌بندی');
		await keepNotice(desk);
		await order([fund!, talk!, ideas!]);
		await desk.getByRole('button', { name: 'برگرداندن' }).click();
		await order([fund!, talk!, ideas!, summary!]);
		await remove('جمع‌بندی');
		await order([fund!, talk!, ideas!]);
	});

	test('MEET-36 it starts: the facilitator goes in, the member is offered the way and not moved', async () => {
		await command(desk, 'آغاز نشست').click();
		await desk.waitForURL(new RegExp(`/meetings/${meeting}/[0-9a-z]{20}$`));
		await mobile.getByRole('link', { name: 'Enter the meeting' }).waitFor();
		expect(new URL(mobile.url()).pathname).toBe(`/meetings/${meeting}`);
		await mobile.goto(`${product.url}/meetings/${meeting}`);
		await mobile.waitForURL(new RegExp(`/meetings/${meeting}/[0-9a-z]{20}$`));
	});

	test('BOARD-11 a column that is removed leaves its cards in the first', async () => {
		for (const page of [desk, mobile]) {
			await page.goto(`${product.url}/meetings/${meeting}?about`);
			await row(page, 'خدمات').locator('[data-title]').click();
			await page.locator('[data-saved="saved"]').waitFor();
		}
		await desk.getByRole('heading', { name: /دشوار/ }).waitFor();
		await desk.locator('[data-column] [data-add]').nth(1).click();
		await desk.keyboard.type('ثبت تغییرات');
		await desk.keyboard.press('Escape');
		await mobile.locator('[data-tab]', { hasText: 'دشوار' }).tap();
		await mobile.locator('[data-card]:visible', { hasText: 'ثبت تغییرات' }).waitFor();

		const { id } = await itemOf('خدمات');
		const { columns } = await itemOf('خدمات');
		await ask('agenda.change', { item: id, columns: columns.slice(0, 1) });
		await mobile.locator('[data-card]:visible', { hasText: 'ثبت تغییرات' }).waitFor();
		await expect.poll(() => mobile.locator('[data-column]').count()).toBe(1);
		await ask('agenda.change', { item: id, columns });
		await mobile.locator('[data-tab]', { hasText: 'دشوار' }).waitFor();
	});

	test('MEET-38 closed, it is read-only for everybody and on the wire; reopened, it is written on', async () => {
		const { document } = await itemOf('خدمات');
		const writer = await openPage(product, product.people[1]!, document);
		await untilStatus(writer, ({ connection }) => connection === 'online');
		await command(desk, 'پایان دادن به نشست').click();
		await desk.getByText('تنها خواندنی می‌شود').waitFor();
		await desk.getByRole('dialog').getByRole('button', { name: 'پایان دادن به نشست' }).click();
		await Promise.all([
			desk.locator('main').getByText('پایان یافت و تنها خواندنی است').waitFor(),
			mobile.locator('main').getByText('This meeting ended on').waitFor()
		]);
		expect(await mobile.locator('form.composer').count()).toBe(0);
		expect(await desk.locator('[data-add]').count()).toBe(0);
		// it is kept for whoever decides, and shown to nobody
		const last = newId();
		createCard(writer.doc, { id: last, author: product.people[1]!.id, createdAt: 1, column: 'ideas', group: null, before: null });
		await untilStatus(writer, ({ connection }) => connection === 'ended');
		expect(writer.status.reason).toBe('late');
		expect(await desk.locator(`[data-card="${last}"]`).count()).toBe(0);
		writer.close();

		await command(desk, 'گشودن دوبارهٔ نشست').click();
		await mobile.locator('form.composer').waitFor();
		await mobile.locator('form.composer textarea').fill('Again');
		await desk.locator('[data-card]', { hasText: 'Again' }).waitFor();
	});

	test('MEET-34 who was there is on the page', async () => {
		await desk.goto(`${product.url}/meetings/${meeting}?about`);
		await desk.locator('section', { hasText: 'حضور' }).getByText('مدیر دفتر یزد').first().waitFor();
		expect(told.flat()).toEqual([]);
	});
});

interface Item {
	id: string;
	title: { fa?: string };
	document: string;
	columns: { id: string; title: string | null }[];
}

async function itemOf(title: string): Promise<Item> {
	const answer = await fetch(`${product.url}/api/meetings/${meeting}`, { headers: { cookie: product.people[0]!.cookie } });
	const { meeting: now } = (await answer.json()) as { meeting: { agenda: Item[] } };
	return now.agenda.find((item) => item.title.fa?.includes(title))!;
}

async function ask(name: string, body: unknown): Promise<void> {
	const answer = await fetch(`${product.url}/api/meetings/${meeting}/commands`, {
		method: 'POST',
		headers: { cookie: product.people[0]!.cookie, 'content-type': 'application/json', origin: product.url },
		body: JSON.stringify({ id: newId(), command: { name, body } })
	});
	expect(answer.status).toBe(200);
}
