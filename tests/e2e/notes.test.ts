import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { notesOf, plainNotes } from '#realtime/board/notes.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { chromiumPath, complaints, contextOf, desktop, installed, isInstalled, launch, phone } from '../support/browser.ts';
import { changeStored } from '../support/change-stored.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product } from '../support/product.ts';

/** The notes of a point of the agenda: a facilitator at a desk in Persian, a manager on a phone in English, an observer. */

let product: Product;
let browser: Browser;
let contexts: BrowserContext[];
let desk: Page;
let mobile: Page;
let observer: Page;
let agenda: AgendaItem[];
const told: string[][] = [];

const item = (kind: AgendaItem['kind']) => agenda.find((one) => one.kind === kind)!;
const address = (kind: AgendaItem['kind']) => `${product.url}/meetings/${product.founding.meeting}/${item(kind).id}`;
const savedOn = (page: Page) => page.locator('[data-saved="saved"]').waitFor();
const paper = (page: Page) => page.locator('.notes');
/** What is written, without the names at the carets. */
const words = (page: Page) =>
	paper(page).evaluate((notes) => {
		const copy = notes.cloneNode(true) as HTMLElement;
		for (const caret of copy.querySelectorAll('.caret')) caret.remove();
		return [...copy.querySelectorAll('p, h2, h3')].map(({ textContent }) => textContent).join('\n');
	});
const until = (check: () => Promise<void>) => vi.waitFor(check, { interval: 50 });

