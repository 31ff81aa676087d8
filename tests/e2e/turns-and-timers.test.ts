import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { chromiumPath, complaints, contextOf, desktop, launch, phone } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/** A facilitator at a desk in Persian runs a timer and gives the floor; a member on a phone in English, and one whose clock is wrong, see it and speak. */

let product: Product;
let browser: Browser;
let desk: Page;
let mobile: Page;
let wrong: Page;
let points: AgendaItem[];
const told: string[][] = [];

const wrongByMs = 3 * 3_600_000;
const latin = (text: string) => text.replaceAll(/[۰-۹]/g, (digit) => String('۰۱۲۳۴۵۶۷۸۹'.indexOf(digit)));
const timer = (page: Page) => page.getByRole('group', { name: page === desk ? 'زمان‌سنج' : 'Timer' });
/** the seconds that a countdown shows as left, below zero as over */
const secondsIn = (text: string): number => {
	const [, over, minutes, seconds] = /(\+?)(\d+):(\d+)/.exec(latin(text))!;
	return (Number(minutes) * 60 + Number(seconds)) * (over ? -1 : 1);
};
const shown = async (page: Page) => secondsIn(await timer(page).getByRole('timer').innerText());
/** what all pages show at the same moment, give or take the second that passes meanwhile */
async function allShowAbout(least: number, most: number): Promise<void> {
	await expect.poll(async () => (await Promise.all([desk, mobile, wrong].map(shown))).every((left) => left >= least && left <= most)).toBe(true);
	await expect
		.poll(async () => {
			const all = await Promise.all([desk, mobile, wrong].map(shown));
			return Math.max(...all) - Math.min(...all);
		})
		.toBeLessThanOrEqual(1);
}

/** What a test looks at, and takes on, in each page. */
interface Watched {
	/** by how much the page's clock is ahead */
	aheadMs: number;
	chimes: number;
	/** what screen readers were told */
	sayings: string[];
}
function watched(aheadMs: number): void {
	const watched: Watched = { aheadMs, chimes: 0, sayings: [] };
	Object.assign(globalThis, watched);
	const page = globalThis as unknown as Watched;
	const right = Date.now;
	Date.now = () => right() + page.aheadMs;
	// every chime is one such context
	const Made = globalThis.AudioContext;
	globalThis.AudioContext = class extends Made {
		constructor() {
			super();
			page.chimes++;
		}
	};
	new MutationObserver(() => page.sayings.push(document.querySelector('.sr-only[aria-live=polite]')?.textContent ?? '')).observe(document, {
		subtree: true,
		childList: true,
		characterData: true
	});
}
const chimes = (page: Page) => page.evaluate(() => (globalThis as unknown as Watched).chimes);
const isTold = (page: Page, words: string) =>
	expect.poll(async () => (await page.evaluate(() => (globalThis as unknown as Watched).sayings)).some((saying) => saying.includes(words))).toBe(true);
let passedMs = 0;
/** so much time passes on the pages, and nowhere else; what they ask for meanwhile goes by a new connection, which knows the time */
async function letPass(ms: number): Promise<void> {
	passedMs += ms;
	await Promise.all([desk, mobile, wrong].map((page) => page.evaluate((ms) => void ((globalThis as unknown as Watched).aheadMs += ms), ms)));
}
/** the pages are where the server is again */
const comeBack = () => letPass(-passedMs);

const press = (name: string | RegExp) => desk.getByRole('button', { name }).click();
const ownTurn = (page: Page) => page.getByRole('region', { name: 'My turn' });
const hand = (page: Page, name: string | RegExp) => page.getByRole('region', { name: 'Time and turns' }).getByRole('button', { name });

