import type { Metrics } from '../../metrics.ts';
import type { Because } from './refusal.ts';

/** What the gates of all rooms have done, for whoever watches over the server. Nothing of an edit is in it. */
export class Tally {
	readonly refused = new Map<Because, number>();
	/** rooms thrown away because something was pending in their document, or Yjs threw: each is a fault of the gate */
	broken = 0;
	readonly #metrics: Metrics;

	constructor(metrics: Metrics) {
		this.#metrics = metrics;
	}

	refuse(because: Because): void {
		this.#metrics.count('refused_edits', because);
		this.refused.set(because, (this.refused.get(because) ?? 0) + 1);
	}
}
