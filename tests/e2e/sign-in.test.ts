import { readFile } from 'node:fs/promises';
import { Secret, TOTP } from 'otpauth';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { open, type Database } from '#db/open.ts';
import { links } from '#db/schema/people.ts';
import { hashPassword } from '#server/auth/passwords.ts';
import { digestOf, newId, newToken } from '#server/auth/tokens.ts';
import { chromiumPath, complaints, contextOf, desktop, holdScripts, launch, phone } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/** Coming in, as people do it: by password, code, recovery code and passkey; by invitation and reset; and again in the middle of a meeting. */

let product: Product;
let database: Database;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let told: string[];
const password = 'چهار واژهٔ پشت سر هم';
const facilitator = () => product.people[0]!;
const board = () => `${product.url}/meetings/${product.founding.meeting}/${product.founding.activities.swot}`;

const field = (on: Page, label: string) => on.getByLabel(label, { exact: true });
const press = (on: Page, name: string) => on.getByRole('button', { name, exact: true }).click();

async function signIn(on: Page, name: string, word = password): Promise<void> {
	await field(on, 'User name, mobile or e-mail').fill(name);
	await field(on, 'Password').fill(word);
	await press(on, 'Sign in');
}

async function account(): Promise<void> {
	await page.goto(`${product.url}/account`);
	await page.getByRole('heading', { name: 'My account' }).waitFor();
}

