import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openBoard } from '#realtime/client/board-link.ts';
import { enterMeeting } from '#realtime/client/meeting-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { takePart } from '#server/demo/bot.ts';
import { ideas, type Theme } from '#server/demo/ideas.ts';
import { ms } from '../bench/figures.ts';
import { leastOf, sampled, worstLagMs } from '../support/memory-samples.ts';
import { leaseClientId, socketWith } from '../support/page.ts';
import { Product, type NewSomebody, type Somebody } from '../support/product.ts';
import { randomFrom } from '../support/random.ts';

/** A crowd of the demo's bots. `LONG=1` keeps it up for three hours, `LONG=1 BOTS_MINUTES=20` for twenty minutes. */

// many pages of one process
process.setMaxListeners(0);

const minutes = Number(process.env['BOTS_MINUTES'] ?? 180);
const peopleCount = 200;
const failedLoads = 0.1;
/** what may be in memory at the end in proportion to what was there after a sixth of the time: half an hour of three */
const growth = 1.1;

const title = `bots soak: ${peopleCount} of the demo's bots come and go for ${minutes} minutes, one load in ten fails, and memory does not grow after a sixth of it`;

test.skipIf(!process.env['LONG'])(title, { timeout: minutes * 60_000 + 600_000 }, async () => {
	const random = randomFrom(12);
	const everybody: NewSomebody[] = Array.from({ length: peopleCount }, (_, i) => ({ name: { fa: `عضو ${i}` }, role: i === 0 ? 'facilitator' : 'member' }));
	const product = await Product.prepare(everybody);
	const { meeting, documents } = product.founding;
	await product.start();
	const over = AbortSignal.timeout(minutes * 60_000);
	const rest = (ms: number) => pause(ms, undefined, { signal: over }).catch(() => {});
	const counts = { visits: 0, failed: 0 };
	const themed = new Map<Theme, Id[]>();
	const said = Object.values(ideas);

	/** Somebody comes over and over: each time a page of its own, which one time in ten is gone before it is there. */
	async function attend(somebody: Somebody): Promise<void> {
		const { cookie, id: person } = somebody;
		await rest(random.integer(0, 60_000));
		while (!over.aborted) {
			const clientId = await leaseClientId(product, somebody);
			if (random.chance(failedLoads)) {
				counts.failed++;
				const page = new AbortController();
				const load = fetch(`${product.url}/meetings/${meeting}`, { headers: { cookie }, signal: page.signal }).then((answer) => answer.text());
				const link = openBoard({
					url: product.boardsUrl,
					document: documents.swot,
					clientId,
					storage: memoryStorage(),
					socket: socketWith(cookie)
				});
				const entered = enterMeeting({ url: product.url, meeting, cookie, changed: () => {}, ended: () => {} });
				await pause(random.integer(0, 60));
				page.abort();
				await load.catch(() => {});
				link.close();
				entered.leave();
				continue;
			}
			counts.visits++;
			const leaves = AbortSignal.any([over, AbortSignal.timeout(random.integer(20_000, 600_000))]);
			const seat = { origin: product.url, meeting, board: documents.swot, person, cookie, clientId, language: 'fa' as const, themed };
			await takePart({ ...seat, ideas: random.pick(said) }, leaves).catch((error: unknown) => {
				if (!leaves.aborted) throw error;
			});
			await rest(random.integer(0, 10_000));
		}
	}

	try {
		const [samples] = await Promise.all([sampled(product, over), ...product.people.map(attend)]);
		const figures = await product.figures();
		const twelfths = (of: 'rss' | 'heap' | 'external') => leastOf(samples, of, 12);
		const line = (of: 'rss' | 'heap' | 'external') => `${of} ${twelfths(of).map(Math.round).join(' ')} MB`;
		console.log(
			`${minutes} minutes: ${counts.visits} visits, ${counts.failed} failed loads, ${figures.get('hamandish_edits_total')} edits; ` +
				`least of each twelfth: ${line('rss')}, ${line('heap')}, ${line('external')}; event-loop delay p99 at worst ${ms(worstLagMs(samples))}`
		);
		for (const of of ['rss', 'heap', 'external'] as const) {
			const least = twelfths(of);
			expect(Math.min(...least.slice(-2)), of).toBeLessThan(growth * Math.max(...least.slice(2, 4)));
		}
		// who is gone before they are in cannot be let in any more
		const tooLate = 'hamandish_refused_requests_total{refusal="not-found"}';
		expect(figures.get(tooLate) ?? 0).toBeLessThanOrEqual(counts.failed);
		figures.delete(tooLate);
		const refused = /^hamandish_(refused_\w+|failed_\w+|rooms_thrown_away)_total/;
		const complaints = product.log.split('\n').filter((line) => /"level":[456]0/.test(line));
		expect({ figures: [...figures].filter(([name, times]) => refused.test(name) && times > 0), complaints }).toEqual({ figures: [], complaints: [] });
		expect(await product.stop()).toBe(0);
	} finally {
		await product.remove();
	}
});
