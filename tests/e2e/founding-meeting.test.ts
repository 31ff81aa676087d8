import { applyBatch, sameState } from '#realtime/board/replica.ts';
import { open } from '#db/open.ts';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { chromiumPath, complaints, contextOf, desktop, installed, isInstalled, launch, phone } from '../support/browser.ts';
import { Product } from '../support/product.ts';
import { updatesOf } from '../support/stored.ts';

/** The founding meeting, played: a facilitator at a desk in Persian, a provincial manager on a phone in English. */

let product: Product;
let browser: Browser;
let contexts: BrowserContext[];
let desk: Page;
let mobile: Page;
const told: string[][] = [];

const card = (page: Page, text: string): Locator => page.locator('[data-card]', { hasText: text });
const column = (page: Page, name: string): Locator => page.locator(`[data-column="${name}"]`);
const savedOn = (page: Page) => page.locator('[data-saved="saved"]').waitFor();
const tab = (name: string) => mobile.locator(`[data-tab="${name}"]`).tap();
const texts = (page: Page) => page.locator('[data-card] .words').allInnerTexts();

describe.skipIf(chromiumPath === null)('the founding meeting', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' }
		]);
		await product.start();
		browser = await launch();
		contexts = [
			await contextOf(browser, product.url, product.people[0]!, desktop),
			await contextOf(browser, product.url, product.people[1]!, { ...phone, ...installed })
		];
		[desk, mobile] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page];
		for (const page of [desk, mobile]) {
			told.push(complaints(page));
		}
		const { meeting, activities } = product.founding;
		await Promise.all([desk, mobile].map((page) => page.goto(`${product.url}/meetings/${meeting}/${activities.swot}`)));
		await Promise.all([savedOn(desk), savedOn(mobile)]);
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
	});

	test('each reads it in their own language and direction', async () => {
		expect(await desk.locator('html').getAttribute('dir')).toBe('rtl');
		expect(await mobile.locator('html').getAttribute('dir')).toBe('ltr');
		await card(desk, 'دفاتر فعال در همهٔ استان‌ها').waitFor();
		await desk.getByText('نقاط قوت', { exact: true }).first().waitFor();
		expect(await desk.locator('[data-card]').count()).toBe(15);
	});

	test('BOARD-1 what one writes the other sees, letter by letter', async () => {
		const field = mobile.locator('form.composer textarea');
		await field.tap();
		await field.pressSequentially('Members ', { delay: 20 });
		await card(desk, 'Members').waitFor();
		await field.pressSequentially('leave the cooperatives', { delay: 10 });
		await field.press('Enter');
		await card(desk, 'Members leave the cooperatives').waitFor();
		// whose it is, and from where
		await card(desk, 'Members leave').getByText('یزد').first().waitFor();

		await column(desk, 'threats').locator('[data-add]').click();
		await desk.keyboard.type('خروج نخبگان از بخش', { delay: 10 });
		await tab('threats');
		await card(mobile, 'خروج نخبگان از بخش').waitFor();
		await desk.keyboard.press('Escape');
	});

	test('both write in one card at once', async () => {
		await card(desk, 'خروج نخبگان').click();
		await desk.keyboard.press('End');
		await card(mobile, 'خروج نخبگان').tap();
		const field = mobile.locator('textarea[data-writing]');
		await field.waitFor();
		await field.press('Control+Home');
		await Promise.all([desk.keyboard.type(' تعاون', { delay: 15 }), field.pressSequentially('1: ', { delay: 25 })]);
		await card(desk, '1: خروج نخبگان از بخش تعاون').waitFor();
		await card(mobile, '1: خروج نخبگان از بخش تعاون').waitFor();
		await desk.keyboard.press('Escape');
		await mobile.keyboard.press('Escape');
	});

	test('BOARD-2 moved by dragging, by keys and by menu', async () => {
		const dragged = card(desk, 'خروج نخبگان');
		await drag(dragged, column(desk, 'weaknesses').locator('[data-card]').first(), 'before');
		await column(desk, 'weaknesses').locator('[data-card]', { hasText: 'خروج نخبگان' }).waitFor();
		await tab('weaknesses');
		await column(mobile, 'weaknesses').locator('[data-card]', { hasText: 'خروج نخبگان' }).waitFor();

		// from the phone by its menu
		await card(mobile, 'خروج نخبگان').getByRole('button', { name: 'What to do with this card' }).tap();
		await mobile.getByRole('menuitemradio', { name: 'Opportunities' }).tap();
		await column(desk, 'opportunities').locator('[data-card]', { hasText: 'خروج نخبگان' }).waitFor();

		// and by keys
		await card(desk, 'خروج نخبگان').focus();
		const up = () => column(desk, 'opportunities').locator('[data-card]').allInnerTexts();
		const before = (await up()).findIndex((text) => text.includes('خروج نخبگان'));
		await desk.keyboard.press('Control+ArrowUp');
		await vi.waitFor(async () => expect((await up()).findIndex((text) => text.includes('خروج نخبگان'))).toBe(before - 1));
	});

	test('BOARD-4 one card laid on another makes a group, which both can name', async () => {
		await drag(card(desk, 'خروج نخبگان'), card(desk, 'استارتاپ‌ها و فعالیت‌های تجاری نوآورانه'), 'onto');
		const group = desk.locator('[data-group]');
		await group.waitFor();
		expect(await group.locator('[data-card]').count()).toBe(2);
		await group.locator('[data-group-head]').click();
		await desk.keyboard.type('نوآوری و نخبگان');
		await desk.keyboard.press('Enter');
		await tab('opportunities');
		await mobile.locator('[data-group]', { hasText: 'نوآوری و نخبگان' }).waitFor();
		await mobile.locator('[data-group] [data-group-head]').getByRole('button', { name: 'What to do with this group' }).tap();
		await mobile.getByRole('menuitem', { name: 'Take the group apart' }).tap();
		await vi.waitFor(async () => expect(await desk.locator('[data-group]').count()).toBe(0));
	});

	test('BOARD-5 BOARD-6 deleted, brought back, undone', async () => {
		await card(desk, 'خروج نخبگان').focus();
		await desk.keyboard.press('Delete');
		await card(mobile, 'خروج نخبگان').waitFor({ state: 'detached' });
		await desk.keyboard.press('Control+z');
		await card(mobile, 'خروج نخبگان').waitFor();
		await desk.keyboard.press('Control+Shift+z');
		await card(mobile, 'خروج نخبگان').waitFor({ state: 'detached' });
		await desk.keyboard.press('Control+z');
		await card(mobile, 'خروج نخبگان').waitFor();
	});

	test('SYNC-6 the phone loses its network, writes on, reloads, and comes back', async () => {
		await isInstalled(mobile);
		await contexts[1]!.setOffline(true);
		await mobile.locator('[data-saved="offline"], [data-saved="saving"], [data-saved="unsaved"]').waitFor();
		const field = mobile.locator('form.composer textarea');
		await field.tap();
		await field.pressSequentially('Written in a tunnel');
		await field.press('Enter');
		await mobile.locator('[data-saved="unsaved"]').waitFor();
		// the desk writes meanwhile
		await column(desk, 'strengths').locator('[data-add]').click();
		await desk.keyboard.type('نوشته‌شده هنگام قطعی');
		await desk.keyboard.press('Escape');

		await mobile.reload();
		await tab('opportunities');
		await card(mobile, 'Written in a tunnel').waitFor();
		await mobile.locator('[data-saved="unsaved"]').waitFor();
		expect(await card(desk, 'Written in a tunnel').count()).toBe(0);

		await contexts[1]!.setOffline(false);
		await card(desk, 'Written in a tunnel').waitFor();
		await savedOn(mobile);
		await tab('strengths');
		await card(mobile, 'نوشته‌شده هنگام قطعی').waitFor();
	});

	test('SYNC-10 the server is killed in the middle of a word, and every word is there, once, in both browsers and in SQL', async () => {
		await column(desk, 'weaknesses').locator('[data-add]').click();
		const typing = desk.keyboard.type('این جمله هنگام خاموشی کارساز نوشته می‌شود', { delay: 30 });
		await card(mobile, 'این جمله').waitFor({ state: 'attached' });
		await product.kill();
		await typing;
		await desk.locator('[data-saved="unsaved"]').waitFor();
		await product.start();
		await Promise.all([savedOn(desk), savedOn(mobile)]);
		await desk.keyboard.press('Escape');
		await tab('weaknesses');
		await card(mobile, 'این جمله هنگام خاموشی کارساز نوشته می‌شود').waitFor();

		const words = [
			'Members leave the cooperatives',
			'1: خروج نخبگان از بخش تعاون',
			'Written in a tunnel',
			'نوشته‌شده هنگام قطعی',
			'این جمله هنگام خاموشی کارساز نوشته می‌شود'
		];
		const answer = await fetch(`${product.url}/api/documents/${product.founding.documents.swot}/factors`, { headers: { cookie: product.people[0]!.cookie } });
		const { factors } = (await answer.json()) as { factors: { text: string; deleted: boolean }[] };
		const shown = { sql: factors.filter(({ deleted }) => !deleted).map(({ text }) => text), desk: await texts(desk), mobile: await texts(mobile) };
		for (const [where, all] of Object.entries(shown))
			for (const word of words)
				expect(
					all.filter((text) => text.trim() === word),
					`${word} in ${where}`
				).toHaveLength(1);
		expect(shown.sql.length).toBe(15 + words.length);

		// the log alone gives the same
		expect(await product.stop()).toBe(0);
		const database = await open(product.database);
		const updates = updatesOf((await database.documents.load(product.founding.documents.swot))!);
		const [once, twice] = [new Y.Doc(), new Y.Doc()];
		applyBatch(once, updates);
		applyBatch(twice, [...updates, ...updates]);
		expect(sameState(once, twice)).toBe(true);
		await database.close();
	});

	test('nothing was complained of', () => {
		expect(told).toEqual([[], []]);
	});
});

/** Drags by mouse: `onto` the middle of something, or `before` it. */
async function drag(what: Locator, where: Locator, how: 'onto' | 'before'): Promise<void> {
	const page = what.page();
	await what.scrollIntoViewIfNeeded();
	const from = (await what.boundingBox())!;
	await where.scrollIntoViewIfNeeded();
	const to = (await where.boundingBox())!;
	await page.mouse.move(from.x + from.width / 2, from.y + 12);
	await page.mouse.down();
	await page.mouse.move(from.x + from.width / 2, from.y + 24, { steps: 3 });
	await page.mouse.move(to.x + to.width / 2, how === 'onto' ? to.y + to.height / 2 : to.y + 3, { steps: 12 });
	await page.mouse.up();
}
