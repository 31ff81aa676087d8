/** Loaded into a server before it starts, by NODE_OPTIONS: with each SIGUSR2 its clock jumps ahead, by longer than anybody in a test would wait. */
const jumpMs = 2 * 60_000;

const right = Date.now;
let aheadMs = 0;
Date.now = () => right() + aheadMs;
process.on('SIGUSR2', () => (aheadMs += jumpMs));
