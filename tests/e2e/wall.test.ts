import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDecision, moveDecision, spliceDecision } from '#realtime/board/decisions-edits.ts';
import { createCard, splice } from '#realtime/board/edits.ts';
import { enterMeeting } from '#realtime/client/meeting-link.ts';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { stepsOf } from '#realtime/meeting/recipes.ts';
import { newId } from '#server/auth/tokens.ts';
import { chromiumPath, complaints, contextOf, desktop, launch, phone } from '../support/browser.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product } from '../support/product.ts';

/** The wall of a hall in Persian, opened by the facilitator, and a smaller one in English, opened by a member; a member votes and writes at a desk. */

let product: Product;
let browser: Browser;
let hall: Page;
let room: Page;
let desk: Page;
const told: string[][] = [];

const facilitator = () => product.people[0]!;
const member = () => product.people[1]!;
const wallAddress = () => `${product.url}/meetings/${product.founding.meeting}/wall`;
const walls = () => [hall, room];

/** Puts cards into a column of a board, as a page of the member's would. */
async function write(document: string, column: string, texts: readonly string[]): Promise<void> {
	const page = await openPage(product, member(), document);
	await untilStatus(page, saved);
	for (const text of texts) {
		const id = newId();
		createCard(page.doc, { id, author: member().id, createdAt: Date.now(), column, group: null, before: null, columns: [column] });
		splice(page.doc, { card: id }, { at: 0, removed: 0, inserted: text });
	}
	await untilStatus(page, saved);
	page.close();
}

/** The size of every letter that is seen, as a part of the screen's height. */
const letters = (page: Page) =>
	page.evaluate(() => {
		const found: number[] = [];
		const walk = document.createTreeWalker(document.querySelector('.wall')!, NodeFilter.SHOW_TEXT);
		while (walk.nextNode()) {
			const element = walk.currentNode.parentElement!;
			if (walk.currentNode.textContent!.trim() === '' || element.closest('nav, .sr-only') || element.getClientRects().length === 0) continue;
			found.push(parseFloat(getComputedStyle(element).fontSize) / innerHeight);
		}
		return found;
	});

/** What of the wall does not fit onto its screen, or is cut off within it. */
const cutOff = (page: Page) =>
	page.evaluate(() => {
		const lists = [...document.querySelectorAll<HTMLElement>('[data-fit]')];
		const over = lists
			.filter((list) => list.scrollHeight > list.clientHeight + 1 || list.scrollWidth > list.clientWidth + 1)
			.map((list) => list.dataset['fit']);
		const root = document.documentElement;
		return [...over, ...(root.scrollHeight > root.clientHeight || root.scrollWidth > root.clientWidth ? ['page'] : [])];
	});

/** How many lines of a text stand behind its dots. */
const hiddenLines = (text: Locator) =>
	text.evaluate((element) => Math.round((element.scrollHeight - element.clientHeight) / parseFloat(getComputedStyle(element).lineHeight)));

const latin = (text: string) => Number(text.replaceAll(/[۰-۹]/g, (digit) => String('۰۱۲۳۴۵۶۷۸۹'.indexOf(digit))).replaceAll(/\D/g, ''));

