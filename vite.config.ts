import { fileURLToPath } from 'node:url';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import config from './svelte.config.js';
import { guardClient } from './web/build/guard-client.ts';
import { messages } from './web/build/messages.ts';
import { oneProcess } from './web/build/one-process.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
	root: at('./web'),
	plugins: [guardClient(at('.')), oneProcess(at('.')), messages(at('.')), tailwindcss(), sveltekit(config)],
	// in the build too: Node reads a package's package.json anew for each of its files, and this one's is long and has many
	ssr: { noExternal: ['drizzle-orm'] },
	server: { port: Number(process.env['PORT'] ?? 3000), strictPort: true, host: process.env['HOST'] ?? 'localhost', fs: { allow: [at('.')] } }
});
