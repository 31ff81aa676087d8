import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { stepsOf } from '#realtime/meeting/recipes.ts';
import { newId } from '#server/auth/tokens.ts';
import { chromiumPath, complaints, contextOf, desktop, launch, phone } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/** The people of a meeting: a facilitator at a desk in Persian, a member at another in English, and one on a phone in Persian. */

let product: Product;
let browser: Browser;
let desk: Page;
let other: Page;
let mobile: Page;
const told: string[][] = [];
/** where the meeting is */
let point: AgendaItem;

const about = () => `${product.url}/meetings/${product.founding.meeting}?about`;
const live = () => `${product.url}/meetings/${product.founding.meeting}/${product.founding.activities.swot}`;
const saved = (page: Page) => page.locator('[data-saved="saved"]').first().waitFor();

describe.skipIf(chromiumPath === null)('the people of a meeting', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' },
			{ name: { fa: 'مدیر دفتر گیلان', en: 'Manager, Gilan office' }, role: 'member', province: 'IR-01', language: 'fa' },
			{ name: { fa: 'نمایندهٔ اتاق تعاون', en: 'Chamber representative' }, role: 'observer', language: 'fa' }
		]);
		await product.start({ NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, '../support/jumping-clock.ts')).href}` });
		browser = await launch();
		const contexts = await Promise.all([desktop, desktop, phone].map((options, n) => contextOf(browser, product.url, product.people[n]!, options)));
		[desk, other, mobile] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page, Page];
		for (const page of [desk, other, mobile]) told.push(complaints(page));
		await product.command({ name: 'meeting.turn', body: { item: product.founding.activities.swot } });
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
		expect(told.flat()).toEqual([]);
	});

	test('QUORUM-3 who conducts the meeting is told that too few are there, and everybody sees when they are enough', async () => {
		await desk.goto(about());
		await desk.locator('[data-connection="online"]').waitFor();
		await desk.getByRole('button', { name: 'کارهای نشست' }).click();
		await desk.getByRole('menuitem').first().click();
		const dialog = desk.getByRole('dialog');
		await dialog.getByLabel('حد نصاب نشست').selectOption({ label: 'شمار معینی از اعضا' });
		await dialog.locator('button[type=submit]').click();
		await dialog.getByText('عددی از ۱ به بالا است').waitFor();
		await dialog.getByLabel('دست‌کم چند نفر').fill('۲');
		await dialog.locator('button[type=submit]').click();
		await dialog.waitFor({ state: 'detached' });
		await desk.getByText('حد نصاب: دست‌کم ۲ نفر از اعضا').waitFor();
		// to look at its page is not to be in it; the observer does not count
		await desk.locator('[data-quorum="lacks"]', { hasText: '۰ از ۳' }).waitFor();

		await desk.goto(live());
		await saved(desk);
		await desk.getByRole('status').filter({ hasText: 'حد نصاب برقرار نیست: ۱ نفر از ۳ عضو حاضرند' }).waitFor();
		await desk.getByRole('button', { name: 'رأی‌گیری تازه' }).click();
		await desk.getByRole('dialog').getByText('رأی‌گیری با این حال شدنی است').waitFor();
		await desk.keyboard.press('Escape');
		await other.goto(live());
		await saved(other);
		await other.locator('[data-quorum="there"]', { hasText: '2 of 3' }).first().waitFor();
		await desk.locator('[data-quorum="there"]', { hasText: '۲ از ۳' }).first().waitFor();
		await desk.getByText('حد نصاب برقرار نیست').waitFor({ state: 'detached' });
		// put away, it is said again only once they had been enough
		await other.goto('about:blank');
		const notice = desk.getByRole('status').filter({ hasText: 'حد نصاب برقرار نیست' });
		await notice.getByRole('button', { name: 'متوجه شدم' }).click();
		await notice.waitFor({ state: 'detached' });
		await desk.locator('[data-quorum="lacks"]').first().waitFor();
		await other.goto(`${product.url}/meetings/${product.founding.meeting}/wall`);
		await other.locator('[data-quorum="lacks"]', { hasText: '1 of 3' }).waitFor();
		// nobody else is told that there are too few
		await mobile.goto(live());
		await saved(mobile);
		await other.locator('[data-quorum="there"]', { hasText: '2 of 3' }).waitFor();
		await desk.goto('about:blank');
		await other.locator('[data-quorum="lacks"]', { hasText: '1 of 3' }).waitFor();
		expect(await mobile.getByText('حد نصاب برقرار نیست').count()).toBe(0);
		await mobile.getByRole('button', { name: /نفر/ }).first().tap();
		await mobile.getByRole('dialog', { name: 'حاضران' }).locator('[data-quorum="lacks"]').waitFor();
		await mobile.keyboard.press('Escape');
	});

	test('ROLE-5 everybody’s rights at the step are read out by whoever conducts it, and read by everybody on a phone', async () => {
		const steps = stepsOf('silent', newId);
		await product.command({ name: 'agenda.add', body: { kind: 'brainstorm', title: { fa: 'بارش فکری', en: 'Ideas' }, minutes: 10, steps } });
		point = (await product.meeting()).agenda.at(-1)!;
		await product.command({ name: 'meeting.turn', body: { item: point.id } });
		await desk.goto(`${product.url}/meetings/${product.founding.meeting}/${point.id}`);
		await saved(desk);
		await mobile.waitForURL(new RegExp(point.id));
		await saved(mobile);
		await desk.getByRole('button', { name: 'تنظیم گام' }).click();
		await desk.getByRole('menuitem', { name: 'حقوق هر کس در این گام' }).click();
		await mobile.getByRole('button', { name: /نفر/ }).first().tap();
		await mobile.getByRole('menuitem', { name: 'حقوق هر کس در این گام' }).tap();
		const rights = (page: Page, role: string) => page.getByRole('dialog').locator(`[data-role="${role}"]`);
		for (const page of [desk, mobile]) {
			await page.getByRole('dialog').getByText('گام ۱ از ۵: نوشتن بی‌صدا').waitFor();
			await rights(page, 'member').getByText('هر کس برای خود می‌نویسد.').waitFor();
			await rights(page, 'member').getByText('نوشتهٔ دیگران را تا آشکارسازی نمی‌بینند.').waitFor();
			await rights(page, 'member').getByText('مدیر دفتر گیلان').waitFor();
			await rights(page, 'facilitator').getByText('نشست را به گام و بند بعد می‌برند.').waitFor();
			// nobody of these is there
			expect(await page.getByRole('dialog').locator('[data-role]').count()).toBe(2);
		}
		// it follows the meeting while it is read
		await product.command({ name: 'step.turn', body: { item: point.id, step: steps[1]!.id } });
		for (const page of [desk, mobile]) {
			await page.getByRole('dialog').getByText('گام ۲ از ۵: آشکارسازی').waitFor();
			await rights(page, 'member').getByText('اکنون روی تابلو نمی‌نویسند.').waitFor();
			await rights(page, 'facilitator').getByText('روی تابلو می‌نویسند').waitFor();
			await page.keyboard.press('Escape');
		}
	});

	test('HAND-1 HAND-2 HAND-3 the facilitator’s page is gone, a member takes the meeting over by consent, and the facilitator comes back', async () => {
		const nobody = (page: Page) => page.getByText(page === other ? 'Nobody is conducting the meeting' : 'کسی نشست را اداره نمی‌کند');
		await other.goto(`${product.url}/meetings/${product.founding.meeting}/${point.id}`);
		await saved(other);
		// whoever conducts it is there
		for (const page of [other, mobile]) expect(await nobody(page).count()).toBe(0);
		await desk.goto('about:blank');
		await other.getByRole('button', { name: '2 people' }).waitFor();
		for (const page of [other, mobile]) expect(await nobody(page).count()).toBe(0);
		process.kill(product.pid, 'SIGUSR2');
		for (const page of [other, mobile]) {
			// a page that enters learns what time it is
			await page.reload();
			await nobody(page).waitFor();
		}
		// nothing can be taken on meanwhile
		expect(await other.getByRole('button', { name: /^Next step/ }).count()).toBe(0);

		await other.getByRole('button', { name: 'Take over' }).click();
		await other.getByText('0 of the 1 that it takes').waitFor();
		const asks = mobile.getByRole('status').filter({ hasText: 'مدیر دفتر یزد می‌خواهد نشست را اداره کند' });
		await asks.getByRole('button', { name: 'موافق نیستم' }).tap();
		await asks.waitFor({ state: 'detached' });
		await nobody(mobile).waitFor();
		// whoever asks anew is asked about anew
		await other.getByRole('button', { name: 'Never mind' }).click();
		await other.getByRole('button', { name: 'Take over' }).click();
		await asks.getByRole('button', { name: 'موافقم' }).tap();
		await other.getByText('You conduct the meeting now').waitFor();
		await other.getByRole('status').filter({ hasText: 'The facilitator is not here: the meeting is yours to conduct' }).waitFor();
		for (const page of [other, mobile]) await nobody(page).waitFor({ state: 'detached' });
		await other.getByRole('button', { name: 'Next step: Grouping' }).click();
		await mobile.getByText('گام ۳ از ۵: دسته‌بندی').waitFor();

		await desk.goto(`${product.url}/meetings/${product.founding.meeting}/${point.id}`);
		await desk.getByRole('button', { name: 'گام بعد: رأی‌گیری' }).waitFor();
		await other.getByText('the meeting is yours to conduct').waitFor({ state: 'detached' });
		// who took it over helps from now on, and may be released
		await desk.goto(about());
		await desk.getByRole('button', { name: /مدیر دفتر یزد/ }).click();
		await other.getByRole('button', { name: /^Next step/ }).waitFor({ state: 'detached' });
	});

	test('HAND-1 ROLE-3 a chair is told at once that the meeting is theirs while no facilitator is there, and leaves it to them', async () => {
		const yours = mobile.getByRole('status').filter({ hasText: 'دبیر در نشست نیست؛ ادارهٔ نشست با شماست' });
		const next = mobile.getByRole('button', { name: /^گام بعد/ });
		await desk.goto(`${product.url}/meetings/${product.founding.meeting}/${point.id}`);
		await saved(desk);
		const made = await fetch(`${product.url}/api/think-tanks/${product.founding.thinkTank}/members/${product.people[2]!.id}`, {
			method: 'PATCH',
			headers: { cookie: product.people[0]!.cookie, 'content-type': 'application/json', origin: product.url },
			body: JSON.stringify({ role: 'chair' })
		});
		expect(made.status).toBe(204);
		expect(await yours.count()).toBe(0);
		await desk.goto('about:blank');
		await yours.waitFor();
		await next.waitFor();
		await yours.getByRole('button', { name: 'متوجه شدم' }).tap();
		await yours.waitFor({ state: 'detached' });
		await desk.goto(`${product.url}/meetings/${product.founding.meeting}/${point.id}`);
		await next.waitFor({ state: 'detached' });
	});
});
