import * as Y from 'yjs';
import type { Id } from '#realtime/meeting/ids.ts';
import { actionTextOf, actionsOf, arrangeActions, isOpen, readActions, type Action } from './actions-read.ts';
import { actionKeys, type ActionOrigin, type ActionText } from './actions-schema.ts';
import { alongside, byHand, change, spliceText, type Splice } from './edits.ts';
import { placeAmong } from './place.ts';
import { changeGiven } from './responsible.ts';
import { wellFormed } from './well-formed.ts';

/** What of an action is set as a whole. */
export type ActionValues = Partial<Pick<Action, 'person' | 'office' | 'due' | 'state'>>;

/**
 * A new action at the end of the list. As a card, it is made already marked as deleted and then, as an edit of its
 * own, unmarked: undoing it marks it again, and never takes away what others wrote into it meanwhile.
 */
export function createAction(
	doc: Y.Doc,
	{ id, author, createdAt, origin, what = '', ...values }: { id: Id; author: Id; createdAt: number; origin: ActionOrigin | null; what?: string } & ActionValues
): void {
	const place = placeAmong(arrangeActions(readActions(doc).values()), id, null);
	doc.transact(() => {
		const map = new Y.Map<unknown>();
		map.set(actionKeys.what, new Y.Text(wellFormed(what)));
		map.set(actionKeys.notes, new Y.Text());
		map.set(actionKeys.person, values.person ?? null);
		map.set(actionKeys.office, values.office == null ? null : wellFormed(values.office));
		map.set(actionKeys.due, values.due ?? null);
		map.set(actionKeys.state, values.state ?? 'open');
		map.set(actionKeys.place, place);
		map.set(actionKeys.origin, origin);
		map.set(actionKeys.author, author);
		map.set(actionKeys.createdAt, createdAt);
		map.set(actionKeys.deleted, true);
		actionsOf(doc).set(id, map);
	}, alongside);
	setActionDeleted(doc, id, false);
}

/** Sets what is given. Whoever it is given to, a person or an office, takes the place of the other. */
export function changeAction(doc: Y.Doc, action: Id, values: ActionValues): void {
	changeGiven(doc, actionsOf(doc).get(action), actionKeys, values);
}

/** Puts an action before another (null: at the end). */
export function moveAction(doc: Y.Doc, action: Id, before: Id | null): void {
	change(doc, actionsOf(doc).get(action), { [actionKeys.place]: placeAmong(arrangeActions(readActions(doc).values()), action, before) });
}

/** Marks an action as deleted, or brings it back. */
export function setActionDeleted(doc: Y.Doc, action: Id, deleted: boolean): void {
	change(doc, actionsOf(doc).get(action), { [actionKeys.deleted]: deleted });
}

/** Replaces a piece of a text of an action, as one edit. */
export function spliceAction(doc: Y.Doc, action: Id, text: ActionText, piece: Splice): void {
	const written = actionTextOf(doc, action, text);
	if (written) spliceText(doc, written, piece);
}

/** Makes a text of an action read like this, and leaves what is the same at its ends to whoever wrote it. */
export function writeAction(doc: Y.Doc, action: Id, text: ActionText, wanted: string): void {
	const now = actionTextOf(doc, action, text)?.toString() ?? '';
	let start = 0;
	while (start < Math.min(now.length, wanted.length) && now[start] === wanted[start]) start++;
	let end = 0;
	while (end < Math.min(now.length, wanted.length) - start && now.at(-1 - end) === wanted.at(-1 - end)) end++;
	// no half of a letter is left behind
	if (start > 0 && isHigh(now.charCodeAt(start - 1))) start--;
	if (end > 0 && isLow(now.charCodeAt(now.length - end))) end--;
	spliceAction(doc, action, text, { at: start, removed: now.length - start - end, inserted: wanted.slice(start, wanted.length - end) });
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

/** Gives what somebody has still to do to somebody else, or to nobody. */
export function handOverActions(doc: Y.Doc, from: Id, to: Id | null): void {
	doc.transact(() => {
		for (const action of readActions(doc).values()) if (action.person === from && isOpen(action)) changeAction(doc, action.id, { person: to });
	}, byHand);
}
