import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { stepsOf, type RecipeName } from '#realtime/meeting/recipes.ts';
import { newId } from '#server/auth/tokens.ts';
import { chromiumPath, complaints, contextOf, desktop, installed, isInstalled, keepNotice, launch, phone, writeUntil } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/** A session in steps: a facilitator and a member at desks in Persian, and a member on a phone in English. */

let product: Product;
let browser: Browser;
let desk: Page;
let other: Page;
let mobile: Page;
let point: AgendaItem;
const told: string[][] = [];

const facilitator = () => product.people[0]!;
const address = (point: AgendaItem) => `${product.url}/meetings/${product.founding.meeting}/${point.id}`;

/** Takes the meeting to a new point that is done by a recipe, and every page with it. */
async function begin(recipe: RecipeName, steps = stepsOf(recipe, newId)): Promise<AgendaItem> {
	await product.command({ name: 'agenda.add', body: { kind: 'brainstorm', title: { fa: `بارش فکری ${recipe}` }, minutes: 10, steps } });
	const point = (await product.meeting()).agenda.at(-1)!;
	await product.command({ name: 'meeting.turn', body: { item: point.id } });
	for (const page of [desk, other, mobile]) {
		await page.goto(address(point));
		await page.locator('[data-saved="saved"]').waitFor();
	}
	return point;
}

/** Writes a card on a phone, and answers when it is there. */
async function writeOnPhone(text: string): Promise<void> {
	const field = mobile.locator('form.composer textarea');
	await field.fill(text);
	await field.press('Enter');
	await mobile.locator('[data-card]', { hasText: text }).waitFor();
}

async function writeAtDesk(page: Page, text: string): Promise<void> {
	await page.locator('[data-add]').first().click();
	await page.keyboard.type(text);
	await page.keyboard.press('Escape');
	await page.locator('[data-card]', { hasText: text }).waitFor();
}

/** What a page tells of how things are from now on, also for a moment. */
async function statusesOf(page: Page): Promise<() => Promise<string>> {
	const told = await page.evaluateHandle(() => {
		const told: string[] = [];
		new MutationObserver(() => {
			for (const { textContent } of document.querySelectorAll('[role=status], [role=alert]')) told.push(textContent);
		}).observe(document.body, { subtree: true, childList: true, characterData: true });
		return told;
	});
	return () => told.evaluate((told) => told.join('\n'));
}

const nextStep = (name: string) => desk.getByRole('button', { name: `گام بعد: ${name}` });
const reveal = async () => {
	await nextStep('آشکارسازی').click();
	await desk.getByRole('dialog').getByRole('button', { name: 'آشکار کن' }).click();
};
const saved = (page: Page) => page.locator('[data-saved="saved"]').waitFor();
const card = (page: Page, text: string) => page.locator('[data-card]', { hasText: text });

