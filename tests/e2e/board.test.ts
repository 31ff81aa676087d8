import { createCard, splice } from '#realtime/board/edits.ts';
import { changeAs } from '#realtime/board/replica.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { closeCodes } from '#realtime/protocol/close-codes.ts';
import { newId } from '#server/auth/tokens.ts';
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { deviceDatabaseOf } from '#lib/document/device-database.ts';
import { changeStored } from '../support/change-stored.ts';
import { chromiumPath, complaints, contextOf, desktop, installed, launch, phone } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/** What one person does with a board beyond the founding meeting: tabs, evidence, limits, and taking it along. */

let product: Product;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let told: string[];

const address = () => `${product.url}/meetings/${product.founding.meeting}/${product.founding.activities.swot}`;
const card = (on: Page, text: string): Locator => on.locator('[data-card]', { hasText: text });
const savedOn = (on: Page) => on.locator('[data-saved="saved"]').waitFor();

/** More people's pages have written on it than half of what a board may have. */
function usedByMany(doc: Y.Doc): void {
	const id = newId();
	createCard(doc, { id, author: product.people[0]!.id, createdAt: 1, column: 'ideas', group: null, before: null });
	const pages = limits.documentClientIds / 2 + 1;
	for (let client = 1; client <= pages; client++) changeAs(doc, client, () => splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'x' }));
	splice(doc, { card: id }, { at: 0, removed: pages, inserted: '' });
}

