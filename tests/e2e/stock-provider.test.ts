import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { sameState } from '#realtime/board/replica.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { openPage, saved, socketWith, untilStatus } from '../support/page.ts';
import { Product, type NewSomebody } from '../support/product.ts';

/** y-websocket's own provider, unmodified, with nothing but a session's cookie. */

/** How long a provider must stay connected: longer than the silence of 30 s after which it gives up on a server. */
const staysMs = process.env['LONG'] === '1' ? 65_000 : 35_000;
const movers = 50;
/** between two moves of each; all of their pages are in this process, which has to draw breath in the short run */
const moveMs = process.env['LONG'] === '1' ? 200 : 1_000;

let product: Product;

beforeAll(async () => {
	const people: NewSomebody[] = ['دبیر', 'آزمون یک', 'آزمون دو', ...Array.from({ length: movers }, (_, i) => `عضو ${i}`)].map((fa, i) => ({
		name: { fa },
		role: i === 0 ? 'facilitator' : 'member'
	}));
	product = await Product.prepare(people);
	await product.start();
});
afterAll(() => product?.remove());

function stock(person: number, document: string): { provider: WebsocketProvider; closes: unknown[] } {
	const provider = new WebsocketProvider(product.boardsUrl, document, new Y.Doc(), {
		WebSocketPolyfill: socketWith(product.people[person]!.cookie),
		disableBc: true
	});
	const closes: unknown[] = [];
	provider.on('connection-close', (event) => closes.push(event));
	return { provider, closes };
}

/** Its board, once it has it. */
const synced = (provider: WebsocketProvider) =>
	vi.waitFor(
		() => {
			if (!provider.synced) throw new Error('not synced');
		},
		{ timeout: 10_000 }
	);

test('WIRE-8 a stock provider joins, converges, and stays connected, alone and among fifty moving cursors', async () => {
	const { swot, brainstorm } = product.founding.documents;
	const errors = vi.spyOn(console, 'error');
	const alone = stock(1, brainstorm);
	const among = stock(2, swot);
	await Promise.all([synced(alone.provider), synced(among.provider)]);
	expect(readBoard(among.provider.doc).cards.size).toBe(15);

	const pages: BoardLink[] = await Promise.all(product.people.slice(3).map((person) => openPage(product, person, swot)));
	await Promise.all(pages.map((page) => untilStatus(page, ({ connection }) => connection === 'online')));

	// both write, both see
	const [first] = pages;
	const id = '0123456789abcdefghjk';
	createCard(among.provider.doc, { id, author: product.people[2]!.id, createdAt: Date.now(), column: 'threats', group: null, before: null });
	splice(among.provider.doc, { card: id }, { at: 0, removed: 0, inserted: 'از یک برنامهٔ دیگر' });
	await vi.waitFor(() => expect(readBoard(first!.doc).cards.get(id)?.text).toBe('از یک برنامهٔ دیگر'));
	splice(first!.doc, { card: id }, { at: 0, removed: 0, inserted: 'نوشته‌ای ' });

	const until = Date.now() + staysMs;
	for (let step = 0; Date.now() < until; step++) {
		pages.forEach((page, i) => page.presence.set({ card: id, caret: String(step * movers + i) }));
		await pause(moveMs);
	}
	expect([alone.closes, among.closes]).toEqual([[], []]);
	await Promise.all(pages.map((page) => untilStatus(page, saved)));
	await vi.waitFor(() => expect(sameState(among.provider.doc, first!.doc)).toBe(true));
	expect(readBoard(among.provider.doc).cards.get(id)!.text).toBe('نوشته‌ای از یک برنامهٔ دیگر');
	// everybody else is on its list, with a name that the server gave
	const others = [...among.provider.awareness.getStates().values()].filter((state) => state['person']);
	expect(others).toHaveLength(movers);
	// it prints an error for every message that it does not know
	expect(errors).not.toHaveBeenCalled();
	errors.mockRestore();
	for (const page of pages) page.close();
	for (const { provider } of [alone, among]) provider.destroy();
});
