/* eslint-disable svelte/prefer-svelte-reactivity -- the sets are bookkeeping; what a page follows is the count */
import { answerOf, api } from '#lib/api.ts';
import { LiveDocument } from '#lib/document/live-document.svelte.ts';
import { openOnThisDevice, type OpenedDocument } from '#lib/document/opened-document.ts';
import { notLinkedYet } from '#realtime/client/link-status.ts';
import { cardsWithWords, readCard, watchBoard } from '#realtime/board/read.ts';
import { reveal, type RevealedCard } from '#realtime/board/reveal.ts';
import { drawId } from '#realtime/client/draw-id.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Idea } from '#realtime/protocol/control.ts';

interface Options {
	meeting: Id;
	item: Id;
	me: Id;
	/** where words go of which nobody knows where they were */
	column: string;
	/** where they wrote here before, if they did */
	document: Id | null;
	/** called with where they write, once it is known */
	known: (document: Id) => void;
}

type Words = Pick<RevealedCard, 'text' | 'column' | 'evidence'>;

/**
 * What this person writes for themself at an activity. When it is revealed, the document begins anew, empty; words that
 * had not arrived, and what is still being written on this page, come into it as cards of their own: late ones.
 */
export class OwnDrafts {
	/** null until it has been opened on this device */
	live = $state.raw<LiveDocument | null>(null);
	unreachable = $state(false);
	/** the cards with words in it */
	cards = $state.raw<readonly { id: Id; text: string }[]>([]);
	/** it was opened for a step that this page has not heard to be revealed */
	#begun = $state(false);
	/** how often the link to it has come up since it was shown, or begun: for a reveal everybody is taken off, and some come back to what they had */
	#comings = $state(0);
	/** touched here since everything had arrived */
	#unsaved = $state.raw<ReadonlySet<Id>>(new Set());
	/** cards that come late, until the server has said what they come into */
	#late = $state.raw<readonly Words[]>([]);

	readonly #options: Options;
	#document: Id | null;
	#opening: Promise<void> | null = null;
	#going: Promise<void> | null = null;
	#unwatch = () => {};
	/** cards of the document that was revealed which its successor has to have */
	readonly #carried = new Set<Id>();
	/** words that were set aside of those cards: they come with the cards */
	#covered: readonly string[] = [];
	#left = false;

	constructor(options: Options) {
		this.#options = options;
		this.#document = options.document;
	}

	/** The document was given up by the server for a new one. */
	get isRevealed(): boolean {
		const { connection, reason } = this.live?.status ?? notLinkedYet;
		return connection === 'ended' && (reason === 'restored' || reason === 'diverged');
	}

	/** The cards that a reveal has not taken along, as far as that is known. */
	get waiting(): readonly { id: Id; text: string }[] {
		return this.#comings > (this.#begun ? 1 : 0) ? this.cards : [];
	}

	/** Has everything that was written here arrived? */
	get isSettled(): boolean {
		return !this.isRevealed && this.#late.length === 0 && (this.live?.status.unsaved ?? 0) === 0;
	}

	/** Would leaving the page now lose words, since they are nowhere but here? */
	get wouldLose(): boolean {
		return this.#late.length > 0 || (this.isRevealed && this.#carried.size > 0);
	}

