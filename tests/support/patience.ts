import { vi } from 'vitest';

/** On a busy machine everything takes longer, and nothing is wrong: what a test waits for may take this long. */
const patienceMs = 20_000;

const { waitFor } = vi;
vi.waitFor = (holds, options = {}) => {
	const asked = typeof options === 'number' ? { timeout: options } : options;
	return waitFor(holds, { ...asked, timeout: Math.max(asked.timeout ?? 0, patienceMs) });
};
