/** Keeps the screen awake while this page is seen, where the browser lets it. Returns how to let it sleep. */
export function keepAwake(): () => void {
	let held: WakeLockSentinel | null = null;
	let over = false;
	async function hold(): Promise<void> {
		// a browser lets go of it whenever the page is hidden
		if (over || document.visibilityState !== 'visible') return;
		const lock = await navigator.wakeLock?.request('screen').catch(() => null);
		if (over) void lock?.release();
		else held = lock ?? null;
	}
	document.addEventListener('visibilitychange', hold);
	void hold();
	return () => {
		over = true;
		document.removeEventListener('visibilitychange', hold);
		void held?.release();
	};
}
