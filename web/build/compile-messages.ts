import { compile } from '@inlang/paraglide-js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths, strategy } from './messages.ts';

/**
 * `npm run messages`: compiles web/messages into typed functions, and refuses a message that one language
 * lacks or that names other values there.
 */
const repository = join(import.meta.dirname, '../..');
const [fa, en] = ['fa', 'en'].map((language) => JSON.parse(readFileSync(join(repository, `web/messages/${language}.json`), 'utf8')) as Record<string, unknown>);
const values = (message: unknown) => [...new Set(JSON.stringify(message).match(/\{\w+\}/g))].sort().join(' ');
const wrong = [...new Set([...Object.keys(fa!), ...Object.keys(en!)])].flatMap((key) => {
	if (key.startsWith('$')) return [];
	if (!(key in fa!) || !(key in en!)) return [`${key} is missing in ${key in fa! ? 'en' : 'fa'}.json`];
	return values(fa![key]) === values(en![key]) ? [] : [`${key} takes other values in fa.json (${values(fa![key])}) than in en.json (${values(en![key])})`];
});
if (wrong.length > 0) {
	console.error(`web/messages: ${wrong.join('; ')}`);
	process.exit(1);
}
await compile({ ...paths(repository), strategy: [...strategy] });
// the compiler leaves timers of 30 s behind
process.exit(0);
