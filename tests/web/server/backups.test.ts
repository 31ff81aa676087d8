import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { backupName } from '#db/backup/folder.ts';
import { keepBackups } from '#server/backups.ts';

const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 27, 12);
let folder: string;
let stop: () => void;
beforeEach(() => {
	vi.useFakeTimers({ now: noon });
	folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hamandish-test-'));
});
afterEach(() => {
	stop();
	vi.useRealTimers();
	fs.rmSync(folder, { recursive: true, force: true });
});

function keeping(write: (file: string) => void) {
	const notes: string[] = [];
	const note = (_: Record<string, unknown>, text: string) => void notes.push(text);
	stop = keepBackups({
		folder,
		everyMs: 24 * hour,
		keep: 2,
		write: async (file) => write(file),
		leases: { take: async () => true, giveBack: async () => {} },
		log: { info: note, warn: note, error: note }
	});
	return notes;
}
const there = () => fs.readdirSync(folder).sort();

test('BACKUP-9 a backup is made when the newest has become old enough, and only so many are kept', async () => {
	const days = [noon - 60 * hour, noon - 23 * hour];
	for (const day of days) fs.writeFileSync(path.join(folder, backupName('scheduled', day)), '');
	const notes = keeping((file) => fs.writeFileSync(file, ''));
	await vi.advanceTimersByTimeAsync(hour - 1);
	expect(there()).toEqual(days.map((day) => backupName('scheduled', day)));
	await vi.advanceTimersByTimeAsync(1);
	expect(there()).toEqual([days[1]!, noon + hour].map((day) => backupName('scheduled', day)));
	await vi.advanceTimersByTimeAsync(24 * hour);
	expect(there()).toEqual([noon + hour, noon + 25 * hour].map((day) => backupName('scheduled', day)));
	expect(notes).toEqual(['a backup was made', 'a backup was made']);
});

test('BACKUP-9 a backup that fails is logged and tried again, and none is made right at the start or after the stop', async () => {
	let tries = 0;
	const notes = keeping(() => {
		if (++tries < 3) throw new Error('no room');
	});
	await vi.advanceTimersByTimeAsync(hour / 6 - 1);
	expect(tries).toBe(0);
	await vi.advanceTimersByTimeAsync(1);
	expect([tries, notes]).toEqual([1, ['a backup could not be made']]);
	await vi.advanceTimersByTimeAsync(hour / 3);
	expect([tries, notes.at(-1)]).toEqual([3, 'a backup was made']);
	stop();
	await vi.advanceTimersByTimeAsync(100 * hour);
	expect(tries).toBe(3);
});

test('PROCESS-28 of processes that share a folder one makes each backup; what one does not finish, another makes', async () => {
	let takenUntil = 0;
	const leases = {
		take: async (_name: string, forMs: number) => Date.now() >= takenUntil && (takenUntil = Date.now() + forMs) > 0,
		giveBack: async () => void (takenUntil = 0)
	};
	const made: string[] = [];
	const note = () => {};
	const processes = ['one', 'two'].map((name) =>
		keepBackups({
			folder,
			everyMs: 24 * hour,
			keep: 9,
			async write(file) {
				made.push(name);
				// the first one is killed in the middle of its first
				if (made.length === 1) return new Promise(() => {});
				fs.writeFileSync(file, '');
			},
			leases,
			log: { info: note, warn: note, error: note }
		})
	);
	stop = () => processes.forEach((stop) => stop());
	await vi.advanceTimersByTimeAsync(2 * hour);
	expect(made).toEqual(['one', 'two']);
	expect(there()).toHaveLength(1);
	await vi.advanceTimersByTimeAsync(48 * hour);
	expect(made).toEqual(['one', 'two', 'two', 'two']);
	expect(there()).toHaveLength(3);
});
