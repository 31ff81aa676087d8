import { fileURLToPath } from 'node:url';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import config from './svelte.config.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
	test: {
		globalSetup: at('./tests/support/empty-database.ts'),
		// both cores; vitest would leave one to itself
		maxWorkers: 2,
		projects: [
			{
				test: { name: 'node', environment: 'node', hookTimeout: 30_000, include: ['tests/*.test.ts', 'tests/{realtime,db,contracts,tables,fuzz}/**/*.test.ts'] }
			},
			{
				root: at('./web'),
				plugins: [sveltekit(config)],
				server: { fs: { allow: [at('.')] } },
				test: { name: 'web', environment: 'node', hookTimeout: 30_000, root: at('./web'), dir: at('./tests/web'), include: ['**/*.test.ts'] }
			},
			// each of these starts servers of its own: one after the other, so that none starves another of the two cores
			{ test: { name: 'e2e', environment: 'node', include: ['tests/e2e/**/*.test.ts'], fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 } }
		]
	}
});
