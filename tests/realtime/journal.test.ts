import { splice } from '#realtime/board/edits.ts';
import { readCard } from '#realtime/board/read.ts';
import { sameState } from '#realtime/board/replica.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { step2Frame } from '#realtime/protocol/frames.ts';
import type { Workbench } from '#realtime/server/workbench/workbench.ts';
import { JobEnded } from '#realtime/server/workbench/workbench.ts';
import { describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { cardsFrom, texts } from '../support/cards.ts';
import { randomFrom } from '../support/random.ts';
import { sameThread } from '../support/same-thread.ts';
import { roomsInMemory } from '../support/scripted-page.ts';

const random = randomFrom(23);
const until = (check: () => void) => vi.waitFor(check, { timeout: 4_000, interval: 5 });

const newCard = cardsFrom(random);

/** A workbench whose trials end when, and as, the test says. */
function heldWorkbench() {
	const held = Promise.withResolvers<void>();
	let failure: Error | null = null;
	let asked = 0;
	const workbench: Workbench = {
		...sameThread,
		async do(name, given) {
			if (name !== 'attempt') return sameThread.do(name, given);
			asked++;
			await held.promise;
			if (failure) throw failure;
			return sameThread.do(name, given);
		}
	};
	return {
		workbench,
		asked: () => asked,
		go(withFailure: Error | null = null) {
			failure = withFailure;
			held.resolve();
		}
	};
}

const large = () => newCard('و'.repeat(limits.liveFrameBytes / 2 + 1));

describe('large batches', () => {
	test('JOURNAL-3 a large batch is tried beside the room: others write on, and what its own page sends waits behind it', async () => {
		const trial = heldWorkbench();
		const { document, person, page, rooms } = roomsInMemory(undefined, trial.workbench);
		const board = document();
		const [returning, other] = [await page(board, person()).join(), await page(board, person()).join()];
		await until(() => expect([returning.committed, other.committed]).toEqual([1, 1]));
		const { id, make } = large();
		returning.send(step2Frame(returning.edit(make)));
		returning.write((doc) => splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'پس از آن' }));
		await until(() => expect(trial.asked()).toBe(1));
		other.write(newCard('نگه نداشت').make);
		await until(() => expect(other.committed).toBe(2));
		expect([returning.committed, texts(other)]).toEqual([1, ['نگه نداشت']]);
		trial.go();
		await until(() => expect(returning.committed).toBe(3));
		await until(() => expect(readCard(other.doc, id)!.text).toMatch(/^پس از آن/));
		await rooms.stop();
	});

	test('JOURNAL-3 many small structs are tried too, and a batch that follows on what its page has just sent fits', async () => {
		const trial = heldWorkbench();
		trial.go();
		const { document, person, page, rooms } = roomsInMemory(undefined, trial.workbench);
		const board = document();
		const writer = await page(board, person()).join();
		await until(() => expect(writer.committed).toBe(1));
		const { id, make } = newCard('');
		writer.write(make);
		writer.write((doc) => {
			for (let i = 0; i <= limits.liveStructs; i++) splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'x' });
		});
		await until(() => expect(writer.committed).toBe(3));
		expect(trial.asked()).toBe(1);
		await rooms.stop();
	});

	test.each([
		['takes too long', new JobEnded('over its budget', true), 'too-large'],
		['could not be tried', new JobEnded('no thread', false), 'restarting']
	] as const)('JOURNAL-3 a batch that %s closes its own connection alone, and none of it is in the document', async (_what, failure, reason) => {
		const trial = heldWorkbench();
		const { document, person, page, rooms, database } = roomsInMemory(undefined, trial.workbench);
		const board = document();
		const [returning, other] = [await page(board, person()).join(), await page(board, person()).join()];
		await until(() => expect([returning.committed, other.committed]).toEqual([1, 1]));
		returning.send(step2Frame(returning.edit(large().make)));
		returning.write(newCard('دنباله').make);
		await until(() => expect(trial.asked()).toBe(1));
		trial.go(failure);
		await until(() => expect(returning.closed).toBe(reason));
		other.write(newCard('یک').make);
		await until(() => expect(other.committed).toBe(2));
		expect([other.closed, returning.committed]).toEqual([null, 1]);
		expect(database.documents.get(board)!.log).toHaveLength(1);
		await rooms.stop();
	});

	test('JOURNAL-3 of one person’s large batches one is tried at a time', async () => {
		const trial = heldWorkbench();
		const { document, person, page, rooms } = roomsInMemory(undefined, trial.workbench);
		const me = person();
		const board = document();
		const pages = await Promise.all([1, 2].map(() => page(board, me).join()));
		const other = await page(board, person()).join();
		await until(() => expect(other.committed).toBe(1));
		for (const one of pages) one.send(step2Frame(one.edit(large().make)));
		other.send(step2Frame(other.edit(large().make)));
		const quick = await page(board, person()).join();
		quick.write(newCard('زود').make);
		await until(() => expect(quick.committed).toBe(2));
		expect(trial.asked()).toBe(2);
		trial.go();
		await until(() => expect(pages.map(({ committed }) => committed)).toEqual([2, 2]));
		expect(trial.asked()).toBe(3);
		await rooms.stop();
	});

	test.each([
		['may write no more', false, 0],
		['may write still', true, 1]
	] as const)('WIRE-9 of who has gone while their batch is tried, and %s, as much is taken', async (_who, mayStill, rows) => {
		const trial = heldWorkbench();
		const { document, person, page, rooms, grants, database } = roomsInMemory(undefined, trial.workbench);
		const board = document();
		const me = person();
		const gone = await page(board, me).join();
		await until(() => expect(gone.committed).toBe(1));
		gone.send(step2Frame(gone.edit(large().make)));
		await until(() => expect(trial.asked()).toBe(1));
		gone.leave();
		if (!mayStill) grants.set(me, null);
		trial.go();
		const later = await page(board, person()).join();
		await until(() => expect(later.committed).toBe(1));
		await until(() => expect(database.documents.get(board)!.log).toHaveLength(rows));
		await rooms.stop();
	});

	test('JOURNAL-3 who loses the right while a batch is tried has none of it taken', async () => {
		const trial = heldWorkbench();
		const { document, person, page, rooms, grants, database } = roomsInMemory(undefined, trial.workbench);
		const board = document();
		const loser = person();
		const losing = await page(board, loser).join();
		await until(() => expect(losing.committed).toBe(1));
		losing.send(step2Frame(losing.edit(large().make)));
		await until(() => expect(trial.asked()).toBe(1));
		grants.set(loser, null);
		await rooms.askRights();
		expect(losing.closed).toBe('not-found');
		trial.go();
		await rooms.stop();
		expect(database.documents.get(board)!.log).toEqual([]);
	});
});

