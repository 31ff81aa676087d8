import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Id } from '#realtime/meeting/ids.ts';
import type { VoteLevel } from '#realtime/meeting/vote-rules.ts';
import { chromiumPath, complaints, contextOf, desktop, launch, phone } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/** Votes as people hold them: a facilitator at a desk in Persian, a member on a phone in English. */

let product: Product;
let browser: Browser;
let desk: Page;
let mobile: Page;
let board: Id;
const told: string[][] = [];

const running = (page: Page) => page.locator('[data-vote="open"]');
const results = (page: Page) => page.locator('[data-vote="closed"]');
const option = (page: Page, text: string) => running(page).locator('[data-option]', { hasText: text });
const isCast = (page: Page) => running(page).locator('[data-ballot="cast"]').waitFor();
const cards = ['دفاتر فعال در همهٔ استان‌ها', 'نقش در کاهش مشکلات مردم و تعاونی‌ها', 'هدف روشن'] as const;

async function close(): Promise<void> {
	await running(desk).getByRole('button', { name: 'پایان رأی‌گیری' }).click();
	await desk.getByRole('dialog').getByRole('button', { name: 'پایان رأی‌گیری' }).click();
	await running(desk).waitFor({ state: 'detached' });
}

async function openMotion(text: string, level: string): Promise<void> {
	await desk.getByRole('button', { name: 'رأی‌گیری تازه' }).click();
	await desk.getByLabel('روش رأی دادن').selectOption({ label: 'موافق، مخالف یا ممتنع' });
	await desk.getByLabel('متن طرح').fill(text);
	await desk.getByRole('radio', { name: level }).press('Space');
	await desk.getByRole('button', { name: 'آغاز رأی‌گیری' }).click();
	await running(mobile).getByRole('heading', { name: text }).waitFor();
}

/** Opens a vote on a motion without the dialog; answers how to end it in the same way. */
async function motion(text: string, level: VoteLevel): Promise<(by: 'vote.close' | 'vote.cancel') => Promise<void>> {
	await product.command({ name: 'vote.open', body: { item: board, rule: { kind: 'choice' }, level, options: { texts: [text] } } });
	const vote = (await product.meeting()).votes.at(-1)!.id;
	return (name) => product.command({ name, body: { vote } });
}

async function voteSecretly(page: Page, choice: string): Promise<void> {
	await running(page).getByRole('radio', { name: choice }).tap();
	for (const sure of [false, true]) {
		await running(page)
			.getByText('Your vote: ')
			.waitFor({ state: sure ? 'visible' : 'detached' });
		await running(page).getByRole('button', { name: 'Cast my vote' }).tap();
	}
}

async function enter(page: Page): Promise<void> {
	told.push(complaints(page));
	await page.goto(`${product.url}/meetings/${product.founding.meeting}/${board}`);
	await page.locator('[data-saved="saved"]').waitFor();
}

