import { createCard, splice } from '#realtime/board/edits.ts';
import { sameState, stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import { canonicalHash } from '#realtime/board/canonical.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { jobs } from '#realtime/server/workbench/jobs.ts';
import { JobEnded, openWorkbench, type Workbench } from '#realtime/server/workbench/workbench.ts';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { headInsertBomb } from '../support/head-insert-bomb.ts';
import { randomFrom } from '../support/random.ts';

const random = randomFrom(41);
let opened: Workbench[] = [];
const workbench = (script?: string) => {
	const made = openWorkbench(script === undefined ? {} : { script });
	opened.push(made);
	return made;
};
afterEach(async () => {
	await Promise.all(opened.map((one) => one.stop()));
	opened = [];
});

/** A board, and the updates that it was made by. */
function written(letters: number): { doc: Y.Doc; updates: Uint8Array[] } {
	const doc = new Y.Doc();
	const updates: Uint8Array[] = [];
	doc.on('update', (update: Uint8Array) => updates.push(update));
	const id = random.id();
	createCard(doc, { id, author: id, createdAt: 1, column: 'strengths', group: null, before: null });
	for (let i = 0; i < letters; i++) splice(doc, { card: id }, { at: random.integer(0, i / 2), removed: i % 7 === 6 ? 1 : 0, inserted: 'ب' });
	return { doc, updates };
}

test('JOURNAL-1 a log is compacted in a thread of its own, to what its room has', { timeout: 30_000 }, async () => {
	const { doc, updates } = written(300);
	const compacted = await workbench().do('compact', { log: updates, held: stateOf(doc) });
	const fresh = new Y.Doc();
	Y.applyUpdate(fresh, compacted!.state);
	expect(sameState(fresh, doc)).toBe(true);
	expect(canonicalHash(fresh)).toBe(canonicalHash(doc));
	expect(compacted!.stateVector).toEqual(stateVectorOf(doc));
});

test('JOURNAL-1 a log that lacks a row, or gives something else than its room has, is not compacted', () => {
	const { doc, updates } = written(40);
	const held = stateOf(doc);
	const compact = (log: readonly Uint8Array[]) => jobs.compact({ log, held }, () => {});
	expect(compact(updates)).not.toBe(null);
	expect(compact(updates.toSpliced(7, 1))).toBe(null);
	expect(compact(updates.slice(0, -1))).toBe(null);
	// the same clocks and the same deletions, and other words
	const other = new Y.Doc();
	for (const update of updates.map((update) => Buffer.from(update.toString().replaceAll('216,168', '216,167').split(',').map(Number))))
		Y.applyUpdate(other, update);
	expect(sameState(other, doc)).toBe(true);
	expect(jobs.compact({ log: updates, held: stateOf(other) }, () => {})).toBe(null);
});

test('JOURNAL-1 JOURNAL-4 what of a log is no update was never in its room, and is passed over', () => {
	const { doc, updates } = written(40);
	const log = updates.toSpliced(7, 0, Uint8Array.of(9, 9, 9), updates[8]!.subarray(0, 12));
	expect(jobs.compact({ log, held: stateOf(doc) }, () => {})).toEqual(jobs.compact({ log: updates, held: stateOf(doc) }, () => {}));
});

test('JOURNAL-2 an edit that would hold up everybody is ended with its thread, and other jobs go on', { timeout: 60_000 }, async () => {
	const bench = workbench();
	const { doc, updates } = written(50);
	let tookMs = 0;
	const bomb = bench.do('attempt', { document: [stateOf(doc)], update: headInsertBomb(11_000 * 8) }, (ms) => (tookMs += ms));
	const others = [1, 2, 3].map(() => bench.do('compact', { log: updates, held: stateOf(doc) }));
	await expect(bomb).rejects.toSatisfy((error) => error instanceof JobEnded && error.excess);
	expect(tookMs).toBeGreaterThanOrEqual(limits.trialMs);
	expect((await Promise.all(others)).every((done) => done !== null)).toBe(true);
	expect(await bench.do('attempt', { document: [stateOf(doc)], update: updates[0]! })).toBe('fits');
});

test('JOURNAL-2 an edit with a gap, or one that breaks off, is unfit', () => {
	const { doc, updates } = written(10);
	const attempt = (update: Uint8Array) => jobs.attempt({ document: [stateOf(new Y.Doc())], update }, () => {});
	expect(attempt(stateOf(doc))).toBe('fits');
	expect(attempt(updates.at(-1)!)).toBe('unfit');
	expect(attempt(stateOf(doc).slice(0, -3))).toBe('unfit');
});

test('JOURNAL-2 a thread that ends by itself rejects its own job, and a closed workbench takes none', { timeout: 30_000 }, async () => {
	const bench = workbench(fileURLToPath(new URL('../support/failing-worker.ts', import.meta.url)));
	const given = { document: [stateOf(new Y.Doc())], update: Uint8Array.of(0, 0) };
	const failures = await Promise.all([1, 2, 3].map(() => bench.do('attempt', given).catch((error: unknown) => error)));
	for (const failure of failures) expect(failure).toMatchObject({ excess: false });
	await bench.stop();
	await expect(bench.do('attempt', given)).rejects.toBeInstanceOf(JobEnded);
});
