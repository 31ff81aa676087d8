import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { chromiumPath, complaints, contextOf, desktop, keepNotice, launch, phone, writeUntil } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/** Where the meeting is: a facilitator at a desk in Persian takes it on, a member on a phone in English goes along, or does not. */

let product: Product;
let browser: Browser;
let desk: Page;
let mobile: Page;
let points: AgendaItem[];
const told: string[][] = [];

const address = (point: AgendaItem) => `${product.url}/meetings/${product.founding.meeting}/${point.id}`;
const titleOf = (point: AgendaItem, language: 'fa' | 'en') => (point.title[language] ?? point.title.fa)!;
/** the page is at this point, and the point's own document is open on it */
async function isAt(page: Page, point: AgendaItem): Promise<void> {
	await page.waitForURL(address(point));
	await page.getByRole('heading', { level: 1, name: titleOf(point, page === desk ? 'fa' : 'en') }).waitFor();
	await page.locator('[data-saved="saved"]').waitFor();
}
const elsewhere = (page: Page) =>
	page
		.locator('main')
		.getByRole('status')
		.filter({ hasText: page === desk ? 'نشست اکنون در' : 'The meeting is at' });
const takeOn = (to: AgendaItem) => desk.getByRole('button', { name: `بردن نشست به «${titleOf(to, 'fa')}»` }).click();

