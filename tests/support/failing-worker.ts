import { parentPort } from 'node:worker_threads';

/** A worker that ends in the middle of its first job and never says why. */
parentPort!.on('message', () => process.exit(1));
