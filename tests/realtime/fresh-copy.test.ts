import { getSchema } from '@tiptap/core';
import { initProseMirrorDoc } from '@tiptap/y-tiptap';
import { createDecision, setDecisionDeleted } from '#realtime/board/decisions-edits.ts';
import { readDecision, readDecisions } from '#realtime/board/decisions-read.ts';
import { createCard, groupCards, moveCard, setDeleted, splice } from '#realtime/board/edits.ts';
import { freshCopy } from '#realtime/board/fresh-copy.ts';
import { notesOf, readNotes } from '#realtime/board/notes.ts';
import { readBoard } from '#realtime/board/read.ts';
import { applyBatch, hasGap, stateOf } from '#realtime/board/replica.ts';
import { seedBoard, seedClientId } from '#realtime/board/seed.ts';
import { shapes } from '#realtime/board/shapes.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Surface } from '#realtime/meeting/meetings.ts';
import { Gate } from '#realtime/server/boards/gate/gate.ts';
import { readUpdate } from '#realtime/server/boards/gate/read-update.ts';
import { jobs } from '#realtime/server/workbench/jobs.ts';
import { notesKit } from '#lib/notes/kit.ts';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { honestTraffic } from '../support/honest.ts';
import { randomFrom } from '../support/random.ts';

const random = randomFrom(61);
const surfaces = ['board', 'notes'] as const satisfies readonly Surface[];

/** A document that several people have worked on. */
function workedOn(surface: Surface, seed: number): Y.Doc {
	const doc = new Y.Doc();
	honestTraffic(surface, randomFrom(seed), 800, doc, (update) => {
		Y.applyUpdate(doc, update);
		return update;
	});
	return doc;
}

/** The document that begins with these updates, each of which the gate lets in. */
function throughTheGate(updates: readonly Uint8Array[], surface: Surface): Y.Doc {
	const doc = new Y.Doc();
	const gate = new Gate(doc, shapes[surface]);
	for (const update of updates) {
		const read = readUpdate(update);
		expect('because' in read ? read : gate.weigh(read)).toEqual({ isNew: true });
		Y.applyUpdate(doc, update);
		expect(hasGap(doc)).toBe(false);
	}
	return doc;
}

/** Notes as an editor shows them, to the last attribute. */
const inAnEditor = (doc: Y.Doc): unknown => initProseMirrorDoc(notesOf(doc), getSchema([notesKit])).doc.toJSON();

const structsOf = (doc: Y.Doc): number => [...doc.store.clients.values()].reduce((sum, { length }) => sum + length, 0);

