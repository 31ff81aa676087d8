import { canonicalHash } from '#realtime/board/canonical.ts';
import { createCard, setDeleted, splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import { applyBatch, mergedOf, stateOf } from '#realtime/board/replica.ts';
import { seedBoard } from '#realtime/board/seed.ts';
import { undoOf } from '#realtime/board/undo.ts';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { randomFrom, type Random } from '../support/random.ts';
import { act } from '../support/simulation/device.ts';

/** Replicas that edit at random and exchange some of it, and every update that came of it. */
function history(random: Random): { docs: Y.Doc[]; updates: Uint8Array[] } {
	const updates: Uint8Array[] = [seedBoard([{ id: random.id(), column: 'strengths', text: 'تجربهٔ دیرین' }])];
	const docs = Array.from({ length: 3 }, () => {
		const doc = new Y.Doc();
		doc.clientID = random.integer(2, 2 ** 31);
		applyBatch(doc, updates);
		doc.on('update', (update: Uint8Array, origin: unknown) => {
			if (origin !== 'exchange') updates.push(update);
		});
		return doc;
	});
	const pages = docs.map((doc) => ({ doc, page: { link: { doc } as never, undo: undoOf(doc), clientId: doc.clientID }, person: random.id() }));
	for (let step = 0; step < 120; step++) {
		const { doc, page, person } = random.pick(pages);
		if (random.chance(0.15)) applyBatch(doc, [stateOf(random.pick(docs))], 'exchange');
		else act(random, page, person);
	}
	return { docs, updates };
}

/** Notes: elements, formats and their removal. */
function notes(random: Random): Uint8Array[] {
	const doc = new Y.Doc();
	doc.clientID = random.integer(2, 2 ** 31);
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	const root = doc.getXmlFragment('notes');
	for (let step = 0; step < 40; step++) {
		const text = new Y.XmlText();
		const paragraph = new Y.XmlElement('paragraph');
		paragraph.insert(0, [text]);
		root.insert(random.integer(0, root.length), [paragraph]);
		text.insert(0, 'یادداشت جلسه');
		text.format(0, 4, { bold: true });
		if (random.chance(0.3)) text.format(0, 4, { bold: null });
		if (random.chance(0.3)) root.delete(random.integer(0, root.length - 1), 1);
	}
	return updates;
}

const shuffled = (random: Random, updates: readonly Uint8Array[]): Uint8Array[] =>
	updates
		.map((update) => ({ update, at: random.next() }))
		.sort((a, b) => a.at - b.at)
		.map(({ update }) => update);

function docOf(updates: readonly Uint8Array[], options: { gc?: boolean; oneByOne?: boolean } = {}): Y.Doc {
	const doc = new Y.Doc({ gc: options.gc ?? true });
	if (options.oneByOne) for (const update of updates) applyBatch(doc, [update]);
	else applyBatch(doc, updates);
	return doc;
}

const seeds = Number(process.env['SEEDS'] ?? 3);

describe('the hash of what a document holds', { timeout: 30_000 + seeds * 1_000 }, () => {
	test('BACKUP-1 is the same whatever order edits came in, and however they are merged, split and collected', () => {
		for (let seed = 1; seed <= seeds; seed++) {
			const random = randomFrom(seed);
			const { docs, updates } = history(random);
			for (const all of [updates, notes(random)]) {
				const hash = canonicalHash(docOf(all));
				const same = {
					oneByOne: docOf(all, { oneByOne: true }),
					shuffled: docOf(shuffled(random, all), { oneByOne: true }),
					uncollected: docOf(all, { gc: false }),
					state: docOf([stateOf(docOf(all))]),
					'state of what is not collected': docOf([stateOf(docOf(shuffled(random, all), { gc: false, oneByOne: true }))]),
					merged: docOf([mergedOf(all)]),
					'merged without a document': docOf([Y.mergeUpdates(all)]),
					'through the second encoding': docOf([Y.convertUpdateFormatV2ToV1(Y.encodeStateAsUpdateV2(docOf(all)))])
				};
				for (const [how, doc] of Object.entries(same)) expect(canonicalHash(doc), `seed ${seed}, ${how}`).toBe(hash);
			}
			const hash = canonicalHash(docOf(updates));
			// those who wrote it, with what their undo keeps from being collected
			for (const doc of docs) {
				applyBatch(doc, updates, 'exchange');
				expect(canonicalHash(doc), `seed ${seed}`).toBe(hash);
			}
		}
	});

	test('BACKUP-1 is another as soon as an edit, a deletion or a letter is', () => {
		const random = randomFrom(3);
		const { updates } = history(random);
		const seen = new Set([canonicalHash(new Y.Doc())]);
		const doc = new Y.Doc();
		const fresh = () => {
			const hash = canonicalHash(doc);
			expect(seen.has(hash)).toBe(false);
			seen.add(hash);
		};
		applyBatch(doc, updates);
		fresh();
		const [id] = [...readBoard(doc).cards.keys()];
		splice(doc, { card: id! }, { at: 0, removed: 0, inserted: 'الف' });
		fresh();
		splice(doc, { card: id! }, { at: 0, removed: 1, inserted: '' });
		fresh();
		setDeleted(doc, id!, true);
		fresh();
		createCard(doc, { id: random.id(), author: random.id(), createdAt: 1, column: 'threats', group: null, before: null });
		fresh();
	});

	test('BACKUP-1 tells two documents apart that hold different words under the same client id and clock', () => {
		const [a, b] = ['آب', 'نان'].map((word) => {
			const doc = new Y.Doc();
			doc.clientID = 7;
			doc.getText('cards').insert(0, word.padEnd(4));
			return doc;
		}) as [Y.Doc, Y.Doc];
		expect(Y.equalSnapshots(Y.snapshot(a), Y.snapshot(b))).toBe(true);
		expect(canonicalHash(a)).not.toBe(canonicalHash(b));
	});
});
