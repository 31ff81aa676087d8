import { gzipSync } from 'node:zlib';
import { createCard, splice } from '#realtime/board/edits.ts';
import { quadrants } from '#realtime/board/schema.ts';
import { newId } from '#server/auth/tokens.ts';
import type { Page } from 'playwright-core';
import { chromiumPath, contextOf, desktop, installed, launch, phone } from '../support/browser.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product } from '../support/product.ts';
import { median, ms, percentile, print } from './figures.ts';

const cards = 300;
const opens = 7;
const dragMs = 3_000;
const dropsFrameMs = 33;

const boardPath = ({ founding }: Product) => `/meetings/${founding.meeting}/${founding.activities.swot}`;

/** The product with a board of {@link cards} cards; null where there is no browser, which is said. */
async function largeBoard(what: string): Promise<Product | null> {
	if (chromiumPath === null) {
		print(what, 'skipped: there is no chromium');
		return null;
	}
	const product = await Product.prepare([{ name: { fa: 'دبیر', en: 'Facilitator' }, role: 'facilitator', language: 'fa' }]);
	await product.start({ LOG_LEVEL: 'warn' });
	const page = await openPage(product, product.people[0]!, product.founding.documents.swot);
	await untilStatus(page, saved);
	for (let i = 15; i < cards; i++) {
		const id = newId();
		createCard(page.doc, { id, author: product.people[0]!.id, createdAt: Date.now(), column: quadrants[i % 4]!, group: null, before: null });
		splice(page.doc, { card: id }, { at: 0, removed: 0, inserted: `عامل شمارهٔ ${i}: کمبود دسترسی تعاونی‌های روستایی به بازارهای تضمین‌شدهٔ فروش` });
	}
	await untilStatus(page, saved);
	page.close();
	return product;
}

/** From asking for the page to the last of 300 cards on the screen, next to a page without a board. */
export async function benchOpening(): Promise<void> {
	const product = await largeBoard('open of a board of 300 cards');
	if (!product) return;
	const browser = await launch();
	const times = { board: [] as number[], again: [] as number[], home: [] as number[] };
	for (let i = 0; i < opens; i++) {
		const context = await contextOf(browser, product.url, product.people[0]!, { ...desktop, ...installed });
		const page = await context.newPage();
		let began = performance.now();
		await page.goto(`${product.url}/`);
		await page.locator('main').first().waitFor();
		times.home.push(performance.now() - began);
		for (const into of [times.board, times.again]) {
			began = performance.now();
			await page.goto(product.url + boardPath(product));
			await page.waitForFunction((count) => document.querySelectorAll('[data-card]').length === count, cards, { polling: 'raf' });
			into.push(performance.now() - began);
		}
		await context.close();
	}
	print(`open of a board of ${cards} cards, first visit`, `median ${ms(median(times.board))}`, `home page: ${ms(median(times.home))}`);
	print(`open of a board of ${cards} cards, again`, `median ${ms(median(times.again))}`);
	await browser.close();
	await product.remove();
}

/** Frames while a card is dragged for three seconds among 300, next to the same movement over a blank page. */
export async function benchDragging(): Promise<void> {
	const product = await largeBoard('dragging a card among 300');
	if (!product) return;
	const browser = await launch();
	const context = await contextOf(browser, product.url, product.people[0]!, { ...desktop, ...installed });
	const page = await context.newPage();
	await page.goto('about:blank');
	const blank = await framesWhile(page, () => wander(page, 720, 400));
	await page.goto(product.url + boardPath(product));
	await page.waitForFunction((count) => document.querySelectorAll('[data-card]').length === count, cards);
	const box = (await page.locator('[data-card]').first().boundingBox())!;
	const [x, y] = [box.x + box.width / 2, box.y + 12];
	await page.mouse.move(x, y);
	await page.mouse.down();
	const dragging = await framesWhile(page, () => wander(page, x, y));
	await page.mouse.up();
	const described = (frames: number[]) =>
		`${frames.filter((frame) => frame > dropsFrameMs).length} of ${frames.length} frames over ${dropsFrameMs} ms, p99 ${ms(percentile(frames, 0.99))}`;
	print(`3 s of dragging a card among ${cards}`, described(dragging), `blank page: ${described(blank)}`);
	await browser.close();
	await product.remove();
}

/** Moves the mouse in circles over the middle of the window. */
async function wander(page: Page, fromX: number, fromY: number): Promise<void> {
	const until = performance.now() + dragMs;
	for (let step = 0; performance.now() < until; step++) {
		const angle = step / 20;
		const reach = Math.min(1, step / 20);
		await page.mouse.move(fromX + (720 + 380 * Math.cos(angle) - fromX) * reach, fromY + (450 + 250 * Math.sin(angle) - fromY) * reach);
	}
}

async function framesWhile(page: Page, move: () => Promise<void>): Promise<number[]> {
	await page.evaluate(() => {
		const frames: number[] = [];
		Object.assign(globalThis, { frames });
		let last = performance.now();
		const next = (now: number) => {
			frames.push(now - last);
			last = now;
			requestAnimationFrame(next);
		};
		requestAnimationFrame(next);
	});
	await move();
	// the first frame has begun before the movement
	return (await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames)).slice(1);
}

/** What a phone loads to be on a live board for the first time, each file gzipped by us. */
export async function benchFirstLoad(): Promise<void> {
	const what = 'first load of a live board';
	if (chromiumPath === null) return print(what, 'skipped: there is no chromium');
	const product = await Product.prepare([{ name: { fa: 'دبیر', en: 'Facilitator' }, role: 'facilitator', language: 'fa' }]);
	await product.start({ LOG_LEVEL: 'warn' });
	const browser = await launch();
	const context = await contextOf(browser, product.url, product.people[0]!, phone);
	const page = await context.newPage();
	const bytes = { script: 0, style: 0, font: 0, document: 0, other: 0 };
	const arrivals: Promise<void>[] = [];
	page.on('response', (response) => {
		arrivals.push(
			response.body().then(
				(body) => {
					const type = response.request().resourceType();
					const kind = type === 'stylesheet' ? 'style' : type === 'script' || type === 'font' || type === 'document' ? type : 'other';
					// fonts are compressed already
					bytes[kind] += kind === 'font' ? body.length : gzipSync(body).length;
				},
				() => {}
			)
		);
	});
	await page.goto(product.url + boardPath(product));
	await page.locator('[data-saved="saved"]').waitFor();
	await page.waitForLoadState('networkidle');
	await Promise.all(arrivals);
	const kilobytes = (value: number) => `${(value / 1000).toFixed(0)} kB`;
	const all = Object.values(bytes).reduce((sum, value) => sum + value, 0);
	print(
		what,
		`script ${kilobytes(bytes.script)}, all ${kilobytes(all)}`,
		`styles ${kilobytes(bytes.style)}, fonts ${kilobytes(bytes.font)}, page ${kilobytes(bytes.document)}, data ${kilobytes(bytes.other)}`
	);
	await browser.close();
	await product.remove();
}
