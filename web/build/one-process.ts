import type { Server } from 'node:http';
import { join } from 'node:path';
import type { Plugin, RunnableDevEnvironment } from 'vite';

/**
 * One process, one port, one module graph: pages, API, socket.io and Yjs share their singletons.
 *
 * In a build, `web/server/main.ts` becomes one more entry of SvelteKit's own server build. In development the
 * same modules are loaded through Vite's SSR runner and attached to Vite's own HTTP server.
 */
export function oneProcess(repository: string): Plugin {
	return {
		name: 'hamandish:one-process',
		config: {
			order: 'post',
			handler: (_config, { command }) =>
				command === 'build' ? { environments: { ssr: { build: { rolldownOptions: { input: { main: join(repository, 'web/server/main.ts') } } } } } } : undefined
		},
		configureServer(server) {
			const environment = server.environments.ssr as RunnableDevEnvironment;
			const load = () => environment.runner.import(join(repository, 'web/server/development.ts')) as Promise<typeof import('../server/development.ts')>;
			server.middlewares.use((request, response, next) => {
				load().then(({ answer }) => answer(request, response, next), next);
			});
			server.httpServer!.once('listening', () => {
				load()
					.then(({ attach }) => attach(server.httpServer as Server))
					.catch((error: unknown) => {
						server.config.logger.error(String(error));
						process.exit(1);
					});
			});
		}
	};
}
