import { stepsOf } from '#realtime/meeting/recipes.ts';
import type { AgendaItem, Meeting } from '#realtime/meeting/meetings.ts';
import { newId } from '#server/auth/tokens.ts';
import { contextOf, desktop, launch, phone } from './support/browser.ts';
import { Product } from './support/product.ts';

const product = await Product.prepare([
	{ name: { fa: 'دبیرکل خانهٔ تعاونگران', en: 'Secretary-general' }, role: 'facilitator', language: 'fa' },
	{ name: { fa: 'مدیر دفتر گیلان', en: 'Manager, Gilan office' }, role: 'member', province: 'IR-01', language: 'fa' },
	{ name: { fa: 'مدیر دفتر یزد', en: 'Manager, Yazd office' }, role: 'member', province: 'IR-21', language: 'en' }
]);
await product.start();
const browser = await launch();
try {
	const headers = { cookie: product.people[0]!.cookie, 'content-type': 'application/json' };
	const { meeting } = (await (await fetch(`${product.url}/api/meetings/${product.founding.meeting}`, { headers })).json()) as { meeting: Meeting };
	const point = meeting.agenda.find(({ kind }: AgendaItem) => kind === 'swot')!;
	const command = (name: string, body: object) =>
		fetch(`${product.url}/api/meetings/${meeting.id}/commands`, { method: 'POST', headers, body: JSON.stringify({ id: newId(), command: { name, body } }) });
	await command('agenda.change', { item: point.id, steps: stepsOf('anonymous', newId) });
	await command('meeting.turn', { item: point.id });
	const pages: { name: string; page: Awaited<ReturnType<typeof open>> }[] = [];
	async function open(who: number, options: object, dark = false) {
		const context = await contextOf(browser, product.url, product.people[who]!, { ...options, colorScheme: dark ? 'dark' : 'light' });
		const page = await context.newPage();
		await page.goto(`${product.url}/meetings/${meeting.id}/${point.id}`);
		await page.locator('[data-saved="saved"]').waitFor();
		return page;
	}
	pages.push({ name: 'desk-fa', page: await open(0, desktop) });
	pages.push({ name: 'member-phone-fa-dark', page: await open(1, phone, true) });
	pages.push({ name: 'member-phone-en', page: await open(2, phone) });
	pages.push({ name: 'member-desk-en-dark', page: await open(2, desktop, true) });
	pages.push({ name: 'desk-phone-fa', page: await open(0, phone) });
	const [desk, , mobile] = pages.map(({ page }) => page);
	const shots = async (step: string) => {
		for (const { name, page } of pages) await page.screenshot({ path: `/tmp/shots/${step}-${name}.png` });
	};
	for (const text of ['No buyer for rural products', 'Courts take years', 'No legal adviser in the counties']) {
		await mobile!.locator('form.composer textarea').fill(text);
		await mobile!.locator('form.composer textarea').press('Enter');
	}
	await mobile!.getByRole('button', { name: 'I’m ready' }).tap();
	await desk!.getByText('پنهان است').waitFor();
	await shots('1');
	await desk!.getByRole('button', { name: 'تنظیم گام' }).click();
	await desk!.screenshot({ path: '/tmp/shots/2-settings.png' });
	await desk!.keyboard.press('Escape');
	await desk!.getByRole('button', { name: 'گام بعد: آشکارسازی' }).click();
	await desk!.screenshot({ path: '/tmp/shots/2-dialog.png' });
	await desk!.getByRole('dialog').getByRole('button', { name: 'آشکار کن' }).click();
	await mobile!.getByText('No buyer').waitFor();
	await shots('3');
	await pages[4]!.page.goto(`${product.url}/meetings/${meeting.id}?about`);
	await desk!.goto(`${product.url}/meetings/${meeting.id}?about`);
	await desk!.getByRole('button', { name: /بیشتر.*|گزینه/ }).first().click().catch(() => {});
	await desk!.screenshot({ path: '/tmp/shots/4-about.png' });
} finally {
	await browser.close();
	await product.remove();
}
