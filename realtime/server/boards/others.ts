import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { type DocumentStore, type LogRow, type StoredRow } from '../ports.ts';

declare module '../bus.ts' {
	interface Told {
		/** a row that has been appended */
		row: LogRow & { document: Id; generation: number };
	}
}

/** What a document's rows of others stand on. */
type Rows = Pick<DocumentStore, 'rowsAfter' | 'heads'>;

/**
 * What other processes append to one document, until it is taken in: as they tell of it, or as it is found in the database, which
 * alone knows of everything.
 */
export class OthersRows {
	readonly #document: Id;
	readonly #rows: Rows;
	readonly #heard = new Map<number, LogRow>();
	#heardBytes = 0;
	/** who waits for a look into the database; null: nobody */
	#asked: (() => void)[] | null = null;

	constructor(document: Id, rows: Rows) {
		this.#document = document;
		this.#rows = rows;
	}

	hear(row: LogRow): void {
		this.#heard.set(row.seq, row);
		this.#heardBytes += row.update.byteLength;
		if (this.#heardBytes <= limits.heardBytes) return;
		// it can be had from there as well
		this.#forget();
		void this.lookUp();
	}

	/** Has the database asked for newer rows. Resolves when all that it had by then is taken in, or the room is gone. */
	lookUp(): Promise<void> {
		return new Promise((resolve) => (this.#asked ??= []).push(resolve));
	}

	/** Is there anything to be taken in, or to be looked up? */
	get isDue(): boolean {
		return this.#asked !== null || this.#heard.size > 0;
	}

	/** The next rows after this one, without a gap; empty: there are none. Rejects if the database does not answer, or the document is of another generation by now. */
	async after(seq: number, generation: number): Promise<LogRow[]> {
		const next = this.#takeHeard(seq);
		if (next.length > 0) return next;
		// what lies between has not been told
		if (this.#heard.size > 0) void this.lookUp();
		if (this.#asked === null) return [];
		const asked = this.#asked;
		this.#asked = null;
		const found = await this.#stored(seq, generation).catch((error: unknown) => {
			for (const done of asked) done();
			throw error;
		});
		if (found.length > 0) {
			// there may be more
			this.#asked = [...asked, ...(this.#asked ?? [])];
			return found;
		}
		this.#forget();
		for (const done of asked) done();
		return [];
	}

	/** The rows between two, of which the second is known to be in the database. */
	async between(seq: number, before: number, generation: number): Promise<LogRow[]> {
		const rows: LogRow[] = [];
		for (let last = seq; last < before - 1; last = rows.at(-1)!.seq) {
			const heard = this.#takeHeard(last);
			const next = (heard.length > 0 ? heard : await this.#stored(last, generation)).filter((row) => row.seq < before);
			if (next.length === 0) throw new Error('the log lacks rows');
			rows.push(...next);
		}
		return rows;
	}

	/** The room is gone. */
	end(): void {
		this.#forget();
		for (const done of this.#asked ?? []) done();
		this.#asked = null;
	}

	#takeHeard(seq: number): LogRow[] {
		const next: LogRow[] = [];
		for (let row = this.#heard.get(seq + 1); row; row = this.#heard.get(row.seq + 1)) next.push(row);
		const last = next.at(-1)?.seq ?? seq;
		for (const [heard, { update }] of this.#heard) {
			if (heard > last) continue;
			this.#heard.delete(heard);
			this.#heardBytes -= update.byteLength;
		}
		return next;
	}

	async #stored(seq: number, generation: number): Promise<StoredRow[]> {
		const rows = await this.#rows.rowsAfter(this.#document, seq);
		if (rows.length === 0) return rows;
		if (rows.some(({ intact }, i) => !intact || rows[i]!.seq !== seq + 1 + i)) throw new Error('the log has rows that cannot be read');
		const [head] = await this.#rows.heads([this.#document]);
		if (head?.generation !== generation) throw new Error('the document is of another generation');
		return rows;
	}

	#forget(): void {
		this.#heard.clear();
		this.#heardBytes = 0;
	}
}
