import { readBoard } from '#realtime/board/read.ts';
import { sameState } from '#realtime/board/replica.ts';
import { undoOf } from '#realtime/board/undo.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import { enterMeeting } from '#realtime/client/meeting-link.ts';
import type { CommandName } from '#realtime/meeting/commands.ts';
import { open } from '#db/open.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ms } from '../bench/figures.ts';
import { leastOf, sampled, worstLagMs } from '../support/memory-samples.ts';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product, type NewSomebody, type Somebody } from '../support/product.ts';
import { randomFrom } from '../support/random.ts';
import { act } from '../support/simulation/device.ts';
import { storedDoc } from '../support/stored.ts';

/** A long meeting. `LONG=1` runs it for an hour, `LONG=1 SOAK_MINUTES=2` for two minutes. */

// many pages of one process
process.setMaxListeners(0);

const minutes = Number(process.env['SOAK_MINUTES'] ?? 60);
const peopleCount = 30;
/** the memory of its last fifth in proportion to that of its second: everybody had been there by then, and what is written since is kept too */
const growth = 1.5;
const patienceMs = 60_000;

const title = `one-hour soak: ${peopleCount} people for ${minutes} minutes; memory stays, all are equal, the log is SQL, and nothing is refused`;

test.skipIf(!process.env['LONG'])(title, { timeout: minutes * 60_000 + 600_000 }, async () => {
	const random = randomFrom(9);
	const everybody: NewSomebody[] = Array.from({ length: peopleCount }, (_, i) => ({ name: { fa: `عضو ${i}` }, role: i === 0 ? 'facilitator' : 'member' }));
	const product = await Product.prepare(everybody);
	const { meeting, documents } = product.founding;
	await product.start();
	const over = AbortSignal.timeout(minutes * 60_000);
	const counts = { edits: 0, comings: 0, closings: 0 };
	const links = new Set<BoardLink>();
	const allSaved = () => Promise.all([...links].map((link) => untilStatus(link, saved, patienceMs)));
	/** the meeting is live: who has its page open may write */
	let live = true;
	const conducted = enterMeeting({ url: product.url, meeting, cookie: product.people[0]!.cookie, changed: () => {}, ended: () => {} });

	/** Comes to the board, writes and says where they are, and goes again, over and over; stays at the end. */
	async function attend(somebody: Somebody): Promise<void> {
		for (;;) {
			const link = await openPage(product, somebody, documents.swot);
			links.add(link);
			await untilStatus(link, saved, patienceMs);
			counts.comings++;
			const page = { link, undo: undoOf(link.doc), clientId: link.doc.clientID };
			const goesAt = performance.now() + random.integer(10_000, 300_000);
			while (!over.aborted && performance.now() < goesAt) {
				if (live && act(random, page, somebody.id)) counts.edits++;
				const [card] = readBoard(link.doc).cards.keys();
				link.presence.set({ card: card ?? null, caret: null });
				await pause(random.integer(1_000, 6_000));
			}
			page.undo.destroy();
			if (over.aborted) return;
			await untilStatus(link, saved, patienceMs);
			links.delete(link);
			link.close();
			await pause(random.integer(0, 2_000));
		}
	}

	/** Closes the meeting now and then, when nothing is under way, and opens it again. */
	async function conduct(): Promise<void> {
		const decided = async (name: CommandName & ('meeting.close' | 'meeting.reopen')) => expect(await conducted.command(name, {})).toMatchObject({ ok: true });
		while (!over.aborted) {
			await pause(random.integer(30_000, 60_000));
			live = false;
			await allSaved();
			await decided('meeting.close');
			await pause(random.integer(500, 5_000));
			await decided('meeting.reopen');
			live = true;
			counts.closings++;
		}
	}

	try {
		const [samples] = await Promise.all([sampled(product, over), conduct(), ...product.people.map(attend)]);
		await allSaved();
		const figures = await product.figures();
		const [rss, heap] = [leastOf(samples, 'rss', 5), leastOf(samples, 'heap', 5)];
		console.log(
			`${minutes} minutes: ${counts.edits} edits, ${counts.comings} comings, ${counts.closings} closings; ` +
				`resident ${rss[1]!.toFixed(0)} → ${rss[4]!.toFixed(0)} MB, heap ${heap[1]!.toFixed(0)} → ${heap[4]!.toFixed(0)} MB, ` +
				`event-loop delay p99 at worst ${ms(worstLagMs(samples))}`
		);
		for (const [of, least] of Object.entries({ rss, heap })) expect(least[4], of).toBeLessThan(growth * least[1]!);
		const honest = /^hamandish_(refused_\w+|closed_sockets|failed_\w+|rooms_thrown_away)_total/;
		// pino's levels: a warning is 40
		const complaints = product.log.split('\n').filter((line) => /"level":[456]0/.test(line));
		expect({ figures: [...figures].filter(([name, times]) => honest.test(name) && times > 0), complaints }).toEqual({ figures: [], complaints: [] });

		conducted.leave();
		expect(await product.stop()).toBe(0);
		const database = await open(product.database);
		const log = await storedDoc(database, documents.swot);
		for (const { doc } of links) expect(sameState(doc, log)).toBe(true);
		const shown = (await database.factors.of(documents.swot)).filter(({ deleted }) => !deleted).map(({ text }) => text);
		const meant = [...readBoard(log).cards.values()].filter(({ deleted }) => !deleted).map(({ text }) => text);
		expect(shown.sort()).toEqual(meant.sort());
		await database.close();
		expect(counts.edits).toBeGreaterThan(minutes * 60);
	} finally {
		for (const link of links) link.close();
		await product.remove();
	}
});
