import { compile } from '@inlang/paraglide-js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths, strategy } from './messages.ts';

/**
 * `npm run messages`: compiles web/messages into typed functions, and refuses a message that one language
 * lacks, that names other values there, or that stands in two files.
 */
const repository = join(import.meta.dirname, '../..');
const web = join(repository, 'web');
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;

const settings = read(join(web, 'project.inlang/settings.json')) as { 'plugin.inlang.messageFormat': { pathPattern: string[] } };
const patterns = settings['plugin.inlang.messageFormat'].pathPattern;
const wrong: string[] = [];
const seen = new Set<string>();
const values = (message: unknown) => [...new Set(JSON.stringify(message).match(/\{\w+\}/g))].sort().join(' ');

for (const pattern of patterns) {
	const [fa, en] = ['fa', 'en'].map((locale) => read(join(web, pattern.replace('{locale}', locale))));
	for (const key of new Set([...Object.keys(fa!), ...Object.keys(en!)])) {
		if (key.startsWith('$')) continue;
		if (seen.has(key)) wrong.push(`${key} stands in two files`);
		seen.add(key);
		if (!(key in fa!) || !(key in en!)) wrong.push(`${key} is missing in ${pattern.replace('{locale}', key in fa! ? 'en' : 'fa')}`);
		else if (values(fa![key]) !== values(en![key]))
			wrong.push(`${key} takes other values in Persian (${values(fa![key])}) than in English (${values(en![key])})`);
	}
}
if (wrong.length > 0) {
	console.error(`web/messages: ${wrong.join('; ')}`);
	process.exit(1);
}
await compile({ ...paths(repository), strategy: [...strategy] });
// the compiler leaves timers of 30 s behind
process.exit(0);
