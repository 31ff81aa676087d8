import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Builds the product unless the build that is there is newer than everything it is made of. */
const repository = join(import.meta.dirname, '../..');
const made = join(repository, 'build/server/main.js');
const sources = ['web', 'realtime', 'db', 'svelte.config.js', 'vite.config.ts', 'package-lock.json'];
/** What the build itself writes below `web`. */
const written = new Set(['paraglide', 'node_modules', 'project.inlang']);

const newest = (path: string): number =>
	statSync(path).isDirectory()
		? Math.max(
				statSync(path).mtimeMs,
				...readdirSync(path)
					.filter((name) => !written.has(name))
					.map((name) => newest(join(path, name)))
			)
		: statSync(path).mtimeMs;

const upToDate = existsSync(made) && sources.every((source) => newest(join(repository, source)) <= statSync(made).mtimeMs);
if (!upToDate) execFileSync('npm', ['run', '--silent', 'build'], { cwd: repository, stdio: ['ignore', process.stderr, process.stderr] });
