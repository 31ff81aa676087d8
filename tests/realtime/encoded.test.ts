import { createCard, splice } from '#realtime/board/edits.ts';
import { documentOf, sameState, stateOf } from '#realtime/board/replica.ts';
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
	const encoded = new EncodedDocument(() => {
		counted.made++;
		return stateOf(doc);
	});
	doc.on('update', (update: Uint8Array) => encoded.follow(update, new Outgoing(updateFrame(update))));
	const [card, author] = [random.id(), random.id()];
	createCard(doc, { id: card, author, createdAt: 1, column: 'strengths', group: null, before: null });
	splice(doc, { card }, { at: 0, removed: 0, inserted: 'الف' });
	return { doc, counted, encoded, write: (text: string) => splice(doc, { card }, { at: 0, removed: random.integer(0, 1), inserted: text }) };
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
