import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, complaints, contextOf, desktop, launch, phone } from '../support/browser.ts';
import { Product } from '../support/product.ts';

/** A day chosen and typed on a page that asks for one, by keyboard, in both directions. */

const words = {
	fa: { field: 'آغاز دوره', known: '۲ آذر ۱۴۰۵', title: '2026-11-23', missing: 'اسفند ۱۴۰۴ فقط ۲۹ روز دارد', example: '۱۴۰۵/۹/۲', other: 'میلادی' },
	en: {
		field: 'Term begins',
		known: '23 November 2026',
		title: '2026-11-23',
		missing: 'Esfand 1404 has only 29 days',
		example: '2026-11-23',
		other: 'Solar Hijri'
	}
} as const;

describe.skipIf(chromiumPath === null)('the day picker', () => {
	let product: Product;
	let browser: Browser;
	beforeAll(async () => {
		product = await Product.prepare([{ name: { fa: 'مدیر', en: 'Administrator' }, role: 'facilitator', administrator: true }]);
		await product.start();
		browser = await launch();
	});
	afterAll(async () => {
		await browser?.close();
		await product?.remove();
	});

	async function opened(language: 'fa' | 'en', window: typeof desktop): Promise<{ page: Page; field: Locator; told: string[]; close: () => Promise<void> }> {
		const context = await contextOf(browser, product.url, product.people[0]!, {
			...window,
			locale: language === 'fa' ? 'fa-IR' : 'en-GB',
			reducedMotion: 'reduce'
		});
		const page = await context.newPage();
		const told = complaints(page);
		await page.goto(`${product.url}/think-tanks/new`);
		const field = page.getByRole('textbox', { name: words[language].field });
		await field.waitFor();
		// once it opens, the page has come to life
		const grid = page.getByRole('grid');
		await expect.poll(async () => (await field.press('Alt+ArrowDown'), await grid.count())).toBe(1);
		await page.keyboard.press('Escape');
		await grid.waitFor({ state: 'detached' });
		return { page, field, told, close: () => context.close() };
	}

	/** The day that the keyboard is on. */
	const at = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('title'));

	test.each(['fa', 'en'] as const)('DATE-4 is walked through by keys, and gives the focus back, in %s', async (language) => {
		const { page, field, told, close } = await opened(language, desktop);
		await field.fill(words[language].example);
		await field.press('Alt+ArrowDown');
		const grid = page.getByRole('grid');
		await grid.waitFor();
		await expect.poll(() => at(page)).toBe('2026-11-23');
		// days run from right to left in Persian: the left arrow leads to the next one
		const [forward, back] = language === 'fa' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
		const [week, weekEnd] = language === 'fa' ? ['2026-11-21', '2026-11-27'] : ['2026-11-23', '2026-11-29'];
		const steps: [string, string][] = [
			[forward!, '2026-11-24'],
			[back!, '2026-11-23'],
			['ArrowDown', '2026-11-30'],
			['ArrowUp', '2026-11-23'],
			['Home', week],
			['End', weekEnd]
		];
		for (const [key, day] of steps) {
			await page.keyboard.press(key);
			expect(await at(page), key).toBe(day);
		}
		await page.keyboard.press('Home');
		await page.keyboard.press('PageDown');
		expect(await at(page)).toBe(language === 'fa' ? '2026-12-21' : '2026-12-23');
		await page.keyboard.press('Shift+PageUp');
		expect((await at(page))!.slice(0, 7)).toBe('2025-12');
		// what the grid shows is said politely
		expect(await page.locator('[aria-live=polite]', { hasText: language === 'fa' ? '۱۴۰۴' : '2025' }).count()).toBeGreaterThan(0);

		await page.keyboard.press('Escape');
		await grid.waitFor({ state: 'detached' });
		expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
		expect(await field.inputValue()).toBe(words[language].known);

		await field.press('Alt+ArrowDown');
		await expect.poll(() => at(page)).toBe('2026-11-23');
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Enter');
		await grid.waitFor({ state: 'detached' });
		expect(await field.getAttribute('title')).toBe('2026-11-30');
		expect(told).toEqual([]);
		await close();
	});

	test.each(['fa', 'en'] as const)('DATE-3 a day that does not exist gets a sentence and stays as it was typed, in %s', async (language) => {
		const { page, field, told, close } = await opened(language, desktop);
		await field.fill('۱۴۰۵/۹/۲');
		await field.press('Tab');
		expect(await field.getAttribute('title')).toBe('2026-11-23');
		await field.fill('۳۰ اسفند ۱۴۰۴');
		await field.press('Tab');
		await page.getByRole('alert').filter({ hasText: words[language].missing }).waitFor();
		expect(await field.inputValue()).toBe('۳۰ اسفند ۱۴۰۴');
		expect(await field.getAttribute('aria-invalid')).toBe('true');
		// the value is the one before
		expect(await field.getAttribute('title')).toBe('2026-11-23');
		await field.fill('٢٠٢٦/١١/٢٤');
		await field.press('Tab');
		expect([await field.getAttribute('title'), await field.getAttribute('aria-invalid')]).toEqual(['2026-11-24', null]);
		expect(told).toEqual([]);
		await close();
	});

	test('on a phone it fits, every day is 44 px high to a finger, and the other calendar is a touch away', async () => {
		const { page, told, close } = await opened('fa', phone);
		await page.getByRole('button', { name: words.fa.field }).tap();
		const grid = page.getByRole('grid');
		await grid.waitFor();
		const boxes = await Promise.all((await grid.getByRole('button').all()).map((button) => button.boundingBox()));
		expect(boxes.length).toBeGreaterThanOrEqual(29);
		for (const box of boxes) {
			expect(box!.height).toBeGreaterThanOrEqual(44);
			expect(box!.x).toBeGreaterThanOrEqual(0);
			expect(box!.x + box!.width).toBeLessThanOrEqual(390);
		}
		await page.getByRole('radio', { name: words.fa.other }).tap({ force: true });
		await page.getByRole('grid', { name: /\u06f2\u06f0\d?\d?|۲۰/ }).waitFor();
		expect(told).toEqual([]);
		await close();
	});
});
