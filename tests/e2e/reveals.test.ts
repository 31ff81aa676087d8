import { createCard, splice } from '#realtime/board/edits.ts';
import { cardsWithWords } from '#realtime/board/read.ts';
import type { AnyCommandInput } from '#realtime/meeting/commands.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { stepsOf } from '#realtime/meeting/recipes.ts';
import { presentStep } from '#realtime/meeting/steps.ts';
import { open } from '#db/open.ts';
import { newId } from '#server/auth/tokens.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { databases } from '../support/databases.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product, type Somebody } from '../support/product.ts';
import { randomFrom } from '../support/random.ts';
import { storedDoc } from '../support/stored.ts';

// many pages of one process
process.setMaxListeners(0);

const kills = process.env['LONG'] ? 20 : 3;

describe.each(databases)('$name', ({ url, skip }) => {
	test.skipIf(skip)(
		`DRAFT-3 kill -9 ×${kills} in the middle of a reveal: all of it is on the board with the step, or none of it`,
		{ timeout: 900_000 },
		async () => {
			const random = randomFrom(17);
			const given = await url();
			const product = await Product.prepare(
				Array.from({ length: 6 }, (_, n) => ({ name: { fa: `عضو ${n}` }, role: n === 0 ? ('facilitator' as const) : ('member' as const) })),
				given === undefined ? {} : { url: given }
			);
			const address = `/api/meetings/${product.founding.meeting}`;
			const post = (path: string, { cookie }: Somebody, body: object) =>
				fetch(product.url + path, { method: 'POST', headers: { cookie, 'content-type': 'application/json' }, body: JSON.stringify(body) });
			const command = (asked: AnyCommandInput, id = newId()) => post(`${address}/commands`, product.people[0]!, { id, command: asked });
			const { brainstorm: item } = product.founding.activities;
			const { brainstorm: board } = product.founding.documents;
			/** what the database holds, asked without a server */
			async function stored(drafts: readonly Id[]): Promise<{ meeting: Meeting; onBoard: string[]; hidden: string[] }> {
				const database = await open(product.database);
				try {
					const textsOf = async (document: Id) => cardsWithWords(await storedDoc(database, document)).map(({ text }) => text);
					const hidden = await Promise.all(drafts.map(textsOf));
					return { meeting: (await database.meetings.find(product.founding.meeting))!, onBoard: await textsOf(board), hidden: hidden.flat() };
				} finally {
					await database.close();
				}
			}
			await product.start();
			const outcomes = new Set<string>();
			const written: string[] = [];
			try {
				const steps = stepsOf('silent', newId);
				const [write, reveal] = steps as [(typeof steps)[number], (typeof steps)[number]];
				expect((await command({ name: 'agenda.change', body: { item, steps } })).ok).toBe(true);
				expect((await command({ name: 'meeting.turn', body: { item } })).ok).toBe(true);
				for (let kill = 0; kill < kills; kill++) {
					const drafts: Id[] = [];
					for (const somebody of product.people) {
						const { document } = (await (await post(`${address}/drafts`, somebody, { item })).json()) as { document: Id };
						drafts.push(document);
						const link = await openPage(product, somebody, document);
						await untilStatus(link, saved);
						const card = newId();
						const text = `${kill} ${somebody.id}`;
						createCard(link.doc, { id: card, author: somebody.id, createdAt: Date.now(), column: 'ideas', group: null, before: null });
						splice(link.doc, { card }, { at: 0, removed: 0, inserted: text });
						await untilStatus(link, saved);
						written.push(text);
						link.close();
					}
					const id = newId();
					const asked: AnyCommandInput = { name: 'step.turn', body: { item, step: reveal.id } };
					const answered = command(asked, id).then(
						({ ok }) => ok,
						() => false
					);
					await pause(random.integer(0, 150));
					await product.kill();
					const acknowledged = await answered;
					const { meeting, onBoard, hidden } = await stored(drafts);
					const step = presentStep(meeting.agenda.find(({ id }) => id === item)!).id;
					if (acknowledged) expect(step).toBe(reveal.id);
					const isRevealed = step === reveal.id;
					outcomes.add(isRevealed ? 'revealed' : 'hidden');
					const before = written.slice(0, -product.people.length);
					expect(onBoard.sort()).toEqual([...(isRevealed ? written : before)].sort());
					expect(hidden.sort()).toEqual([...(isRevealed ? [] : written.slice(before.length))].sort());
					await product.start();
					expect((await command(asked, id)).ok).toBe(true);
					const after = command({ name: 'step.turn', body: { item, step: write.id } });
					expect((await after).ok).toBe(true);
				}
				await product.stop();
				expect((await stored([])).onBoard.sort()).toEqual(written.sort());
				if (process.env['LONG']) console.log(`kills in the middle of reveals: ${[...outcomes].join(', ')}`);
			} finally {
				await product.remove();
			}
		}
	);
});
