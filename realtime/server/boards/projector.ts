import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Leisure } from '../leisure.ts';
import type { Metrics } from '../metrics.ts';
import { StorageError, type DocumentStore, type Log } from '../ports.ts';
import { messageOf } from './failures.ts';
import type { Follow, Following } from './follow.ts';
import { openDocument } from './opening.ts';

/** What SQL follows, and how it does. */
interface Followed {
	document: Id;
	following: Following;
	follow: Follow;
	/** the last row that SQL has followed */
	projectedSeq: number;
	/** the last row that is in the document */
	seq: () => number;
	/** Is all that was committed in the document? */
	isWhole: () => boolean;
	/** when those that nobody waits for are done */
	leisure: Leisure;
	/** runs the projections of all documents one after the other, so that a commit waits for one of them at most */
	inTurn: (run: () => Promise<void>) => Promise<void>;
	/** runs something when all that is in the document is committed */
	betweenCommits: (run: () => Promise<void>) => Promise<void>;
	documents: Pick<DocumentStore, 'load' | 'deadLetter'>;
	log: Log;
	metrics: Metrics;
}

/** Has SQL follow one document: soon after a commit, then now and then while others follow, and again when that failed. */
export class Projector {
	readonly #followed: Followed;
	#projectedSeq: number;
	/** the last row that was in the document when it was last said how far SQL is */
	#seenSeq = 0;
	/** when the oldest edit was committed that SQL does not show; null: it shows everything */
	#behindSince: number | null = null;
	/** when SQL followed it last */
	#followedAt = -Infinity;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** is it to be done by itself, as soon as there is time for it? */
	#isDue = false;
	/** the projections asked for so far, one after the other */
	#last: Promise<void> = Promise.resolve();
	#stopped = false;
	/** is there a dead letter? One may be left of an earlier room */
	#refused = true;

	constructor(followed: Followed) {
		this.#followed = followed;
		this.#projectedSeq = followed.projectedSeq;
	}

	/** What has changed since the last call came with this row of the log. */
	note(row: { seq: number; at: number }): void {
		const { notes } = this.#followed.following;
		notes.note(row);
		// another process has had it followed before it was known here
		if (row.seq <= this.#projectedSeq) notes.forget(this.#projectedSeq);
	}

	/** A row did not do what it would have done in the order of the log, in which SQL is to follow it. */
	mix(seq: number): void {
		this.#followed.following.notes.mix(seq);
	}

	/** SQL has followed up to this row. What was there when it was last said and is not followed yet, its own process is not there to have followed. */
	stands(projectedSeq: number): void {
		if (projectedSeq > this.#projectedSeq) {
			this.#projectedSeq = projectedSeq;
			this.#followed.following.notes.forget(projectedSeq);
		}
		if (this.#seenSeq > projectedSeq) this.schedule();
		this.#seenSeq = this.#followed.seq();
	}

	schedule(delayMs: number = limits.projectionDelayMs): void {
		if (this.#isDue || this.#stopped || !this.#followed.isWhole() || this.#followed.seq() <= this.#projectedSeq) return;
		this.#behindSince ??= performance.now();
		this.#isDue = true;
		const gapMs = this.#followedAt + limits.projectionGapMs - performance.now();
		this.#timer = setTimeout(() => void this.#inLeisure(), Math.max(delayMs, gapMs));
	}

	/** SQL shows everything that is committed now once this resolves, unless the document lacks something. Rejects when the database does not answer. */
	now(): Promise<void> {
		const { inTurn, betweenCommits } = this.#followed;
		const turn = this.#last.then(() => inTurn(() => betweenCommits(() => this.#project())));
		this.#last = turn.catch(() => {});
		return turn;
	}

	/** Age in milliseconds of the oldest committed edit that SQL does not show; 0: it shows everything. */
	get lagMs(): number {
		return this.#behindSince === null ? 0 : performance.now() - this.#behindSince;
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#timer);
	}

	async #inLeisure(): Promise<void> {
		const { document, leisure, log, metrics } = this.#followed;
		try {
			await leisure.do(() => {
				this.#isDue = false;
				return this.#stopped ? Promise.resolve() : this.now();
			});
		} catch (error) {
			metrics.count('failed_projections', null);
			log.error({ document, error: messageOf(error) }, 'SQL could not follow a document; it is tried again');
			this.schedule(limits.projectionRetryMs);
		}
	}

	async #project(): Promise<void> {
		const seq = this.#followed.seq();
		// SQL keeps what it has rather than follow a document that lacks something
		if (seq <= this.#projectedSeq || !this.#followed.isWhole()) return;
		if (this.#stopped) throw new StorageError('the room was thrown away', { full: false });
		const began = performance.now();
		const { document, documents, following, log, metrics } = this.#followed;
		let projectedSeq = seq;
		try {
			if (following.notes.isMixed) projectedSeq = await this.#projectAnew();
			else await following.project(seq);
			if (this.#refused) await documents.deadLetter(document, null);
			this.#refused = false;
		} catch (error) {
			if (!(error instanceof StorageError && error.refused)) throw error;
			// the same again would be refused again: the next change is what may help
			await documents.deadLetter(document, { seq, reason: error.message });
			log.error({ document, seq, error: error.message }, 'SQL refuses to follow a document as it stands; the next change is tried again');
			metrics.count('dead_letters', null);
			this.#refused = true;
		}
		this.#projectedSeq = projectedSeq;
		this.#followedAt = performance.now();
		this.#behindSince = this.#followed.seq() <= projectedSeq ? null : began;
	}

	/** Has SQL follow the log as it is stored, row by row. Answers up to where. */
	async #projectAnew(): Promise<number> {
		const { document, documents, follow, following } = this.#followed;
		const stored = await documents.load(document);
		const opened = stored ? openDocument(stored, follow) : null;
		if (!stored || !opened?.following || opened.damage) throw new StorageError('the log cannot be read', { full: false });
		await opened.following.project(stored.lastSeq);
		opened.doc.destroy();
		following.notes.forget(stored.lastSeq);
		return stored.lastSeq;
	}
}