describe.skipIf(chromiumPath === null)('the meeting goes on', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' }
		]);
		await product.start();
		const answer = await fetch(`${product.url}/api/meetings/${product.founding.meeting}`, { headers: { cookie: product.people[0]!.cookie } });
		points = ((await answer.json()) as { meeting: { agenda: AgendaItem[] } }).meeting.agenda;
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

	test('MEET-36 FOLLOW-3 whoever comes is where the meeting is, and goes on with it', async () => {
		for (const page of [desk, mobile]) {
			await page.goto(`${product.url}/meetings/${product.founding.meeting}`);
			await isAt(page, points[0]!);
		}
		await takeOn(points[1]!);
		await keepNotice(desk);
		for (const page of [desk, mobile]) {
			await isAt(page, points[1]!);
			expect(await elsewhere(page).count()).toBe(0);
		}
		await desk
			.getByRole('link', { name: titleOf(points[1]!, 'fa') })
			.filter({ hasText: 'نشست اینجاست' })
			.waitFor();
	});

	test('FOLLOW-5 whoever took it on takes it back, and everybody is where they were', async () => {
		await desk.getByRole('button', { name: 'برگرداندن', exact: true }).click();
		for (const page of [desk, mobile]) await isAt(page, points[0]!);
		await takeOn(points[1]!);
		for (const page of [desk, mobile]) await isAt(page, points[1]!);
	});

	test('TIME-2 the agenda says how long each point took and when the meeting ends, also on a page whose clock is wrong', async () => {
		const wrong = await contextOf(browser, product.url, product.people[1]!, desktop);
		await wrong.addInitScript(() => {
			const right = Date.now;
			Date.now = () => right() - 3 * 3_600_000;
		});
		const page = await wrong.newPage();
		await page.goto(address(points[1]!));
		const nav = page.getByRole('navigation', { name: 'Agenda' });
		await nav
			.getByRole('link')
			.filter({ hasText: /(?<!\d)\d of 25 min/ })
			.filter({ hasText: 'The meeting is here' })
			.waitFor();
		await nav
			.getByRole('link')
			.filter({ hasText: /(?<!\d)\d of 10 min/ })
			.waitFor();
		await nav.getByRole('link').filter({ hasText: '15 min' }).waitFor();
		const latin = (text: string) => text.replaceAll(/[۰-۹]/g, (digit) => String('۰۱۲۳۴۵۶۷۸۹'.indexOf(digit)));
		const endOn = async (on: Page, words: string) => /\d+:\d+/.exec(latin(await on.getByText(words).first().innerText()))![0];
		await expect.poll(async () => new Set([await endOn(page, 'At this pace'), await endOn(desk, 'با این آهنگ')]).size).toBe(1);
		await wrong.close();
	});

	test('FOLLOW-4 whoever looks elsewhere moves nobody and is not moved, and has one way back', async () => {
		await mobile.goto(address(points[3]!));
		await isAt(mobile, points[3]!);
		expect(desk.url()).toBe(address(points[1]!));
		await takeOn(points[2]!);
		await isAt(desk, points[2]!);
		await elsewhere(mobile)
			.filter({ hasText: titleOf(points[2]!, 'en') })
			.waitFor();
		await isAt(mobile, points[3]!);
		// a member is offered to go there, and nothing that moves others
		expect(await elsewhere(mobile).getByRole('button').count()).toBe(0);
		await elsewhere(mobile).getByRole('link', { name: 'Go there' }).tap();
		await isAt(mobile, points[2]!);

		// the facilitator looks around, and brings everybody
		await desk.goto(address(points[0]!));
		await elsewhere(desk).waitFor();
		expect(mobile.url()).toBe(address(points[2]!));
		await elsewhere(desk).getByRole('button', { name: 'آوردن نشست به اینجا' }).click();
		await isAt(mobile, points[0]!);
		await elsewhere(desk).waitFor({ state: 'detached' });
	});

	test('FOLLOW-3 nobody is carried off while they write, and every word is there', async () => {
		await mobile.locator('main').getByRole('textbox').tap();
		await mobile.locator('main :focus').waitFor();
		const moved = takeOn(points[1]!).then(async () => {
			await elsewhere(mobile)
				.filter({ hasText: titleOf(points[1]!, 'en') })
				.waitFor();
			expect(mobile.url()).toBe(address(points[0]!));
		});
		const words = await writeUntil(mobile, moved);
		await isAt(desk, points[1]!);
		// at rest, the page goes on by itself
		await isAt(mobile, points[1]!);
		await mobile.goto(address(points[0]!));
		await mobile.locator('main').getByText(words).waitFor();
		await elsewhere(mobile).getByRole('link', { name: 'Go there' }).tap();
		await isAt(mobile, points[1]!);
	});

	test('FOLLOW-3 whoever was cut off goes along once they are back, and after a reload', async () => {
		await mobile.context().setOffline(true);
		await mobile.locator('[data-saved="offline"]').waitFor();
		await mobile.locator('form.composer textarea').fill('written without a network');
		await mobile.locator('form.composer textarea').press('Enter');
		await takeOn(points[2]!);
		await isAt(desk, points[2]!);
		await mobile.context().setOffline(false);
		await isAt(mobile, points[2]!);
		// what was written arrived before it went
		await desk.goto(address(points[1]!));
		await desk.locator('[data-card]', { hasText: 'written without a network' }).waitFor();
		await desk.goto(address(points[2]!));
		await isAt(desk, points[2]!);

		await mobile.goto('about:blank');
		await takeOn(points[3]!);
		await isAt(desk, points[3]!);
		await mobile.goto(address(points[2]!));
		await isAt(mobile, points[3]!);
		// to come back to where the meeting was is to look there
		await mobile.goto(address(points[2]!));
		await elsewhere(mobile).waitFor();
		await elsewhere(mobile).getByRole('link', { name: 'Go there' }).tap();
		await isAt(mobile, points[3]!);
	});

	test('FOLLOW-3 what is not sent yet stays, and its page with it', async () => {
		const field = desk.getByPlaceholder('چه اقدامی باید انجام شود؟');
		await field.fill('پیگیری گزارش یزد');
		await takeOn(points[4]!);
		await isAt(mobile, points[4]!);
		await elsewhere(desk).waitFor();
		expect([desk.url(), await field.inputValue()]).toEqual([address(points[3]!), 'پیگیری گزارش یزد']);
		await field.press('Enter');
		await isAt(desk, points[4]!);
		await desk.locator('aside [data-action]', { hasText: 'پیگیری گزارش یزد' }).waitFor();
	});

	test('FOLLOW-6 everybody is asked to come, and goes along from then on', async () => {
		await mobile.goto(address(points[0]!));
		await elsewhere(mobile).waitFor();
		// a page that is still on its way into the meeting does not hear of it
		const ask = async () => {
			await desk.getByRole('button', { name: 'تنظیم گام' }).click();
			await desk.getByRole('menuitem', { name: 'همه بیایند اینجا' }).click();
			return mobile.waitForURL(address(points[4]!), { timeout: 5_000 }).then(
				() => true,
				() => false
			);
		};
		await expect.poll(ask, { timeout: 30_000 }).toBe(true);
		await isAt(mobile, points[4]!);
		await takeOn(points[5]!);
		await keepNotice(desk);
		await isAt(mobile, points[5]!);
		await desk.getByRole('button', { name: 'برگرداندن', exact: true }).click();
		for (const page of [desk, mobile]) await isAt(page, points[4]!);
	});

	test('FOLLOW-2 when its point is taken off the agenda, the meeting is at the next one', async () => {
		await product.command({ name: 'agenda.remove', body: { item: points[4]!.id } });
		for (const page of [desk, mobile]) await isAt(page, points[5]!);
	});
});
