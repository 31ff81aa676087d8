import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Folders that must never reach a browser: they hold queries, keys and sockets. */
const serverOnly = ['db', 'realtime/server', 'web/server'];

/**
 * SvelteKit guards only what lies under Vite's root. This guards the rest: the build of the browser's code stops
 * where a module imports one of the server's. Imports of types are gone by then and pass.
 */
export function guardClient(repository: string): Plugin {
	const folders = serverOnly.map((folder) => join(repository, folder) + '/');
	return {
		name: 'hamandish:guard-client',
		enforce: 'pre',
		applyToEnvironment: (environment) => environment.config.consumer === 'client',
		async resolveId(source, importer, options) {
			const found = await this.resolve(source, importer, { ...options, skipSelf: true });
			const file = found?.id.split('?')[0] ?? '';
			if (folders.some((folder) => file.startsWith(folder))) {
				this.error(`${file.slice(repository.length)} must not reach the browser, and ${importer?.slice(repository.length)} imports it`);
			}
			return found;
		}
	};
}
