import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import { open } from '#db/open.ts';
import { hashPassword } from '#server/auth/passwords.ts';
import { newId } from '#server/auth/tokens.ts';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { chromiumPath, complaints, contextOf, desktop, launch } from '../support/browser.ts';
import { databases } from '../support/databases.ts';
import { compilingOnce, node } from '../support/node.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product } from '../support/product.ts';

/** The drill of the README: a backup of a meeting that is going on, the server dies, and everything is brought back. */

const repository = join(import.meta.dirname, '../..');
const password = 'چهار واژهٔ پشت سر هم';
const [, postgres] = databases;

let product: Product;
let folder: string;
let browser: Browser | null = null;
let page: Page | null = null;
let told: string[] = [];
let file: string;
const card = (on: Page, text: string) => on.locator('[data-card]', { hasText: text });

/** `npm run backup` and `npm run restore`, as npm runs them. */
const command = (name: 'backup' | 'restore', args: string[], place: Record<string, string> = { DATA_DIR: product.database.dataDir }) =>
	new Promise<{ code: number; said: string }>((resolve) => {
		const env = { PATH: process.env['PATH'], ...place };
		execFile(node, [...compilingOnce, `db/${name}.ts`, ...args], { cwd: repository, env }, (error, stdout, stderr) =>
			resolve({ code: error ? 1 : 0, said: `${stdout}${stderr}` })
		);
	});

function write({ doc }: BoardLink, text: string): void {
	const id = newId();
	createCard(doc, { id, author: product.people[1]!.id, createdAt: 1, column: 'threats', group: null, before: null });
	splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
}

/** Signs the member in, with their password, and reads the board. */
async function boardAfterSignIn(): Promise<string[]> {
	const entered = await fetch(`${product.url}/api/sign-in`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', origin: product.url },
		body: JSON.stringify({ identifier: 'namayande', password })
	});
	expect(entered.status).toBe(200);
	const cookie = entered.headers.getSetCookie()[0]!.split(';')[0]!;
	const link = await openPage(product, { ...product.people[1]!, cookie }, product.founding.documents.swot);
	await untilStatus(link, saved);
	const texts = [...readBoard(link.doc).cards.values()].map(({ text }) => text).sort();
	link.close();
	return texts;
}

