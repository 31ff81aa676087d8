import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { stepsOf } from '#realtime/meeting/recipes.ts';
import { newId } from '#server/auth/tokens.ts';
import { chromiumPath, complaints, contextOf, desktop, installed, launch, phone } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/**
 * A session as it is held, from silent writing to a decision and what is done about it: a facilitator and a member at desks in Persian, a
 * manager on a phone in English whose network fails in the middle of writing, and one at a desk in English who comes late.
 */

let product: Product;
let browser: Browser;
let desk: Page;
let member: Page;
let mobile: Page;
let late: Page;
let point: AgendaItem;
const told: string[][] = [];

const address = () => `${product.url}/meetings/${product.founding.meeting}/${point.id}`;
const everybody = () => [desk, member, mobile, late];
const card = (page: Page, text: string) => page.locator('[data-card]', { hasText: text });
const running = (page: Page) => page.locator('[data-vote="open"]');
const option = (page: Page, text: string) => running(page).locator('[data-option]', { hasText: text });
const next = (step: string) => desk.getByRole('button', { name: `گام بعد: ${step}` });

/** A page of somebody's, at the point that the meeting is at. */
async function arrive(n: number, looks: Parameters<typeof contextOf>[3]): Promise<Page> {
	const page = await (await contextOf(browser, product.url, product.people[n]!, looks)).newPage();
	told.push(complaints(page));
	await page.goto(`${product.url}/meetings/${product.founding.meeting}`);
	await page.waitForURL(address());
	await page.locator('[data-saved="saved"]').waitFor();
	return page;
}

async function write(page: Page, text: string): Promise<void> {
	if (page === mobile) {
		const composer = page.locator('form.composer textarea');
		await composer.fill(text);
		await composer.press('Enter');
	} else {
		await page.locator('[data-add]').first().click();
		await page.locator('[data-card] textarea:focus').waitFor();
		await page.keyboard.type(text);
		await page.keyboard.press('Escape');
	}
	await card(page, text).waitFor();
}