describe.skipIf(chromiumPath === null)('votes', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' }
		]);
		await product.start();
		board = product.founding.activities.swot;
		await product.command({ name: 'meeting.turn', body: { item: board } });
		browser = await launch();
		const contexts = [await contextOf(browser, product.url, product.people[0]!, desktop), await contextOf(browser, product.url, product.people[1]!, phone)];
		[desk, mobile] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page];
		for (const page of [desk, mobile]) await enter(page);
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
		expect(told.flat()).toEqual([]);
	});

	test('VOTE-16 dots on the cards of the board: opened, placed, cast over a lost line, closed and read', async () => {
		expect(await mobile.getByRole('button', { name: 'Open a vote' }).count()).toBe(0);
		await desk.getByRole('button', { name: 'رأی‌گیری تازه' }).click();
		await desk.getByRole('dialog').getByText(cards[0]).waitFor();
		await desk.getByRole('button', { name: 'آغاز رأی‌گیری' }).click();
		await running(mobile).getByText('0 of 2 have voted').waitFor();
		await running(mobile).getByText('5 of 5 dots left').waitFor();

		for (const text of [cards[0], cards[0], cards[1]]) await option(mobile, text).getByRole('button', { name: 'One more dot' }).tap();
		// two at most on one card
		expect(await option(mobile, cards[0]).getByRole('button', { name: 'One more dot' }).isDisabled()).toBe(true);
		await running(mobile).getByText('2 of 5 dots left').waitFor();
		await mobile.context().setOffline(true);
		await mobile.locator('[data-saved="offline"]').waitFor();
		await running(mobile).getByRole('button', { name: 'Cast my vote' }).tap();
		await running(mobile).getByText('it is sent by itself once you are connected').waitFor();
		await running(desk).getByText('۰ نفر از ۲ نفر رأی داده‌اند').waitFor();
		await mobile.context().setOffline(false);
		await isCast(mobile);
		await running(desk).getByText('۱ نفر از ۲ نفر رأی داده‌اند').waitFor();

		// what is cast is there after a reload, and may be changed
		await mobile.reload();
		await isCast(mobile);
		await running(mobile).getByText('2 of 5 dots left').waitFor();
		await option(mobile, cards[1]).getByRole('button', { name: 'One dot less' }).tap();
		await running(mobile).getByText('Your change is not cast yet').waitFor();
		await running(mobile).getByRole('button', { name: 'Cast it anew' }).tap();
		await running(mobile).getByText('Your vote is cast').waitFor();

		// by keys alone; nothing of others' votes is to be seen
		await option(desk, cards[2]).getByRole('button', { name: 'یک نقطهٔ دیگر' }).focus();
		await desk.keyboard.press('Enter');
		await desk.keyboard.press('Space');
		await running(desk).getByText('۳ نقطه از ۵ مانده است').waitFor();
		expect(await option(desk, cards[0]).getByRole('status').innerText()).toBe('۰');
		await option(desk, cards[0]).getByRole('button', { name: 'یک نقطهٔ دیگر' }).click();
		await running(desk).getByRole('button', { name: 'ثبت رأی' }).click();
		await isCast(desk);
		await close();

		for (const page of [desk, mobile]) {
			const rows = results(page).locator('[data-option]');
			expect(await rows.nth(0).innerText()).toContain(cards[0]);
			expect(await rows.nth(1).innerText()).toContain(cards[2]);
			// the bar of the second place begins where one begins to read, and ends before the end
			const [track, bar] = await Promise.all(['.track', '.bar'].map((part) => rows.nth(1).locator(part).boundingBox()));
			expect(bar!.width).toBeLessThan(track!.width * 0.99);
			const begins = ({ x, width }: { x: number; width: number }) => (page === desk ? x + width : x);
			expect(begins(bar!)).toBeCloseTo(begins(track!), 0);
		}
		await results(desk).getByText('چه کسی چه رأیی داد').click();
		await results(desk)
			.getByRole('listitem')
			.filter({ hasText: 'مدیر دفتر یزد' })
			.filter({ hasText: `${cards[0]} (۲)` })
			.waitFor();
		await results(desk).getByRole('listitem').filter({ hasText: 'دبیرکل' }).filter({ hasText: cards[2] }).waitFor();
	});

	test('VOTE-14 VOTE-16 another round is opened, and given up', async () => {
		await results(desk).getByRole('button', { name: 'رأی‌گیری دوباره' }).click();
		await desk.getByRole('dialog').getByRole('button', { name: 'رأی‌گیری دوباره' }).click();
		await running(mobile).getByText('Vote, round 2').waitFor();
		await running(mobile).getByText('5 of 5 dots left').waitFor();
		await running(desk).getByRole('button', { name: 'لغو رأی‌گیری' }).click();
		await desk.getByRole('dialog').getByRole('button', { name: 'لغو رأی‌گیری' }).click();
		for (const page of [desk, mobile]) await running(page).waitFor({ state: 'detached' });
		expect(await results(mobile).count()).toBe(1);
	});

	test('VOTE-16 a screen reader is told the places of an order', async () => {
		const texts = ['دیدار استانی', 'دورهٔ آموزشی'];
		await product.command({ name: 'vote.open', body: { item: board, rule: { kind: 'rank', top: null }, level: 'open', options: { texts } } });
		for (const text of [...texts].reverse()) await option(mobile, text).getByRole('button', { name: 'to the order' }).tap();
		await running(mobile)
			.getByRole('button', { name: `Move “${texts[0]}” up` })
			.tap();
		for (const [place, text] of texts.entries())
			await expect
				.poll(() => option(mobile, text).ariaSnapshot())
				.toMatch(new RegExp(`^- listitem:\\n  - text: "?Place ${place + 1}:"?\\n  - paragraph: ${text}\\n`));
		await product.command({ name: 'vote.cancel', body: { vote: (await product.meeting()).votes.at(-1)!.id } });
		await running(mobile).waitFor({ state: 'detached' });
	});

	test('VOTE-12 a list of ballots that could not be read is offered again', async () => {
		let refused = 0;
		const tab = await mobile.context().newPage();
		await tab.routeWebSocket(/\/socket\.io\//, (socket) => {
			const server = socket.connectToServer();
			socket.onMessage((message) => {
				const asked = /^42(\d+)\["ballot\.list"/.exec(String(message));
				if (asked && refused++ === 0) socket.send(`43${asked[1]}[${JSON.stringify({ ok: false, refusal: 'storage-full' })}]`);
				else server.send(message);
			});
		});
		await enter(tab);
		const closed = results(tab).last();
		await closed.getByText('Who voted for what').tap();
		await closed.getByRole('alert').getByRole('button', { name: 'Try again' }).tap();
		await closed.getByRole('listitem').filter({ hasText: 'Secretary-general' }).waitFor();
		expect(await closed.getByText('could not be read').count()).toBe(0);
		await tab.close();
	});

	test('VOTE-12 VOTE-16 a secret ballot goes out without a cookie, and its receipt is found in the published list', async () => {
		const motion = 'صورت‌جلسهٔ نشست پیشین تصویب شود.';
		await openMotion(motion, 'مخفی');
		await running(mobile).getByText('From what is stored nobody').waitFor();
		await running(mobile).getByRole('radio', { name: 'Yes' }).tap();
		await running(mobile).getByRole('button', { name: 'Cast my vote' }).tap();
		await running(mobile).getByText('Your vote: Yes').waitFor();
		// the first answer is lost on its way
		let sent = 0;
		const headers: Promise<Record<string, string>>[] = [];
		mobile.on('requestfinished', (request) => {
			if (request.url().endsWith('/api/ballots')) headers.push(request.allHeaders());
		});
		await mobile.route('**/api/ballots', async (route) => {
			if (sent++ > 0) return route.continue();
			await route.fetch();
			await route.abort();
		});
		await running(mobile).getByRole('button', { name: 'Cast my vote' }).tap();
		await running(mobile).getByText('ready, and not known to be cast yet').waitFor();
		// it is on the device, also after a reload, and goes out from there
		await mobile.reload();
		await isCast(mobile);
		const receipt = await running(mobile).locator('[data-receipt]').getAttribute('data-receipt');
		expect(receipt).toMatch(/^[0-9a-f]{40}$/);
		expect(headers.length).toBeGreaterThan(0);
		for (const each of headers) expect(await each).not.toHaveProperty('cookie');
		await running(desk).getByText('۱ نفر از ۲ نفر رأی داده‌اند').waitFor();

		await running(desk).getByRole('radio', { name: 'مخالف' }).press('Space');
		await running(desk).getByRole('button', { name: 'ثبت رأی' }).click();
		await running(desk).getByRole('button', { name: 'ثبت رأی' }).click();
		await isCast(desk);
		await close();
		for (const page of [desk, mobile]) {
			const latest = results(page).first();
			await latest.getByRole('heading', { name: motion }).waitFor();
			await latest.getByText(page === desk ? 'رسید شما در فهرست است' : 'Your receipt is in the list').waitFor();
		}
		await results(desk).first().getByText('تصویب نشد').waitFor();
		await results(mobile).first().getByText('All ballots with their receipts').tap();
		const mine = results(mobile).first().locator(`[data-key="${receipt}"]`);
		expect(await mine.innerText()).toMatch(/Yours[\s\S]*Yes/);
		expect(await results(mobile).first().locator('[data-key]').count()).toBe(2);
		expect(product.log).not.toContain(receipt!);
	});

	test('VOTE-18 a proxy’s refusal and a device that keeps nothing cost nobody their vote', async () => {
		const end = await motion('طرح یکم', 'secret');
		const device = await contextOf(browser, product.url, product.people[1]!, phone);
		await device.addInitScript(() => {
			const { setItem } = Storage.prototype;
			Storage.prototype.setItem = function (name, value) {
				if (this === localStorage) throw new DOMException('it is full', 'QuotaExceededError');
				setItem.call(this, name, value);
			};
		});
		const tab = await device.newPage();
		const answers = [403, 200];
		await tab.route('**/api/ballots', (route) => {
			const status = answers.shift();
			return status === undefined ? route.continue() : route.fulfill({ status, contentType: 'text/html', body: '<html>of the network</html>' });
		});
		await enter(tab);
		await running(tab).getByRole('radio', { name: 'Yes' }).tap();
		await running(tab).getByRole('button', { name: 'Cast my vote' }).tap();
		await running(tab).getByText('This browser keeps nothing on the device').waitFor();
		await running(tab).getByRole('button', { name: 'Cast my vote' }).tap();
		for (let tries = 0; tries < 2; tries++) {
			await running(tab).getByRole('alert').getByText('No valid answer came').waitFor();
			await running(tab).getByRole('button', { name: 'Send it again' }).tap();
		}
		await isCast(tab);
		await running(tab).getByText('write it down before you leave').waitFor();
		await running(desk).getByText('۱ نفر از ۲ نفر رأی داده‌اند').waitFor();
		await device.close();
		await end('vote.cancel');
		await running(mobile).waitFor({ state: 'detached' });
	});

	test('VOTE-19 a second tab follows the first: what is prepared there, what is cast, and its receipt', async () => {
		const end = await motion('طرح دوم', 'secret');
		const tab = await mobile.context().newPage();
		await enter(tab);
		await running(tab).getByRole('radio', { name: 'No' }).tap();
		await mobile.bringToFront();
		await mobile.route('**/api/ballots', (route) => route.abort(), { times: 1 });
		await voteSecretly(mobile, 'Yes');
		await running(mobile).getByText('ready, and not known to be cast yet').waitFor();
		await tab.bringToFront();
		await running(tab).getByText('ready, and not known to be cast yet').waitFor();
		expect(await running(tab).getByRole('radio', { name: 'Yes' }).isChecked()).toBe(true);
		await running(tab).getByRole('button', { name: 'Send it again' }).tap();
		await isCast(tab);
		const receipt = await running(tab).locator('[data-receipt]').getAttribute('data-receipt');
		await mobile.bringToFront();
		await isCast(mobile);
		expect(await running(mobile).locator('[data-receipt]').getAttribute('data-receipt')).toBe(receipt);
		await end('vote.close');
		for (const page of [mobile, tab]) await results(page).first().getByText('Your receipt is in the list').waitFor();
		await tab.close();
	});

	test('VOTE-20 a secret ballot whose answer was lost at the closing gets its receipt beside the result', async () => {
		const end = await motion('طرح سوم', 'secret');
		await mobile.route(
			'**/api/ballots',
			async (route) => {
				await route.fetch();
				await route.abort();
			},
			{ times: 1 }
		);
		await voteSecretly(mobile, 'Yes');
		await running(mobile).getByText('ready, and not known to be cast yet').waitFor();
		await end('vote.close');
		const closed = results(mobile).filter({ hasText: 'طرح سوم' });
		await closed.getByRole('status').getByText('It had come in time and counts').waitFor();
		await closed.getByText('Your receipt is in the list').waitFor();
		await closed.getByText('All ballots with their receipts').tap();
		const receipt = await closed.locator('[data-receipt]').getAttribute('data-receipt');
		await closed.locator(`[data-key="${receipt}"]`, { hasText: 'Yours' }).waitFor();
	});

	test('VOTE-20 whoever voted too late is told, and asked to wait no longer than it takes to know', async () => {
		let end = await motion('طرح چهارم', 'secret');
		await mobile.route('**/api/ballots', (route) => route.abort());
		await voteSecretly(mobile, 'Yes');
		await running(mobile).getByText('ready, and not known to be cast yet').waitFor();
		await end('vote.close');
		let closed = results(mobile).filter({ hasText: 'طرح چهارم' });
		await closed.getByText('No valid answer came').waitFor();
		// it was asked for when the vote closed, too
		await closed.getByRole('button', { name: 'Send it again' }).waitFor();
		await mobile.unroute('**/api/ballots');
		await closed.getByRole('button', { name: 'Send it again' }).tap();
		await closed.getByText('came after the closing and does not count').waitFor();

		end = await motion('طرح پنجم', 'open');
		await running(mobile).getByRole('radio', { name: 'Yes' }).tap();
		await mobile.context().setOffline(true);
		await mobile.locator('[data-saved="offline"]').waitFor();
		await running(mobile).getByRole('button', { name: 'Cast my vote' }).tap();
		await running(mobile).getByText('it is sent by itself once you are connected').waitFor();
		await end('vote.close');
		await mobile.context().setOffline(false);
		closed = results(mobile).filter({ hasText: 'طرح پنجم' });
		await closed.getByText('came after the closing and does not count').waitFor();
	});
});
