import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import type { Somebody } from './product.ts';

/** Debian's Chromium, found on the PATH; null: there is none. In continuous integration that is a failure and no reason to skip. */
export const chromiumPath: string | null =
	(process.env['PATH'] ?? '')
		.split(':')
		.map((folder) => `${folder}/chromium`)
		.find(existsSync) ?? null;
if (chromiumPath === null && process.env['CI'] === 'true') throw new Error('the tests need chromium on the PATH here');
if (chromiumPath === null) console.warn('tests that need a browser are skipped: there is no chromium on the PATH');

const unwanted = [
	// the pages behind the address bar, loaded anew with each window: more work than all of ours
	'WebUIOmniboxPopup',
	'WebUIOmniboxAimPopup',
	// a process for a page that may come, in each browser of somebody's own
	'SpareRendererForSitePerProcess',
	// Playwright's own, since the last list that Chromium is given counts alone
	'AvoidUnnecessaryBeforeUnloadCheckSync',
	'DestroyProfileOnBrowserClose',
	'HttpsUpgrades',
	'HttpsFirstBalancedModeAutoEnable',
	'LensOverlay',
	'MediaRouter',
	'PaintHolding',
	'ThirdPartyStoragePartitioning',
	'AvoidCorsURLLoaderRestartOnRedirect',
	'OptimizationHints',
	'NetworkTimeServiceQuerying',
	'AimEnabled',
	'PreconnectToSearch'
];

export function launch(): Promise<Browser> {
	return chromium.launch({
		executablePath: chromiumPath!,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--in-process-gpu',
			// a page is gone before its optimizing compilers have gained by their work
			'--js-flags=--no-opt --no-maglev --max-lazy',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			'--no-first-run',
			`--disable-features=${unwanted.join(',')}`
		]
	});
}

export const desktop: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };
export const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
/** A browser in which the product is there without a network, as in everybody's. */
export const installed: BrowserContextOptions = { serviceWorkers: 'allow' };

/** A browser of somebody's own, signed in, that speaks their language. Without a service worker, which fetches all of the product once more, unless one is asked for. */
export async function contextOf(
	browser: Browser,
	url: string,
	somebody: Pick<Somebody, 'cookie'> | null,
	options: BrowserContextOptions
): Promise<BrowserContext> {
	const context = await browser.newContext({ serviceWorkers: 'block', ...options });
	context.setDefaultTimeout(60_000);
	if (somebody) {
		const [name, value] = somebody.cookie.split('=', 2) as [string, string];
		await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Lax' }]);
	}
	return context;
}

/** Everything that a page complains of; a test looks at it at its end. */
export function complaints(page: Page): string[] {
	const found: string[] = [];
	page.on('pageerror', (error) => found.push(String(error)));
	page.on('console', (message) => {
		// a connection that is refused or lost on purpose is no complaint
		if (message.type() === 'error' && !/net::ERR|WebSocket connection|WebSocket is already in CLOSING|Failed to load resource/.test(message.text()))
			found.push(message.text());
	});
	return found;
}

/** The page's scripts are there. */
export const isAlive = (page: Page): Promise<void> => page.locator('html[data-alive]').waitFor({ state: 'attached' });

/** The page comes back without a network. */
export async function isInstalled(page: Page): Promise<void> {
	const isKept = () =>
		page.evaluate(async () => {
			await navigator.serviceWorker.ready;
			return (await caches.match(location.href, { ignoreVary: true })) !== undefined;
		});
	while (!(await isKept())) await page.waitForTimeout(50);
}

/** Somebody is at what the page has told in passing, so that it stays. */
export const keepNotice = (page: Page): Promise<void> => page.locator('.notice').hover();

/** Somebody who writes one word after the other until something has happened. Answers what they wrote. */
export async function writeUntil(page: Page, happening: Promise<unknown>): Promise<string> {
	let happened = false;
	const over = happening.finally(() => (happened = true));
	over.catch(() => {});
	let written = '';
	for (let n = 1; !happened; n++) {
		const word = n === 1 ? 'word1' : ` word${n}`;
		await page.keyboard.type(word, { delay: 100 });
		written += word;
	}
	await over;
	return written;
}

/** Keeps a page's scripts back, as a slow line does, until the function that it answers is called. */
export async function holdScripts(page: Page): Promise<() => void> {
	const { promise: coming, resolve: come } = Promise.withResolvers<void>();
	await page.route('**/_app/**/*.js', async (route) => {
		await coming;
		await route.continue();
	});
	return come;
}
