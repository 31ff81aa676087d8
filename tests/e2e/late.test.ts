import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { openBoard } from '#realtime/client/board-link.ts';
import { enterMeeting, type MeetingLink } from '#realtime/client/meeting-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { open } from '#db/open.ts';
import { newId } from '#server/auth/tokens.ts';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { WebSocket as NodeSocket } from 'ws';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { chromiumPath, complaints, contextOf, desktop, installed, isInstalled, launch, phone } from '../support/browser.ts';
import { leaseClientId, openPage, saved, untilStatus } from '../support/page.ts';
import { Product, type Somebody } from '../support/product.ts';

/** Words that are on the way while their meeting is closed. */

let product: Product;
let facilitator: Somebody;
let member: Somebody;
let link: MeetingLink;
let meeting: Meeting | null = null;
/** how often the facilitator's page was told of late contributions */
let told = 0;

beforeAll(async () => {
	product = await Product.prepare([
		{ name: { en: 'Facilitator' }, role: 'facilitator', language: 'en' },
		{ name: { fa: 'مدیر گیلان' }, role: 'member', province: 'IR-01', language: 'en' }
	]);
	[facilitator, member] = product.people as [Somebody, Somebody];
	await product.start();
});
afterAll(() => product?.remove());

beforeEach(async () => {
	link?.leave();
	link = enterMeeting({
		url: product.url,
		meeting: product.founding.meeting,
		cookie: facilitator.cookie,
		changed: (state) => ({ meeting } = state),
		late: () => void told++,
		ended: () => {}
	});
	await vi.waitFor(() => expect(meeting).not.toBeNull());
	if (meeting!.state === 'closed') await command('meeting.reopen');
	told = 0;
});
afterAll(() => link?.leave());

async function command(name: 'meeting.close' | 'meeting.reopen'): Promise<void> {
	expect(await link.command(name, {})).toMatchObject({ ok: true });
}

interface Contribution {
	id: string;
	excerpt: string;
	admitted: boolean | null;
}
async function contributions(who: Somebody): Promise<Contribution[]> {
	const answer = await fetch(`${product.url}/api/meetings/${product.founding.meeting}/late`, { headers: { cookie: who.cookie } });
	return ((await answer.json()) as { contributions: Contribution[] }).contributions;
}
const decide = async (id: string, admit: boolean) =>
	(
		await fetch(`${product.url}/api/meetings/${product.founding.meeting}/late/${id}`, {
			method: 'POST',
			headers: { cookie: facilitator.cookie, 'content-type': 'application/json' },
			body: JSON.stringify({ admit })
		})
	).status;

