import { join } from 'node:path';

/** The Node that the product is started with. */
export const node = join(import.meta.dirname, '../../node_modules/.bin/node');

/** The product, as it was built. */
export const main = join(import.meta.dirname, '../../build/server/main.js');

/** What Node is given here, as the tests themselves (see vitest.config.ts); benches and long runs measure the product as people start it. */
export const compilingOnce = process.env['LONG'] === '1' ? [] : process.execArgv.filter((option) => option === '--liftoff-only');
