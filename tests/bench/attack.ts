import { createCard, splice } from '#realtime/board/edits.ts';
import { cardTextOf } from '#realtime/board/read.ts';
import { newId } from '#server/auth/tokens.ts';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product } from '../support/product.ts';
import { median, ms, percentile, print } from './figures.ts';

/** longer than an attack takes to spend what lies there for it at the beginning */
const seconds = 25;
const letterMs = 100;
/** the p99 of one is what its seven slowest letters took, which two commits on a slow disk can be: only many say something */
const roundCount = 9;

/** Three people write while one attacks with everything that a signed-in person can send, next to the same three alone. */
export async function benchAttack(): Promise<void> {
	const product = await Product.prepare(
		['Facilitator', 'Member 1', 'Member 2', 'Attacker'].map((en, i) => ({ name: { en }, role: i === 0 ? 'facilitator' : 'member' }))
	);
	await product.start({ LOG_LEVEL: 'error' });
	const { swot } = product.founding.documents;
	const attacker = product.people.at(-1)!;
	const pages = await Promise.all(product.people.slice(0, 3).map((person) => openPage(product, person, swot)));
	await Promise.all(pages.map((page) => untilStatus(page, saved)));
	let drops = 0;
	for (const page of pages) page.watch(() => (drops += page.status.connection === 'online' ? 0 : 1));
	const rounds = { alone: [] as number[][], attacked: [] as number[][] };
	const write = async (into: number[][]) => {
		const samples: number[] = [];
		into.push(samples);
		const cards = pages.map(({ doc }, i) => {
			const id = newId();
			createCard(doc, { id, author: product.people[i]!.id, createdAt: 1, column: 'strengths', group: null, before: null });
			return id;
		});
		while (pages.some((page) => cards.some((card) => !cardTextOf(page.doc, card)))) await pause(20);
		const typedAt: number[][] = pages.map(() => []);
		typedAt.forEach((unseen, i) => {
			const text = cardTextOf(pages[(i + 1) % pages.length]!.doc, cards[i]!)!;
			let shown = 0;
			text.observe(() => {
				for (const at of unseen.splice(0, text.length - shown)) samples.push(performance.now() - at);
				shown = text.length;
			});
		});
		const timers = pages.map(({ doc }, i) =>
			setInterval(() => {
				typedAt[i]!.push(performance.now());
				splice(doc, { card: cards[i]! }, { at: 0, removed: 0, inserted: 'ا' });
			}, letterMs)
		);
		await pause(seconds * 1_000);
		for (const timer of timers) clearInterval(timer);
		await Promise.all(pages.map((page) => untilStatus(page, saved)));
	};
	// the first of each only warms up; alternating, so that both see the same machine
	for (let round = 0; round <= roundCount; round++) {
		const measured = round > 0;
		await write(measured ? rounds.alone : []);
		const attack = fork(join(import.meta.dirname, '../support/attacker.ts'), [`${product.boardsUrl}/${swot}`, attacker.cookie, attacker.id]);
		// who attacks has a machine of their own: what theirs takes of this one's cores is not measured
		setPriority(attack.pid!, constants.priority.PRIORITY_LOW);
		await once(attack, 'message');
		await write(measured ? rounds.attacked : []);
		attack.kill();
		await once(attack, 'exit');
	}
	const p99s = (of: number[][]) => of.map((samples) => percentile(samples, 0.99));
	const told = (of: number[][]) => {
		const each = p99s(of).toSorted((a, b) => a - b);
		return `p50 ${ms(median(of.flat()))}  p99 ${ms(percentile(of.flat(), 0.99))} (rounds ${ms(each[0]!)} to ${ms(each.at(-1)!)})`;
	};
	const ratio = (p99: (of: number[][]) => number) => `× ${(p99(rounds.attacked) / p99(rounds.alone)).toFixed(2)}`;
	print('keystroke of three while one attacks', told(rounds.attacked), `without: ${told(rounds.alone)}`);
	print(
		'  its p99',
		ratio((of) => percentile(of.flat(), 0.99)),
		`median of the rounds ${ratio((of) => median(p99s(of)))}, ${drops} reconnects`
	);
	for (const page of pages) page.close();
	await product.remove();
}