describe.skipIf(chromiumPath === null)('signing in', () => {
	beforeAll(async () => {
		product = await Product.prepare([
			{ name: { fa: 'دبیرکل', en: 'Secretary-general' }, role: 'facilitator', language: 'en' },
			{ name: { fa: 'نماینده', en: 'Representative' }, role: 'member', language: 'en' }
		]);
		await product.start();
		database = await open({ ...product.database, besideServer: true });
		const hash = await hashPassword(password);
		for (const [i, userName] of ['dabir', 'namayande'].entries()) {
			await database.accounts.changeProfile(product.people[i]!.id, { userName, mobile: `+98912111222${i}` });
			await database.accounts.setPassword(product.people[i]!.id, hash, '');
		}
		browser = await launch();
	});
	afterAll(async () => {
		await browser?.close();
		await database?.close();
		await product?.remove();
	});
	beforeEach(async () => {
		context = await contextOf(browser, product.url, null, { ...desktop, locale: 'en-GB', acceptDownloads: true });
		page = await context.newPage();
		told = complaints(page);
	});
	afterEach(async () => {
		await context.close();
		expect(told).toEqual([]);
	});

	test('ACCOUNT-1 whoever opens a board signs in on the way and lands on it; home leads to the door', async () => {
		await page.goto(product.url);
		await page.waitForURL('**/sign-in');
		await page.goto(board());
		await page.waitForURL('**/sign-in?to=*');
		await signIn(page, '۰۹۱۲۱۱۱۲۲۲۰', 'not the password');
		await page.getByRole('alert').getByText('The name or the password is not right').waitFor();
		expect(await field(page, 'User name, mobile or e-mail').inputValue()).toBe('۰۹۱۲۱۱۱۲۲۲۰');
		await field(page, 'Password').fill(password);
		await press(page, 'Sign in');
		await page.waitForURL(board());
		await page.locator('[data-saved="saved"]').waitFor();
	});

	test('ACCOUNT-16 what is submitted before the scripts have come waits for them, and nothing typed is in an address', async () => {
		const come = await holdScripts(page);
		const addresses: string[] = [];
		page.on('framenavigated', (frame) => addresses.push(frame.url()));
		await page.goto(`${product.url}/sign-in`, { waitUntil: 'commit' });
		await signIn(page, 'dabir');
		await vi.waitFor(async () => expect(await page.evaluate(() => globalThis.early?.submitted !== undefined)).toBe(true));
		expect(page.url()).toBe(`${product.url}/sign-in`);
		come();
		await page.waitForURL(`${product.url}/`);
		expect(addresses.filter((address) => address.includes('password'))).toEqual([]);
	});

	test('ACCOUNT-16 what is chosen and pressed before the scripts have come counts once they have', async () => {
		await page.goto(`${product.url}/sign-in`);
		await signIn(page, 'dabir');
		await page.waitForURL(`${product.url}/`);
		const come = await holdScripts(page);
		await page.goto(`${product.url}/account`, { waitUntil: 'commit' });
		const chosen = page.waitForResponse((response) => response.request().method() === 'PATCH');
		await page.locator('main').getByRole('radio', { name: 'Large' }).check();
		await press(page, 'Turn on');
		come();
		await page.getByRole('dialog', { name: 'Your password, please' }).waitFor();
		expect((await chosen).ok()).toBe(true);
		await page.reload();
		await page.locator('html[data-size=large]').waitFor();
		await page.locator('main').getByRole('radio', { name: 'Normal' }).check();
		await page.locator('html[data-size=normal]').waitFor();
	});

	test('a link leads to own pages only', async () => {
		for (const elsewhere of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
			await page.goto(`${product.url}/sign-in?to=${encodeURIComponent(elsewhere)}`);
			await signIn(page, 'dabir');
			await page.waitForURL(`${product.url}/`);
			await context.clearCookies();
		}
	});

	test('ACCOUNT-5 ACCOUNT-6 an authenticator app, its codes, and a recovery code', async () => {
		await page.goto(`${product.url}/sign-in`);
		await signIn(page, 'dabir');
		await page.waitForURL(`${product.url}/`);
		await account();
		await press(page, 'Turn on');
		const dialog = page.getByRole('dialog', { name: 'Your password, please' });
		await dialog.getByLabel('Password', { exact: true }).fill('not the password');
		await dialog.getByRole('button', { name: 'Turn on' }).click();
		await dialog.getByText('This is not your present password').waitFor();
		await dialog.getByLabel('Password', { exact: true }).fill(password);
		await dialog.getByRole('button', { name: 'Turn on' }).click();
		await dialog.waitFor({ state: 'hidden' });
		await page.getByRole('img', { name: /Scan this/ }).waitFor();
		const secret = (await page.locator('[data-secret]').innerText()).replaceAll(' ', '');
		const codeAt = (ms: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: ms });
		await field(page, 'The code that the app shows now').fill(codeAt(Date.now()));
		await press(page, 'Confirm');
		const codes = page.locator('.codes li');
		await codes.first().waitFor();
		const recoveryCodes = await codes.allInnerTexts();
		expect(recoveryCodes).toHaveLength(10);
		const downloading = page.waitForEvent('download');
		await press(page, 'Download');
		const file = await readFile(await (await downloading).path(), 'utf8');
		for (const code of recoveryCodes) expect(file).toContain(code);
		await press(page, 'I have kept them');
		await page.getByText('10 recovery codes are left.').waitFor();

		await context.clearCookies();
		await page.goto(`${product.url}/sign-in`);
		await signIn(page, 'dabir');
		await field(page, 'Code').fill(codeAt(Date.now() + 30_000));
		await press(page, 'Continue');
		await page.waitForURL(`${product.url}/`);

		await context.clearCookies();
		await page.goto(`${product.url}/sign-in`);
		await signIn(page, 'dabir');
		await field(page, 'Code').fill('000000');
		await press(page, 'Continue');
		await page.getByText('This code is not right or has been used already').waitFor();
		await field(page, 'Code').fill(recoveryCodes[3]!);
		await press(page, 'Continue');
		await page.waitForURL(`${product.url}/`);
		await account();
		await page.getByText('9 recovery codes are left.').waitFor();
		await press(page, 'Turn off');
		await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill(password);
		await page.getByRole('dialog').getByRole('button', { name: 'Turn off' }).click();
		await page.getByRole('button', { name: 'Turn on', exact: true }).waitFor();
	});

	test('ACCOUNT-7 a passkey is added, signs its owner in, is named and removed', async () => {
		const devtools = await context.newCDPSession(page);
		await devtools.send('WebAuthn.enable');
		await devtools.send('WebAuthn.addVirtualAuthenticator', {
			options: {
				protocol: 'ctap2',
				transport: 'internal',
				hasResidentKey: true,
				hasUserVerification: true,
				isUserVerified: true,
				automaticPresenceSimulation: true
			}
		});
		await page.goto(`${product.url}/sign-in`);
		await signIn(page, 'namayande');
		await page.waitForURL(`${product.url}/`);
		await account();
		await press(page, 'Add a passkey');
		const dialog = page.getByRole('dialog', { name: 'Your password, please' });
		await dialog.getByLabel('Name of this passkey').fill('My laptop');
		await dialog.getByLabel('Password', { exact: true }).fill(password);
		await dialog.getByRole('button', { name: 'Add a passkey' }).click();
		await page.getByText('My laptop', { exact: true }).waitFor();

		await context.clearCookies();
		await page.goto(`${product.url}/sign-in`);
		const answered = page.waitForRequest((request) => request.url().endsWith('/api/sign-in/passkey'));
		await press(page, 'Sign in with a passkey');
		await page.waitForURL(`${product.url}/`);
		const me = (await (await context.request.get(`${product.url}/api/me`)).json()) as { person: { id: string } };
		expect(me.person.id).toBe(product.people[1]!.id);
		// the same answer again is no answer: its question was answered
		const again = await page.request.post(`${product.url}/api/sign-in/passkey`, {
			data: (await answered).postDataJSON() as object,
			headers: { origin: product.url }
		});
		expect(again.status()).toBe(401);

		await account();
		await press(page, 'Rename');
		await page.getByRole('dialog').getByLabel('Name of this passkey').fill('Old laptop');
		await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
		await page.getByText('Old laptop', { exact: true }).waitFor();
		await press(page, 'Remove');
		await dialog.getByText('Remove “Old laptop”?').waitFor();
		await dialog.getByLabel('Password', { exact: true }).fill('not the password');
		await dialog.getByRole('button', { name: 'Remove' }).click();
		await dialog.getByRole('alert').waitFor();
		await dialog.getByLabel('Password', { exact: true }).fill(password);
		await dialog.getByRole('button', { name: 'Remove' }).click();
		await page.getByText('Old laptop', { exact: true }).waitFor({ state: 'detached' });
		await context.clearCookies();
		await page.goto(`${product.url}/sign-in`);
		await press(page, 'Sign in with a passkey');
		await page.getByText('This passkey was not accepted').waitFor();
	});

	test('ACCOUNT-9 sessions are listed by their device, and ended', async () => {
		const mobile = await contextOf(browser, product.url, null, {
			...phone,
			userAgent: 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36'
		});
		const other = await mobile.newPage();
		await other.goto(`${product.url}/sign-in`);
		await other.locator('input[name=identifier]').fill('namayande');
		await other.locator('input[name=password]').fill(password);
		await other.locator('input[name=password]').press('Enter');
		await other.waitForURL(`${product.url}/`);
		await page.goto(`${product.url}/sign-in`);
		await signIn(page, 'namayande');
		await page.waitForURL(`${product.url}/`);
		await account();
		await page.locator('[data-session]').first().getByText('This device').waitFor();
		await page.getByRole('button', { name: 'End the session: Chrome on Android' }).first().click();
		await vi.waitFor(async () => expect((await mobile.request.get(`${product.url}/api/me`)).status()).toBe(401));
		await mobile.close();
	});

	test('ACCOUNT-8 the password is changed, and what is wrong is said where it is wrong', async () => {
		await page.goto(`${product.url}/sign-in`);
		await signIn(page, 'namayande');
		await page.waitForURL(`${product.url}/`);
		await account();
		await field(page, 'Present password').fill(password);
		await field(page, 'New password').fill('1234567890');
		await press(page, 'Change the password');
		await page.getByText('one of the first that anybody would guess').waitFor();
		await field(page, 'New password').fill(`${password}!`);
		await press(page, 'Change the password');
		await page.getByText('The password is changed').waitFor();
		await field(page, 'Present password').fill(`${password}!`);
		await field(page, 'New password').fill(password);
		await press(page, 'Change the password');
		await vi.waitFor(async () => expect(await field(page, 'New password').inputValue()).toBe(''));
	});

	test('ACCOUNT-11 an invitation on a phone, from the link into the think tank', async () => {
		const token = newToken();
		await database.connection.run(({ orm }) =>
			orm.insert(links).values({
				digest: digestOf(token),
				id: newId(),
				purpose: 'invitation',
				expiresAt: Date.now() + 3_600_000,
				usesLeft: 1,
				thinkTankId: product.founding.thinkTank,
				role: 'member'
			})
		);
		const mobile = await contextOf(browser, product.url, null, { ...phone, locale: 'fa-IR' });
		const visitor = await mobile.newPage();
		await visitor.goto(`${product.url}/invitations/${token}`);
		await visitor.getByLabel('نام به فارسی').fill('مدیر دفتر یزد');
		await visitor.getByLabel('استان').selectOption('IR-21');
		await visitor.getByLabel('نام کاربری').fill('dabir');
		await visitor.getByLabel('گذرواژه', { exact: true }).fill('پنج واژهٔ تازه پشت سر هم');
		await visitor.getByRole('button', { name: 'ساختن حساب و پیوستن' }).tap();
		await visitor.getByText('این نام کاربری از آنِ شخص دیگری است').waitFor();
		expect(await visitor.getByLabel('نام به فارسی').inputValue()).toBe('مدیر دفتر یزد');
		await visitor.getByLabel('نام کاربری').fill('yazd');
		await visitor.getByRole('button', { name: 'ساختن حساب و پیوستن' }).tap();
		await visitor.waitForURL(`${product.url}/`);
		await visitor.getByText('اتاق فکر تعاون').first().waitFor();
		await visitor.goto(`${product.url}/invitations/${token}`);
		await visitor.getByText('از این پیوند به اندازه‌ای که می‌شد استفاده شده است').waitFor();
		await mobile.close();
	});

	test('ACCOUNT-13 a reset link, and in with the new password', async () => {
		const person = newId();
		await database.people.create({ id: person, name: { en: 'Forgetful' }, userName: 'forgetful' });
		const token = newToken();
		await database.connection.run(({ orm }) =>
			orm.insert(links).values({ digest: digestOf(token), id: newId(), purpose: 'reset', expiresAt: Date.now() + 3_600_000, usesLeft: 1, personId: person })
		);
		await page.goto(`${product.url}/reset/${token}`);
		await page.getByText('Forgetful').waitFor();
		await field(page, 'New password').fill('three new words');
		await press(page, 'Set it');
		await page.getByText('The new password is set.').waitFor();
		await signIn(page, 'forgetful', 'three new words');
		await page.waitForURL(`${product.url}/`);
	});

	describe('a session that ends during a meeting', () => {
		/** Writes a card of which nothing has reached the server when the session ends. */
		async function writeUnsent(text: string): Promise<void> {
			await page.goto(`${product.url}/sign-in?to=${encodeURIComponent(new URL(board()).pathname)}`);
			await signIn(page, 'dabir');
			await page.waitForURL(board());
			await page.locator('[data-saved="saved"]').waitFor();
			await page.evaluate(() => Object.assign(globalThis, { stillTheSamePage: true }));
			await context.setOffline(true);
			await page.locator('[data-saved="offline"]').waitFor();
			await page.locator('[data-column="threats"] [data-add]').click();
			await page.keyboard.type(text);
			await page.keyboard.press('Escape');
			await database.sessions.removeAllOf(facilitator().id);
			await context.setOffline(false);
			// it can be put aside, and taken up again
			const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
			await dialog.waitFor();
			await page.keyboard.press('Escape');
			await page.getByText(/changes? of yours did not arrive/).waitFor();
			await page.getByRole('button', { name: 'Sign in again' }).click();
		}
		const stored = async () => (await database.factors.of(product.founding.documents.swot)).map(({ text }) => text);

		test('ACCOUNT-14 is renewed in place by the same person, and what they wrote arrives', async () => {
			await writeUnsent('written without a session');
			expect(await stored()).not.toContain('written without a session');
			const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
			expect(await dialog.getByLabel('User name, mobile or e-mail').inputValue()).toBe('dabir');
			await dialog.getByLabel('Password', { exact: true }).fill(password);
			await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
			await page.locator('[data-saved="saved"]').waitFor();
			await vi.waitFor(async () => expect(await stored()).toContain('written without a session'));
			expect(await page.evaluate(() => 'stillTheSamePage' in globalThis)).toBe(true);
			// and it goes on from there
			await page.locator('[data-column="threats"] [data-add]').click();
			await page.keyboard.type('written after it');
			await page.keyboard.press('Escape');
			await vi.waitFor(async () => expect(await stored()).toContain('written after it'));
		});

		test('ACCOUNT-14 somebody else who signs in there goes home, and nothing is sent in their name', async () => {
			await writeUnsent('of the facilitator alone');
			const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
			await dialog.getByLabel('User name, mobile or e-mail').fill('namayande');
			await dialog.getByLabel('Password', { exact: true }).fill(password);
			await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
			await page.waitForURL(`${product.url}/`);
			await page.getByText('Representative').first().waitFor();
			expect(await stored()).not.toContain('of the facilitator alone');
		});
	});

	test('ACCOUNT-15 no password and no code is in the log', () => {
		for (const hidden of [password, 'not the password', 'three new words']) expect(product.log).not.toContain(hidden);
	});
});
