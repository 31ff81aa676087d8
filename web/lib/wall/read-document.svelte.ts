import { linkTo, pageClientId } from '#lib/document/page-link.ts';
import type { BoardLink } from '#realtime/client/board-link.ts';
import { notLinkedYet, type LinkStatus } from '#realtime/client/link-status.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';

/** What is seen from across a room is drawn anew no more often. */
const drawnEveryMs = 200;

/** How a kind of document is read, and how one learns that it has changed. */
export interface Reading<Content> {
	read: (doc: BoardLink['doc']) => Content;
	watch: (doc: BoardLink['doc'], changed: () => void) => () => void;
}

/** A document as a page shows it on which nobody writes: what the server has of it, and nothing that this device keeps. */
export class ReadDocument<Content> {
	readonly #document: Id;
	readonly #reading: Reading<Content>;
	#left = false;
	#leave = () => {};
	#again: ReturnType<typeof setTimeout> | undefined;

	status = $state.raw<LinkStatus>(notLinkedYet);
	/** null: it is not here yet */
	content = $state.raw<Content | null>(null);

	constructor(document: Id, reading: Reading<Content>) {
		this.#document = document;
		this.#reading = reading;
		void this.#open();
	}

	close(): void {
		this.#left = true;
		clearTimeout(this.#again);
		this.#leave();
	}

	async #open(): Promise<void> {
		const clientId = await pageClientId(null).catch(() => null);
		if (this.#left) return;
		if (clientId === null) return this.#openAgain();
		this.#follow(linkTo(this.#document, clientId, memoryStorage()));
	}

	#openAgain(): void {
		this.#leave();
		this.#again = setTimeout(() => void this.#open(), limits.askAgainMs);
	}

	#follow(link: BoardLink): void {
		let drawing: ReturnType<typeof setTimeout> | undefined;
		const draw = () => {
			drawing ??= setTimeout(() => {
				drawing = undefined;
				if (link.status.opened) this.content = this.#reading.read(link.doc);
			}, drawnEveryMs);
		};
		const followStatus = () => {
			this.status = link.status;
			const { connection, reason } = link.status;
			// what it has is of the time before a restore
			if (connection === 'ended' && (reason === 'restored' || reason === 'diverged')) this.#openAgain();
			else draw();
		};
		const stops = [link.watch(followStatus), this.#reading.watch(link.doc, draw)];
		this.#leave = () => {
			this.#leave = () => {};
			clearTimeout(drawing);
			for (const stop of stops) stop();
			link.close();
		};
		followStatus();
	}
}
