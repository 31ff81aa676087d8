/** Percentiles and printing. */

export function percentile(samples: readonly number[], share: number): number {
	const sorted = [...samples].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

/** One line: what was measured, the figure with its unit, and the control. */
export function print(what: string, figure: string, control = ''): void {
	console.log(`${what.padEnd(52)} ${figure.padEnd(34)} ${control}`.trimEnd());
}

export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
export const p50p99 = (samples: readonly number[]): string => `p50 ${ms(median(samples))}  p99 ${ms(percentile(samples, 0.99))}`;
