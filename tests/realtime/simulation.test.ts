import { expect, test } from 'vitest';
import { nothingYet, faults, faultsOfProcesses, simulate, type Tally } from '../support/simulation/simulation.ts';

/** `SEEDS=1000 npx vitest run tests/realtime/simulation.test.ts` runs more; `SEED=17` replays one. */
const first = Number(process.env['SEED'] ?? 1);
const count = process.env['SEED'] ? 1 : Number(process.env['SEEDS'] ?? 100);
const seeds = Array.from({ length: count }, (_, i) => first + i);

const counts = ['drops', 'silences', 'late', 'lost', 'narrow', 'restarts', 'reloads', 'failedAppends', 'snapshots', 'conflicts', 'rows', 'compared'] as const;
const countsOfProcesses = [...counts, 'cuts', 'told'] as const;

// many pages of one process
process.setMaxListeners(0);

test(`SYNC-1 SYNC-2 SYNC-3 SYNC-17 SYNC-18 all replicas and the database agree after ${count} random histories`, { timeout: 900_000 }, async () => {
	const total: Omit<Tally, 'actions'> & { actions: Record<string, number> } = nothingYet();
	for (const seed of seeds) {
		const tally = await simulate(seed).catch((error: unknown) => {
			throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)} (replay with SEED=${seed})`, { cause: error });
		});
		for (const [action, times] of Object.entries(tally.actions)) total.actions[action] = (total.actions[action] ?? 0) + times;
		for (const key of counts) total[key] += tally[key];
	}
	if (count < 20) return;
	// a simulation in which nothing goes wrong proves nothing
	for (const key of counts) expect(total[key], key).toBeGreaterThan(count / 4);
	for (const action of ['write', 'create', 'move', 'group', 'ungroup', 'moveGroup', 'title', 'delete', 'bringBack', 'attach', 'detach', 'undo', 'redo']) {
		expect(total.actions[action], action).toBeGreaterThan(count / 4);
	}
});

/** What the simulation says of each planted fault. */
const symptoms: Record<(typeof faults)[number], RegExp> = {
	'broadcast before append': /shows edits of client \d+ that are not committed/,
	'acknowledgement before commit': /is told "saved" of what is not committed/,
	'no resend after a reconnect': /is told "saved" of what is not committed/
};

test.each(faults)('SYNC-4 the simulation finds the planted fault: %s', { timeout: 300_000 }, async (fault) => {
	const found: string[] = [];
	for (let seed = 1; seed <= 20; seed++) await simulate(seed, fault).catch((error: Error) => found.push(error.message));
	expect(found.filter((message) => symptoms[fault].test(message)).length, [...new Set(found)].join('; ')).toBeGreaterThan(10);
});

test(`PROCESS-1 PROCESS-2 two processes, their pages and the database agree after ${count} random histories`, { timeout: 900_000 }, async () => {
	const total = nothingYet();
	for (const seed of seeds) {
		const tally = await simulate(seed, null, 2).catch((error: unknown) => {
			throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)} (replay with SEED=${seed})`, { cause: error });
		});
		for (const key of countsOfProcesses) total[key] += tally[key];
	}
	if (count < 20) return;
	for (const key of countsOfProcesses) expect(total[key], key).toBeGreaterThan(count / 4);
});

const symptomsOfProcesses: Record<(typeof faultsOfProcesses)[number], RegExp> = {
	'a lag refused': /is ended \(not-allowed\)|differs from what is committed/,
	'nothing is looked up': /differs from what is committed/,
	'told before append': /shows edits of client \d+ that are not committed|SQL does not know/
};

test.each(faultsOfProcesses)('PROCESS-3 the simulation finds the planted fault: %s', { timeout: 300_000 }, async (fault) => {
	const found: string[] = [];
	for (let seed = 1; seed <= 20; seed++) await simulate(seed, fault, 2).catch((error: Error) => found.push(error.message));
	expect(found.filter((message) => symptomsOfProcesses[fault].test(message)).length, [...new Set(found)].join('; ')).toBeGreaterThan(1);
});
