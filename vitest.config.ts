import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import config from './svelte.config.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Nothing is measured by how long it may take: a busy machine is no fault. */
const patience = { setupFiles: [at('./tests/support/patience.ts')], testTimeout: 60_000, hookTimeout: 120_000, expect: { poll: { timeout: 20_000 } } };

/** What each process that opens a database would spend anew, and is gone before it gains by. */
const thrift = {
	// one function of the embedded database takes its optimizing compiler two seconds and 600 MB
	execArgv: ['--liftoff-only'],
	// its package.json is long, and Node reads it for each of its many files
	server: { deps: { inline: ['drizzle-orm'] } },
	// a file finds what the one before it has loaded, and leaves nothing behind but that; the long run prints times, and memory
	isolate: process.env['LONG'] === '1'
};

export default defineConfig({
	test: {
		globalSetup: at('./tests/support/empty-database.ts'),
		// files often wait, for a disk, a process or a browser, while others have the processor
		maxWorkers: Math.ceil(availableParallelism() * 1.5),
		projects: [
			{
				test: {
					...patience,
					...thrift,
					name: 'node',
					environment: 'node',
					include: ['tests/*.test.ts', 'tests/{realtime,db,contracts,tables,fuzz}/**/*.test.ts']
				}
			},
			{
				root: at('./web'),
				plugins: [sveltekit(config)],
				server: { fs: { allow: [at('.')] } },
				test: { ...patience, ...thrift, name: 'web', environment: 'node', root: at('./web'), dir: at('./tests/web'), include: ['**/*.test.ts'] }
			},
			// each starts servers of its own; the long run prints times, and those are of one alone
			{
				test: {
					...patience,
					...thrift,
					name: 'e2e',
					environment: 'node',
					include: ['tests/e2e/**/*.test.ts'],
					fileParallelism: process.env['LONG'] !== '1',
					testTimeout: 240_000,
					hookTimeout: 240_000
				}
			}
		]
	}
});
