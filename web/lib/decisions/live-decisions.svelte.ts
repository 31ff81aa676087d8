/* eslint-disable svelte/prefer-svelte-reactivity -- the map is bookkeeping; what a page follows are the views */
import { sharedTextOf } from '#lib/board/shared-text.ts';
import type { SharedText } from '#lib/board/text-binding.ts';
import type { LiveDocument } from '#lib/document/live-document.svelte.ts';
import { changeDecision, createDecision, setDecisionDeleted, spliceDecision, type DecisionValues } from '#realtime/board/decisions-edits.ts';
import { arrangeDecisions, decisionTextOf, readDecision, readDecisions, watchDecisions, type DecisionWording } from '#realtime/board/decisions-read.ts';
import { undoOfDecisions } from '#realtime/board/undo.ts';
import { drawId } from '#realtime/client/draw-id.ts';
import type { Id } from '#realtime/meeting/ids.ts';

/** The wording of a decision on the screen: one object for as long as the page lives. */
export class DecisionView {
	readonly id: Id;
	now = $state.raw<DecisionWording>() as DecisionWording;

	constructor(decision: DecisionWording) {
		this.id = decision.id;
		this.now = decision;
	}
}

/** The decisions that are worded in a document, as a page shows and edits them. Everything that a person does here can be undone here. */
export class LiveDecisions {
	readonly document: LiveDocument;
	readonly me: Id;
	readonly #undo;
	readonly #stop: () => void;
	readonly #views = new Map<Id, DecisionView>();

	/** those that are not deleted, in order */
	list = $state.raw<readonly DecisionView[]>([]);

	constructor(document: LiveDocument, options: { me: Id }) {
		this.document = document;
		this.me = options.me;
		this.#undo = undoOfDecisions(this.#doc);
		this.#take(readDecisions(this.#doc).keys());
		this.#stop = watchDecisions(this.#doc, (ids) => this.#take(ids));
	}

	/** Ends the page's part in the decisions. The document stays open. */
	destroy(): void {
		this.#stop();
		this.#undo.destroy();
	}

	/** Begins a wording at the end, and answers its id. */
	create(values: { text?: string; card: Id | null } & DecisionValues): Id {
		const id = drawId();
		this.#edit(() => createDecision(this.#doc, { id, author: this.me, createdAt: Date.now(), ...values }));
		return id;
	}

	change(decision: Id, values: DecisionValues): void {
		this.#edit(() => changeDecision(this.#doc, decision, values));
	}

	remove(decision: Id): void {
		this.#edit(() => setDecisionDeleted(this.#doc, decision, true));
	}

	bringBack(decision: Id): void {
		this.#edit(() => setDecisionDeleted(this.#doc, decision, false));
	}

	undo(): void {
		this.#undo.undo();
	}

	redo(): void {
		this.#undo.redo();
	}

	/** The text of a decision, to tie a field to. */
	sharedText(decision: Id): SharedText {
		return sharedTextOf(decisionTextOf(this.#doc, decision), (piece) => spliceDecision(this.#doc, decision, piece));
	}

	get #doc() {
		return this.document.link.doc;
	}

	/** An edit that is undone by itself. */
	#edit(edit: () => void): void {
		this.#undo.settle();
		edit();
		this.#undo.settle();
	}

	#take(ids: Iterable<Id>): void {
		for (const id of ids) {
			const decision = readDecision(this.#doc, id);
			if (!decision) continue;
			const view = this.#views.get(id);
			if (view) view.now = decision;
			else this.#views.set(id, new DecisionView(decision));
		}
		const list = arrangeDecisions([...this.#views.values()].map(({ now }) => now)).map(({ id }) => this.#views.get(id)!);
		if (list.length !== this.list.length || list.some((view, at) => view !== this.list[at])) this.list = list;
	}
}