describe.skipIf(chromiumPath === null)('a whole session', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر گیلان', en: 'Manager, Gilan office' }, role: 'member', province: 'IR-01', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' },
			{ name: { fa: 'مدیر دفتر فارس', en: 'Manager, Fars office' }, role: 'member', province: 'IR-14', language: 'en' }
		]);
		await product.start();
		browser = await launch();
		const title = { fa: 'موانع خرید تضمینی', en: 'Obstacles' };
		await product.command({ name: 'agenda.add', body: { kind: 'brainstorm', title, minutes: 20, steps: stepsOf('silent', newId) } });
		point = (await product.meeting()).agenda.at(-1)!;
		await product.command({ name: 'meeting.turn', body: { item: point.id } });
		desk = await arrive(0, desktop);
		member = await arrive(1, desktop);
		mobile = await arrive(2, { ...phone, ...installed });
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
		expect(told.flat()).toEqual([]);
	});

	test('DRAFT-1 DRAFT-2 everybody writes for themself, also without a network, and nobody sees it', async () => {
		await write(member, 'خرید تضمینی پشتوانهٔ قانونی ندارد');
		await write(mobile, 'No buyer for what villages make');
		await card(mobile, 'No buyer').filter({ hasText: 'Saved' }).waitFor();
		await desk.getByText('۲ برگه از ۲ نفر پنهان است').waitFor();
		// the network fails in the middle of a word
		await mobile.locator('form.composer textarea').fill('Courts take');
		await mobile.context().setOffline(true);
		await mobile.locator('[data-saved="offline"], [data-saved="unsaved"]').waitFor();
		await write(mobile, 'Courts take years');
		await card(mobile, 'Courts take years').filter({ hasText: 'On this device' }).waitFor();
		await mobile.context().setOffline(false);
		await mobile.locator('[data-saved="saved"]').waitFor();
		await desk.getByText('۳ برگه از ۲ نفر پنهان است').waitFor();
		expect(await desk.locator('[data-card]').count()).toBe(0);
		expect(await card(member, 'Courts').count()).toBe(0);
	});

	test('FOLLOW-4 STEP-2 whoever comes late is where the meeting is, at its step, and writes as well', async () => {
		late = await arrive(3, desktop);
		await late.getByText('Write silently').waitFor();
		expect(await late.locator('[data-card]').count()).toBe(0);
		await write(late, 'No adviser who knows the law');
		await late.locator('[data-saved="saved"]').waitFor();
		for (const page of [member, late]) await page.getByRole('button', { name: /^(آماده‌ام|I’m ready)$/ }).click();
		await desk.getByText('۲ نفر آماده').waitFor();
	});

	test('DRAFT-3 STEP-2 what all have written is revealed, and grouped by two at once', async () => {
		await next('آشکارسازی').click();
		await desk.getByRole('dialog').getByText('۴ برگه از ۳ نفر').waitFor();
		await desk.getByRole('dialog').getByRole('button', { name: 'آشکار کن' }).click();
		for (const page of everybody()) for (const text of ['خرید تضمینی', 'No buyer', 'Courts', 'No adviser']) await card(page, text).waitFor();
		await next('دسته‌بندی').click();
		await member.locator('[data-add]').first().waitFor();
		await card(member, 'خرید تضمینی').getByRole('button', { name: 'کارهای این برگه' }).click();
		await member.getByRole('menuitem', { name: 'هم‌دسته کردن با' }).click();
		await member.getByRole('dialog').getByRole('button', { name: 'No buyer' }).click();
		await member.getByRole('dialog').waitFor({ state: 'detached' });
		for (const page of everybody()) await page.locator('[data-group]').waitFor();
		await write(late, 'Another thought, while others group');
		for (const page of everybody()) await card(page, 'Another thought').waitFor();
		await desk.locator('[data-group]').getByRole('button', { name: 'کارهای این دسته' }).click();
		await desk.getByRole('menuitem', { name: 'تغییر نام' }).click();
		await desk.locator('[data-group] textarea:focus').waitFor();
		await desk.keyboard.type('بازار');
		await desk.keyboard.press('Escape');
		for (const page of everybody()) await page.locator('[data-group]').getByText('بازار').waitFor();
		await desk.locator('[data-saved="saved"]').waitFor();
	});

	test('VOTE-3 VOTE-9 STEP-2 groups and cards are voted on, and the result is the same for everybody', async () => {
		await next('رأی‌گیری').click();
		for (const page of [member, late]) await page.locator('[data-add]').first().waitFor({ state: 'detached' });
		await desk.getByRole('button', { name: 'رأی‌گیری تازه' }).click();
		await desk.getByRole('dialog').getByText('بازار').waitFor();
		await desk.getByRole('button', { name: 'آغاز رأی‌گیری' }).click();
		const votes: [Page, string, string][] = [
			[desk, 'بازار', 'یک نقطهٔ دیگر'],
			[member, 'بازار', 'یک نقطهٔ دیگر'],
			[mobile, 'Courts', 'One more dot'],
			[late, 'بازار', 'One more dot']
		];
		for (const [page, text, dot] of votes) {
			for (let dots = 0; dots < 2; dots++) await option(page, text).getByRole('button', { name: dot }).click();
			await running(page)
				.getByRole('button', { name: /^(ثبت رأی|Cast my vote)$/ })
				.click();
			await running(page).locator('[data-ballot="cast"]').waitFor();
		}
		await running(desk).getByText('۴ نفر از ۴ نفر رأی داده‌اند').waitFor();
		await running(desk).getByRole('button', { name: 'پایان رأی‌گیری' }).click();
		await desk.getByRole('dialog').getByRole('button', { name: 'پایان رأی‌گیری' }).click();
		for (const page of everybody()) {
			const [first, second] = [0, 1].map((n) => page.locator('[data-vote="closed"] [data-option]').nth(n));
			await first!.filter({ hasText: 'بازار' }).waitFor();
			await second!.filter({ hasText: 'Courts' }).waitFor();
		}
		const { votes: kept } = await product.meeting();
		expect(
			kept
				.at(-1)!
				.result!.tallies.map(({ points }) => points)
				.toSorted()
		).toEqual([0, 0, 2, 6]);
	});

	test('DECIDE-4 DECIDE-8 DECIDE-10 what is on top is worded together, adopted by its vote, and becomes an action', async () => {
		await next('تصمیم').click();
		await mobile.getByText('Step 5 of 5: Decision').waitFor();
		await desk.getByRole('button', { name: 'نوشتن مصوبه: بازار' }).click();
		const text = (page: Page) => page.locator('[data-wording] textarea').first();
		await vi.waitFor(async () => expect(await text(mobile).inputValue()).toBe('بازار'));
		await text(mobile).press('End');
		await mobile.keyboard.insertText(' روستا');
		await vi.waitFor(async () => expect(await text(desk).inputValue()).toBe('بازار روستا'));
		await text(desk).press('End');
		await desk.keyboard.insertText(' تضمین شود.');
		const words = 'بازار روستا تضمین شود.';
		for (const page of everybody()) await vi.waitFor(async () => expect(await text(page).inputValue()).toBe(words));
		await desk.locator('[data-wording] .who').selectOption({ label: 'مدیر دفتر یزد' });
		await desk.locator('[data-saved="saved"]').waitFor();
		await desk.getByRole('button', { name: 'تصویب', exact: true }).click();
		const dialog = desk.getByRole('dialog');
		await dialog.getByText('مسئول: مدیر دفتر یزد').waitFor();
		await dialog.getByRole('button', { name: 'تصویب', exact: true }).click();
		for (const page of everybody()) {
			const shown = page.locator('[data-decision="1"]');
			await shown.getByText(words).waitFor();
			await shown.getByText(page === desk || page === member ? 'جایگاه ۱' : 'in place 1').waitFor();
		}
		await desk.locator('[data-decision="1"]').getByRole('button', { name: 'ساختن اقدام' }).click();
		await mobile.locator('[data-decision="1"]').getByRole('button', { name: 'See its action' }).waitFor();
	});

	test('STEP-7 STEP-8 STEP-12 DECIDE-11 the page of the meeting tells all of it, and shows the board as it stood', async () => {
		await late.goto(`${product.url}/meetings/${product.founding.meeting}?about`);
		const course = late.getByRole('region', { name: 'Course of the meeting' });
		for (const step of ['Reveal', 'Grouping', 'Voting', 'Decision']) await course.getByText(`to “${step}”`).last().waitFor();
		await course.getByRole('listitem').filter({ hasText: 'was grouped: 2 cards into “بازار”' }).waitFor();
		for (const words of ['A vote on “Obstacles” was opened.', 'The vote on “Obstacles” was closed.', 'Decision 1'])
			await course.getByText(words).last().waitFor();
		// it is read, and stays while the line is down
		await late.context().setOffline(true);
		await late.locator('[data-connection="offline"]').waitFor();
		await course.getByText('Decision 1').last().waitFor();
		expect(await course.getByRole('alert').count()).toBe(0);
		await late.context().setOffline(false);
		await late.locator('[data-connection="online"]').waitFor();
		// before anybody had grouped anything
		await course.getByRole('listitem').filter({ hasText: 'to “Grouping”' }).getByRole('link').click();
		await late.getByText('No adviser').waitFor();
		expect(await late.getByText('بازار', { exact: true }).count()).toBe(0);
		expect(await late.getByText('Another thought').count()).toBe(0);
	});
});
