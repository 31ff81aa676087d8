/** Milliseconds by a clock that all threads of this process share. */
export function nowMs(): number {
	const [seconds, nanoseconds] = process.hrtime();
	return seconds * 1_000 + nanoseconds / 1e6;
}
