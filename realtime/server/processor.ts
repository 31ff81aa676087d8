/**
 * Milliseconds for which the processor has worked on this thread so far. Unlike the clock, it does not run while the
 * machine works on something else, which is nobody's doing here. The system counts in ticks of some milliseconds:
 * single figures are coarse, their sum is not.
 */
export function threadMs(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1_000;
}

/** Runs something, and says what it took of the processor, also where it throws. `processorMs`: as {@link threadMs}. */
export function measured<Result>(processorMs: () => number, took: (ms: number) => void, work: () => Result): Result {
	const began = processorMs();
	try {
		return work();
	} finally {
		took(processorMs() - began);
	}
}
