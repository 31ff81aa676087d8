import { fileURLToPath } from 'node:url';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import config from './svelte.config.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Nothing is measured by how long it may take: a busy machine is no fault. */
const patience = { setupFiles: [at('./tests/support/patience.ts')], testTimeout: 60_000, hookTimeout: 120_000, expect: { poll: { timeout: 20_000 } } };

export default defineConfig({
	test: {
		globalSetup: at('./tests/support/empty-database.ts'),
		// files often wait for a disk or a process, while another has the processor
		maxWorkers: '100%',
		projects: [
			{
				test: { ...patience, name: 'node', environment: 'node', include: ['tests/*.test.ts', 'tests/{realtime,db,contracts,tables,fuzz}/**/*.test.ts'] }
			},
			{
				root: at('./web'),
				plugins: [sveltekit(config)],
				server: { fs: { allow: [at('.')] } },
				test: { ...patience, name: 'web', environment: 'node', root: at('./web'), dir: at('./tests/web'), include: ['**/*.test.ts'] }
			},
			// each of these starts servers of its own: one after the other, so that none starves another of the two cores
			{
				test: {
					...patience,
					name: 'e2e',
					environment: 'node',
					include: ['tests/e2e/**/*.test.ts'],
					fileParallelism: false,
					testTimeout: 240_000,
					hookTimeout: 240_000
				}
			}
		]
	}
});
