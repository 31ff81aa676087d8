import type { BoardLink } from '#realtime/client/board-link.ts';
import type { LinkStatus } from '#realtime/client/link-status.ts';
import type { OpenedDocument } from './opened-document.ts';
import { changesInMs, savedStateOf, type SavedState } from './saved-state.ts';

/** A document that a page has open, whatever its kind: how its link stands, and whether this person's words are safe. */
export class LiveDocument {
	readonly link: BoardLink;
	/** does the device keep what is written, also through a reload? */
	readonly kept: boolean;
	readonly #opened: OpenedDocument;
	readonly #stop: () => void;
	#savedTimer: ReturnType<typeof setTimeout> | undefined;

	status = $state.raw<LinkStatus>() as LinkStatus;
	saved = $state.raw<SavedState>('opening');

	constructor(opened: OpenedDocument) {
		this.#opened = opened;
		this.link = opened.link;
		this.kept = opened.kept;
		this.#followStatus();
		this.#stop = this.link.watch(() => this.#followStatus());
	}

	/** Would leaving the page now lose words of this person? */
	get wouldLose(): boolean {
		return this.#opened.storage.unkept > 0 && this.status.unsaved > 0;
	}

	/** Forgets on this device what the server will never take, and everything else of this document. Closed by then. */
	async forget(): Promise<void> {
		await this.#opened.storage.forget();
	}

	/** Leaves behind what the server will not take, and begins again from what it has. */
	async startAnew(): Promise<void> {
		this.close();
		await this.forget();
		location.reload();
	}

	close(): void {
		this.#stop();
		clearTimeout(this.#savedTimer);
		this.link.close();
	}

	#followStatus(): void {
		clearTimeout(this.#savedTimer);
		const now = Date.now();
		this.status = this.link.status;
		this.saved = savedStateOf(this.status, now);
		const inMs = changesInMs(this.status, now);
		if (inMs !== null) this.#savedTimer = setTimeout(() => this.#followStatus(), inMs);
	}
}
