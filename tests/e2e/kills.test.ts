import { createCard, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { clockOf, sameState } from '#realtime/board/replica.ts';
import { quadrants } from '#realtime/board/schema.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import { open } from '#db/open.ts';
import { newId } from '#server/auth/tokens.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { median, ms } from '../bench/figures.ts';
import { databases } from '../support/databases.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product, type NewSomebody } from '../support/product.ts';
import { randomFrom } from '../support/random.ts';
import { storedDoc } from '../support/stored.ts';

// many pages of one process
process.setMaxListeners(0);

const kills = process.env['LONG'] ? 50 : 3;
const writerCount = process.env['LONG'] ? 30 : 10;
/** between two letters: a few hold a key down; thirty type as people do, or their pages, all in this process, would be what is measured */
const [leastMs, mostMs] = process.env['LONG'] ? ([50, 400] as const) : ([5, 40] as const);

/** Somebody who writes without pause, and remembers how far each edit went. */
class Writer {
	readonly link: BoardLink;
	readonly #author: string;
	/** the clock after each own edit */
	readonly #clocks: number[] = [];
	#card: string | null = null;
	#letters = 0;

	constructor(link: BoardLink, author: string) {
		this.link = link;
		this.#author = author;
		const { doc } = link;
		// a card is made by two edits, and the server may be killed between them
		doc.on('update', (_update: Uint8Array, _origin: unknown, _doc: Y.Doc, { local }: Y.Transaction) => {
			if (local) this.#clocks.push(clockOf(doc, doc.clientID));
		});
	}

	write(column: string): void {
		const { doc } = this.link;
		if (this.#card === null || this.#letters % 40 === 0) {
			this.#card = newId();
			createCard(doc, { id: this.#card, author: this.#author, createdAt: Date.now(), column, group: null, before: null });
		}
		splice(doc, { card: this.#card }, { at: 0, removed: 0, inserted: String.fromCodePoint(0x0627 + (this.#letters++ % 20)) });
	}

	/** how far its edits were acknowledged: acknowledgements come in order */
	get acknowledged(): number {
		return this.#clocks[this.#clocks.length - this.link.status.unsaved - 1] ?? 0;
	}
}

describe.each(databases)('$name', ({ url, skip }) => {
	test.skipIf(skip)(`SYNC-10 kill -9 ×${kills} with ${writerCount} writers loses nothing that was acknowledged or seen`, { timeout: 1_800_000 }, async () => {
		const random = randomFrom(5);
		const people: NewSomebody[] = Array.from({ length: writerCount }, (_, i) => ({ name: { fa: `عضو ${i}` }, role: i === 0 ? 'facilitator' : 'member' }));
		const given = await url();
		const product = await Product.prepare(people, given === undefined ? {} : { url: given });
		const { swot } = product.founding.documents;
		/** what the database holds, asked without a server */
		const stored = async () => {
			const database = await open(product.database);
			return { doc: await storedDoc(database, swot), database };
		};
		await product.start();
		const writers = await Promise.all(product.people.map(async (person) => new Writer(await openPage(product, person, swot), person.id)));
		try {
			await Promise.all(writers.map(({ link }) => untilStatus(link, saved)));
			let writing = true;
			const hands = writers.map(async (writer) => {
				while (writing) {
					writer.write(random.pick(quadrants));
					await pause(random.integer(leastMs, mostMs));
				}
			});
			let acknowledgedAtKills = 0;
			const openedMs: number[] = [];
			for (let kill = 0; kill < kills; kill++) {
				await pause(random.integer(300, 1_500));
				await product.kill();
				const { doc, database } = await stored();
				for (const writer of writers) {
					acknowledgedAtKills += writer.acknowledged;
					expect(clockOf(doc, writer.link.doc.clientID), 'acknowledged').toBeGreaterThanOrEqual(writer.acknowledged);
					for (const reader of writers) {
						if (reader !== writer)
							expect(clockOf(doc, writer.link.doc.clientID), 'seen').toBeGreaterThanOrEqual(clockOf(reader.link.doc, writer.link.doc.clientID));
					}
				}
				await database.close();
				doc.destroy();
				const began = performance.now();
				await product.start();
				openedMs.push(performance.now() - began);
				for (const { link } of writers) link.retry();
			}
			if (process.env['LONG']) console.log(`open again after kill -9: median ${ms(median(openedMs))}, longest ${ms(Math.max(...openedMs))}`);
			writing = false;
			await Promise.all(hands);
			await Promise.all(writers.map(({ link }) => untilStatus(link, saved, 30_000)));
			expect(acknowledgedAtKills).toBeGreaterThan(kills * writerCount);
			expect(await product.stop()).toBe(0);
			const { doc, database } = await stored();
			for (const { link } of writers) expect(sameState(link.doc, doc)).toBe(true);
			// SQL shows every word, once
			const rows = await database.factors.of(swot);
			const shown = rows.filter(({ deleted }) => !deleted).map(({ text }) => text);
			const meant = [...readBoard(doc).cards.values()].filter(({ deleted }) => !deleted).map(({ text }) => text);
			expect(shown.sort()).toEqual(meant.sort());
			await database.close();
		} finally {
			for (const { link } of writers) link.close();
			await product.remove();
		}
	});
});