	/** Has this card arrived? If it is not known of each, because the page is new, of none. */
	isSaved(card: Id): boolean {
		const { unsaved } = this.live?.status ?? notLinkedYet;
		return unsaved === 0 || (this.#unsaved.size > 0 && !this.#unsaved.has(card));
	}

	/** The document as it is, for what may be on its way from it still. Does nothing if there is none. */
	async open(): Promise<void> {
		if (this.#document === null || this.live) return;
		this.#opening ??= this.#openIt(this.#document).finally(() => (this.#opening = null));
		await this.#opening;
	}

	/** Opens it to be written in, at a step at which everybody writes for themself: the server notes what was promised for it. Tries until that is done, or it is left. */
	async begin(): Promise<void> {
		const { meeting: id, item, known } = this.#options;
		this.#begun = true;
		this.#comings = this.live?.status.connection === 'online' ? 1 : 0;
		while (!this.#left) {
			const asked = answerOf(api(fetch).meetings[':id'].drafts.$post({ param: { id }, json: { item } }));
			// what is known is opened meanwhile, without a network too
			await this.open();
			const answer = await asked;
			if (answer.ok) {
				this.#document = answer.value.document;
				known(this.#document);
				return this.open();
			}
			if (this.#document === null) this.unreachable = true;
			// the step has gone on, or whatever else it is that asking again does not change
			if (answer.status < 500) return;
			await pause();
		}
	}

	/** It has been given up for a new one: from now on is noted what that one has to have. */
	noteRevealed(): void {
		const former = this.live;
		if (!former) return;
		const { words, unsaved } = former.status;
		this.#covered = words;
		if (unsaved > 0) for (const card of this.#unsaved) this.#carried.add(card);
		for (const { id, text, evidence } of cardsWithWords(former.link.doc)) {
			const attached = evidence.map((one) => (one.kind === 'note' ? one.text : `${one.title} ${one.url}`));
			if (words.includes(text) || attached.some((one) => words.includes(one))) this.#carried.add(id);
		}
		this.#unwatch();
		// the person may be in the middle of a word
		this.#unwatch = watchBoard(former.link.doc, (cards, _groups, own) => {
			if (own) for (const card of cards) this.#carried.add(card);
		});
	}

	/** Goes on in the new one, with what had not arrived when the former was revealed. */
	async goOn(): Promise<void> {
		this.#going ??= this.#goOn().finally(() => (this.#going = null));
		await this.#going;
	}

	/** The server has said what the document is now: late cards come into it, and words that a page set aside which is gone. */
	settle(): void {
		const { words } = this.live!.status;
		const alone = words.filter((text) => !this.#covered.includes(text));
		this.#lay([...this.#late, ...alone.map((text) => ({ text, column: this.#options.column, evidence: [] }))]);
		this.#late = [];
		if (words.length > 0) this.live!.link.dropWords();
	}

	/** Makes a card out of an idea of somebody else’s, to go on from it. Answers the card; null: the document is not open. */
	adopt({ text, column }: Idea): Id | null {
		if (!this.live || this.isRevealed) return null;
		const id = drawId();
		reveal(this.live.link.doc, [{ id, text, column, evidence: [], author: this.#options.me, createdAt: Date.now() }]);
		return id;
	}

	leave(): void {
		this.#left = true;
		this.#unwatch();
		this.live?.close();
	}

	async #goOn(): Promise<void> {
		let opened: OpenedDocument | null = null;
		while (!opened && !this.#left) {
			opened = await openOnThisDevice(this.#document!, this.#options.me).catch(() => null);
			if (!opened) await pause();
		}
		const former = this.live;
		if (this.#left || !former) return opened?.link.close();
		this.#late = [...this.#carried].flatMap((id) => readCard(former.link.doc, id) ?? []).filter(({ deleted, text }) => !deleted && text.trim() !== '');
		this.#carried.clear();
		this.#begun = false;
		this.#show(new LiveDocument(opened!));
		former.close();
	}

	async #openIt(document: Id): Promise<void> {
		try {
			const opened = await openOnThisDevice(document, this.#options.me);
			if (this.#left) return opened.link.close();
			this.#show(new LiveDocument(opened));
			this.unreachable = false;
		} catch {
			this.unreachable = true;
		}
	}

	#show(live: LiveDocument): void {
		this.#unwatch();
		this.live = live;
		this.#comings = 0;
		let { connection } = live.link.status;
		live.link.watch(() => {
			const before = connection;
			({ connection } = live.link.status);
			if (connection === 'online' && before !== 'online' && this.live === live) this.#comings++;
		});
		const { doc } = live.link;
		const count = () => (this.cards = cardsWithWords(doc).map(({ id, text }) => ({ id, text })));
		this.#unsaved = new Set();
		this.#unwatch = watchBoard(doc, (touched, _groups, own) => {
			const before = live.link.status.unsaved === 0 ? [] : this.#unsaved;
			if (own) this.#unsaved = new Set([...before, ...touched]);
			count();
		});
		count();
	}

	#lay(cards: readonly Words[]): void {
		const { doc } = this.live!.link;
		const there = new Set(this.cards.map(({ text }) => text));
		const fresh = cards.filter(({ text }) => !there.has(text) && there.add(text));
		if (fresh.length === 0) return;
		reveal(
			doc,
			fresh.map(({ text, column, evidence }) => ({ id: drawId(), text, column, evidence, author: this.#options.me, createdAt: Date.now() }))
		);
	}
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, limits.askAgainMs));
