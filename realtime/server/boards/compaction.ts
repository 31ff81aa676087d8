import type { Id } from '#realtime/meeting/ids.ts';
import type { DocumentStore, Log } from '../ports.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { messageOf } from './failures.ts';

/** What compacting runs on. */
export interface CompactionWorld {
	documents: Pick<DocumentStore, 'load' | 'keepSnapshot'>;
	workbench: Workbench;
	log: Log;
	/** log rows after which a room that ends, and one that is open, is kept as a snapshot */
	snapshotRows: number;
	openSnapshotRows: number;
}

/** Replaces the long log of one document by a snapshot, made in a worker of what is stored and only if that is what the room has. */
export class Compaction {
	readonly #document: Id;
	readonly #world: CompactionWorld;
	/** the last row that a snapshot covers, or that one was tried for in vain */
	#seq: number;
	#running: Promise<void> | null = null;

	constructor(document: Id, world: CompactionWorld, snapshotSeq: number) {
		this.#document = document;
		this.#world = world;
		this.#seq = snapshotSeq;
	}

	/** Is it time, for a room that has come to this row? */
	isDue(seq: number, ends: boolean): boolean {
		return this.#running === null && seq - this.#seq >= (ends ? this.#world.snapshotRows : this.#world.openSnapshotRows);
	}

	/**
	 * Compacts all that there is up to a row; `held` is the room's state as of that row, `followed` resolves when SQL has
	 * followed it: of the rows in a snapshot nobody learns any more when what changed. Never rejects: a log that stays
	 * long is no loss.
	 */
	run(seq: number, held: Uint8Array, followed: () => Promise<void>): Promise<void> {
		return (this.#running ??= followed()
			.then(() => this.#compact(seq, held))
			.catch((error: unknown) =>
				this.#world.log.warn({ document: this.#document, error: messageOf(error) }, 'no snapshot could be made; the log stays as it is')
			)
			.finally(() => {
				this.#seq = seq;
				this.#running = null;
			}));
	}

	async #compact(seq: number, held: Uint8Array): Promise<void> {
		const { documents, workbench, log } = this.#world;
		const stored = await documents.load(this.#document);
		if (!stored) return;
		const rows = stored.tail.filter((row) => row.seq <= seq && row.intact).map(({ update }) => update);
		const compacted = await workbench.do('compact', { log: [...(stored.snapshot ? [stored.snapshot.state] : []), ...rows], held });
		if (!compacted) return log.error({ document: this.#document, seq }, 'the log does not give what the room has: no snapshot is made');
		await documents.keepSnapshot(this.#document, { seq, ...compacted });
	}

	/** resolves when nothing is under way */
	async settled(): Promise<void> {
		while (this.#running) await this.#running;
	}
}
