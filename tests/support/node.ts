import { join } from 'node:path';
import product from '../../package.json' with { type: 'json' };

/** The Node that the product is started with. */
export const node = join(import.meta.dirname, '../../node_modules/.bin/node');

/** What Node is given to start the product: the same as by `npm start`. */
export const main: readonly string[] = product.scripts.start
	.split(' ')
	.slice('exec node'.split(' ').length)
	.map((word) => (word.startsWith('-') ? word : join(import.meta.dirname, '../..', word)));

/** What Node is given here, as the tests themselves (see vitest.config.ts); benches and long runs measure the product as people start it. */
export const compilingOnce = process.env['LONG'] === '1' ? [] : process.execArgv.filter((option) => option === '--liftoff-only');
