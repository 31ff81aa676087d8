import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chromiumPath, complaints, contextOf, desktop, launch } from '../support/browser.ts';
import { Product } from '../support/product.ts';

test.skipIf(chromiumPath === null)('WIRE-14 WIRE-11 one attacker attacks while three people write in browsers: no reconnect, no banner', async () => {
	const product = await Product.prepare(
		['دبیر', 'عضو یک', 'عضو دو', 'مهاجم'].map((fa, i) => ({ name: { fa }, role: i === 0 ? 'facilitator' : 'member', language: 'fa' }))
	);
	await product.start({ LOG_LEVEL: 'error' });
	const browser = await launch();
	const { meeting, activities, documents } = product.founding;
	const attacker = product.people[3]!;
	const attack = fork(join(import.meta.dirname, '../support/attacker.ts'), [`${product.boardsUrl}/${documents.swot}`, attacker.cookie, attacker.id]);
	const begun = once(attack, 'message');
	try {
		const pages = await Promise.all(
			product.people.slice(0, 3).map(async (person) => {
				const page = await (await contextOf(browser, product.url, person, desktop)).newPage();
				let sockets = 0;
				page.on('websocket', (socket) => {
					if (socket.url().includes(documents.swot)) sockets++;
				});
				await page.goto(`${product.url}/meetings/${meeting}/${activities.swot}`);
				await page.locator('[data-saved="saved"]').waitFor();
				return { page, found: complaints(page), sockets: () => sockets };
			})
		);
		await begun;
		for (const [i, { page }] of pages.entries()) {
			await page.locator('[data-column="threats"] [data-add]').click();
			await page.keyboard.type(`زیر آتش ${i}`, { delay: 60 });
			await page.keyboard.press('Escape');
		}
		for (const { page } of pages) for (const i of pages.keys()) await page.locator('[data-card]', { hasText: `زیر آتش ${i}` }).waitFor();
		for (const { page, found, sockets } of pages) {
			await page.locator('[data-saved="saved"]').waitFor();
			expect([found, sockets(), await page.locator('main [role="alert"]').count()]).toEqual([[], 1, 0]);
		}
		expect(attack.exitCode).toBe(null);
	} finally {
		attack.kill();
		await browser.close();
		await product.remove();
	}
});
