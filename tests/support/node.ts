import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Node that the product is started with. */
export const node = join(import.meta.dirname, '../../node_modules/.bin/node');

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string; demo: string } };

const words = scripts.start.split(' ');
const exec = words.indexOf('exec');

/** What the product is started with in its environment, beside its settings: the same as by `npm start`. */
export const mainEnv = Object.fromEntries(words.slice(0, exec).map((word) => word.split('='))) as Record<string, string>;

/** What Node is given to start the product, likewise. */
export const main: readonly string[] = words.slice(exec + 'exec node'.split(' ').length).map((word) => (word.startsWith('-') ? word : join(root, word)));

/** How `npm run demo` starts it. */
export const { demo } = scripts;

/** What Node is given here, as the tests themselves (see vitest.config.ts); benches and long runs measure the product as people start it. */
export const compilingOnce = process.env['LONG'] === '1' ? [] : process.execArgv.filter((option) => option === '--liftoff-only');
