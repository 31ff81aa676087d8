import { createCard, splice } from '#realtime/board/edits.ts';
import { applyBatch, documentOf, isMost, lacksOf, sameState, stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { readFrame, updateFrame } from '#realtime/protocol/frames.ts';
import { EncodedDocument } from '#realtime/server/boards/encoded.ts';
import { Outgoing } from '#realtime/server/boards/outgoing.ts';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { randomFrom } from '../support/random.ts';

const random = randomFrom(47);

/** A board that is written on, and its bytes. */
function written() {
	const doc = new Y.Doc();
	const counted = { made: 0 };
	const encoded = new EncodedDocument((since) => {
		counted.made++;
		return stateOf(doc, since);
	});
	doc.on('update', (update: Uint8Array) => encoded.follow(update, new Outgoing(updateFrame(update))));
	const [card, author] = [random.id(), random.id()];
	createCard(doc, { id: card, author, createdAt: 1, column: 'strengths', group: null, before: null });
	splice(doc, { card }, { at: 0, removed: 0, inserted: 'الف' });
	const edit = (removed: number, inserted: string) => splice(doc, { card }, { at: 0, removed, inserted });
	return { doc, counted, encoded, write: (text: string) => edit(random.integer(0, 1), text), remove: (count: number) => edit(count, '') };
}

const given = ({ answer }: EncodedDocument) => documentOf(answer.map(({ messages: [message] }) => (readFrame(message!) as { bytes: Uint8Array }).bytes));

/** as many frames as the answer has after so many updates */
const framesAfter = (updates: number) => 1 + Math.floor(updates / limits.mergedAtOnce) + (updates % limits.mergedAtOnce);

test('WIRE-15 all of a document is made once for many who ask, and is what it holds by then', () => {
	const { doc, counted, encoded, write } = written();
	for (let i = 0; i < 3 * limits.mergedAtOnce + 2; i++) {
		expect(sameState(given(encoded), doc)).toBe(true);
		expect(sameState(documentOf(encoded.updates), doc)).toBe(true);
		expect(encoded.updates).toHaveLength(framesAfter(i));
		// a page takes itself for complete at step 2
		expect(encoded.answer.map(({ messages: [message] }) => readFrame(message!).kind)).toEqual([...Array<string>(framesAfter(i) - 1).fill('update'), 'step2']);
		write('ب');
	}
	expect(counted.made).toBe(1);
});

test('WIRE-15 it is made anew after as many bytes as it had, or when it would be many updates, if somebody asks', () => {
	const { doc, counted, encoded, write } = written();
	for (let i = 0; i < 2 * limits.encodedUnasked; i++) write('پ');
	expect(counted.made).toBe(0);
	expect(encoded.answer).toHaveLength(1);
	write('ت'.repeat(limits.encodedGrowthBytes));
	expect([encoded.answer.length, counted.made]).toEqual([1, 2]);
	let count = 0;
	while (counted.made === 2) {
		write('ث');
		count++;
		expect(encoded.answer.length).toBeLessThanOrEqual(limits.encodedUpdates);
	}
	expect(framesAfter(count)).toBeGreaterThan(limits.encodedUpdates);
	expect(sameState(given(encoded), doc)).toBe(true);
});

test('WIRE-15 it is forgotten when nobody asks any more', () => {
	const { doc, counted, encoded, write } = written();
	expect(encoded.answer).toHaveLength(1);
	for (let i = 0; i < limits.encodedUnasked; i++) write('پ');
	expect([encoded.answer.length, counted.made]).toEqual([framesAfter(limits.encodedUnasked), 1]);
	for (let i = 0; i <= limits.encodedUnasked; i++) write('پ');
	expect([encoded.answer.length, counted.made]).toEqual([1, 2]);
	expect(sameState(given(encoded), doc)).toBe(true);
});

/** Somebody who went a while ago, and wrote a word since that nobody has. */
function returned(doc: Y.Doc): Y.Doc {
	const page = documentOf([stateOf(doc)]);
	page.clientID = random.integer(1, 2 ** 31);
	page.getMap('own').set('word', 'ج');
	return page;
}

test('WIRE-15 what those lack who come back together is made once, and holds what was taken away meanwhile too', () => {
	const { doc, counted, encoded, write, remove } = written();
	const [early, other] = [returned(doc), returned(doc)];
	for (const letters of ['ب', 'پ', 'ت']) write(letters);
	const late = returned(doc);
	remove(2);
	write('ث');

	const restFor = (page: Y.Doc) => encoded.restFor(stateVectorOf(page), lacksOf(doc, stateVectorOf(page)));
	const take = (page: Y.Doc) => applyBatch(page, [(readFrame(restFor(page).messages[0]!) as { bytes: Uint8Array }).bytes]);
	const holds = (page: Y.Doc) => expect(Y.snapshotContainsUpdate(Y.snapshot(page), stateOf(doc))).toBe(true);
	expect(restFor(early)).toBe(restFor(other));
	expect(counted.made).toBe(1);
	expect(restFor(late)).not.toBe(restFor(other));
	for (const page of [early, late]) {
		take(page);
		holds(page);
	}
	// and not any more once there is more
	const before = restFor(other);
	write('چ');
	expect(restFor(other)).not.toBe(before);
	take(other);
	holds(other);
	// to whom nothing is new, what was taken away is told all the same
	expect(lacksOf(doc, stateVectorOf(other)).size).toBe(0);
	expect(restFor(other)).toBe(restFor(other));
});

test('WIRE-15 most of a document is more than half of it', () => {
	const { doc, write } = written();
	const half = stateVectorOf(doc);
	const lacksMost = (stateVector: Uint8Array) => isMost(doc, lacksOf(doc, stateVector));
	expect([lacksMost(stateVectorOf(new Y.Doc())), lacksMost(half)]).toEqual([true, false]);
	while (!lacksMost(half)) write('ح');
	const [clock] = [...Y.decodeStateVector(stateVectorOf(doc)).values()];
	const [was] = [...Y.decodeStateVector(half).values()];
	expect(clock! - was!).toBeGreaterThan(clock! / 2);
});
