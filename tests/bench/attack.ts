import { createCard, splice } from '#realtime/board/edits.ts';
import { cardTextOf } from '#realtime/board/read.ts';
import { newId } from '#server/auth/tokens.ts';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openPage, saved, untilStatus } from '../support/page.ts';
import { Product } from '../support/product.ts';
import { p50p99, percentile, print } from './figures.ts';

const seconds = 15;
const letterMs = 100;
const rounds = 3;

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
	const samples = { alone: [] as number[], attacked: [] as number[] };
	const write = async (into: number[]) => {
		const cards = pages.map(({ doc }, i) => {
			const id = newId();
			createCard(doc, { id, author: product.people[i]!.id, createdAt: 1, column: 'strengths', group: null, before: null });
			return id;
		});
		while (pages.some((page) => cards.some((card) => !cardTextOf(page.doc, card)))) await pause(20);
		const typedAt = pages.map(() => 0);
		pages.forEach((_page, i) => {
			cardTextOf(pages[(i + 1) % pages.length]!.doc, cards[i]!)!.observe(() => into.push(performance.now() - typedAt[i]!));
		});
		const timers = pages.map(({ doc }, i) =>
			setInterval(() => {
				typedAt[i] = performance.now();
				splice(doc, { card: cards[i]! }, { at: 0, removed: 0, inserted: 'ا' });
			}, letterMs)
		);
		await pause(seconds * 1_000);
		for (const timer of timers) clearInterval(timer);
		await Promise.all(pages.map((page) => untilStatus(page, saved)));
	};
	// alternating, so that both see the same machine
	for (let round = 0; round < rounds; round++) {
		await write(samples.alone);
		const attack = fork(join(import.meta.dirname, '../support/attacker.ts'), [`${product.boardsUrl}/${swot}`, attacker.cookie, attacker.id]);
		await once(attack, 'message');
		await write(samples.attacked);
		attack.kill();
		await once(attack, 'exit');
	}
	const ratio = percentile(samples.attacked, 0.99) / percentile(samples.alone, 0.99);
	print('keystroke of three while one attacks', p50p99(samples.attacked), `without: ${p50p99(samples.alone)}, p99 × ${ratio.toFixed(2)}, ${drops} reconnects`);
	for (const page of pages) page.close();
	await product.remove();
}