describe('words that arrive after the end', () => {
	test('LATE-8 the server is killed after it kept them and before it said so: they are kept once, and the page is told', async () => {
		const { swot } = product.founding.documents;
		let deaf = false;
		const unheard: (() => void)[] = [];
		/** hears nothing of what the server says while it is deaf, not even that it closed */
		class Deaf extends NodeSocket {
			constructor(address: string | URL, protocols?: string | string[]) {
				super(address, protocols, { headers: { cookie: member.cookie } });
			}
			override emit(event: string | symbol, ...args: unknown[]): boolean {
				if (!deaf || (event !== 'message' && event !== 'close')) return super.emit(event, ...args);
				if (event === 'close') unheard.push(() => super.emit('close', 1006, Buffer.alloc(0)));
				return false;
			}
		}
		const storage = memoryStorage();
		const page = openBoard({
			url: product.boardsUrl,
			document: swot,
			clientId: await leaseClientId(product, member),
			storage,
			socket: Deaf as unknown as typeof WebSocket
		});
		await untilStatus(page, saved);
		await command('meeting.close');
		const beside = await open({ ...product.database, besideServer: true });
		try {
			// its rights are asked anew within two seconds; what comes before that is of the meeting
			await vi.waitFor(async () => expect((await beside.meetings.find(product.founding.meeting))!.state).toBe('closed'));
			deaf = true;
			const texts: string[] = [];
			await vi.waitFor(
				async () => {
					const card = newId();
					createCard(page.doc, { id: card, author: member.id, createdAt: 1, column: 'threats', group: null, before: null });
					splice(page.doc, { card }, { at: 0, removed: 0, inserted: `پیش از مرگ کارساز ${texts.length}` });
					texts.push(`پیش از مرگ کارساز ${texts.length}`);
					expect(await beside.late.of(swot, member.id)).toHaveLength(1);
				},
				{ timeout: 10_000, interval: 100 }
			);
			expect(page.status.unsaved).toBeGreaterThan(0);
			await beside.close();
			await product.kill();
			deaf = false;
			for (const hear of unheard.splice(0)) hear();
			await product.start();
			await untilStatus(page, ({ connection }) => connection === 'ended');
			expect(page.status).toMatchObject({ reason: 'late', unsaved: 0 });
			await vi.waitFor(async () => expect(await storage.load()).toEqual({ updates: [], unsent: [], refused: null }));
			const kept = await contributions(facilitator);
			expect(kept).toHaveLength(1);
			// once each: on the board, if it came before the rights were asked anew, or in what waits
			const reader = await openPage(product, facilitator, swot);
			await untilStatus(reader, saved);
			const onBoard = [...readBoard(reader.doc).cards.values()].map(({ text }) => text);
			const all = [...onBoard, ...kept[0]!.excerpt.split('\n')];
			for (const text of texts)
				expect(
					all.filter((one) => one === text),
					text
				).toHaveLength(1);
			expect(await decide(kept[0]!.id, false)).toBe(204);
			reader.close();
		} finally {
			page.close();
		}
	});

	describe.skipIf(chromiumPath === null)('in a browser', () => {
		let browser: Browser;
		let device: BrowserContext;
		let mobile: Page;
		let desk: Page;
		let found: string[];
		const card = (on: Page, text: string) => on.locator('[data-card]', { hasText: text });
		const address = () => `${product.url}/meetings/${product.founding.meeting}/${product.founding.activities.swot}`;

		beforeAll(async () => {
			browser = await launch();
		});
		afterAll(() => browser?.close());

		test('LATE-2 LATE-5 LATE-7 a phone writes offline, the meeting is closed, the words are admitted, and are there once', async () => {
			device = await contextOf(browser, product.url, member, { ...phone, ...installed });
			mobile = await device.newPage();
			desk = await (await contextOf(browser, product.url, facilitator, desktop)).newPage();
			found = complaints(mobile);
			await mobile.goto(address());
			await desk.goto(address());
			await Promise.all([mobile, desk].map((page) => page.locator('[data-saved="saved"]').waitFor()));
			await isInstalled(mobile);

			await device.setOffline(true);
			await mobile.locator('[data-saved="offline"], [data-saved="saving"]').waitFor();
			const field = mobile.locator('form.composer textarea');
			for (const text of ['از تونل رسید', 'و یکی دیگر']) {
				await field.fill(text);
				await field.press('Enter');
				await card(mobile, text).waitFor();
			}
			await mobile.locator('[data-saved="unsaved"]').waitFor();
			await command('meeting.close');
			await device.setOffline(false);

			const banner = mobile.getByRole('alert').filter({ hasText: 'The meeting had been closed before your words arrived' });
			await banner.waitFor();
			await vi.waitFor(() => expect(told).toBeGreaterThan(0));
			expect(await card(desk, 'از تونل رسید').count()).toBe(0);
			const [waiting] = (await contributions(facilitator)).filter(({ admitted }) => admitted === null);
			expect(waiting!.excerpt).toBe('از تونل رسید\nو یکی دیگر');
			expect((await contributions(member)).map(({ id }) => id)).toContain(waiting!.id);

			// the closed board, without them, and nothing is sent again
			await banner.getByRole('button', { name: 'Reload' }).click();
			await mobile.locator('[data-saved="saved"]').waitFor();
			expect(await card(mobile, 'از تونل رسید').count()).toBe(0);
			expect((await contributions(facilitator)).filter(({ admitted }) => admitted === null)).toHaveLength(1);

			// on the meeting's page its facilitator reads them, and admits them there
			const office = await desk.context().newPage();
			await office.goto(`${product.url}/meetings/${product.founding.meeting}?about`);
			const offered = office.getByRole('listitem').filter({ hasText: 'و یکی دیگر' });
			await offered.getByRole('button', { name: 'Admit', exact: true }).click();
			await offered.getByText('Admitted', { exact: true }).waitFor();
			expect(await offered.getByRole('button', { name: 'Admit', exact: true }).count()).toBe(0);
			await office.close();
			for (const page of [desk, mobile]) for (const text of ['از تونل رسید', 'و یکی دیگر']) await card(page, text).waitFor({ state: 'attached' });
			await mobile.reload();
			await mobile.locator('[data-saved="saved"]').waitFor();
			for (const text of ['از تونل رسید', 'و یکی دیگر']) expect(await card(mobile, text).count()).toBe(1);
			expect(await mobile.locator('form.composer').count()).toBe(0);
			expect((await contributions(member)).find(({ id }) => id === waiting!.id)).toMatchObject({ admitted: true });
			expect(found).toEqual([]);
			await device.close();
		});
	});
});
