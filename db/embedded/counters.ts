/**
 * What the worker counts and the main thread reads at any time, in memory that both see: unsigned 32-bit counts
 * that wrap, and one flag.
 */
export interface Counters {
	fsyncs: number;
	/** statements that ran longer than a statement may */
	slow: number;
	/** the disk had no room left when the database last stopped */
	full: boolean;
}

const places = { fsyncs: 0, slow: 1, full: 2 } as const;

export const counterBytes = Object.keys(places).length * Uint32Array.BYTES_PER_ELEMENT;

/** The counters in this shared memory ({@link counterBytes} long). */
export function countersIn(memory: SharedArrayBuffer): Counters {
	const cells = new Uint32Array(memory);
	return {
		get fsyncs() {
			return Atomics.load(cells, places.fsyncs);
		},
		set fsyncs(count) {
			Atomics.store(cells, places.fsyncs, count);
		},
		get slow() {
			return Atomics.load(cells, places.slow);
		},
		set slow(count) {
			Atomics.store(cells, places.slow, count);
		},
		get full() {
			return Atomics.load(cells, places.full) === 1;
		},
		set full(full) {
			Atomics.store(cells, places.full, full ? 1 : 0);
		}
	};
}
