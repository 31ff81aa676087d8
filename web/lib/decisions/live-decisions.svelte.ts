import { sharedTextOf } from '#lib/board/shared-text.ts';
import type { SharedText } from '#lib/board/text-binding.ts';
import type { LiveDocument } from '#lib/document/live-document.svelte.ts';
import { Views, type View } from '#lib/document/views.svelte.ts';
import { changeDecision, createDecision, moveDecision, setDecisionDeleted, spliceDecision, type DecisionValues } from '#realtime/board/decisions-edits.ts';
import { arrangeDecisions, decisionTextOf, readDecision, readDecisions, watchDecisions, type DecisionWording } from '#realtime/board/decisions-read.ts';
import { undoOfDecisions } from '#realtime/board/undo.ts';
import { drawId } from '#realtime/client/draw-id.ts';
import type { Id } from '#realtime/meeting/ids.ts';

/** The wording of a decision on the screen. */
export type DecisionView = View<DecisionWording>;

/** The decisions that are worded in a document, as a page shows and edits them. Everything that a person does here can be undone here. */
export class LiveDecisions {
	readonly document: LiveDocument;
	readonly me: Id;
	readonly #undo;
	readonly #stop: () => void;
	readonly #views: Views<DecisionWording>;

	constructor(document: LiveDocument, options: { me: Id }) {
		this.document = document;
		this.me = options.me;
		this.#undo = undoOfDecisions(this.#doc);
		this.#views = new Views({ read: (id) => readDecision(this.#doc, id), arrange: arrangeDecisions });
		this.#views.take(readDecisions(this.#doc).keys());
		this.#stop = watchDecisions(this.#doc, (ids) => void this.#views.take(ids));
	}

	/** Ends the page's part in the decisions. The document stays open. */
	destroy(): void {
		this.#stop();
		this.#undo.destroy();
	}

	/** those that are not deleted, in order */
	get list(): readonly DecisionView[] {
		return this.#views.list;
	}

	/** Begins a wording at the end, and answers its id. */
	create(values: { text?: string; card: Id | null } & DecisionValues): Id {
		const id = drawId();
		this.#undo.alone(() => createDecision(this.#doc, { id, author: this.me, createdAt: Date.now(), ...values }));
		return id;
	}

	change(decision: Id, values: DecisionValues): void {
		this.#undo.alone(() => changeDecision(this.#doc, decision, values));
	}

	/** Puts a wording before another (null: at the end). */
	move(decision: Id, before: Id | null): void {
		this.#undo.alone(() => moveDecision(this.#doc, decision, before));
	}

	remove(decision: Id): void {
		this.#undo.alone(() => setDecisionDeleted(this.#doc, decision, true));
	}

	bringBack(decision: Id): void {
		this.#undo.alone(() => setDecisionDeleted(this.#doc, decision, false));
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
}
