/* eslint-disable svelte/prefer-svelte-reactivity -- the maps are bookkeeping; what a page follows are the views */
import { sharedTextOf } from '#lib/board/shared-text.ts';
import type { SharedText } from '#lib/board/text-binding.ts';
import type { LiveDocument } from '#lib/document/live-document.svelte.ts';
import { Views, type View } from '#lib/document/views.svelte.ts';
import { changeAction, createAction, setActionDeleted, spliceAction, type ActionValues } from '#realtime/board/actions-edits.ts';
import { actionTextOf, arrangeActions, isOwnOrNobodys, readAction, readActions, watchActions, type Action } from '#realtime/board/actions-read.ts';
import type { ActionOrigin, ActionText } from '#realtime/board/actions-schema.ts';
import { undoOfActions } from '#realtime/board/undo.ts';
import { drawId } from '#realtime/client/draw-id.ts';
import type { Id } from '#realtime/meeting/ids.ts';

/** An action on the screen. */
export type ActionView = View<Action>;

/** What this person may do to actions at the moment: roles change while a page is open. */
export interface ActionRights {
	mayWrite: () => boolean;
	mayWriteAll: () => boolean;
}

/** The actions of a think tank as a page shows and edits them. Everything that a person does here can be undone here. */
export class LiveActions {
	readonly document: LiveDocument;
	readonly me: Id;
	readonly #rights: ActionRights;
	readonly #undo;
	readonly #stops: (() => void)[] = [];
	readonly #views: Views<Action>;

	/** the actions that were made of each card, and of each adopted decision */
	ofCards = $state.raw<ReadonlyMap<Id, readonly Id[]>>(new Map());
	ofDecisions = $state.raw<ReadonlyMap<Id, readonly Id[]>>(new Map());
	canUndo = $state(false);
	canRedo = $state(false);

	constructor(document: LiveDocument, options: { me: Id } & ActionRights) {
		this.document = document;
		this.me = options.me;
		this.#rights = options;
		this.#undo = undoOfActions(this.#doc);
		this.#views = new Views({ read: (id) => readAction(this.#doc, id), arrange: arrangeActions });
		this.#take(readActions(this.#doc).keys());
		this.#stops.push(
			watchActions(this.#doc, (ids) => this.#take(ids)),
			this.#undo.watch(() => {
				this.canUndo = this.#undo.canUndo;
				this.canRedo = this.#undo.canRedo;
			})
		);
	}

	/** Ends the page's part in the actions. The document stays open. */
	destroy(): void {
		for (const stop of this.#stops) stop();
		this.#undo.destroy();
	}

	/** those that are not deleted, in order */
	get list(): readonly ActionView[] {
		return this.#views.list;
	}

	/** The server may have turned this page away: what would be written then could not arrive. */
	get mayWrite(): boolean {
		return this.#rights.mayWrite() && this.document.status.connection !== 'ended';
	}

	mayChange({ now }: ActionView): boolean {
		return this.mayWrite && (this.#rights.mayWriteAll() || isOwnOrNobodys(now, this.me));
	}

	/** Makes an action at the end, and answers its id. */
	create(values: { what?: string; origin: ActionOrigin | null } & ActionValues): Id {
		const id = drawId();
		this.#undo.alone(() => createAction(this.#doc, { id, author: this.me, createdAt: Date.now(), ...values }));
		return id;
	}

	change(action: Id, values: ActionValues): void {
		this.#undo.alone(() => changeAction(this.#doc, action, values));
	}

	remove(action: Id): void {
		this.#undo.alone(() => setActionDeleted(this.#doc, action, true));
	}

	bringBack(action: Id): void {
		this.#undo.alone(() => setActionDeleted(this.#doc, action, false));
	}

	undo(): void {
		this.#undo.undo();
	}

	redo(): void {
		this.#undo.redo();
	}

	/** A text of an action, to tie a field to. */
	sharedText(action: Id, name: ActionText): SharedText {
		return sharedTextOf(actionTextOf(this.#doc, action, name), (piece) => spliceAction(this.#doc, action, name, piece));
	}

	get #doc() {
		return this.document.link.doc;
	}

	#take(ids: Iterable<Id>): void {
		if (!this.#views.take(ids)) return;
		this.ofCards = by(this.list, ({ card }) => card);
		this.ofDecisions = by(this.list, ({ decision }) => decision);
	}
}

/** The actions by what they were made of. */
function by(list: readonly ActionView[], of: (origin: ActionOrigin) => Id | null): Map<Id, Id[]> {
	const found = new Map<Id, Id[]>();
	for (const { id, now } of list) {
		const origin = now.origin && of(now.origin);
		if (origin) found.set(origin, [...(found.get(origin) ?? []), id]);
	}
	return found;
}
