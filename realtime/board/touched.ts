import * as Y from 'yjs';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import { actionsOf, isOwnOrNobodys, readAction, readActions, type Action } from './actions-read.ts';
import { applyBatch, stateOf } from './replica.ts';

/** Why an edit of actions is refused: it changes what is somebody else's, or it is none that a page of ours makes. */
export type ActionRefusal = 'not-own' | 'forged';

/**
 * Tells whose actions an edit touches before it is in the document, for those who may change only their own and
 * nobody's. Edits are tried on a copy of the document, so that they are judged by what they do, however they are
 * put together; the copy is made when somebody's edit must first be judged, and follows the document from then on.
 */
export class ActionGuard {
	readonly #doc: Y.Doc;
	#copy: Y.Doc | null = null;
	/** what the copy holds under each key; null: something that is no action */
	#known = new Map<string, Action | null>();
	/** taken in, and not in the document yet */
	#taken: Uint8Array[] = [];

	constructor(doc: Y.Doc) {
		this.#doc = doc;
	}

	/** Judges an edit of this person, and takes it in if nothing is wrong with it. */
	judge(update: Uint8Array, person: Id): ActionRefusal | null {
		const copy = this.#copied();
		const keys = touchedBy(copy, update);
		const refusal = keys === null ? 'forged' : this.#refusalOf(copy, keys, person);
		if (refusal === null) {
			this.#taken.push(update);
			for (const key of keys!) this.#note(copy, key);
		} else this.#forget();
		return refusal;
	}

	/** Takes in an edit of somebody who may change everything. */
	take(update: Uint8Array): void {
		this.#taken.push(update);
		if (this.#copy) this.#follow(this.#copy, update);
	}

	/** All that was taken in is in the document now, and this is what changed in it. */
	committed(update: Uint8Array | undefined): void {
		this.#taken = [];
		if (this.#copy && update) this.#follow(this.#copy, update);
	}

	destroy(): void {
		this.#forget();
	}

	#copied(): Y.Doc {
		if (this.#copy) return this.#copy;
		const copy = new Y.Doc();
		applyBatch(copy, [stateOf(this.#doc), ...this.#taken]);
		const actions = readActions(copy);
		this.#known = new Map([...actionsOf(copy).keys()].map((key) => [key, actions.get(key) ?? null]));
		return (this.#copy = copy);
	}

	#forget(): void {
		this.#copy?.destroy();
		this.#copy = null;
		this.#known.clear();
	}

	#follow(copy: Y.Doc, update: Uint8Array): void {
		for (const key of touchedBy(copy, update) ?? []) this.#note(copy, key);
	}

	#note(copy: Y.Doc, key: string): void {
		if (actionsOf(copy).has(key)) this.#known.set(key, readAction(copy, key));
		else this.#known.delete(key);
	}

	#refusalOf(copy: Y.Doc, keys: ReadonlySet<string>, person: Id): ActionRefusal | null {
		for (const key of keys) {
			const was = this.#known.get(key);
			const is = readAction(copy, key);
			if (was === undefined) {
				if (actionsOf(copy).has(key) && !(isId(key) && is?.author === person)) return 'forged';
			} else if (was !== null && !isOwnOrNobodys(was, person)) return 'not-own';
			else if (was === null || is === null || !sameBeginning(was, is)) return 'forged';
		}
		return null;
	}
}

/** What is written once. */
const sameBeginning = (a: Action, b: Action): boolean =>
	a.author === b.author && a.createdAt === b.createdAt && JSON.stringify(a.origin) === JSON.stringify(b.origin);

/** Applies an update, and answers the keys of the root of actions under which it changed anything; null: it changed something elsewhere. */
function touchedBy(doc: Y.Doc, update: Uint8Array): Set<string> | null {
	const root = actionsOf(doc);
	const keys = new Set<string>();
	let elsewhere = false;
	const look = ({ changed }: Y.Transaction) => {
		for (const [type, names] of changed) {
			for (const key of (type as unknown) === root ? names : [keyIn(root, type as unknown as Y.AbstractType<unknown>)]) {
				if (key === null) elsewhere = true;
				else keys.add(key);
			}
		}
	};
	doc.on('afterTransaction', look);
	applyBatch(doc, [update]);
	doc.off('afterTransaction', look);
	return elsewhere ? null : keys;
}

/** The key of a root under which a type lies, however deep. */
function keyIn(root: unknown, type: Y.AbstractType<unknown>): string | null {
	for (let item = type._item; item !== null;) {
		const parent = item.parent as Y.AbstractType<unknown>;
		if (parent === root) return item.parentSub;
		item = parent._item;
	}
	return null;
}
