import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { sameState } from '#realtime/board/replica.ts';
import { quadrants } from '#realtime/board/schema.ts';
import { open } from '#db/open.ts';
import { newId } from '#server/auth/tokens.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product, type NewSomebody } from '../support/product.ts';
import { storedDoc } from '../support/stored.ts';

const crowd = 100;

test(`SYNC-15 SIGTERM with ${crowd} people who write: it ends cleanly, and 0 edits are lost`, { timeout: 240_000 }, async () => {
	const people: NewSomebody[] = Array.from({ length: crowd }, (_, i) => ({ name: { fa: `عضو ${i}` }, role: i === 0 ? 'facilitator' : 'member' }));
	const product = await Product.prepare(people);
	await product.start({ LOG_LEVEL: 'warn' });
	const { swot } = product.founding.documents;
	const pages = await Promise.all(product.people.map((person) => openPage(product, person, swot)));
	try {
		await Promise.all(pages.map((page) => untilStatus(page, saved, 60_000)));
		const written = new Set<string>();
		let writing = true;
		const hands = pages.map(async ({ doc }, i) => {
			for (let times = 0; writing; times++) {
				const id = newId();
				const text = `${i}/${times}`;
				createCard(doc, { id, author: product.people[i]!.id, createdAt: Date.now(), column: quadrants[i % 4]!, group: null, before: null });
				splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
				written.add(text);
				await pause(2_000 + i * 10);
			}
		});
		await pause(1_500);
		const acknowledged = () => written.size * 3 - pages.reduce((sum, { status }) => sum + status.unsaved, 0);
		// a stop that takes longer than its nine seconds is cut short, and answers 1
		expect(await product.stop()).toBe(0);
		const atStop = acknowledged();
		expect(atStop).toBeGreaterThan(0);
		await product.start({ LOG_LEVEL: 'warn' });
		writing = false;
		await Promise.all(hands);
		for (const page of pages) page.retry();
		await Promise.all(pages.map((page) => untilStatus(page, saved, 60_000)));
		expect(await product.stop()).toBe(0);
		const database = await open(product.database);
		const doc = await storedDoc(database, swot);
		await database.close();
		const texts = [...readBoard(doc).cards.values()].map(({ text }) => text);
		expect(texts.filter((text) => written.has(text)).sort()).toEqual([...written].sort());
		for (const page of pages) expect(sameState(page.doc, doc)).toBe(true);
	} finally {
		for (const page of pages) page.close();
		await product.remove();
	}
});