describe('a fresh copy', () => {
	const bytes = 4_000;
	const seeds = [1, 2, 3];
	test.each(surfaces.flatMap((surface) => seeds.map((seed) => ({ surface, seed }))))(
		'GATE-11 of $surface is what was to be seen, without its history, in small updates that could have come by the gate, seed $seed',
		({ surface, seed }) => {
			const source = workedOn(surface, seed);
			const before = stateOf(source);
			const pieces = freshCopy(source, surface, bytes);
			expect(stateOf(source)).toEqual(before);
			expect(pieces.length).toBeGreaterThan(1);
			expect(Math.max(...pieces.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(bytes);
			const copy = throughTheGate(pieces, surface);

			if (surface === 'notes') {
				expect(readNotes(copy)).toEqual(readNotes(source));
				expect(inAnEditor(copy)).toEqual(inAnEditor(source));
			} else {
				const { cards, groups } = readBoard(source);
				const [kept, deleted] = [[...cards.values()].filter((card) => !card.deleted), [...cards.values()].filter((card) => card.deleted)];
				// it would prove little if there were nothing of the kind
				expect(Math.min(kept.length, deleted.length, kept.filter(({ group }) => group !== null).length)).toBeGreaterThan(0);
				const copied = readBoard(copy);
				expect(copied.cards).toEqual(new Map(kept.map((card) => [card.id, card])));
				expect(copied.groups).toEqual(new Map([...groups].filter(([id]) => kept.some(({ group }) => group === id))));
			}
			expect([...copy.store.clients.keys()]).toEqual([seedClientId]);
			expect([...copy.store.clients.get(seedClientId)!].some(({ deleted }) => deleted)).toBe(false);
			expect(structsOf(copy)).toBeLessThan(structsOf(source));
			expect(stateOf(copy).byteLength).toBeLessThan(before.byteLength);

			// the same of another replica, which took the edits in at another time
			const replica = new Y.Doc();
			Y.applyUpdate(replica, before);
			expect(freshCopy(replica, surface, bytes)).toEqual(pieces);
			expect(freshCopy(copy, surface, bytes)).toEqual(pieces);
		}
	);

	test('GATE-11 is gone on in by pages as in any other board', () => {
		const source = workedOn('board', 4);
		const copy = new Y.Doc();
		applyBatch(copy, freshCopy(source, 'board'));
		const page = new Y.Doc();
		Y.applyUpdate(page, stateOf(copy));
		const gate = new Gate(copy, shapes.board);
		page.on('update', (update: Uint8Array) => {
			const read = readUpdate(update);
			expect('because' in read ? read : gate.weigh(read)).toEqual({ isNew: true });
			Y.applyUpdate(copy, update);
		});
		const [one, other] = [...readBoard(page).cards.keys()] as [string, string];
		splice(page, { card: one }, { at: 0, removed: 0, inserted: 'و باز' });
		groupCards(page, one, other, random.id());
		moveCard(page, one, { column: 'threats', group: null, before: null });
		setDeleted(page, other, true);
		createCard(page, { id: random.id(), author: one, createdAt: 1, column: 'threats', group: null, before: one });
		expect(readBoard(copy)).toEqual(readBoard(page));
	});

	test('GATE-11 of what nobody sees anything of begins with nothing', () => {
		const doc = new Y.Doc();
		for (const surface of surfaces) expect(freshCopy(doc, surface)).toEqual([]);
		const id = random.id();
		createCard(doc, { id, author: id, createdAt: 1, column: 'strengths', group: null, before: null });
		setDeleted(doc, id, true);
		expect(freshCopy(doc, 'board')).toEqual([]);
	});

	test.each(surfaces)('GATE-11 DECIDE-9 of %s takes the decisions along that are worded in it, and not those that were deleted', (surface) => {
		const source = new Y.Doc();
		const [kept, deleted, person] = [random.id(), random.id(), random.id()];
		createDecision(source, { id: kept, author: person, createdAt: 1, card: random.id(), text: 'دفترها بازرسی شوند', due: '2027-01-31', office: 'دبیرخانه' });
		createDecision(source, { id: deleted, author: person, createdAt: 2, card: null, text: 'نه' });
		setDecisionDeleted(source, deleted, true);
		const pieces = jobs.copy({ state: stateOf(source), surface }, () => {})!;
		const copy = throughTheGate(pieces, surface);
		expect([...readDecisions(copy).values()]).toEqual([readDecision(source, kept)]);
		expect([...copy.store.clients.keys()]).toEqual([seedClientId]);
	});

	test('GATE-11 of a large document is kept in rows that a statement takes in, and is read back before it is', { timeout: 30_000 }, () => {
		const text = 'و'.repeat(30_000);
		const source = seedBoard(Array.from({ length: 30 }, () => ({ id: random.id(), column: 'strengths', text })));
		const pieces = jobs.copy({ state: source, surface: 'board' }, () => {})!;
		expect(pieces.length).toBeGreaterThan(3);
		expect(Math.max(...pieces.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(limits.seedRowBytes);
		expect([...readBoard(throughTheGate(pieces, 'board')).cards.values()].map((card) => card.text)).toEqual(Array(30).fill(text));
	});

	test('GATE-11 a format that ends where it began, or was put on and taken off, parts no words of it', () => {
		const source = new Y.Doc();
		const [paragraph, text] = [new Y.XmlElement('paragraph'), new Y.XmlText()];
		notesOf(source).insert(0, [paragraph]);
		paragraph.insert(0, [text]);
		text.insert(0, 'یکی دو تا');
		text.format(2, 3, { bold: {} });
		text.format(4, 2, { italic: {} });
		text.format(0, 9, { bold: null });
		text.format(0, 9, { italic: null });
		text.format(0, 3, { link: { href: 'https://example.org/' } });
		const copy = throughTheGate(freshCopy(source, 'notes'), 'notes');
		expect(readNotes(copy)).toEqual(readNotes(source));
		expect(readNotes(source).blocks).toEqual([
			{
				kind: 'paragraph',
				lines: [
					[
						{ text: 'یکی', marks: [], href: 'https://example.org/' },
						{ text: ' دو تا', marks: [], href: null }
					]
				]
			}
		]);
	});
});
