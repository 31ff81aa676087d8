import { open } from '#db/open.ts';
import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard, readCard } from '#realtime/board/read.ts';
import { clockOf, sameState } from '#realtime/board/replica.ts';
import { quadrants } from '#realtime/board/schema.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import { newId } from '#server/auth/tokens.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { missingProcesses, startProcesses, type Processes } from '../support/processes.ts';
import type { Product } from '../support/product.ts';
import { randomFrom } from '../support/random.ts';
import { storedDoc } from '../support/stored.ts';

// many pages of one process
process.setMaxListeners(0);

const isLong = process.env['LONG'] === '1';
const stoppedMs = isLong ? 60_000 : 3_000;
/** in which everybody must agree once everything works again */
const healMs = isLong ? 10_000 : 60_000;
const people = Array.from({ length: isLong ? 12 : 6 }, (_, i) => ({
	name: { fa: `عضو ${i}` },
	role: i === 0 ? ('facilitator' as const) : ('member' as const)
}));

describe.skipIf(missingProcesses !== null)(`boards over two processes ${missingProcesses ?? ''}`, () => {
	let processes: Processes;
	let products: Product[];
	let pages: BoardLink[] = [];
	const random = randomFrom(23);

	beforeAll(async () => {
		processes = await startProcesses(2, people);
		({ products } = processes);
		const { swot } = products[0]!.founding.documents;
		// every other person is at each process
		pages = await Promise.all(products[0]!.people.map((person, i) => openPage(products[i % 2]!, person, swot)));
		await Promise.all(pages.map((page) => untilStatus(page, saved)));
	}, 120_000);
	afterAll(async () => {
		for (const page of pages) page.close();
		await processes?.remove();
	});

	const newCard = ({ doc }: BoardLink, author: string, text: string) => {
		const id = newId();
		createCard(doc, { id, author, createdAt: Date.now(), column: random.pick(quadrants), group: null, before: null });
		splice(doc, { card: id }, { at: 0, removed: 0, inserted: text });
		return id;
	};

	/** What each process says of Redis at /metrics. */
	const reached = () => Promise.all(products.map(async (product) => (await product.figures()).get('hamandish_redis_reached')));

	/** Everybody has saved everything, and has the same as the database. `after`: what was wrong until now. */
	async function agreed(after?: string, timeout = healMs): Promise<void> {
		const began = performance.now();
		await Promise.all(pages.map((page) => untilStatus(page, saved, timeout)));
		await vi.waitFor(() => expect(pages.every(({ doc }) => sameState(doc, pages[0]!.doc))).toBe(true), { timeout });
		if (isLong && after) console.log(`all pages are equal ${Math.round(performance.now() - began)} ms after ${after}`);
		const database = await open({ ...products[0]!.database, besideServer: true });
		try {
			const doc = await storedDoc(database, products[0]!.founding.documents.swot);
			expect(sameState(doc, pages[0]!.doc)).toBe(true);
			const meant = [...readBoard(doc).cards.values()].filter(({ deleted }) => !deleted).map(({ text }) => text);
			await vi.waitFor(
				async () => {
					const rows = await database.factors.of(products[0]!.founding.documents.swot);
					expect(rows.filter(({ deleted }) => !deleted).map(({ text }) => text)).toEqual(expect.arrayContaining(meant));
					expect(rows.filter(({ deleted }) => !deleted)).toHaveLength(meant.length);
				},
				{ timeout }
			);
		} finally {
			await database.close();
		}
	}

	/** Writes on all pages at once until it is stopped. */
	function writing(): () => Promise<void> {
		let on = true;
		const hands = pages.map(async (page, i) => {
			const { id } = products[0]!.people[i]!;
			for (let card = newCard(page, id, 'آغاز'), n = 0; on; n++) {
				if (n % 30 === 29) card = newCard(page, id, 'و');
				splice(page.doc, { card }, { at: 0, removed: 0, inserted: String.fromCodePoint(0x0627 + (n % 20)) });
				await pause(random.integer(20, 120));
			}
		});
		return async () => {
			on = false;
			await Promise.all(hands);
		};
	}

	test('PROCESS-1 what is written at either process is seen at both, once it is committed', async () => {
		const ids = pages.map((page, i) => newCard(page, products[0]!.people[i]!.id, `کارت ${i}`));
		await vi.waitFor(() => expect(pages.every(({ doc }) => ids.every((id) => readCard(doc, id) !== null))).toBe(true));
		const stop = writing();
		await pause(2_000);
		await stop();
		await agreed();
	});

	test('METRIC-4 PROCESS-2 Redis that is stopped loses nothing and shows everything a moment later', { timeout: 300_000 }, async () => {
		const stop = writing();
		expect(await reached()).toEqual([1, 1]);
		await processes.redis.stop();
		const id = newCard(pages[0]!, products[0]!.people[0]!.id, 'بی‌میانجی');
		// at the other process within a few looks into the database
		await vi.waitFor(() => expect(readCard(pages[1]!.doc, id)).not.toBeNull(), { timeout: 6_000 });
		await pause(stoppedMs);
		expect(await reached()).toEqual([0, 0]);
		await processes.redis.startAgain();
		await stop();
		await agreed('Redis was there again');
		const back = newCard(pages[1]!, products[0]!.people[1]!.id, 'باز');
		await vi.waitFor(() => expect(readCard(pages[0]!.doc, back)).not.toBeNull());
		await vi.waitFor(async () => expect(await reached()).toEqual([1, 1]));
	});

	test('PROCESS-8 PostgreSQL that is started again in mid-writing loses nothing that was acknowledged', { timeout: 300_000 }, async () => {
		const stop = writing();
		await pause(1_000);
		await processes.postgres.crash();
		await pause(1_000);
		await processes.postgres.startAgain();
		await stop();
		await agreed('PostgreSQL was there again', 30_000);
	});

	test('PROCESS-9 kill -9 of one process loses nothing that was acknowledged or seen, and its pages go on at the other', { timeout: 300_000 }, async () => {
		const stop = writing();
		await pause(1_000);
		const acknowledged = pages.map(({ doc, status }) => ({ client: doc.clientID, clock: status.unsaved === 0 ? clockOf(doc, doc.clientID) : 0 }));
		await products[1]!.kill();
		const { swot } = products[0]!.founding.documents;
		const gone = pages.filter((_, i) => i % 2 === 1);
		const left = await Promise.all(
			gone.map(async (page, i) => {
				const person = products[0]!.people[i * 2 + 1]!;
				const next = await openPage(products[0]!, person, swot);
				return { page, next };
			})
		);
		await stop();
		await Promise.all(left.map(({ next }) => untilStatus(next, saved)));
		for (const { client, clock } of acknowledged) expect(clockOf(left[0]!.next.doc, client)).toBeGreaterThanOrEqual(clock);
		// whoever stayed has seen nothing that is not there
		for (const page of pages.filter((_, i) => i % 2 === 0))
			for (const { client } of acknowledged) {
				if (client !== page.doc.clientID) expect(clockOf(left[0]!.next.doc, client)).toBeGreaterThanOrEqual(clockOf(page.doc, client));
			}
		for (const { next } of left) next.close();
		await products[1]!.start();
		for (const page of gone) page.retry();
		await agreed('the process that was killed was there again', 30_000);
	});
});
