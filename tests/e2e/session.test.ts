import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnyCommandInput } from '#realtime/meeting/commands.ts';
import type { AgendaItem, Meeting } from '#realtime/meeting/meetings.ts';
import { stepsOf, type RecipeName } from '#realtime/meeting/recipes.ts';
import { newId } from '#server/auth/tokens.ts';
import { chromiumPath, complaints, contextOf, desktop, installed, launch, phone } from '../support/browser.ts';
import { Product, type Somebody } from '../support/product.ts';

/** A session in steps: a facilitator and a member at desks in Persian, and a member on a phone in English. */

let product: Product;
let browser: Browser;
let desk: Page;
let other: Page;
let mobile: Page;
let swot: AgendaItem;
let brainstorm: AgendaItem;
const told: string[][] = [];

const facilitator = () => product.people[0]!;
const address = (point: AgendaItem) => `${product.url}/meetings/${product.founding.meeting}/${point.id}`;

async function command(asked: AnyCommandInput, somebody: Somebody = facilitator()): Promise<void> {
	const answer = await fetch(`${product.url}/api/meetings/${product.founding.meeting}/commands`, {
		method: 'POST',
		headers: { cookie: somebody.cookie, 'content-type': 'application/json' },
		body: JSON.stringify({ id: newId(), command: asked })
	});
	expect(await answer.json()).toMatchObject({ version: expect.any(Number) });
}

async function meeting(): Promise<Meeting> {
	const answer = await fetch(`${product.url}/api/meetings/${product.founding.meeting}`, { headers: { cookie: facilitator().cookie } });
	return ((await answer.json()) as { meeting: Meeting }).meeting;
}

/** Takes the meeting to a point that is done by a recipe, and every page with it. */
async function begin(point: AgendaItem, recipe: RecipeName): Promise<void> {
	await command({ name: 'agenda.change', body: { item: point.id, steps: stepsOf(recipe, newId) } });
	await command({ name: 'meeting.turn', body: { item: point.id } });
	for (const page of [desk, other, mobile]) {
		await page.goto(address(point));
		await page.locator('[data-saved="saved"]').waitFor();
	}
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
		const { agenda } = await meeting();
		swot = agenda.find(({ kind }) => kind === 'swot')!;
		brainstorm = agenda.find(({ kind }) => kind === 'brainstorm')!;
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
		await begin(brainstorm, 'silent');
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
		await reveal();
		for (const page of [desk, other, mobile]) {
			await card(page, 'No buyer for rural products').waitFor();
			await card(page, 'نبود خرید تضمینی').waitFor();
		}
		// at the reveal it is read
		expect(await mobile.locator('form.composer').count()).toBe(0);
		await nextStep('دسته‌بندی').click();
		await mobile.locator('form.composer').waitFor();
	});
});