describe.skipIf(chromiumPath === null)('a session in steps', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر گیلان', en: 'Manager, Gilan office' }, role: 'member', province: 'IR-01', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' }
		]);
		await product.start();
		browser = await launch();
		const contexts = [
			await contextOf(browser, product.url, product.people[0]!, desktop),
			await contextOf(browser, product.url, product.people[1]!, desktop),
			await contextOf(browser, product.url, product.people[2]!, { ...phone, ...installed })
		];
		[desk, other, mobile] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page, Page];
		for (const page of [desk, other, mobile]) told.push(complaints(page));
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
		expect(told.flat()).toEqual([]);
	});

	test('DRAFT-1 DRAFT-3 what each writes for themself is seen by nobody, and after the reveal by everybody', async () => {
		await begin('silent');
		await other.getByText('بی‌صدا بنویسید').waitFor();
		await mobile.getByText('Write silently').waitFor();
		await writeOnPhone('No buyer for rural products');
		await writeAtDesk(other, 'نبود خرید تضمینی');
		for (const page of [other, mobile]) await saved(page);
		expect([await card(desk, 'No buyer').count(), await card(other, 'No buyer').count(), await card(mobile, 'نبود خرید').count()]).toEqual([0, 0, 0]);
		await desk.getByText('۲ برگه از ۲ نفر پنهان است').waitFor();

		await mobile.getByRole('button', { name: 'I’m ready' }).tap();
		await mobile.getByRole('button', { name: 'You are ready' }).waitFor();
		await desk.getByText('۱ نفر آماده').waitFor();
		const statuses = await Promise.all([desk, mobile].map(statusesOf));
		await reveal();
		for (const page of [desk, other, mobile]) {
			await card(page, 'No buyer for rural products').waitFor();
			await card(page, 'نبود خرید تضمینی').waitFor();
		}
		// all of it was in time, and nobody is told otherwise for a moment
		const [atDesk, onPhone] = await Promise.all(statuses.map((told) => told()));
		expect(atDesk).toContain('اکنون در گام «آشکارسازی» هستیم');
		expect(atDesk).not.toContain('دیررسیده');
		expect(onPhone).not.toContain('after the reveal');
		// at the reveal it is read
		expect(await mobile.locator('form.composer').count()).toBe(0);
		await nextStep('دسته‌بندی').click();
		await mobile.locator('form.composer').waitFor();
	});

	test('DRAFT-2 DRAFT-5 what is written without a network survives a reload, arrives after the reveal, and is admitted', async () => {
		await begin('silent');
		await writeOnPhone('Written with a network');
		await saved(mobile);
		await mobile.locator('[data-card]', { hasText: 'Saved' }).waitFor();
		await isInstalled(mobile);
		await mobile.context().setOffline(true);
		await mobile.locator('[data-saved="offline"]').waitFor();
		await writeOnPhone('Written without a network');
		await card(mobile, 'Written without a network').filter({ hasText: 'On this device' }).waitFor();
		await mobile.reload();
		await card(mobile, 'Written without a network').waitFor();
		await reveal();
		await card(desk, 'Written with a network').waitFor();
		await mobile.context().setOffline(false);
		await mobile.getByText('after the reveal').filter({ hasText: 'Written without a network' }).waitFor();
		await card(mobile, 'Written with a network').waitFor();
		expect(await card(desk, 'Written without a network').count()).toBe(0);
		const tray = desk.locator('main').getByRole('status').filter({ hasText: '۱ برگهٔ دیررسیده از ۱ نفر' });
		await tray.getByRole('button', { name: 'افزودن به تابلو' }).click();
		for (const page of [desk, other, mobile]) await card(page, 'Written without a network').waitFor();
		await tray.waitFor({ state: 'detached' });
		expect(await card(desk, 'Written with').count()).toBe(2);
	});

	test('DRAFT-6 SYNC-23 whoever is in the middle of a word at the reveal writes it to its end', async () => {
		point = await begin('anonymous');
		await mobile.getByText('nobody will know whose it is').waitFor();
		await mobile.locator('form.composer textarea').tap();
		await mobile.locator('form.composer textarea:focus').waitFor();
		const statuses = await statusesOf(mobile);
		const revealed = card(mobile, 'word1 word2')
			.waitFor()
			.then(async () => {
				await reveal();
				await card(desk, 'word1 word2').waitFor();
				await mobile.getByText('Finish your sentence').waitFor();
			});
		const words = await writeUntil(mobile, revealed);
		await mobile.getByText('after the reveal').filter({ hasText: words }).waitFor();
		expect(await statuses()).not.toContain('restarting');
		// once, and not the half of it beside
		expect(await mobile.locator('main q').allInnerTexts()).toEqual([words]);
		// what had arrived by then is on the board, and names nobody
		await card(mobile, 'word1 word2').waitFor();
		expect(await card(desk, 'word1 word2').innerText()).not.toContain('یزد');
	});

	test('STEP-5 taking an activity on is taken back, and who was ready is not any more', async () => {
		await nextStep('دسته‌بندی').click();
		await keepNotice(desk);
		await mobile.getByText('Step 3 of 5: Grouping').waitFor();
		await mobile.getByRole('button', { name: 'I’m ready' }).tap();
		await desk.getByText('۱ نفر آماده').waitFor();
		await desk.getByRole('button', { name: 'برگرداندن', exact: true }).click();
		await mobile.getByText('Step 2 of 5: Reveal').waitFor();
		await mobile.getByRole('button', { name: 'I’m ready' }).waitFor();
		await desk.getByText('۱ نفر آماده').waitFor({ state: 'detached' });
	});

	test('STEP-3 STEP-4 the facilitator turns a switch, and it holds for everybody else', async () => {
		// the reveal holds them
		await other.getByRole('navigation').getByText('دبیر خواسته است همه در این گام با نشست بمانند').waitFor();
		expect(await other.getByRole('navigation').getByRole('link', { disabled: true }).count()).toBeGreaterThan(2);
		await other.goto(address((await product.meeting()).agenda[0]!));
		await other.waitForURL(address(point));
		expect(await desk.getByRole('navigation').getByRole('link', { disabled: true }).count()).toBe(0);
		await desk.getByRole('button', { name: 'تنظیم گام' }).click();
		await desk.getByRole('switch', { name: 'همه همین‌جا می‌مانند' }).click();
		await desk.getByRole('switch', { name: 'می‌نویسند و جابه‌جا می‌کنند' }).click();
		await desk.keyboard.press('Escape');
		await other.locator('[data-add]').first().waitFor();
		expect(await other.getByRole('navigation').getByRole('link', { disabled: true }).count()).toBe(0);
		await desk.getByRole('button', { name: 'تنظیم گام' }).click();
		await desk.getByRole('switch', { name: 'می‌نویسند و جابه‌جا می‌کنند' }).click();
		await desk.keyboard.press('Escape');
		await other.locator('[data-add]').first().waitFor({ state: 'detached' });
		// whoever conducts the meeting arranges the board
		await desk.locator('[data-add]').first().waitFor();
	});

	test('STEP-6 what arrives on the board after its step is kept for the facilitator, and its page reads on', async () => {
		point = await begin('open');
		await mobile.context().setOffline(true);
		await mobile.locator('[data-saved="offline"]').waitFor();
		await writeOnPhone('Too late for the board');
		await product.command({ name: 'step.switch', body: { item: point.id, edit: false } });
		const statuses = await statusesOf(mobile);
		await mobile.context().setOffline(false);
		await mobile.getByText('waits for the facilitator').waitFor();
		await saved(mobile);
		// the meeting goes on
		expect(await statuses()).not.toContain('had been closed');
		expect(await card(mobile, 'Too late for the board').count()).toBe(0);
		const late = await fetch(`${product.url}/api/meetings/${product.founding.meeting}/late`, { headers: { cookie: facilitator().cookie } });
		expect(await late.json()).toMatchObject({ contributions: [{ excerpt: 'Too late for the board', admitted: null }] });
		// what it goes on with arrives
		await product.command({ name: 'step.switch', body: { item: point.id, edit: true } });
		await mobile.locator('form.composer').waitFor();
		await writeOnPhone('In time');
		await card(desk, 'In time').waitFor();
	});

	test('DRAFT-7 everybody is given a few of the others’ ideas before the reveal, and goes on from them', async () => {
		await begin('inspired');
		await mobile.getByText('a few of your ideas are shown to a few others').waitFor();
		await writeAtDesk(desk, 'صندوق ضمانت خرید');
		await writeAtDesk(other, 'آموزش مدیران');
		for (const page of [desk, other]) await saved(page);
		await desk.getByText('۲ برگه از ۲ نفر پنهان است').waitFor();
		await nextStep('نوشتن با الهام').click();
		const ideas = mobile.getByRole('region', { name: 'A few ideas of others' });
		await ideas.getByText('صندوق ضمانت خرید').waitFor();
		await ideas.getByText('آموزش مدیران').waitFor();
		// one is put aside, and the other a card of one’s own, that is written on
		await ideas.getByRole('button', { name: 'Put “آموزش مدیران” aside' }).tap();
		await ideas.getByRole('button', { name: 'Go on from “صندوق ضمانت خرید”' }).tap();
		await card(mobile, 'صندوق ضمانت خرید').waitFor();
		expect(await ideas.getByRole('listitem').count()).toBe(0);
		await saved(mobile);
		// it is known again after a reload, and is no idea of others any more
		await mobile.reload();
		await ideas.getByText('آموزش مدیران').waitFor();
		expect(await ideas.getByText('صندوق ضمانت خرید').count()).toBe(0);
		const given = desk.getByRole('region', { name: 'چند ایده از دیگران' });
		await given.getByText('آموزش مدیران').waitFor();
		await reveal();
		for (const page of [desk, other, mobile]) await card(page, 'آموزش مدیران').waitFor();
		expect(await card(desk, 'صندوق ضمانت خرید').count()).toBe(2);
		await ideas.waitFor({ state: 'detached' });
	});

	test('DRAFT-4 DRAFT-5 what would be known by being alone waits through the next reveal, and its writer is told so', async () => {
		const [first, ...rest] = stepsOf('twice', newId);
		point = await begin('twice', [{ ...first!, anonymous: true }, ...rest]);
		await mobile.context().setOffline(true);
		await mobile.locator('[data-saved="offline"]').waitFor();
		await writeOnPhone('Known by being alone');
		await reveal();
		await desk.getByText('گام ۲ از').waitFor();
		await mobile.context().setOffline(false);
		const told = mobile.locator('main q', { hasText: 'Known by being alone' });
		await told.waitFor();
		const turn = (step: number) => product.command({ name: 'step.turn', body: { item: point.id, step: point.steps[step]!.id } });
		await turn(2);
		await told.waitFor({ state: 'detached' });
		await card(mobile, 'Known by being alone').waitFor();
		await writeAtDesk(other, 'یکی از دو نفر');
		await saved(other);
		await turn(3);
		await told.waitFor();
		await other.locator('main q', { hasText: 'یکی از دو نفر' }).waitFor();
		await desk.getByText('۲ برگهٔ دیررسیده از ۲ نفر').waitFor();
		expect(await card(desk, 'Known by being alone').count()).toBe(0);
	});

	test('STEP-9 a step stays open until a date, and everybody is told so, at home too', async () => {
		point = await begin('silent');
		await desk.getByRole('button', { name: 'تنظیم گام' }).click();
		await desk.getByRole('menuitem', { name: 'باز ماندن تا تاریخ' }).click();
		const dialog = desk.getByRole('dialog');
		const nextMonth = Date.now() + 30 * 86_400_000;
		const inPersian = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('fa-IR-u-ca-persian', options).format(nextMonth);
		await dialog.getByRole('textbox', { name: 'روز' }).fill(inPersian({}));
		await dialog.getByRole('textbox', { name: 'ساعت' }).fill('۱۸:۰۰');
		await dialog.getByRole('button', { name: 'ثبت مهلت' }).click();
		await dialog.waitFor({ state: 'detached' });
		await desk.getByText(`تا ${inPersian({ weekday: 'long' })} ${inPersian({ day: 'numeric' })} ${inPersian({ month: 'long' })}`).waitFor();
		await mobile.getByText('Open until').filter({ hasText: 'write whenever you can' }).waitFor();
		await mobile.goto(product.url);
		await mobile.getByText('Silent writing: open until').waitFor();
		// with nobody who conducts the meeting there
		await desk.goto('about:blank');
		await mobile.goto(address(point));
		await writeOnPhone('Written days later');
		await saved(mobile);
		await desk.goto(address(point));
		await desk.getByRole('button', { name: 'تنظیم گام' }).click();
		await desk.getByRole('menuitem', { name: 'تغییر مهلت گام' }).click();
		await dialog.getByRole('button', { name: 'بدون مهلت' }).click();
		await mobile.getByText('Open until').waitFor({ state: 'detached' });
	});

	test('STEP-7 the page of the meeting tells how it went', async () => {
		await other.goto(`${product.url}/meetings/${product.founding.meeting}?about`);
		const course = other.getByRole('region', { name: 'روند نشست' });
		await course.getByRole('listitem').first().waitFor();
		const told = await course.getByRole('listitem').allInnerTexts();
		const places = ['نشست آغاز شد', 'بارش فکری silent', 'روی تابلو آمد', 'به گام «آشکارسازی» رفت', 'به گام «دسته‌بندی» رفت'].map((words) =>
			told.findIndex((line) => line.includes(words))
		);
		expect(places.every((place) => place >= 0)).toBe(true);
		expect(places).toEqual([...places].sort((a, b) => a - b));
		expect(told[places[3]!]).toContain('دبیرکل خانهٔ تعاونگران');
	});

	test('STEP-8 a board is seen as it stood when the meeting left each step, by whoever may see the meeting, and one comes to the steps beside', async () => {
		point = await begin('silent');
		await writeOnPhone('Hidden until the reveal');
		await saved(mobile);
		await reveal();
		await card(desk, 'Hidden until the reveal').waitFor();
		// the phone has put away what its owner wrote in
		await mobile.locator('form.composer').waitFor({ state: 'detached' });
		await nextStep('دسته‌بندی').click();
		await mobile.getByText('Step 3 of 5: Grouping').waitFor();
		await mobile.locator('form.composer').waitFor();
		await writeOnPhone('Written while grouping');
		// what others see is committed
		await card(desk, 'Written while grouping').waitFor();
		await nextStep('رأی‌گیری').click();
		await mobile.getByText('Step 4 of 5: Voting').waitFor();
		await product.command({ name: 'step.switch', body: { item: point.id, edit: true } });
		await mobile.locator('form.composer').waitFor();
		await writeOnPhone('Written after the grouping');
		await card(desk, 'Written after the grouping').waitFor();

		await other.goto(`${product.url}/meetings/${product.founding.meeting}?about`);
		const course = other.getByRole('region', { name: 'روند نشست' });
		const left = course.getByRole('link', { name: 'تابلو در پایان «دسته‌بندی»' });
		await left.last().click();
		await other.getByRole('heading', { level: 1, name: 'تابلو در پایان «دسته‌بندی»' }).waitFor();
		const shown = other.locator('main [aria-busy="false"]');
		await shown.getByText('Written while grouping').waitFor();
		expect([await shown.getByText('Hidden until the reveal').count(), await shown.getByText('Written after').count()]).toEqual([1, 0]);
		await other.getByText(/چنان‌که .* بود/).waitFor();
		// whatever happens in the meeting meanwhile, it is read once
		let asks = 0;
		other.on('request', (request) => (asks += Number(request.url().endsWith('/board'))));
		await product.command({ name: 'timer.start', body: { minutes: 5 } });
		await desk.getByRole('timer').waitFor();
		await product.command({ name: 'timer.stop', body: {} });
		await desk.getByRole('timer').waitFor({ state: 'detached' });
		expect(asks).toBe(0);
		// there is nothing to write with
		expect(await other.locator('main').locator('textarea, input, [contenteditable=true], [data-add]').count()).toBe(0);

		// whoever is nothing to the meeting is not told that there is such a page
		const asked = `${other.url().replace('/meetings/', '/api/meetings/')}/board`;
		expect((await fetch(asked)).status).toBe(401);
		expect((await fetch(asked, { headers: { cookie: product.people[1]!.cookie } })).status).toBe(200);
		expect((await fetch(asked.replace(/\d+\/board$/, '1/board'), { headers: { cookie: product.people[1]!.cookie } })).status).toBe(404);

		const steps = other.getByRole('navigation', { name: 'گام‌های دیگر نشست' });
		await steps.getByRole('link', { name: 'پیش از این: آشکارسازی' }).click();
		await other.getByRole('heading', { level: 1, name: 'تابلو در پایان «آشکارسازی»' }).waitFor();
		await shown.getByText('Hidden until the reveal').waitFor();
		expect(await shown.getByText('Written while grouping').count()).toBe(0);
		await steps.getByRole('link', { name: 'پیش از این: نوشتن بی‌صدا' }).click();
		await other.getByText('تا آن هنگام آشکار نشده بود').waitFor();
		await shown.getByText('موردی نوشته نشده است').waitFor();
		expect(await shown.getByText('Hidden until the reveal').count()).toBe(0);
		await steps.getByRole('link', { name: 'پس از این: آشکارسازی' }).press('Enter');
		await shown.getByText('Hidden until the reveal').waitFor();
	});

	test('STEP-1 a method is chosen for a point of the agenda, and its steps are made one’s own', async () => {
		await desk.goto(`${product.url}/meetings/${product.founding.meeting}?about`);
		await desk.getByRole('button', { name: 'افزودن بند' }).click();
		const dialog = desk.getByRole('dialog');
		await dialog.getByLabel('نوع').selectOption({ label: 'بارش فکری' });
		await dialog
			.getByLabel(/^عنوان/)
			.first()
			.fill('ایده‌های تازه');
		await dialog.getByLabel('روش کار').selectOption({ label: 'نوشتن بی‌صدا، سپس آشکارسازی، دسته‌بندی، رأی‌گیری و تصمیم' });
		await dialog.getByLabel('روش کار').selectOption({ label: 'گام‌های خودتان' });
		await dialog.getByLabel('نام گام ۳', { exact: true }).fill('کنار هم گذاشتن');
		await dialog.getByRole('button', { name: 'برداشتن گام ۴' }).click();
		await dialog.getByRole('checkbox', { name: 'بی‌نام' }).check();
		await dialog.getByRole('button', { name: 'افزودن به دستور جلسه' }).click();
		await dialog.waitFor({ state: 'detached' });
		const made = (await product.meeting()).agenda.at(-1)!;
		expect(made.steps.map(({ kind, title, anonymous }) => [kind, title?.fa ?? null, anonymous])).toEqual([
			['write', null, true],
			['reveal', null, false],
			['group', 'کنار هم گذاشتن', false],
			['decide', null, false]
		]);
	});

	test('STEP-10 steps of one’s own are kept as a method of the think tank, and another point is made by it', async () => {
		await desk.goto(`${product.url}/meetings/${product.founding.meeting}?about`);
		await desk.getByRole('button', { name: 'افزودن بند' }).click();
		const dialog = desk.getByRole('dialog');
		await dialog.getByLabel('نوع').selectOption({ label: 'بارش فکری' });
		const method = dialog.getByLabel('روش کار', { exact: true });
		await method.selectOption({ label: 'دو دور نوشتن بی‌صدا، سپس دسته‌بندی و رأی‌گیری' });
		await method.selectOption({ label: 'گام‌های خودتان' });
		await dialog.getByLabel('نام گام ۳', { exact: true }).fill('دور دوم');
		await dialog.getByRole('button', { name: 'نگه داشتن به‌عنوان روش اتاق فکر' }).click();
		await dialog.getByLabel('نام روش', { exact: true }).fill('روش گیلان');
		await dialog.getByRole('button', { name: 'ذخیرهٔ روش' }).click();
		await desk.getByText('روش «روش گیلان» ذخیره شد.').waitFor();
		expect(await method.locator('option:checked').innerText()).toBe('روش گیلان');

		// of another point, on a page that was loaded since
		await desk.reload();
		await desk.getByRole('button', { name: 'افزودن بند' }).click();
		await dialog.getByLabel('نوع').selectOption({ label: 'بارش فکری' });
		await dialog
			.getByLabel(/^عنوان/)
			.first()
			.fill('به روش گیلان');
		await method.selectOption({ label: 'روش گیلان' });
		await dialog.getByRole('button', { name: 'افزودن به دستور جلسه' }).click();
		await dialog.waitFor({ state: 'detached' });
		const made = (await product.meeting()).agenda.at(-1)!;
		expect(made.steps.map(({ kind, title }) => [kind, title?.fa ?? null])).toEqual([
			['write', null],
			['reveal', null],
			['write', 'دور دوم'],
			['reveal', null],
			['group', null],
			['vote', null]
		]);
		// taken off the list, what was made by it stays
		await desk.getByRole('button', { name: 'افزودن بند' }).click();
		await dialog.getByLabel('نوع').selectOption({ label: 'بارش فکری' });
		await method.selectOption({ label: 'روش گیلان' });
		await dialog.getByRole('button', { name: 'برداشتن «روش گیلان» از روش‌ها' }).click();
		await desk.getByText('روش «روش گیلان» برداشته شد').waitFor();
		expect(await method.getByRole('option', { name: 'روش گیلان' }).count()).toBe(0);
		expect((await product.meeting()).agenda.at(-1)!.steps).toEqual(made.steps);
	});
});