describe.skipIf(chromiumPath === null)('a board', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل', en: 'Secretary-general' }, role: 'facilitator', language: 'en' },
			{ name: { fa: 'نماینده', en: 'Representative' }, role: 'observer', language: 'en' },
			{ name: { fa: 'عضو', en: 'Member' }, role: 'member', language: 'en' }
		]);
		await changeStored(product, product.founding.documents.brainstorm, usedByMany);
		await product.start();
		browser = await launch();
		context = await contextOf(browser, product.url, product.people[0]!, { ...desktop, acceptDownloads: true });
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
	});
	beforeEach(async () => {
		for (const other of context.pages()) await other.close();
		page = await context.newPage();
		told = complaints(page);
		await page.goto(address());
		await savedOn(page);
		return () => expect(told).toEqual([]);
	});

	/** A new card by the button of a column. */
	async function write(on: Page, column: string, text: string): Promise<void> {
		await on.locator(`[data-column="${column}"] [data-add]`).click();
		await on.keyboard.insertText(text);
		await on.keyboard.press('Escape');
	}

	test('SYNC-6 two tabs and two devices of one person, also while all of them are cut off', async () => {
		const tab = await context.newPage();
		await tab.goto(address());
		await savedOn(tab);
		const device = await contextOf(browser, product.url, product.people[0]!, phone);
		const mobile = await device.newPage();
		await mobile.goto(address());
		await savedOn(mobile);

		await context.setOffline(true);
		await page.locator('[data-saved="offline"]').waitFor();
		await write(page, 'strengths', 'from the first tab');
		await write(tab, 'strengths', 'from the second tab');
		await mobile.locator('form.composer textarea').fill('from the phone');
		await mobile.locator('form.composer textarea').press('Enter');
		// one tab closes with its words unsent: the device has them
		await tab.locator('[data-saved="unsaved"]').waitFor();
		await tab.close();
		await context.setOffline(false);
		await page.reload();
		for (const on of [page, mobile]) {
			for (const text of ['from the first tab', 'from the second tab', 'from the phone'])
				await vi.waitFor(async () => expect(await card(on, text).count()).toBe(1));
		}
		await Promise.all([savedOn(page), savedOn(mobile)]);
		await device.close();
	});

	test('SYNC-17 a page that is found to differ opens the board anew by itself, and offers what only it had', async () => {
		const tab = await context.newPage();
		const complained = complaints(tab);
		const closings: (() => Promise<void>)[] = [];
		let silent = false;
		await tab.routeWebSocket(/\/yjs\//, (socket) => {
			const server = socket.connectToServer();
			let mute = false;
			socket.onMessage((message) => {
				mute ||= silent;
				if (!mute) server.send(message);
			});
			closings.push(() => socket.close({ code: closeCodes.diverged, reason: 'diverged' }));
		});
		await tab.goto(address());
		await savedOn(tab);
		silent = true;
		await write(tab, 'threats', 'فقط در این صفحه');
		await card(tab, 'فقط در این صفحه').waitFor();
		await tab.locator('[data-saved="unsaved"]').waitFor();
		silent = false;
		await Promise.all(closings.splice(0).map((close) => close()));
		const offered = tab.getByRole('alert').filter({ hasText: 'was opened anew' });
		await offered.filter({ hasText: 'only on this device' }).waitFor();
		await savedOn(tab);
		await card(tab, 'فقط در این صفحه').waitFor({ state: 'detached' });
		const coming = tab.waitForEvent('download');
		await offered.getByRole('button', { name: 'Take my words along' }).click();
		expect(await readFile(await (await coming).path(), 'utf8')).toBe('فقط در این صفحه');
		await offered.getByRole('button', { name: 'Close' }).click();
		await write(tab, 'threats', 'و از نو');
		await card(page, 'و از نو').waitFor();
		expect(complained).toEqual([]);
	});

	test('BOARD-7 a link and a note are attached as evidence, and a link that could run is refused', async () => {
		await write(page, 'opportunities', 'with evidence');
		await card(page, 'with evidence').focus();
		await page.keyboard.press('e');
		const dialog = page.getByRole('dialog');
		const link = dialog.getByRole('textbox', { name: /link|address/i }).first();
		await link.fill('javascript:alert(1)');
		await link.press('Enter');
		expect(await dialog.locator('a[href^="javascript"]').count()).toBe(0);
		await link.fill('https://example.org/report');
		await link.press('Enter');
		await page.keyboard.press('Escape');
		const anchor = card(page, 'with evidence').locator('a[href="https://example.org/report"]');
		await anchor.waitFor();
		expect(await anchor.getAttribute('rel')).toContain('noopener');
		await savedOn(page);
	});

	test('a paste over the limit keeps what fits, and says so', async () => {
		await page.locator('[data-column="threats"] [data-add]').click();
		await page.keyboard.insertText('x'.repeat(limits.cardTextUnits + 200));
		await page
			.getByText(/1,?000/)
			.first()
			.waitFor();
		await vi.waitFor(async () => expect((await page.locator('textarea[data-writing]').inputValue()).length).toBe(limits.cardTextUnits));
		await page.keyboard.press('Escape');
		await savedOn(page);
	});

	test('hostile text in a card is text', async () => {
		const hostile = '<img src=x onerror=alert(1)>"\'‮=HYPERLINK("http://evil")';
		await write(page, 'weaknesses', hostile);
		await card(page, '<img src=x').waitFor();
		expect(await page.locator('[data-card] img').count()).toBe(0);
		await savedOn(page);
	});

	test('who may only read sees everything and changes nothing', async () => {
		const reader = await contextOf(browser, product.url, product.people[1]!, desktop);
		const reading = await reader.newPage();
		const heard = complaints(reading);
		await reading.goto(address());
		await savedOn(reading);
		expect(await reading.locator('[data-add]').count()).toBe(0);
		await reading.locator('[data-card]').first().click();
		await reading.keyboard.type('xyz');
		await reading.keyboard.press('Delete');
		expect(await reading.locator('textarea').count()).toBe(0);
		await write(page, 'strengths', 'seen by the observer');
		await card(reading, 'seen by the observer').waitFor();
		expect(heard).toEqual([]);
		await reader.close();
	});

	test('it is taken along as CSV, as a picture and on paper', async () => {
		const table = await context.request.get(`${product.url}/api/documents/${product.founding.documents.swot}/factors.csv?language=fa`);
		const csv = (await table.body()).toString('utf8');
		expect(csv.startsWith('\uFEFF')).toBe(true);
		expect(csv).toContain('دفاتر فعال در همهٔ استان‌ها');
		for (const cell of csv.split(/[\r\n,]+/)) expect(cell).not.toMatch(/^"?[=+@]/);

		await page
			.getByRole('button', { name: 'Take along' })
			.or(page.locator('[aria-haspopup="menu"]', { hasText: /export|take/i }))
			.first()
			.click();
		const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: /picture|image|PNG/i }).click()]);
		const picture = await readFile(await download.path());
		expect(picture.subarray(1, 4).toString()).toBe('PNG');
		expect(picture.readUInt32BE(16)).toBeGreaterThan(800);

		await page.goto(`${address()}/print`);
		await page.getByText('دفاتر فعال در همهٔ استان‌ها').waitFor();
		expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
	});

	test('GATE-8 whoever is refused is told why, takes their words along, does not send them again, and begins anew', async () => {
		await write(page, 'threats', 'kept before');
		await savedOn(page);
		const doc = new Y.Doc();
		doc.getMap('votes').set('a', 1);
		// as a page with a fault would leave it on the device
		await page.evaluate(
			async ({ database, document, update }) => {
				const opened = await new Promise<IDBDatabase>((resolve) => {
					const request = indexedDB.open(database);
					request.onsuccess = () => resolve(request.result);
				});
				const transaction = opened.transaction('updates', 'readwrite');
				transaction.objectStore('updates').add({ document, update: Uint8Array.from(update), unsent: 1, at: Date.now() });
				await new Promise((resolve) => (transaction.oncomplete = resolve));
				opened.close();
			},
			{ database: deviceDatabaseOf(product.people[0]!.id), document: product.founding.documents.swot, update: [...Y.encodeStateAsUpdate(doc)] }
		);
		await page.reload();
		const banner = page.getByRole('alert');
		await banner.getByText('A change was sent that cannot be taken in here').waitFor();

		const sockets: string[] = [];
		page.on('websocket', (socket) => sockets.push(socket.url()));
		await page.reload();
		await banner.getByText('A change was sent that cannot be taken in here').waitFor();
		await card(page, 'kept before').waitFor();
		const anew = banner.getByRole('button', { name: 'Begin again' });
		expect(await anew.isDisabled()).toBe(true);
		expect(sockets.filter((url) => url.includes(product.founding.documents.swot))).toEqual([]);

		const downloading = page.waitForEvent('download');
		await banner.getByRole('button', { name: 'Export my copy' }).click();
		await (await downloading).path();
		await anew.click();
		await savedOn(page);
		await card(page, 'kept before').waitFor();
		expect(await banner.count()).toBe(0);
	});

	test('GATE-10 whoever conducts the meeting is told that a board is more than half full, until they put it away', async () => {
		const ideas = `${product.url}/meetings/${product.founding.meeting}/${product.founding.activities.brainstorm}`;
		const notice = page.getByRole('status').filter({ hasText: 'more than half of what one document can' });
		expect(await notice.count()).toBe(0);
		await page.goto(ideas);
		await notice.getByRole('button', { name: 'Close' }).click();
		await notice.waitFor({ state: 'detached' });
		await page.locator(`nav a[href$="${product.founding.activities.swot}"]`).click();
		await page.locator('[data-column="threats"]').waitFor();
		await page.locator(`nav a[href$="${product.founding.activities.brainstorm}"]`).click();
		await page.waitForURL(ideas);
		await savedOn(page);
		expect(await notice.count()).toBe(0);
		await page.reload();
		await notice.waitFor();

		const other = await contextOf(browser, product.url, product.people[2]!, desktop);
		const member = await other.newPage();
		await member.goto(ideas);
		await savedOn(member);
		expect(await member.getByText('more than half').count()).toBe(0);
		await other.close();
	});

	test('GATE-11 whoever conducts the meeting goes on in a fresh copy, where everybody finds the cards and their authors', async () => {
		const { meeting, activities, documents } = product.founding;
		const ideas = `${product.url}/meetings/${meeting}/${activities.brainstorm}`;
		const other = await contextOf(browser, product.url, product.people[2]!, desktop);
		const member = await other.newPage();
		const heard = complaints(member);
		/** closes the board's socket as a server does that finds it full */
		const refuse = new Map<Page, () => Promise<void>>();
		for (const on of [page, member]) {
			await on.routeWebSocket(new RegExp(documents.brainstorm), (socket) => {
				socket.connectToServer();
				refuse.set(on, () => socket.close({ code: closeCodes['document-full'], reason: 'document-full' }));
			});
			await on.goto(ideas);
			await savedOn(on);
		}
		await write(member, 'ideas', 'carried over');
		await card(page, 'carried over').waitFor();
		const going = { name: 'Go on in a fresh copy' };
		expect(await member.getByRole('button', going).count()).toBe(0);

		const followedFrom = async (from: string, continued: number) => {
			await page.waitForURL((url) => url.pathname.startsWith(`/meetings/${meeting}/`) && url.href !== from);
			await savedOn(page);
			await card(page, 'carried over').getByText('Member').waitFor();
			expect(await page.getByRole('button', going).count()).toBe(0);
			const link = member.locator('nav a', { hasText: '(continued)' });
			await vi.waitFor(async () => expect(await link.count()).toBe(continued));
			return new URL(page.url()).pathname;
		};
		await page.getByRole('button', going).dblclick();
		const made = await followedFrom(ideas, 1);
		await member.locator(`nav a[href="${made}"]`).click();
		await card(member, 'carried over').getByText('Member').waitFor();
		await write(page, 'ideas', 'written in the copy');
		await card(member, 'written in the copy').waitFor();

		// the old one stays as it is, also when it has refused an edit
		for (const on of [page, member]) {
			await on.goto(ideas);
			await savedOn(on);
			expect(await card(on, 'written in the copy').count()).toBe(0);
		}
		await Promise.all([page, member].map((on) => refuse.get(on)!()));
		const banner = (on: Page) => on.getByRole('alert').filter({ hasText: 'holds as much as one document can' });
		await banner(member).waitFor();
		expect(await banner(member).getByRole('button', going).count()).toBe(0);
		await banner(page).getByRole('button', going).click();
		await followedFrom(ideas, 2);
		expect(heard).toEqual([]);
		await other.close();
	});

	test('signing out with words unsent asks first', async () => {
		const own = await contextOf(browser, product.url, product.people[0]!, { ...desktop, ...installed });
		const leaving = await own.newPage();
		await leaving.goto(address());
		await savedOn(leaving);
		// by a visit with a network, so that it can be come to without one
		await leaving.goto(product.url);
		await leaving.evaluate(() => navigator.serviceWorker.ready.then(() => true));
		await leaving.reload();
		await leaving.goto(address());
		await savedOn(leaving);
		await own.setOffline(true);
		await leaving.locator('[data-saved="offline"]').waitFor();
		await write(leaving, 'strengths', 'never sent');
		await leaving.locator('[data-saved="unsaved"]').waitFor();
		await leaving.goto(product.url);
		await leaving.getByRole('button', { name: 'Sign out' }).click();
		const dialog = leaving.getByRole('dialog', { name: 'Not everything has been sent yet' });
		await dialog.getByRole('button', { name: 'Stay' }).click();
		await own.setOffline(false);
		await leaving.goto(address());
		await card(leaving, 'never sent').waitFor();
		await savedOn(leaving);
		await own.close();
	});
});