/** Moves the caret; an editor is told of it by an event that comes later than the key. */
async function move(page: Page, key: string): Promise<void> {
	await page.keyboard.press(key);
	await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** Puts the caret there by a finger; where it stands is settled only after the click that the browser makes of it. */
async function tap(page: Page, text: string): Promise<void> {
	const settled = page.evaluate(
		() => new Promise((resolve) => addEventListener('click', () => requestAnimationFrame(() => requestAnimationFrame(resolve)), { once: true }))
	);
	await page.getByText(text).tap();
	await settled;
}

async function opened(page: Page, kind: AgendaItem['kind']): Promise<void> {
	await page.goto(address(kind));
	await savedOn(page);
	await page.locator('.sheet').waitFor();
}

/** The notes as somebody's program reads them. */
async function read(document: Id): Promise<string> {
	const link = await openPage(product, product.people[0]!, document);
	await untilStatus(link, saved);
	const text = plainNotes(link.doc);
	link.close();
	return text;
}

/** Puts something into a document that the gate would refuse. */
async function pastTheGate(document: Id, change: (doc: Y.Doc) => void): Promise<void> {
	await product.stop();
	await changeStored(product, document, change);
	await product.start();
}

describe.skipIf(chromiumPath === null)('notes', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
			{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' },
			{ name: { fa: 'نمایندهٔ اتاق تعاون', en: 'Chamber representative' }, role: 'observer', language: 'fa' }
		]);
		await product.start();
		const answer = await fetch(`${product.url}/api/meetings/${product.founding.meeting}`, { headers: { cookie: product.people[0]!.cookie } });
		agenda = ((await answer.json()) as { meeting: { agenda: AgendaItem[] } }).meeting.agenda;
		browser = await launch();
		contexts = await Promise.all(
			[desktop, { ...phone, ...installed }, desktop].map((options, at) => contextOf(browser, product.url, product.people[at]!, options))
		);
		[desk, mobile, observer] = (await Promise.all(contexts.map((context) => context.newPage()))) as [Page, Page, Page];
		for (const page of [desk, mobile, observer]) {
			told.push(complaints(page));
		}
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
	});

	test('every point of the agenda that is no board opens with notes, and says what to do there', async () => {
		await opened(desk, 'review');
		await desk.getByText('همهٔ حاضران در همین یادداشت می‌نویسند').waitFor();
		await desk.locator('nav a', { hasText: 'ریشه‌یابی مشکلات' }).click();
		await desk.waitForURL(address('causes'));
		await savedOn(desk);
		await desk.getByRole('textbox', { name: 'یادداشت‌های' }).waitFor();
		await Promise.all([opened(mobile, 'causes'), opened(observer, 'causes')]);
		await observer.getByText('هنوز چیزی نوشته نشده است').waitFor();
		expect(await observer.locator('[contenteditable="true"]').count()).toBe(0);
	});

	test('NOTES-1 NOTES-5 two write in one paragraph at once, and an observer sees it', async () => {
		await paper(desk).click();
		await desk.keyboard.type('مشکل قانون', { delay: 10 });
		await mobile.getByText('مشکل قانون').waitFor();
		await tap(mobile, 'مشکل قانون');
		await move(mobile, 'Home');
		await Promise.all([desk.keyboard.type(' بخش تعاون', { delay: 15 }), mobile.keyboard.type('One: ', { delay: 25 })]);
		for (const page of [desk, mobile, observer]) {
			await until(async () => expect(await words(page)).toContain('بخش تعاون'));
			await until(async () => expect(await words(page)).toContain('One: '));
		}
		expect(await words(desk)).toBe(await words(observer));
	});

	test('NOTES-7 each sees where the other is, with a name in their own language', async () => {
		await desk.locator('.caret .name', { hasText: 'مدیر دفتر یزد' }).waitFor();
		await mobile.locator('.caret .name', { hasText: 'Secretary-general' }).waitFor();
		// it stays where it is while the other writes before it
		const before = () =>
			desk.evaluate(() => {
				const caret = document.querySelector('.notes .caret')!;
				const range = document.createRange();
				range.setStart(document.querySelector('.notes')!, 0);
				range.setEndBefore(caret);
				return range.toString().replaceAll('\u2060', '');
			});
		// a caret takes no room: nothing moves under the finger of who is about to tap
		const height = () => paper(desk).evaluate((notes) => notes.querySelector('p')!.getBoundingClientRect().height);
		const withCaretWithin = await height();
		await move(mobile, 'End');
		await until(async () => expect(await before()).toMatch(/تعاون$/));
		expect(await height()).toBe(withCaretWithin);
		await move(desk, 'Control+Home');
		await desk.keyboard.type('آغاز ');
		await until(async () => expect(await before()).toMatch(/^آغاز .*تعاون$/s));
		// beside the last letter of a line that runs from right to left
		const [caret, paragraph] = await Promise.all([
			desk.locator('.caret .bar').first().boundingBox(),
			desk
				.locator('.notes p')
				.first()
				.evaluate((element) => {
					const range = document.createRange();
					range.selectNodeContents(element);
					const { left, right } = range.getBoundingClientRect();
					return { left, right };
				})
		]);
		expect(Math.abs(caret!.x - paragraph.left)).toBeLessThan(6);
	});

	test('lists, headings and bold, by keys and by the toolbar, read the same by an observer', async () => {
		await move(desk, 'Control+End');
		await desk.keyboard.press('Enter');
		await desk.keyboard.type('## نتیجه');
		await desk.keyboard.press('Enter');
		await desk.keyboard.type('1. نخست');
		await desk.keyboard.press('Enter');
		await desk.keyboard.type('دوم');
		await tap(mobile, 'دوم');
		await move(mobile, 'End');
		await mobile.keyboard.press('Enter');
		await mobile.getByRole('button', { name: 'Bold' }).tap();
		await mobile.getByRole('button', { name: 'Bold', pressed: true }).waitFor();
		await mobile.keyboard.type('Third');
		await until(async () => expect(await observer.locator('.notes ol > li').allInnerTexts()).toEqual(['نخست', 'دوم', 'Third']));
		expect(await observer.locator('.notes h2').innerText()).toBe('نتیجه');
		expect(await observer.locator('.notes .is-bold').innerText()).toBe('Third');
		expect(await observer.locator('.notes ol').evaluate((list) => getComputedStyle(list).listStyleType)).toBe('persian');
		await until(async () =>
			expect(await desk.locator('.notes li').evaluateAll((items) => items.map((one) => one.getAttribute('dir')))).toEqual(['rtl', 'rtl', 'ltr'])
		);

		// one stop of the Tab key, then arrows
		const bold = desk.getByRole('button', { name: 'پررنگ' });
		await bold.focus();
		await desk.keyboard.press('ArrowLeft');
		expect(await desk.getByRole('button', { name: 'کج' }).evaluate((button) => button === document.activeElement)).toBe(true);
		await desk.keyboard.press('End');
		await desk.keyboard.press('ArrowLeft');
		expect(await bold.evaluate((button) => button === document.activeElement)).toBe(true);
	});

	test('a link leads to the web, and what is no address is said to be none', async () => {
		await desk.locator('.notes h2').click();
		await move(desk, 'End');
		await desk.keyboard.press('Control+k');
		const field = desk.getByLabel('نشانی');
		await field.fill('javascript:alert(1)');
		await desk.keyboard.press('Enter');
		await desk.getByText('این نشانیِ وب نیست').waitFor();
		expect(await field.inputValue()).toBe('javascript:alert(1)');
		await field.fill('example.org/report');
		await desk.keyboard.press('Enter');
		const link = observer.locator('.notes a');
		await link.waitFor();
		expect(await link.getAttribute('href')).toBe('https://example.org/report');
		expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
	});

	test('NOTES-4 undo takes back what oneself wrote, and nothing of the other', async () => {
		await desk.locator('.notes li').first().click();
		await move(desk, 'End');
		await desk.keyboard.type(' از من');
		await tap(mobile, 'Third');
		await move(mobile, 'End');
		await mobile.keyboard.type(' of mine');
		for (const page of [mobile, desk]) await until(async () => expect(await words(page)).toContain('Third of mine'));
		await desk.getByRole('button', { name: 'واگرد' }).click();
		await until(async () => expect(await words(mobile)).not.toContain('از من'));
		expect(await words(mobile)).toContain('Third of mine');
		await desk.getByRole('button', { name: 'ازنو' }).click();
		await until(async () => expect(await words(mobile)).toContain('نخست از من'));
	});

	test('NOTES-6 without a network it is written on, reloaded, and goes out by itself', async () => {
		await isInstalled(mobile);
		await contexts[1]!.setOffline(true);
		await mobile.locator('[data-saved="offline"], [data-saved="saving"], [data-saved="unsaved"]').waitFor();
		await tap(mobile, 'Third of mine');
		await move(mobile, 'End');
		await mobile.keyboard.press('Enter');
		await mobile.keyboard.type('Written in a tunnel');
		await mobile.locator('[data-saved="unsaved"]').waitFor();
		await desk.locator('.notes p').first().click();
		await move(desk, 'Home');
		await desk.keyboard.type('هنگام قطعی ');
		await desk.getByText('هنگام قطعی').waitFor();
		await mobile.reload();
		await mobile.getByText('Written in a tunnel').waitFor();
		await mobile.locator('[data-saved="unsaved"]').waitFor();
		await contexts[1]!.setOffline(false);
		await savedOn(mobile);
		await desk.getByText('Written in a tunnel').waitFor();
		await mobile.getByText('هنگام قطعی').waitFor();
		expect(await read(item('causes').document)).toContain('Written in a tunnel');
	});

	test('NOTES-5 an observer cannot write, on the wire either', async () => {
		const link = await openPage(product, product.people[2]!, item('causes').document);
		await untilStatus(link, ({ connection }) => connection === 'online');
		const before = await read(item('causes').document);
		notesOf(link.doc).insert(0, [new Y.XmlElement('paragraph')]);
		await untilStatus(link, ({ connection, reason }) => connection === 'ended' && reason === 'read-only');
		link.close();
		expect(await read(item('causes').document)).toBe(before);
	});

	test('a copy as text, and on paper', async () => {
		await desk.getByRole('button', { name: 'خروجی' }).click();
		const download = desk.waitForEvent('download');
		await desk.getByRole('menuitem', { name: 'رونوشت متنی' }).click();
		const text = await readFile(await (await download).path(), 'utf8');
		expect(text.startsWith('\ufeff')).toBe(true);
		expect(text).toContain('1. نخست از من');
		await desk.goto(`${address('causes')}/print`);
		await desk.locator('main .notes').getByText('Written in a tunnel').waitFor();
	});

	test('NOTES-7 a caret that a key has moved stays where it was put, whatever the other writes in that moment', async () => {
		await Promise.all([desk, mobile].map((page) => opened(page, 'decisions')));
		await paper(desk).click();
		await desk.keyboard.type('همه با هم: ');
		await tap(mobile, 'همه با هم');
		let done = false;
		const writing = (async () => {
			while (!done) {
				await desk.keyboard.type('و');
				await desk.keyboard.press('Backspace');
			}
		})();
		const rounds = 15;
		for (let round = 0; round < rounds; round++) {
			// nothing between a key and the next, as by a quick hand
			await mobile.keyboard.press('Home');
			await mobile.keyboard.type('<');
			await mobile.keyboard.press('End');
			await mobile.keyboard.type('>');
		}
		done = true;
		await writing;
		for (const page of [mobile, desk]) await until(async () => expect(await words(page)).toMatch(new RegExp(`^<{${rounds}}[^<]+>$`)));
		await until(async () => expect(await words(desk)).toBe(await words(mobile)));
	});

	test('NOTES-2 NOTES-3 GATE-8 hostile notes are read and kept, run nothing, and do not break the page', async () => {
		const { document } = item('scoring');
		await Promise.all([desk, mobile].map((page) => opened(page, 'scoring')));
		await paper(desk).click();
		await desk.keyboard.type('پیش از همه');
		await savedOn(desk);

		const letters = new Y.XmlText();
		letters.insert(0, 'کلیک', { link: { href: 'javascript:globalThis.broken=1', onmouseover: 'globalThis.broken=1', target: '_top' } });
		const sly = new Y.XmlElement('paragraph');
		sly.setAttribute('onclick', 'globalThis.broken=1');
		sly.setAttribute('style', 'position:fixed;inset:0');
		sly.insert(0, [letters]);
		await pastTheGate(document, (doc) => notesOf(doc).push([sly]));
		const link = await openPage(product, product.people[1]!, document);

		// known elements, with what is not ours on them: no link, and no attribute
		// both see it before either clicks: the name at a caret in the middle of the word would part it for the other
		await Promise.all([desk, mobile].map((page) => page.getByText('کلیک').waitFor()));
		for (const page of [desk, mobile]) {
			await page.locator('.notes p').last().click();
			expect(await page.locator('.notes a').count()).toBe(0);
			expect(await page.locator('.notes [onclick], .notes [style*="fixed"]').count()).toBe(0);
		}
		// beside them, since what is not ours on them is refused when an editor sends it again
		await desk.getByText('پیش از همه').click();
		await move(desk, 'End');
		await desk.keyboard.type(' و پس از آن');
		await until(async () => expect(plainNotes(link.doc)).toContain('و پس از آن'));

		// who writes in them all the same is told why it is refused, takes the words along, and begins anew
		await tap(mobile, 'کلیک');
		await mobile.keyboard.type('Q');
		const refused = mobile.getByRole('alert').filter({ hasText: 'A change was sent that cannot be taken in here' });
		await refused.waitFor();
		const downloading = mobile.waitForEvent('download');
		await refused.getByRole('button', { name: 'Export my copy' }).tap();
		const copy = await readFile(await (await downloading).path(), 'utf8');
		expect([copy.includes('Q'), (await words(desk)).includes('Q'), told[1]]).toEqual([true, false, []]);
		await refused.getByRole('button', { name: 'Begin again' }).tap();
		await refused.waitFor({ state: 'detached' });
		await savedOn(mobile);
		await until(async () => expect(await words(mobile)).toBe(await words(desk)));

		// unknown ones: to be read, and nothing of them is lost
		const image = new Y.XmlElement('img');
		image.setAttribute('src', 'x');
		image.setAttribute('onerror', 'globalThis.broken=1');
		const inner = new Y.XmlText();
		inner.insert(0, '<img src=x onerror="globalThis.broken=1">');
		image.insert(0, [inner]);
		const loose = new Y.XmlText();
		loose.insert(0, 'آزاد');
		await pastTheGate(document, (doc) => notesOf(doc).push([image, loose, new Y.XmlHook('hook') as never]));
		await until(async () => expect(notesOf(link.doc).length).toBe(5));
		const state = Y.encodeStateVector(link.doc);
		for (const page of [desk, mobile]) {
			await page.locator('.sheet [role="status"]').waitFor();
			expect(await page.locator('[contenteditable="true"]').count()).toBe(0);
			await until(async () => expect(await words(page)).toContain('<img src=x'));
			expect(await words(page)).toContain('آزاد');
		}
		await opened(desk, 'scoring');
		await desk.locator('.sheet [role="status"]').waitFor();
		expect(Y.encodeStateVector(link.doc)).toEqual(state);
		expect(await Promise.all([desk, mobile].map((page) => page.evaluate(() => 'broken' in globalThis)))).toEqual([false, false]);
		link.close();
	});

	test('no page complained of anything', () => {
		expect(told).toEqual([[], [], []]);
	});
});