describe.skipIf(chromiumPath === null)('timers and turns', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' },
			{ name: { fa: 'مدیر دفتر گیلان', en: 'Manager, Gilan office' }, role: 'observer', province: 'IR-01', language: 'en' }
		]);
		await product.start();
		const answer = await fetch(`${product.url}/api/meetings/${product.founding.meeting}`, { headers: { cookie: product.people[0]!.cookie } });
		points = ((await answer.json()) as { meeting: { agenda: AgendaItem[] } }).meeting.agenda;
		browser = await launch();
		const contexts = await Promise.all([desktop, phone, desktop].map((options, n) => contextOf(browser, product.url, product.people[n]!, options)));
		for (const [n, context] of contexts.entries()) await context.addInitScript(watched, n === 2 ? wrongByMs : 0);
		[desk, mobile, wrong] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page, Page];
		for (const page of [desk, mobile, wrong]) {
			told.push(complaints(page));
			await page.goto(`${product.url}/meetings/${product.founding.meeting}`);
			await page.locator('[data-saved="saved"]').first().waitFor();
		}
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
		expect(told.flat()).toEqual([]);
	});

	test('TIMER-4 TIMER-5 everybody sees the timer in their own digits, also on a page whose clock is wrong', async () => {
		await press('زمان‌سنج');
		await press('۵ دقیقه');
		for (const page of [desk, mobile, wrong]) await timer(page).waitFor();
		// it counts on all of them
		await allShowAbout(240, 298);
		expect(await timer(desk).getByRole('timer').innerText()).toMatch(/^۰[۴۵]:[۰-۹]{2}\s/);
		expect(await timer(mobile).getByRole('timer').innerText()).toMatch(/^0[45]:\d{2}\s/);
		// a member has nothing to press but what silences their own device
		expect(await timer(mobile).getByRole('button').count()).toBe(1);
	});

	test('TIMER-2 it is paused, extended and resumed, and a page that comes later shows the same', async () => {
		await timer(desk).getByRole('button', { name: 'مکث', exact: true }).click();
		await timer(mobile).getByText('paused').waitFor();
		await timer(desk).getByRole('button', { name: 'ادامه', exact: true }).waitFor();
		await allShowAbout(240, 300);
		const left = await shown(desk);
		await timer(desk).getByRole('button', { name: '۱ دقیقه بیشتر' }).click();
		await allShowAbout(left + 59, left + 60);
		await wrong.reload();
		await timer(wrong).getByText('paused').waitFor();
		await allShowAbout(left + 59, left + 60);
		await timer(desk).getByRole('button', { name: 'ادامه', exact: true }).click();
		await timer(wrong).getByText('left').waitFor();
		await allShowAbout(left, left + 60);
	});

	test('TIMER-1 it is removed, and it ends when the meeting goes on', async () => {
		await timer(desk).locator('.shown').click();
		await press('برداشتن زمان‌سنج');
		for (const page of [desk, mobile, wrong]) await timer(page).waitFor({ state: 'detached' });
		await press('زمان‌سنج');
		await press('۱۰ دقیقه');
		await timer(mobile).waitFor();
		await press(`بردن نشست به «${points[1]!.title.fa}»`);
		for (const page of [desk, mobile]) {
			await page.waitForURL(new RegExp(points[1]!.id));
			await timer(page).waitFor({ state: 'detached' });
		}
		await wrong.waitForURL(new RegExp(points[1]!.id));
	});

	test('TIMER-3 TIMER-5 TIMER-6 when it runs out, it chimes once where it is not silenced, and takes nothing from whoever writes', async () => {
		await press('زمان‌سنج');
		await press('۱۰ دقیقه');
		await timer(wrong).locator('.shown').click();
		await wrong.getByRole('checkbox', { name: 'A short chime' }).uncheck();
		await wrong.keyboard.press('Escape');
		const field = mobile.locator('form.composer textarea');
		await field.fill('while the time runs out');
		await letPass(((await shown(mobile)) - 40) * 1_000);
		await expect.poll(() => shown(mobile)).toBeLessThan(45);
		expect(await Promise.all([desk, mobile, wrong].map(chimes))).toEqual([0, 0, 0]);
		await letPass(50_000);
		await timer(mobile).getByText('over').waitFor();
		await timer(desk).getByText('گذشته').waitFor();
		await allShowAbout(-60, -5);
		await isTold(mobile, 'The time is up.');
		await isTold(wrong, 'The time is up.');
		expect(await Promise.all([desk, mobile, wrong].map(chimes))).toEqual([1, 1, 0]);
		expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
		expect(await field.inputValue()).toBe('while the time runs out');
		await field.press('Enter');
		await mobile.locator('[data-card]', { hasText: 'while the time runs out' }).waitFor();
		await comeBack();
		await timer(desk).locator('.shown').click();
		await press('برداشتن زمان‌سنج');
		await timer(mobile).waitFor({ state: 'detached' });
		expect(await Promise.all([desk, mobile, wrong].map(chimes))).toEqual([1, 1, 0]);
	});

	test('TIMER-5 the last minute is told in words', async () => {
		await press('زمان‌سنج');
		await press('۳ دقیقه');
		await timer(mobile).waitFor();
		await letPass(125_000);
		await timer(mobile).getByText('last minute').waitFor();
		await timer(desk).getByText('دقیقهٔ پایانی').waitFor();
		await comeBack();
		await timer(mobile).getByText('left').waitFor();
		await timer(desk).locator('.shown').click();
		await press('برداشتن زمان‌سنج');
		await timer(mobile).waitFor({ state: 'detached' });
	});

	test('TURN-1 TURN-7 who asks for the floor sees where they stand', async () => {
		await hand(mobile, 'Ask to speak').tap();
		await mobile.getByRole('menuitemradio', { name: 'In favour' }).tap();
		await hand(mobile, 'You are next').waitFor();
		await hand(wrong, 'Ask to speak').click();
		await wrong.getByRole('menuitemradio', { name: 'Remarks' }).click();
		await hand(wrong, 'No. 2 in line').waitFor();
		await desk.getByText('بعدی: مدیر دفتر یزد و ۱ نفر دیگر').waitFor();
		await hand(mobile, 'You are next').tap();
		await mobile.getByRole('menuitem', { name: 'Withdraw' }).tap();
		await hand(wrong, 'You are next').waitFor();
		await hand(mobile, 'Ask to speak').tap();
		await mobile.getByRole('menuitemradio', { name: 'In favour' }).tap();
		await hand(mobile, 'No. 2 in line').waitFor();
	});

	test('TURN-2 TURN-3 TURN-5 the floor is given in turn, with a countdown, and whoever has it says that they are done', async () => {
		await press(/^صف سخن/);
		const list = desk.getByRole('dialog', { name: 'صف سخن' });
		await list.getByRole('button', { name: '۲ دقیقه', exact: true }).click();
		await list.getByRole('button', { name: 'دادن نوبت به مدیر دفتر گیلان' }).click();
		await ownTurn(wrong).getByText('You have the floor.').waitFor();
		await expect.poll(async () => secondsIn(await ownTurn(wrong).getByRole('timer').innerText())).toBeLessThan(120);
		expect(secondsIn(await ownTurn(wrong).getByRole('timer').innerText())).toBeGreaterThan(90);
		await mobile.getByRole('region', { name: 'Time and turns' }).getByText('Manager, Gilan office').waitFor();
		await hand(mobile, 'You are next').waitFor();
		await ownTurn(wrong).getByRole('button', { name: 'I am done' }).click();
		await ownTurn(wrong).waitFor({ state: 'detached' });

		// whoever has spoken goes after who has not, and before nobody but who asked later
		await hand(wrong, 'Ask to speak').click();
		await wrong.getByRole('menuitemradio', { name: 'Remarks' }).click();
		await hand(wrong, 'No. 2 in line').waitFor();
		// a point of order comes before all
		await hand(wrong, 'No. 2 in line').click();
		await wrong.getByRole('menuitemradio', { name: 'Point of order' }).click();
		await hand(wrong, 'You are next').waitFor();
		await desk.keyboard.press('Escape');
		await press('نوبت نفر بعد');
		await ownTurn(wrong).waitFor();
		await press('نوبت نفر بعد');
		await ownTurn(wrong).waitFor({ state: 'detached' });
		await ownTurn(mobile).getByText('You have the floor.').waitFor();
		await isTold(mobile, 'You have the floor.');
		await isTold(desk, 'نوبت سخن به مدیر دفتر یزد رسید.');
	});

	test('TURN-7 whoever is taken off the list is told so, and asks again', async () => {
		await hand(wrong, 'Ask to speak').click();
		await wrong.getByRole('menuitemradio', { name: 'Against' }).click();
		await press(/^صف سخن/);
		await press('برداشتن مدیر دفتر گیلان از صف');
		await wrong.getByRole('status').getByText('You were taken off the speakers’ list.').waitFor();
		await hand(wrong, 'Ask to speak').waitFor();
		await desk.keyboard.press('Escape');
	});

	test('TURN-4 TURN-8 the page of the meeting tells who spoke how long, and which province', async () => {
		const about = await mobile.context().newPage();
		await about.goto(`${product.url}/meetings/${product.founding.meeting}?about`);
		const spoken = about.getByRole('region', { name: 'Speaking time' });
		await spoken.getByRole('listitem').filter({ hasText: 'Manager, Yazd office' }).filter({ hasText: 'speaking now' }).waitFor();
		await spoken.getByRole('listitem').filter({ hasText: 'Manager, Gilan office' }).waitFor();
		await press('پایان دادن به نشست');
		await desk.getByRole('dialog').getByRole('button', { name: 'پایان دادن به نشست' }).click();
		await ownTurn(mobile).waitFor({ state: 'detached' });
		await spoken.getByText('speaking now').waitFor({ state: 'detached' });
		await spoken.getByRole('listitem').filter({ hasText: 'Manager, Yazd office' }).filter({ hasText: '1 turn' }).waitFor();
		const provinces = spoken.getByRole('list').last().getByRole('listitem');
		await expect.poll(async () => new Set(await provinces.allInnerTexts().then((all) => all.map((text) => text.split('\n')[0]))).size).toBe(2);
		const [first, second] = (await provinces.allInnerTexts()).map(secondsIn) as [number, number];
		expect(first).toBeGreaterThanOrEqual(second);
		await expect(mobile.getByRole('region', { name: 'Time and turns' }).count()).resolves.toBe(0);
	});
});