describe('the drill', { timeout: 300_000 }, () => {
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
		file = join(folder, 'monday.backup.gz');
		product = await Product.prepare([
			{ name: { en: 'Facilitator' }, role: 'facilitator', language: 'en' },
			{ name: { fa: 'نماینده', en: 'Representative' }, role: 'member', language: 'en' }
		]);
		await product.start();
		const database = await open({ ...product.database, besideServer: true });
		await database.accounts.changeProfile(product.people[1]!.id, { userName: 'namayande' });
		await database.accounts.setPassword(product.people[1]!.id, await hashPassword(password), product.people[1]!.cookie);
		await database.close();
		if (chromiumPath !== null) browser = await launch();
	}, 300_000);
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
		await rm(folder, { recursive: true, force: true });
	});

	test('BACKUP-12 BACKUP-11 backed up while people write, killed, restored in place: an open tab shows what was restored, once, and offers the rest', async () => {
		const { founding, people } = product;
		const writer = await openPage(product, people[0]!, founding.documents.swot);
		await untilStatus(writer, saved);
		write(writer, 'پیش از پشتیبان');
		await untilStatus(writer, saved);
		let writing = true;
		const writes = (async () => {
			while (writing) {
				splice(writer.doc, { card: [...readBoard(writer.doc).cards.keys()][0]! }, { at: 0, removed: 0, inserted: '.' });
				await untilStatus(writer, saved);
			}
		})();
		const backedUp = await command('backup', [file]);
		writing = false;
		await writes;
		expect(backedUp).toEqual({ code: 0, said: expect.stringMatching(/rows, \d+ documents, each read back/) });
		write(writer, 'پس از پشتیبان');
		await untilStatus(writer, saved);
		writer.close();

		if (browser) {
			page = await (await contextOf(browser, product.url, null, { ...desktop, locale: 'en-GB', acceptDownloads: true })).newPage();
			told = complaints(page);
			const address = `/meetings/${founding.meeting}/${founding.activities.swot}`;
			await page.goto(`${product.url}/sign-in?to=${encodeURIComponent(address)}`);
			await page.getByLabel('User name, mobile or e-mail', { exact: true }).fill('namayande');
			await page.getByLabel('Password', { exact: true }).fill(password);
			await page.getByRole('button', { name: 'Sign in', exact: true }).click();
			await page.locator('[data-saved="saved"]').waitFor();
			await card(page, 'پس از پشتیبان').waitFor();
		}
		await product.kill();
		if (page) {
			await page.locator('[data-column="threats"] [data-add]').click();
			await page.keyboard.type('نوشتهٔ نرسیده');
			await card(page, 'نوشتهٔ نرسیده').waitFor();
			await page.locator('[data-saved="unsaved"]').waitFor();
		}

		expect(await command('restore', [file])).toMatchObject({ code: 1, said: expect.stringContaining('not empty') });
		expect(await command('restore', [file, '--replace'])).toMatchObject({ code: 0 });
		await product.start();
		expect((await command('restore', [file, '--replace'])).said).toContain('stop the server');
		expect((await boardAfterSignIn()).filter((text) => text.includes('پشتیبان'))).toEqual(['پیش از پشتیبان']);
		if (!page) return;

		// everybody signs in anew, where they are
		const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
		await dialog.getByLabel('Password', { exact: true }).fill(password);
		await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
		const banner = page.getByRole('alert').filter({ hasText: 'restored from a backup' });
		const offered = page.getByRole('alert').filter({ hasText: 'only on this device' });
		await banner.and(offered).waitFor();
		await page.locator('[data-saved="saved"]').waitFor();
		const shows = () =>
			vi.waitFor(async () => {
				for (const [text, count] of [
					['پیش از پشتیبان', 1],
					['پس از پشتیبان', 0],
					['نوشتهٔ نرسیده', 0]
				] as const)
					expect(await card(page!, text).count(), text).toBe(count);
			});
		await shows();
		const coming = page.waitForEvent('download');
		await banner.getByRole('button', { name: 'Take my words along' }).click();
		expect(await readFile(await (await coming).path(), 'utf8')).toBe('نوشتهٔ نرسیده');
		// they are offered until they are not wanted any more, and the document is whole after a reload
		await page.reload();
		await page.locator('[data-saved="saved"]').waitFor();
		await offered.getByRole('button', { name: 'Close' }).click();
		await offered.waitFor({ state: 'detached' });
		await page.reload();
		await page.locator('[data-saved="saved"]').waitFor();
		await shows();
		expect(await offered.count()).toBe(0);
		expect(told).toEqual([]);
	});

	test.skipIf(postgres!.skip)('BACKUP-12 from the embedded database to PostgreSQL, and from there to another embedded one', async () => {
		await product.kill();
		const url = (await postgres!.url())!;
		expect(await command('restore', [file], { DATABASE_URL: url })).toMatchObject({ code: 0 });
		await product.start({ DATABASE_URL: url });
		const board = await boardAfterSignIn();
		expect(board).toContain('پیش از پشتیبان');
		const second = join(folder, 'from-postgres.backup.gz');
		expect(await command('backup', [second], { DATABASE_URL: url })).toMatchObject({ code: 0 });
		expect((await command('restore', [second, '--replace'], { DATABASE_URL: url })).said).toContain('server is running');
		await product.kill();
		const elsewhere = { DATA_DIR: join(folder, 'elsewhere') };
		expect(await command('restore', [second], elsewhere)).toMatchObject({ code: 0 });
		await product.start(elsewhere);
		expect(await boardAfterSignIn()).toEqual(board);
	});
});
