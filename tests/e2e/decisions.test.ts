import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openStep } from '#realtime/meeting/steps.ts';
import { newId } from '#server/auth/tokens.ts';
import { chromiumPath, complaints, contextOf, desktop, launch, phone } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/** Decisions as people make them: a facilitator at a desk in Persian, a member on a phone in English. */

let product: Product;
let browser: Browser;
let desk: Page;
let mobile: Page;
const told: string[][] = [];
const decide = newId();

const cards = ['دفاتر فعال در همهٔ استان‌ها', 'نقش در کاهش مشکلات مردم و تعاونی‌ها'] as const;
const text = (page: Page) => page.locator('[data-wording] textarea').first();
const adopted = (page: Page, number: number) => page.locator(`[data-decision="${number}"]`);
const reads = (page: Page, words: string) => vi.waitFor(async () => expect(await text(page).inputValue()).toBe(words));

describe.skipIf(chromiumPath === null)('decisions', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' }
		]);
		await product.start();
		const { meeting, activities } = product.founding;
		await product.command({ name: 'agenda.change', body: { item: activities.swot, steps: [openStep, { ...openStep, id: decide, kind: 'decide' }] } });
		await product.command({ name: 'meeting.turn', body: { item: activities.swot } });
		browser = await launch();
		const contexts = [await contextOf(browser, product.url, product.people[0]!, desktop), await contextOf(browser, product.url, product.people[1]!, phone)];
		[desk, mobile] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page];
		for (const page of [desk, mobile]) {
			told.push(complaints(page));
			await page.goto(`${product.url}/meetings/${meeting}/${activities.swot}`);
			await page.locator('[data-saved="saved"]').waitFor();
		}
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
		expect(told.flat()).toEqual([]);
	});

	test('DECIDE-10 after a vote the top card is worded, and both see every letter', async () => {
		await product.command({
			name: 'vote.open',
			body: {
				item: product.founding.activities.swot,
				rule: { kind: 'dots', budget: 5, perCard: 3 },
				level: 'open',
				options: { cards: null }
			}
		});
		const running = mobile.locator('[data-vote="open"]');
		for (const card of [cards[1], cards[1], cards[0]])
			await running.locator('[data-option]', { hasText: card }).getByRole('button', { name: 'One more dot' }).tap();
		await running.getByRole('button', { name: 'Cast my vote' }).tap();
		await running.locator('[data-ballot="cast"]').waitFor();
		await desk.locator('[data-vote="open"]').getByRole('button', { name: 'پایان رأی‌گیری' }).click();
		await desk.getByRole('dialog').getByRole('button', { name: 'پایان رأی‌گیری' }).click();
		await desk.locator('[data-vote="closed"]').waitFor();
		await product.command({ name: 'step.turn', body: { item: product.founding.activities.swot, step: decide } });

		// in the order of the vote, not as they lie
		const offered = desk.getByRole('button', { name: /^نوشتن مصوبه:/ });
		await offered.first().waitFor();
		expect(await offered.evaluateAll((buttons) => buttons.slice(0, 2).map((button) => button.getAttribute('aria-label')))).toEqual([
			`نوشتن مصوبه: ${cards[1]}`,
			`نوشتن مصوبه: ${cards[0]}`
		]);
		await offered.first().click();
		await reads(desk, cards[1]);
		await reads(mobile, cards[1]);
		await text(mobile).press('End');
		let words: string = cards[1];
		for (const letter of ' به سنجش درآید') {
			await mobile.keyboard.insertText(letter);
			words += letter;
			await reads(desk, words);
		}
		await text(desk).press('Home');
		await desk.keyboard.insertText('سالانه ');
		await reads(mobile, `سالانه ${words}`);
		// side by side at a desk, each as high as there is room for
		const [board, decisions] = await Promise.all(['.columns', '.decisions'].map((name) => desk.locator(name).boundingBox()));
		expect(decisions!.x + decisions!.width).toBeLessThanOrEqual(board!.x);
		for (const { width, height } of [board!, decisions!]) expect(Math.min(width, height)).toBeGreaterThan(desktop.viewport!.height * 0.4);
		// a member words, and does not adopt
		expect(await mobile.getByRole('button', { name: 'Adopt' }).count()).toBe(0);
	});

	test('DECIDE-1 DECIDE-10 who answers for it, until when, and what it cites, are written by either', async () => {
		await desk.locator('[data-wording] .who').selectOption({ label: 'مدیر دفتر یزد' });
		await desk.locator('[data-wording]').getByLabel('بند مأموریت').selectOption({ index: 2 });
		const due = mobile.locator('[data-wording]').getByLabel(/^Due/);
		await due.fill('31/1/2027');
		await due.press('Tab');
		await vi.waitFor(
			async () => expect(await desk.locator('[data-wording]').getByLabel('مهلت', { exact: false }).first().inputValue()).toMatch(/۱۱ بهمن ۱۴۰۵|۱۴۰۵\/۱۱\/۱۱/),
			10_000
		);
		await vi.waitFor(async () => expect(await mobile.locator('[data-wording] .who').inputValue()).toBe(`person ${product.people[1]!.id}`));
	});

	test('DECIDE-3 DECIDE-10 what was changed while somebody read it is refused; as it is read then, it is adopted by the vote', async () => {
		await desk.getByRole('button', { name: 'تصویب', exact: true }).click();
		const dialog = desk.getByRole('dialog');
		await dialog.getByText('مسئول: مدیر دفتر یزد').waitFor();
		await text(mobile).press('End');
		await mobile.keyboard.insertText('.');
		await dialog.getByText('متن تغییر کرده است').waitFor();
		await dialog.getByRole('button', { name: 'تصویب', exact: true }).click();
		await dialog.getByRole('alert').getByText('دوباره بخوانید').waitFor();
		expect(await desk.locator('[data-decision]').count()).toBe(0);
		await dialog.getByRole('button', { name: 'نمایش متن کنونی' }).click();
		expect(await dialog.locator('blockquote').innerText()).toBe(`سالانه ${cards[1]} به سنجش درآید.`);
		expect(await dialog.getByRole('radio').first().isChecked()).toBe(true);
		await dialog.getByRole('button', { name: 'تصویب', exact: true }).click();
		for (const [page, words] of [
			[desk, ['مصوبهٔ ۱', 'جایگاه ۱', '۱ نفر از ۲ نفر', 'مسئول: مدیر دفتر یزد', 'تا ۱۱ بهمن ۱۴۰۵', 'بند مأموریت:']],
			[mobile, ['Decision 1', 'in place 1', '1 of 2 voted', 'Responsible: Manager, Yazd office', 'by 31 January 2027', 'Mandate item:']]
		] as const) {
			await adopted(page, 1).waitFor();
			const shown = await adopted(page, 1).innerText();
			for (const word of [...words, `سالانه ${cards[1]} به سنجش درآید.`]) expect(shown).toContain(word);
			expect(await page.locator('[data-wording]').count()).toBe(0);
		}
	});

	test('DECIDE-8 an action is made of it, opens it, and is opened by it', async () => {
		await adopted(desk, 1).getByRole('button', { name: 'ساختن اقدام' }).click();
		await adopted(desk, 1).getByRole('button', { name: 'دیدن اقدام آن' }).click();
		const action = desk.locator('[data-action]').first();
		expect(await action.getByRole('textbox').first().inputValue()).toBe(`سالانه ${cards[1]} به سنجش درآید.`);
		expect(await action.locator('.who').inputValue()).toBe(`person ${product.people[1]!.id}`);
		await vi.waitFor(async () => expect(await action.getAttribute('data-sought')).toBe(''));
		await action.getByRole('button', { name: 'رفتن به مصوبه' }).click();
		await vi.waitFor(async () => expect(await desk.evaluate(() => document.activeElement?.getAttribute('data-decision'))).toBe('1'));
		await adopted(mobile, 1).getByRole('button', { name: 'See its action' }).waitFor();
	});

	test('DECIDE-10 a reload shows all of it, and whoever goes to the card finds it', async () => {
		for (const page of [desk, mobile]) {
			await page.reload();
			await page.locator('[data-saved="saved"]').waitFor();
			await adopted(page, 1).waitFor();
		}
		await adopted(desk, 1).getByRole('button', { name: 'دیدن اقدام آن' }).waitFor();
		await adopted(desk, 1).getByRole('button', { name: 'رفتن به برگه' }).click();
		await vi.waitFor(async () => expect(await desk.evaluate(() => document.activeElement?.textContent)).toContain(cards[1]));
		// they stand beside each other
		await adopted(desk, 1).getByRole('button', { name: 'رفتن به برگه' }).waitFor();
	});

	test('DECIDE-10 whoever came to a decision by its address is turned to it once', async () => {
		const page = await desk.context().newPage();
		const { decisions } = await product.meeting();
		await page.goto(`${product.url}/meetings/${product.founding.meeting}/${product.founding.activities.swot}#decision-${decisions[0]!.id}`);
		await vi.waitFor(async () => expect(await page.evaluate(() => document.activeElement?.getAttribute('data-decision'))).toBe('1'));
		await page.getByRole('button', { name: 'مصوبهٔ تازه' }).click();
		await page.keyboard.type('الف');
		await product.command({ name: 'turns.ask', body: { as: 'speak' } }, product.people[1]);
		await page.getByText('نفر بعد', { exact: false }).first().waitFor();
		await page.keyboard.type('ب');
		await vi.waitFor(async () => expect(await page.locator('[data-wording] textarea').last().inputValue()).toBe('الفب'));
		await page.locator('[data-wording]').last().getByRole('button', { name: 'حذف' }).click();
		await page.close();
	});

	test('DECIDE-7 withdrawn it keeps its number, and its wording is adopted anew, by consensus', async () => {
		await adopted(desk, 1).getByRole('button', { name: 'پس گرفتن' }).click();
		await desk.getByRole('dialog').getByRole('button', { name: 'پس گرفتن' }).click();
		await adopted(mobile, 1).getByText('Withdrawn').waitFor();
		await text(mobile).waitFor();
		await desk.getByRole('button', { name: 'تصویب', exact: true }).click();
		await desk.getByRole('dialog').getByRole('radio', { name: 'اجماع' }).check();
		await desk.getByRole('dialog').getByRole('button', { name: 'تصویب', exact: true }).click();
		await adopted(mobile, 2).getByText('By consensus').waitFor();
		expect(await adopted(mobile, 1).getByText('Withdrawn').count()).toBe(1);
	});

	test('DECIDE-12 whoever words them puts them in order, by finger and by key, for everybody', async () => {
		const fields = (page: Page) => page.locator('[data-wording] textarea').evaluateAll((all) => all.map((field) => (field as HTMLTextAreaElement).value));
		const inOrder = (words: readonly string[]) => vi.waitFor(async () => expect(await Promise.all([desk, mobile].map(fields))).toEqual([words, words]));
		for (const words of ['یکم', 'دوم', 'سوم']) {
			await desk.getByRole('button', { name: 'مصوبهٔ تازه' }).click();
			await desk.keyboard.insertText(words);
		}
		await inOrder(['یکم', 'دوم', 'سوم']);
		await mobile.getByRole('button', { name: 'Move wording 3 up' }).tap();
		await inOrder(['یکم', 'سوم', 'دوم']);
		await desk.getByRole('button', { name: 'متن پیشنهادی ۱: یکی پایین‌تر' }).press('Enter');
		await inOrder(['سوم', 'یکم', 'دوم']);
		// whoever pressed the key goes on from there
		expect(await desk.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('متن پیشنهادی ۲: یکی پایین‌تر');
		await desk.keyboard.press('Enter');
		await inOrder(['سوم', 'دوم', 'یکم']);
		expect(await desk.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('متن پیشنهادی ۳: یکی بالاتر');
	});

	test('DECIDE-11 the meeting’s page lists them, its course tells of them, and so does the think tank’s page', async () => {
		const { meeting, thinkTank } = product.founding;
		await desk.goto(`${product.url}/meetings/${meeting}?about`);
		await adopted(desk, 2).waitFor();
		await desk.getByText('مصوبهٔ ۱ پس گرفته شد.').waitFor();
		await desk.getByText('مصوبهٔ ۲ به تصویب رسید.').waitFor();
		await mobile.goto(`${product.url}/think-tanks/${thinkTank}`);
		await mobile.getByRole('link', { name: 'Decisions' }).tap();
		await adopted(mobile, 1).waitFor();
		expect(await mobile.locator('[data-decision]').evaluateAll((all) => all.map((one) => one.getAttribute('data-decision')))).toEqual(['2', '1']);
		await adopted(mobile, 2)
			.getByRole('link', { name: /^Meeting 1/ })
			.tap();
		await mobile.waitForURL(/about#decision-/);
		await adopted(mobile, 2).waitFor();
	});
});