describe.skipIf(chromiumPath === null)('the wall', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21' },
			{ name: { fa: 'مدیر دفتر گیلان', en: 'Manager, Gilan office' }, role: 'member', province: 'IR-01' }
		]);
		await product.start();
		browser = await launch();
		const contexts = [
			await contextOf(browser, product.url, facilitator(), { viewport: { width: 1920, height: 1080 }, locale: 'fa-IR' }),
			await contextOf(browser, product.url, member(), {
				viewport: { width: 1280, height: 720 },
				locale: 'en-GB',
				colorScheme: 'dark',
				reducedMotion: 'reduce'
			}),
			await contextOf(browser, product.url, member(), { ...desktop, locale: 'fa-IR' })
		];
		[hall, room, desk] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page, Page];
		for (const page of [hall, room, desk]) told.push(complaints(page));
		await Promise.all([...walls().map((page) => page.goto(wallAddress())), desk.goto(`${product.url}/meetings/${product.founding.meeting}`)]);
		for (const page of walls()) await page.locator('[data-connection="online"]').waitFor();
		await desk.locator('[data-saved="saved"]').waitFor();
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
		expect(told.flat()).toEqual([]);
	});

	test('WALL-1 it goes where the meeting goes, with the time, the turns and what is done, and is in nobody’s list', async () => {
		const swot = (await product.meeting()).agenda.find(({ kind }) => kind === 'swot')!;
		await product.command({ name: 'meeting.turn', body: { item: swot.id } });
		await hall.getByRole('heading', { level: 1, name: swot.title.fa! }).waitFor();
		await room.getByRole('heading', { level: 1, name: swot.title.en! }).waitFor();
		await hall.getByText('همه با هم می‌نویسند').waitFor();
		await room.getByText('Item 2 of 6').waitFor();
		await product.command({ name: 'timer.start', body: { minutes: 10 } });
		await hall
			.getByRole('timer')
			.filter({ hasText: /۰۹:|۱۰:/ })
			.waitFor();
		await room
			.getByRole('timer')
			.filter({ hasText: /09:|10:/ })
			.waitFor();
		await product.command({ name: 'turns.ask', body: { as: 'speak' } }, member());
		await product.command({ name: 'turns.ask', body: { as: 'against' } }, product.people[2]!);
		await product.command({ name: 'turns.give', body: { person: member().id } });
		await hall.locator('footer').getByText('مدیر دفتر یزد').waitFor();
		await hall.locator('footer').getByText('بعدی: مدیر دفتر گیلان').waitFor();
		await room.locator('footer').getByText('Manager, Yazd office').waitFor();
		// two walls and one person
		await desk.getByRole('button', { name: '۱ نفر' }).waitFor();
		const attended = await fetch(`${product.url}/api/meetings/${product.founding.meeting}/attendance`, { headers: { cookie: facilitator().cookie } });
		expect(((await attended.json()) as { people: { id: string }[] }).people.map(({ id }) => id)).toEqual([member().id]);
		await product.command({ name: 'turns.end', body: { person: member().id } });
	});

	test('WALL-3 letters are large, nothing is cut off, and what has no room is counted', async () => {
		const swot = (await product.meeting()).agenda.find(({ kind }) => kind === 'swot')!;
		await room.locator('[data-column="threats"] [data-fit-card]').nth(2).waitFor();
		await write(
			swot.document,
			'threats',
			Array.from({ length: 14 }, (_, i) => `تهدید شمارهٔ ${i + 1} که از آن در نشست گفته شد و باید بررسی شود`)
		);
		for (const page of walls()) {
			await page.locator('[data-column="threats"] .more').waitFor();
			await expect
				.poll(async () => {
					const column = page.locator('[data-column="threats"]');
					return (await column.locator('[data-fit-card]:visible').count()) + latin(await column.locator('.more').innerText());
				})
				.toBe(17);
			expect(await page.locator('[data-column="threats"] [data-fit-card]:visible').count()).toBeGreaterThan(1);
			expect(await cutOff(page)).toEqual([]);
			const sizes = await letters(page);
			expect(sizes.length).toBeGreaterThan(20);
			expect(Math.min(...sizes)).toBeGreaterThan(1 / 40);
			// the time is read from the last row
			const time = await page
				.locator('[role="timer"] b')
				.first()
				.evaluate((element) => parseFloat(getComputedStyle(element).fontSize) / innerHeight);
			expect(time).toBeGreaterThan(1 / 12);
		}
	});

	test('WALL-1 notes are read on it, and a phone scrolls through all of it', async () => {
		const pocket = await (await contextOf(browser, product.url, member(), { ...phone, locale: 'fa-IR' })).newPage();
		told.push(complaints(pocket));
		await pocket.goto(wallAddress());
		await pocket.locator('[data-column="threats"] [data-fit-card]').nth(16).waitFor();
		expect(await pocket.locator('[data-fit-card]:visible').count()).toBe(await pocket.locator('[data-fit-card]').count());
		expect(await pocket.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
		await pocket.context().close();
		const { agenda } = await product.meeting();
		await product.command({ name: 'meeting.turn', body: { item: agenda[0]!.id } });
		await desk.waitForURL(new RegExp(agenda[0]!.id));
		await desk.locator('[contenteditable="true"]').click();
		await desk.keyboard.type('گزارش‌های استانی خوانده شد.');
		for (const page of walls()) await page.locator('section', { hasText: 'گزارش‌های استانی خوانده شد.' }).waitFor();
	});

	test('WALL-2 what is written silently is counted, and no word of it is there before the reveal', async () => {
		const steps = stepsOf('silent', newId);
		await product.command({ name: 'agenda.add', body: { kind: 'brainstorm', title: { fa: 'بارش فکری', en: 'Ideas' }, minutes: 10, steps } });
		const point = (await product.meeting()).agenda.at(-1)!;
		await product.command({ name: 'meeting.turn', body: { item: point.id } });
		await room.getByText('Step 1 of 5: Silent writing').waitFor();
		await hall.getByText('هنوز برگه‌ای نرسیده است').waitFor();
		await desk.waitForURL(new RegExp(point.id));
		await desk.locator('[data-add]').first().click();
		await desk.keyboard.type('رازی که هنوز گفته نشده');
		await desk.keyboard.press('Escape');
		await hall.getByText('۱ برگه از ۱ نفر').waitFor();
		await room.getByText('Cards written: 1, by 1').waitFor();
		await desk.getByRole('button', { name: 'آماده‌ام' }).click();
		await hall.getByText('۱ نفر آماده').waitFor();
		for (const page of walls()) expect(await page.content()).not.toContain('رازی');
		for (const page of walls()) expect(await page.locator('.wall').innerText()).not.toMatch(/یزد|Yazd/);
		await product.command({ name: 'step.turn', body: { item: point.id, step: steps[1]!.id } });
		for (const page of walls()) await page.locator('[data-fit-card]', { hasText: 'رازی که هنوز گفته نشده' }).waitFor();
		await room.getByText('Step 2 of 5: Reveal').waitFor();
	});

	test('WALL-2 of a vote it shows what is asked and how many have voted, and its result once it is closed', async () => {
		const { agenda } = await product.meeting();
		const point: AgendaItem = agenda.at(-1)!;
		await product.command({ name: 'step.turn', body: { item: point.id, step: point.steps[3]!.id } });
		const texts = ['مرکز آموزش', 'صندوق حمایت'];
		const [rule, level] = [{ kind: 'approve', max: 1 }, 'unnamed'] as const;
		await product.command({ name: 'vote.open', body: { item: point.id, question: 'کدام نخست؟', rule, level, options: { texts } } });
		const vote = (await product.meeting()).votes.at(-1)!;
		for (const page of walls()) await page.getByRole('heading', { name: 'کدام نخست؟' }).waitFor();
		// a wall that is opened during the vote, too, knows how many have voted
		await hall.reload();
		await hall.getByText('۰ نفر از ۳ نفر').waitFor();
		const voter = enterMeeting({ url: product.url, meeting: product.founding.meeting, cookie: facilitator().cookie, changed: () => {}, ended: () => {} });
		// the facilitator's own ballot, and their own wall
		expect(await voter.ask('ballot.cast', { vote: vote.id, id: newId(), marks: { [vote.options[1]!.id]: 1 } })).toMatchObject({ ok: true });
		await hall.getByText('۱ نفر از ۳ نفر').waitFor();
		await room.getByText('1 of 3 have voted').waitFor();
		for (const page of walls()) {
			expect(await page.locator('[data-ballot], .bar, .track, .wall input, .wall form').count()).toBe(0);
			expect(await page.locator('.wall [data-option]').allInnerTexts()).toEqual(
				texts.map((text, i) => expect.stringMatching(new RegExp(`^[${i + 1}${'۱۲'[i]}]\\s+${text}$`)))
			);
		}
		await product.command({ name: 'vote.close', body: { vote: vote.id } });
		for (const page of walls()) {
			const rows = page.locator('[data-vote="closed"] [data-option]');
			await rows.nth(1).waitFor();
			expect(latin(await rows.first().locator('b').innerText())).toBe(1);
			expect(await rows.first().innerText()).toContain('صندوق حمایت');
			// a bar begins where one begins to read
			const [track, bar] = await Promise.all(['.track', '.bar'].map((name) => rows.first().locator(name).boundingBox()));
			if (page === hall) expect(Math.round(track!.x + track!.width)).toBe(Math.round(bar!.x + bar!.width));
			else expect(Math.round(track!.x)).toBe(Math.round(bar!.x));
		}
		voter.leave();
	});

	test('WALL-5 DECIDE-12 what is worded is read as it is written, beside what came of the vote, and then as it was adopted', async () => {
		const { agenda } = await product.meeting();
		const point: AgendaItem = agenda.at(-1)!;
		const { mandate } = agenda[0]!;
		await product.command({ name: 'step.turn', body: { item: point.id, step: point.steps[4]!.id } });
		// nothing is worded yet: what came of the vote
		for (const page of walls()) await page.locator('.vote[data-vote="closed"]').waitFor();
		expect(await hall.locator('.wall .decisions').count()).toBe(0);
		const page = await openPage(product, member(), point.document);
		await untilStatus(page, saved);
		const [first, second] = [newId(), newId()];
		const written = { author: member().id, card: null };
		createDecision(page.doc, { ...written, id: first, createdAt: 1, person: product.people[2]!.id, due: '2027-01-31', mandate });
		let text = '';
		for (const letters of ['صندوق ', 'حمایت ', 'راه افتد.']) {
			spliceDecision(page.doc, first, { at: text.length, removed: 0, inserted: letters });
			text += letters;
			for (const wall of walls()) await wall.locator(`[data-wording="${first}"]`, { hasText: text.trim() }).waitFor();
		}
		for (const [wall, words] of [
			[hall, ['هنوز تصویب نشده', 'مسئول: مدیر دفتر گیلان', 'تا ۱۱ بهمن ۱۴۰۵', 'بند مأموریت:']],
			[room, ['not adopted yet', 'Responsible: Manager, Gilan office', 'by 31 January 2027', 'Mandate item:']]
		] as const) {
			const shown = await wall.locator(`[data-wording="${first}"]`).innerText();
			for (const word of words) expect(shown).toContain(word);
			await wall.locator('.vote[data-vote="closed"]').waitFor();
		}
		createDecision(page.doc, { ...written, id: second, createdAt: 2, text: 'مرکز آموزش هر فصل گزارش دهد.' });
		moveDecision(page.doc, second, first);
		await untilStatus(page, saved);
		const worded = (wall: Page) => wall.locator('[data-wording]').evaluateAll((all) => all.map((one) => one.getAttribute('data-wording')));
		for (const wall of walls()) await expect.poll(() => worded(wall)).toEqual([second, first]);
		const vote = (await product.meeting()).votes.at(-1)!;
		const said = { text, person: product.people[2]!.id, office: null, due: '2027-01-31', mandate };
		await product.command({ name: 'decision.adopt', body: { item: point.id, wording: first, ...said, by: { vote: vote.id } } });
		await hall.locator('[data-decision="1"]', { hasText: '۱ نفر از ۳ نفر رأی دادند' }).waitFor();
		await room.locator('[data-decision="1"]', { hasText: '1 of 3 voted' }).waitFor();
		for (const wall of walls()) expect(await worded(wall)).toEqual([second]);
		await product.command({ name: 'decision.withdraw', body: { decision: (await product.meeting()).decisions[0]!.id } });
		await hall.locator('[data-decision="1"]', { hasText: 'پس‌گرفته‌شده' }).waitFor();
		await room.locator('[data-decision="1"]', { hasText: 'Withdrawn' }).waitFor();
		await product.command({ name: 'decision.adopt', body: { item: point.id, wording: first, ...said, by: 'consensus' } });
		await hall.locator('[data-decision="2"]', { hasText: 'با اجماع' }).waitFor();
		await room.locator('[data-decision="2"]', { hasText: 'By consensus' }).waitFor();
		page.close();
	});

	test('WALL-3 WALL-5 many wordings take the room of the vote, what is written now is seen in full, and the rest is counted', async () => {
		const { document } = (await product.meeting()).agenda.at(-1)!;
		const page = await openPage(product, member(), document);
		await untilStatus(page, saved);
		const long = 'دفترهای استانی فهرست خدمات قابل واگذاری را با همکاری اتاق تعاون آماده کنند و هر فصل به دبیرخانه بفرستند. '.repeat(4).trim();
		const ids = Array.from({ length: 12 }, () => newId());
		for (const [i, id] of ids.entries()) createDecision(page.doc, { id, author: member().id, createdAt: 10 + i, card: null, text: `${i} ${long}` });
		const allCounted = (wall: Page) =>
			expect
				.poll(async () => (await wall.locator('.decisions li:visible').count()) + latin(await wall.locator('.decisions .more').innerText()))
				.toBe(ids.length + 3);
		for (const wall of walls()) await allCounted(wall);
		const written = ids[2]!;
		spliceDecision(page.doc, written, { at: 0, removed: 0, inserted: 'اینک ' });
		await untilStatus(page, saved);
		for (const wall of walls()) {
			const list = wall.locator('[data-fit="decisions"]');
			await list.locator(`[data-wording="${written}"]:visible`, { hasText: 'اینک' }).waitFor();
			await allCounted(wall);
			expect(await list.locator('[data-fit-card]:visible').count()).toBeGreaterThan(2);
			expect(await cutOff(wall)).toEqual([]);
			expect(await wall.locator('.vote:visible').count()).toBe(0);
			expect(Math.min(...(await letters(wall)))).toBeGreaterThan(1 / 40);
			expect(await hiddenLines(list.locator(`[data-wording="${written}"] .text`))).toBe(0);
			expect(await hiddenLines(list.locator(`[data-wording="${ids.at(-1)}"] .text`))).toBeGreaterThan(0);
		}
		page.close();
	});

	test('WALL-6 it takes the whole screen, keeps it awake while it is seen, and its buttons are out of the way', async () => {
		const context = await contextOf(browser, product.url, facilitator(), { viewport: { width: 1280, height: 720 }, locale: 'en-GB' });
		const page = await context.newPage();
		told.push(complaints(page));
		// a machine without a screen has none to keep awake
		await page.addInitScript(() => {
			const locks: EventTarget[] = [];
			const request = async () => {
				const lock = Object.assign(new EventTarget(), { release: async () => void locks.splice(locks.indexOf(lock), 1) });
				locks.push(lock);
				return lock;
			};
			Object.defineProperty(navigator, 'wakeLock', { value: { request } });
			Object.assign(window, { locks });
		});
		const locks = () => page.evaluate(() => (window as unknown as { locks: unknown[] }).locks.length);
		await page.goto(wallAddress());
		await page.locator('[data-connection="online"]').waitFor();
		await expect.poll(locks).toBe(1);
		const corner = page.getByRole('navigation', { name: 'Wall of the meeting' });
		const opacity = () => corner.evaluate((element) => getComputedStyle(element).opacity);
		let x = 400;
		await expect.poll(() => page.mouse.move(x++, 300).then(opacity)).toBe('1');
		await corner.getByRole('button', { name: 'Full screen' }).click();
		await corner.getByRole('button', { name: 'Leave full screen' }).waitFor();
		expect(await page.evaluate(() => document.fullscreenElement === document.documentElement)).toBe(true);
		await corner.getByRole('button', { name: 'Leave full screen' }).click();
		await corner.getByRole('button', { name: 'Full screen' }).waitFor();
		await page.evaluate(() => (document.activeElement as HTMLElement).blur());
		await expect.poll(opacity).toBe('0');
		await page.keyboard.press('Shift+Tab');
		await expect.poll(opacity).toBe('1');
		await corner.getByRole('link').click();
		await page.waitForURL(/\/meetings\/[0-9a-z]{20}/);
		await expect.poll(locks).toBe(0);
		await context.close();
	});

	test('WALL-4 what could be old is said, and so is that the meeting is closed', async () => {
		await room.context().setOffline(true);
		await room.evaluate(() => dispatchEvent(new Event('offline')));
		await product.kill();
		await room.getByText('There is no connection').first().waitFor();
		await product.start();
		await room.context().setOffline(false);
		for (const page of walls()) await page.locator('[data-connection="online"]').waitFor();
		await room.getByText('There is no connection').first().waitFor({ state: 'detached' });
		await product.command({ name: 'meeting.close', body: {} });
		await hall.getByText('این نشست پایان یافته است').waitFor();
		await room.getByText('This meeting is closed').waitFor();
		expect(await hall.getByRole('timer').count()).toBe(0);
	});
});
