import { changeAction, createAction, spliceAction } from '#realtime/board/actions-edits.ts';
import { readAction } from '#realtime/board/actions-read.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { randomFrom } from '../support/random.ts';
import { roomsInMemory } from '../support/scripted-page.ts';

const random = randomFrom(21);
const until = (check: () => void) => vi.waitFor(check, { timeout: 4_000, interval: 5 });

const newAction = (author: Id, values: Partial<Parameters<typeof createAction>[1]> = {}) => {
	const id = random.id();
	return { id, make: (doc: Y.Doc) => createAction(doc, { id, author, createdAt: 1, origin: null, what: 'x', ...values }) };
};

test('ACTION-5 ACTION-6 the room refuses what is another’s, at that page alone, and keeps the rest', async () => {
	const { document, person, page, rooms, database } = roomsInMemory();
	const actions = document('actions');
	const [facilitator, member, observer] = [
		person('facilitator', 'live', 'actions'),
		person('member', 'live', 'actions'),
		person('observer', 'live', 'actions')
	];
	const chairing = await page(actions, facilitator).join();
	const theirs = newAction(facilitator, { person: facilitator });
	chairing.write(theirs.make);
	await until(() => expect(chairing.committed).toBe(2));
	const watching = await page(actions, observer).join();
	const honest = await page(actions, member).join();
	await until(() => expect(readAction(honest.doc, theirs.id)?.deleted).toBe(false));

	// own actions, several in one update, and typing in them
	const [one, two] = [newAction(member), newAction(member, { person: facilitator })];
	honest.write((doc) => {
		one.make(doc);
		two.make(doc);
	});
	honest.write((doc) => spliceAction(doc, one.id, 'what', { at: 0, removed: 0, inserted: 'کار ' }));
	await until(() => expect([honest.closed, honest.committed]).toEqual([null, 3]));
	await until(() => expect(readAction(watching.doc, one.id)).toMatchObject({ what: 'کار x', author: member }));

	// refused: another's, and an author that is not the writer
	for (const [edit, reason] of [
		[(doc: Y.Doc) => changeAction(doc, theirs.id, { state: 'done' }), 'read-only'],
		[newAction(facilitator).make, 'not-allowed']
	] as const) {
		const bad = await page(actions, member).join();
		await until(() => expect(readAction(bad.doc, theirs.id)).not.toBe(null));
		bad.write(edit);
		await until(() => expect(bad.closed).toBe(reason));
	}
	const bystander = await page(actions, observer).join();
	bystander.write(newAction(observer).make);
	await until(() => expect(bystander.closed).toBe('read-only'));

	// the facilitator changes all of it, and nobody who was honest noticed
	chairing.write((doc) => changeAction(doc, one.id, { due: '2026-12-01' }));
	await until(() => expect(readAction(honest.doc, one.id)!.due).toBe('2026-12-01'));
	honest.write((doc) => changeAction(doc, one.id, { state: 'done' }));
	await until(() => expect(readAction(watching.doc, one.id)!.state).toBe('done'));
	expect([chairing, watching, honest].map(({ closed }) => closed)).toEqual([null, null, null]);
	const committed = new Y.Doc();
	for (const { update } of database.documents.get(actions)!.log) Y.applyUpdate(committed, update);
	expect(readAction(committed, theirs.id)!.state).toBe('open');
	await rooms.stop();
});

test('ACTION-7 SQL is told of every change, with its row of the log', async () => {
	const { document, person, page, rooms, database } = roomsInMemory();
	const actions = document('actions');
	const member = person('member', 'live', 'actions');
	const writer = await page(actions, member).join();
	const one = newAction(member);
	writer.write(one.make);
	await until(() => expect(writer.committed).toBe(2));
	await rooms.edit(actions, member, (doc) => changeAction(doc, one.id, { state: 'doing' }));
	await rooms.projectNow(actions);
	const shown = database.actions.get(actions)!;
	expect(shown.actions.get(one.id)).toMatchObject({ state: 'doing', deleted: false });
	expect(shown.changes.map(({ field, after, seq }) => [field, after, seq])).toEqual([
		['what', 'x', 1],
		['deleted', 'false', 1],
		['state', 'doing', 2]
	]);
	expect(shown.changes.map(({ client }) => database.clientIds.get(client!))).toEqual([member, member, member]);
	await rooms.stop();
});

test('ACTION-9 the hand-over reaches whoever has the actions open', async () => {
	const { document, person, page, rooms } = roomsInMemory();
	const actions = document('actions');
	const [leaver, heir, administrator] = [person('member', 'live', 'actions'), person('member', 'live', 'actions'), person('member', 'live', 'actions')];
	const reader = await page(actions, heir).join();
	const one = newAction(leaver, { person: leaver });
	await rooms.edit(actions, leaver, one.make);
	await rooms.projectNow(actions);
	await rooms.handOver(leaver, heir, administrator);
	await until(() => expect(readAction(reader.doc, one.id)?.person).toBe(heir));
	await rooms.stop();
});
