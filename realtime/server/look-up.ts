import { limits } from '#realtime/meeting/limits.ts';
import { alone, type Bus } from './bus.ts';

/**
 * Has something looked up that other processes may have changed without a word arriving here: every second while the bus
 * is down, at once when something may have been missed, and every five seconds whatever happens. Never where there is no
 * other process. `run` does not reject, and is not called again before it has resolved; `missed`: it is known that
 * something may not have arrived. Answers how to stop.
 */
export function lookUp(bus: Bus, run: (missed: boolean) => Promise<void>): () => void {
	if (bus === alone) return () => {};
	let looking = false;
	let missed = false;
	let stopped = false;
	let lastAt = performance.now();
	const look = () => {
		if (looking || stopped) return;
		looking = true;
		lastAt = performance.now();
		const now = missed || !bus.isUp;
		missed = false;
		void run(now).finally(() => {
			looking = false;
			if (missed) look();
		});
	};
	const timer = setInterval(() => {
		if (!bus.isUp || performance.now() - lastAt >= limits.lookUpMs) look();
	}, limits.lookUpDownMs);
	timer.unref();
	bus.onGap(() => {
		missed = true;
		look();
	});
	return () => {
		stopped = true;
		clearInterval(timer);
	};
}
