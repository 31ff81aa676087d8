/* eslint-disable svelte/prefer-svelte-reactivity -- the sets are bookkeeping; what a page follows is the count */
import { answerOf, api } from '#lib/api.ts';
import { LiveDocument } from '#lib/document/live-document.svelte.ts';
import { openOnThisDevice } from '#lib/document/opened-document.ts';
import { notLinkedYet } from '#realtime/client/link-status.ts';
import { cardsWithWords, readCard, watchBoard } from '#realtime/board/read.ts';
import { reveal, type RevealedCard } from '#realtime/board/reveal.ts';
import { idFrom, idLength, type Id } from '#realtime/meeting/ids.ts';

const newId = (): Id => idFrom(crypto.getRandomValues(new Uint8Array(idLength)));

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

	/** touched here since everything had arrived */
	#unsaved = $state.raw<ReadonlySet<Id>>(new Set());

	readonly #meeting: Id;
	readonly #item: Id;
	readonly #me: Id;
	/** where words go of which nobody knows where they were */
	readonly #column: string;
	#document: Id | null;
	#opening: Promise<void> | null = null;
	#unwatch = () => {};
	/** cards that the document has which was revealed, and its successor has to have */
	#carried = new Set<Id>();
	/** cards that come late, until the server has said what they come into */
	#late: Pick<RevealedCard, 'text' | 'column' | 'evidence'>[] = [];
	#left = false;

	/** `document`: where they wrote here before, if they did. */
	constructor(options: { meeting: Id; item: Id; me: Id; column: string; document: Id | null }) {
		this.#meeting = options.meeting;
		this.#item = options.item;
		this.#me = options.me;
		this.#column = options.column;
		this.#document = options.document;
	}

	/** The document was given up by the server for a new one. */
	get isRevealed(): boolean {
		const { connection, reason } = this.live?.status ?? notLinkedYet;
		return connection === 'ended' && (reason === 'restored' || reason === 'diverged');
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

	/** Opens it to be written in, at a step at which everybody writes for themself: the server notes what was promised for it. */
	async begin(): Promise<void> {
		const asked = answerOf(api(fetch).meetings[':id'].drafts.$post({ param: { id: this.#meeting }, json: { item: this.#item } }));
		// what is known is opened meanwhile, without a network too
		await this.open();
		const answer = await asked;
		if (answer.ok) this.#document = answer.value.document;
		if (this.#document === null) this.unreachable = true;
		else await this.open();
	}

	/** It has been given up for a new one: from now on is noted what that one has to have. */
	noteRevealed(): void {
		const former = this.live;
		if (!former) return;
		const { words } = former.status;
		for (const { id, text, evidence } of cardsWithWords(former.link.doc)) {
			const attached = evidence.map((one) => (one.kind === 'note' ? one.text : `${one.title} ${one.url}`));
			if (words.includes(text) || attached.some((one) => words.includes(one))) this.#carried.add(id);
		}
		this.#unwatch();
		// the person may be in the middle of a word
		this.#unwatch = watchBoard(former.link.doc, (cards) => cards.forEach((card) => this.#carried.add(card)));
	}

	/** Goes on in the new one, with what had not arrived when the former was revealed. */
	async goOn(): Promise<void> {
		const former = this.live;
		if (!former || this.#document === null) return;
		const opened = await openOnThisDevice(this.#document, this.#me);
		if (this.#left) return opened.link.close();
		this.#late = [...this.#carried].flatMap((id) => readCard(former.link.doc, id) ?? []).filter(({ deleted, text }) => !deleted && text.trim() !== '');
		this.#carried.clear();
		this.#show(new LiveDocument(opened));
		former.close();
	}

	/** The server has said what the document is now: late cards come into it, and words that a page set aside which is gone. */
	settle(): void {
		const { words } = this.live!.status;
		this.#lay([...this.#late.splice(0), ...words.map((text) => ({ text, column: this.#column, evidence: [] }))]);
		if (words.length > 0) this.live!.link.dropWords();
	}

	leave(): void {
		this.#left = true;
		this.#unwatch();
		this.live?.close();
	}

	async #openIt(document: Id): Promise<void> {
		try {
			const opened = await openOnThisDevice(document, this.#me);
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
		const { doc } = live.link;
		const count = () => (this.cards = cardsWithWords(doc).map(({ id, text }) => ({ id, text })));
		this.#unsaved = new Set();
		this.#unwatch = watchBoard(doc, (touched) => {
			const before = live.link.status.unsaved === 0 ? [] : this.#unsaved;
			this.#unsaved = new Set([...before, ...touched]);
			count();
		});
		count();
	}

	#lay(cards: readonly Pick<RevealedCard, 'text' | 'column' | 'evidence'>[]): void {
		const { doc } = this.live!.link;
		const there = new Set(this.cards.map(({ text }) => text));
		const fresh = cards.filter(({ text }) => !there.has(text) && there.add(text));
		if (fresh.length === 0) return;
		reveal(
			doc,
			fresh.map(({ text, column, evidence }) => ({ id: newId(), text, column, evidence, author: this.#me, createdAt: Date.now() }))
		);
	}
}