describe('compaction', () => {
	test('JOURNAL-1 a room that stays open has its long log compacted as well, while people write', async () => {
		const { document, person, page, rooms, database } = roomsInMemory(undefined, sameThread, { openSnapshotRows: 20 });
		const board = document();
		const writer = await page(board, person()).join();
		const { id, make } = newCard('');
		writer.write(make);
		await until(() => expect(writer.committed).toBe(2));
		for (let i = 1; i <= 50; i++) {
			writer.write((doc) => splice(doc, { card: id }, { at: 0, removed: 0, inserted: 'x' }));
			await until(() => expect(writer.committed).toBe(i + 2));
		}
		const stored = database.documents.get(board)!;
		await until(() => expect(database.snapshots).toBe(2));
		expect(writer.closed).toBe(null);
		const fresh = new Y.Doc();
		for (const update of [stored.snapshot!.state, ...stored.log.map(({ update }) => update)]) Y.applyUpdate(fresh, update);
		expect(sameState(fresh, writer.doc)).toBe(true);
		expect(stored.archive.length + stored.log.length).toBe(51);
		await rooms.stop();
	});

	test('JOURNAL-1 a compaction whose thread is ended in the middle leaves the log as it was', async () => {
		let killed = 0;
		const killing: Workbench = {
			...sameThread,
			async do(name, given) {
				if (name !== 'compact') return sameThread.do(name, given);
				killed++;
				throw new JobEnded('killed', false);
			}
		};
		const { document, person, page, rooms, database, logged } = roomsInMemory(undefined, killing, { openSnapshotRows: 10 });
		const board = document();
		const writer = await page(board, person()).join();
		for (let i = 1; i <= 12; i++) {
			writer.write(newCard(`${i}`).make);
			await until(() => expect(writer.committed).toBe(i + 1));
		}
		await until(() => expect(killed).toBe(1));
		await rooms.stop();
		expect(writer.closed).toBe('restarting');
		expect(logged).toContain('no snapshot could be made; the log stays as it is');
		expect(database.documents.get(board)).toMatchObject({ snapshot: null, lastSeq: 12 });
		expect(database.documents.get(board)!.log).toHaveLength(12);
	});
});
