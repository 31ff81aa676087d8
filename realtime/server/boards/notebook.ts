import type { Id } from '#realtime/meeting/ids.ts';
import type { Logged } from '../ports.ts';

/** What has changed in a document, by the rows of its log, until SQL has it. */
export interface Notes {
	/** What has changed since the last call came with this row of the log. */
	note(row: { seq: number; at: number }): void;
	/** This row did not do what it would have done in the order of the log. */
	mix(seq: number): void;
	/** SQL has followed up to this row: what was noted of that is not needed any more. */
	forget(upTo: number): void;
	/**
	 * Were rows noted in another order than the log's, as when another process was faster with one, that changed the same
	 * things? What each of them did is known only by doing them again in order.
	 */
	readonly isMixed: boolean;
}

/** What has changed in the things of a document: when each was last touched, and every change that is told of. */
export interface Noted<Change> {
	changedAt: ReadonlyMap<Id, number>;
	changes: readonly Logged<Change>[];
}

interface Row<Change> {
	seq: number;
	at: number;
	touched: ReadonlySet<Id>;
	changes: readonly Change[];
}

/** Where nothing is noted. */
export const noNotes: Notes = { note() {}, mix() {}, forget() {}, isMixed: false };

/** Notes what a watch tells of. */
export class Notebook<Change> implements Notes {
	#touched = new Set<Id>();
	#changes: Change[] = [];
	#rows: Row<Change>[] = [];
	/** the last of the rows that are mixed; 0: none is */
	#mixedUpTo = 0;

	constructor(watch: (changed: (touched: ReadonlySet<Id>, changes: readonly Change[]) => void) => void) {
		watch((touched, changes) => {
			for (const id of touched) this.#touched.add(id);
			this.#changes.push(...changes);
		});
	}

	note({ seq, at }: { seq: number; at: number }): void {
		if (this.#touched.size === 0) return;
		const row = { seq, at, touched: this.#touched, changes: this.#changes };
		for (const other of this.#rows) if (other.seq > seq && areMixed(row, other)) this.mix(other.seq);
		this.#rows.push(row);
		this.#touched = new Set();
		this.#changes = [];
	}

	mix(seq: number): void {
		this.#mixedUpTo = Math.max(this.#mixedUpTo, seq);
	}

	forget(upTo: number): void {
		this.#rows = this.#rows.filter(({ seq }) => seq > upTo);
		if (this.#mixedUpTo <= upTo) this.#mixedUpTo = 0;
	}

	get isMixed(): boolean {
		return this.#mixedUpTo > 0;
	}

	/** Hands over what was noted since the last time, in the order of the log. What is not taken is kept for the next. */
	async handOver(take: (noted: Noted<Change>) => Promise<void>): Promise<void> {
		const rows = this.#rows.sort((a, b) => a.seq - b.seq);
		this.#rows = [];
		try {
			await take({
				changedAt: new Map(rows.flatMap(({ touched, at }) => [...touched].map((id) => [id, at] as const))),
				changes: rows.flatMap(({ changes, seq, at }) => changes.map((change) => ({ ...change, seq, at })))
			});
		} catch (error) {
			this.#rows.unshift(...rows);
			throw error;
		}
	}
}

const areMixed = <Change>(a: Row<Change>, b: Row<Change>): boolean =>
	(a.changes.length > 0 || b.changes.length > 0) && [...a.touched].some((id) => b.touched.has(id));
