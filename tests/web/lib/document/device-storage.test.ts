import { beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { deviceClientIds } from '#lib/document/device-client-ids.ts';
import { stores } from '#lib/document/device-database.ts';
import { deviceStorage } from '#lib/document/device-storage.ts';
import { takeClientId } from '#realtime/client/client-ids.ts';
import { FakeDeviceDatabase } from './fake-device-database.ts';

const document = '0123456789abcdefghjk';

beforeAll(() => {
	(globalThis as { IDBKeyRange?: unknown }).IDBKeyRange ??= { only: (value: unknown) => value };
});

/** Updates of one page's document, one a letter. */
function writing(text: string): Uint8Array[] {
	const doc = new Y.Doc();
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	for (const letter of text) doc.getText('t').insert(doc.getText('t').length, letter);
	return updates;
}

function textOf(updates: readonly Uint8Array[]): string {
	const doc = new Y.Doc();
	for (const update of updates) Y.applyUpdate(doc, update);
	return doc.getText('t').toString();
}

describe('a board on the device', () => {
	test('comes back as it was kept, with what was never sent', async () => {
		const device = new FakeDeviceDatabase();
		const first = deviceStorage(device.database, document);
		const [a, b, c] = writing('ابپ');
		const sent = await first.keep(a!, true);
		await first.keep(b!, false);
		const unsent = await first.keep(c!, true);
		await first.sent([sent]);
		const loaded = await deviceStorage(device.database, document).load();
		expect(textOf(loaded.updates)).toBe('ابپ');
		expect(loaded.unsent.map(({ key }) => key)).toEqual([unsent]);
	});

	test('is one document’s alone', async () => {
		const device = new FakeDeviceDatabase();
		await deviceStorage(device.database, document).keep(writing('ا')[0]!, true);
		expect(await deviceStorage(device.database, 'zzzzzzzzzzzzzzzzzzzz').load()).toEqual({ updates: [], unsent: [], refused: null });
	});

	test('BACKUP-11 of a former generation is forgotten with what was never sent, whose words stay, also beside a tab that still shows it', async () => {
		const device = new FakeDeviceDatabase();
		const tab = deviceStorage(device.database, document);
		const beside = deviceStorage(device.database, document);
		await tab.begin(1);
		const [a, b] = writing('اب');
		await tab.keep(a!, false);
		await beside.load();
		await tab.keep(b!, true);
		await tab.setAside(['ب']);
		expect(tab.unkept).toBe(0);
		const anew = deviceStorage(device.database, document);
		expect([await anew.load(), await anew.noted()]).toEqual([
			{ updates: [], unsent: [], refused: null },
			{ generation: null, words: ['ب'] }
		]);
		await anew.begin(2);
		await anew.keep(writing('تازه')[0]!, false);
		// the other tab has not been told yet
		await beside.keep(b!, true);
		expect(textOf((await deviceStorage(device.database, document).load()).updates)).toBe('ت');
		await beside.setAside(['ب', 'پ']);
		const later = deviceStorage(device.database, document);
		expect(textOf((await later.load()).updates)).toBe('ت');
		expect(await later.noted()).toEqual({ generation: 2, words: ['ب', 'پ'] });
		expect(device.store(stores.updates).size).toBe(1);
		await later.dropWords();
		expect(await later.noted()).toEqual({ generation: 2, words: [] });
	});

	test('is merged into one row when it has grown, without what was never sent', async () => {
		const device = new FakeDeviceDatabase();
		const tab = deviceStorage(device.database, document);
		const text = 'نوشته '.repeat(30);
		const updates = writing(text);
		const keys: number[] = [];
		for (const update of updates) keys.push(await tab.keep(update, true));
		await tab.sent(keys.slice(0, -2));
		await tab.load();
		expect(device.store(stores.updates).size).toBe(3);
		const again = await tab.load();
		expect(textOf(again.updates)).toBe(text);
		expect(again.unsent.map(({ key }) => key)).toEqual(keys.slice(-2));
	});

	test('two tabs that open and merge it at once lose nothing, and a third that writes meanwhile neither', async () => {
		const device = new FakeDeviceDatabase();
		const tabs = [deviceStorage(device.database, document), deviceStorage(device.database, document), deviceStorage(device.database, document)] as const;
		const text = 'ب'.repeat(150);
		const updates = writing(text);
		for (const update of updates.slice(0, 149)) await tabs[0].keep(update, false);
		await Promise.all([tabs[0].load(), tabs[1].load(), tabs[2].keep(updates[149]!, true)]);
		const loaded = await tabs[1].load();
		expect(textOf(loaded.updates)).toBe(text);
		expect(loaded.unsent).toHaveLength(1);
	});

	test('forgets a board, all but one’s own words that never arrived', async () => {
		const device = new FakeDeviceDatabase();
		const tab = deviceStorage(device.database, document);
		const [a, b] = writing('اب');
		await tab.keep(a!, false);
		const own = await tab.keep(b!, true);
		await tab.clear();
		expect((await tab.load()).unsent.map(({ key }) => key)).toEqual([own]);
		expect(device.store(stores.updates).size).toBe(1);
	});

	test('says when an edit is not kept yet, and when the device did not take it', async () => {
		const device = new FakeDeviceDatabase();
		const tab = deviceStorage(device.database, document);
		const keeping = tab.keep(writing('ا')[0]!, true);
		expect(tab.unkept).toBe(1);
		await keeping;
		expect(tab.unkept).toBe(0);
		device.refuses = true;
		await expect(tab.keep(writing('ا')[0]!, true)).rejects.toThrow();
		expect(tab.unkept).toBe(1);
	});

	test('without a database lives as long as the page, and says so', async () => {
		const page = deviceStorage(null, document);
		const key = await page.keep(writing('ا')[0]!, true);
		expect(page.unkept).toBe(1);
		expect((await page.load()).unsent).toHaveLength(1);
		await page.sent([key]);
		expect(page.unkept).toBe(0);
	});
});

describe('client ids on the device', () => {
	const noNetwork = () => Promise.reject(new Error('no network'));

	test('no two tabs get the same', async () => {
		const device = new FakeDeviceDatabase();
		const pool = () => deviceClientIds(device.database, noNetwork);
		await pool().put([11, 12, 13]);
		const taken = await Promise.all([takeClientId(pool()), takeClientId(pool()), takeClientId(pool())]);
		expect(taken.sort()).toEqual([11, 12, 13]);
		await expect(takeClientId(pool())).rejects.toThrow('no network');
	});

	test('are refilled while there is a network', async () => {
		const device = new FakeDeviceDatabase();
		let next = 100;
		const pool = deviceClientIds(device.database, async (count) => Array.from({ length: count }, () => next++));
		expect(await takeClientId(pool)).toBe(100);
		expect(await takeClientId(pool)).toBe(101);
		expect(device.store(stores.clientIds).size).toBeGreaterThan(0);
	});

	test('without a database the server is asked for each', async () => {
		let asked = 0;
		const pool = deviceClientIds(null, async () => [++asked]);
		expect(await takeClientId(pool)).toBe(1);
		expect(await takeClientId(pool)).toBe(2);
	});
});
