import { changeDecision, createDecision, setDecisionDeleted, spliceDecision } from '#realtime/board/decisions-edits.ts';
import { readDecision, readDecisions } from '#realtime/board/decisions-read.ts';
import { splice } from '#realtime/board/edits.ts';
import { readBoard } from '#realtime/board/read.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { updateFrame } from '#realtime/protocol/frames.ts';
import type { Grant } from '#realtime/server/ports.ts';
import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { cardsFrom } from '../support/cards.ts';
import { randomFrom } from '../support/random.ts';
import { roomsInMemory } from '../support/scripted-page.ts';

const random = randomFrom(37);
const until = (check: () => void) => vi.waitFor(check, { timeout: 4_000, interval: 5 });

const newDecision = (author: Id) => {
	const id = random.id();
	return { id, make: (doc: Y.Doc) => createDecision(doc, { id, author, createdAt: 1, card: null, text: 'x' }) };
};

test('DECIDE-1 a guest writes cards and words no decision, however that is put together; nobody else notices', async () => {
	const { document, person, page, rooms, database } = roomsInMemory();
	const board = document('board');
	const [member, guest] = [person('member', 'live'), person('guest', 'live')];
	const words = await page(board, member).join();
	const theirs = newDecision(member);
	words.write(theirs.make);
	await until(() => expect(words.committed).toBe(2));
	const cards = await page(board, guest).join();
	await until(() => expect(readDecision(cards.doc, theirs.id)?.text).toBe('x'));

	// what is on a board is theirs to write, and all of it to send again
	const card = cardsFrom(random)('برگه');
	cards.write(card.make);
	cards.write((doc) => splice(doc, { card: card.id }, { at: 0, removed: 2, inserted: '' }));
	await until(() => expect(readBoard(words.doc).cards.get(card.id)?.text).toBe('گه'));
	const before = cards.committed;
	cards.send(updateFrame(Y.encodeStateAsUpdate(cards.doc)));
	await until(() => expect(cards.committed).toBeGreaterThan(before));
	expect(cards.closed).toBe(null);

	const edits: ((doc: Y.Doc) => void)[] = [
		newDecision(guest).make,
		(doc) => spliceDecision(doc, theirs.id, { at: 1, removed: 0, inserted: 'y' }),
		(doc) => spliceDecision(doc, theirs.id, { at: 0, removed: 1, inserted: '' }),
		(doc) => changeDecision(doc, theirs.id, { due: '2027-01-31' }),
		(doc) => setDecisionDeleted(doc, theirs.id, true),
		(doc) => {
			cardsFrom(random)('و').make(doc);
			spliceDecision(doc, theirs.id, { at: 0, removed: 1, inserted: '' });
		}
	];
	for (const edit of edits) {
		const bad = await page(board, guest).join();
		await until(() => expect(readDecision(bad.doc, theirs.id)?.text).toBe('x'));
		bad.write(edit);
		await until(() => expect(bad.closed).toBe('not-allowed'));
	}
	words.write((doc) => changeDecision(doc, theirs.id, { due: '2027-01-31' }));
	await until(() => expect(readDecision(cards.doc, theirs.id)!.due).toBe('2027-01-31'));
	expect([words.closed, cards.closed]).toEqual([null, null]);
	const committed = new Y.Doc();
	for (const { update } of database.documents.get(board)!.log) Y.applyUpdate(committed, update);
	expect([...readDecisions(committed).values()]).toMatchObject([{ id: theirs.id, text: 'x', deleted: false, due: '2027-01-31' }]);
	await rooms.stop();
});

test('DECIDE-1 STEP-6 nor does one whose words arrive after the step, while a member’s wording is kept for the facilitator', async () => {
	const { document, person, page, rooms, database, grants } = roomsInMemory();
	const board = document('board');
	const [member, guest] = [person('member', 'live'), person('guest', 'live')];
	for (const one of [member, guest]) {
		grants.set(one, { ...(grants.get(one) as Grant), situation: { state: 'live', archived: false, step: { see: true, edit: false } } });
	}
	const bring = async (who: Id, edit: (doc: Y.Doc) => void, closed: string) => {
		const brought = await page(board, who).join();
		brought.write(edit);
		await until(() => expect(brought.closed).toBe(closed));
	};
	await bring(guest, newDecision(guest).make, 'not-allowed');
	expect(database.late.size).toBe(0);
	await bring(guest, cardsFrom(random)('برگه').make, 'late');
	await bring(member, newDecision(member).make, 'late');
	expect([...database.late.values()].map(({ person }) => person)).toEqual([guest, member]);
	await rooms.stop();
});
