import * as Y from 'yjs';
import type { Id } from '#realtime/meeting/ids.ts';
import { arrangeDecisions, decisionsOf, decisionTextOf, readDecisions, type DecisionWording } from './decisions-read.ts';
import { decisionKeys } from './decisions-schema.ts';
import { alongside, change, spliceText, type Splice } from './edits.ts';
import { placeAmong } from './place.ts';
import { changeGiven } from './responsible.ts';
import { wellFormed } from './well-formed.ts';

/** What of a decision is set as a whole. */
export type DecisionValues = Partial<Pick<DecisionWording, 'person' | 'office' | 'due' | 'mandate'>>;

/**
 * A new decision at the end of the list. As a card, it is made already marked as deleted and then, as an edit of its
 * own, unmarked: undoing it marks it again, and never takes away what others wrote into it meanwhile.
 */
export function createDecision(
	doc: Y.Doc,
	{ id, author, createdAt, card, text = '', ...values }: { id: Id; author: Id; createdAt: number; card: Id | null; text?: string } & DecisionValues
): void {
	const place = placeAmong(arrangeDecisions(readDecisions(doc).values()), id, null);
	const { person = null, office = null, due = null, mandate = null } = values;
	doc.transact(() => layDecision(doc, { id, author, createdAt, card, text, person, office, due, mandate, place, deleted: true }), alongside);
	setDecisionDeleted(doc, id, false);
}

/** Puts a whole decision into a document, as nothing that anybody could undo. */
export function layDecision(doc: Y.Doc, { id, text, office, ...rest }: DecisionWording): void {
	const map = new Y.Map<unknown>();
	map.set(decisionKeys.text, new Y.Text(wellFormed(text)));
	map.set(decisionKeys.person, rest.person);
	map.set(decisionKeys.office, office === null ? null : wellFormed(office));
	map.set(decisionKeys.due, rest.due);
	map.set(decisionKeys.mandate, rest.mandate);
	map.set(decisionKeys.place, rest.place);
	map.set(decisionKeys.card, rest.card);
	map.set(decisionKeys.author, rest.author);
	map.set(decisionKeys.createdAt, rest.createdAt);
	map.set(decisionKeys.deleted, rest.deleted);
	decisionsOf(doc).set(id, map);
}

/** Sets what is given. Whoever is to answer for it, a person or an office, takes the place of the other. */
export function changeDecision(doc: Y.Doc, decision: Id, values: DecisionValues): void {
	changeGiven(doc, decisionsOf(doc).get(decision), decisionKeys, values);
}

/** Puts a decision before another (null: at the end). */
export function moveDecision(doc: Y.Doc, decision: Id, before: Id | null): void {
	change(doc, decisionsOf(doc).get(decision), { [decisionKeys.place]: placeAmong(arrangeDecisions(readDecisions(doc).values()), decision, before) });
}

/** Marks a decision as deleted, or brings it back. */
export function setDecisionDeleted(doc: Y.Doc, decision: Id, deleted: boolean): void {
	change(doc, decisionsOf(doc).get(decision), { [decisionKeys.deleted]: deleted });
}

/** Replaces a piece of the text of a decision, as one edit. */
export function spliceDecision(doc: Y.Doc, decision: Id, piece: Splice): void {
	const text = decisionTextOf(doc, decision);
	if (text) spliceText(doc, text, piece);
}
