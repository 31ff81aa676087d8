import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** In a process of its own: what runs before all tests cannot find the database's worker. */
const script = "import('#db/open.ts').then(({ open }) => open({ dataDir: process.argv[1] })).then((database) => database.close())";

/**
 * Before all tests: makes one embedded database that holds its schema and nothing else. A test starts on a copy, which
 * costs an eighth of making a cluster and bringing its schema up to date.
 */
export default async function makeEmptyDatabase(): Promise<() => Promise<void>> {
	const folder = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
	await promisify(execFile)(process.execPath, ['--liftoff-only', '--eval', script, folder], { cwd: join(import.meta.dirname, '../..') });
	// the processes that run the tests inherit it
	process.env['EMPTY_DATABASE'] = folder;
	return () => rm(folder, { recursive: true, force: true });
}

/** Lays the empty database into a folder that is not there yet, or is empty. Outside a run of tests there is none, and whoever opens the folder makes one. */
export function copyEmptyDatabase(dataDir: string): void {
	const made = process.env['EMPTY_DATABASE'];
	// a thousand files: one after the other, outside JavaScript, is a fifth of the work
	if (made !== undefined) cpSync(made, dataDir, { recursive: true });
}
