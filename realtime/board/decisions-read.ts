import * as Y from 'yjs';
import type { WrittenDecision } from '#realtime/meeting/decisions.ts';
import { isDay } from '#realtime/meeting/days.ts';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import { decisionKeys, decisionsRoot } from './decisions-schema.ts';
import { byPlace } from './place.ts';

/** The wording of a decision as it stands, with every shape that we do not know left out. */
export interface DecisionWording extends WrittenDecision {
	id: Id;
	place: string;
	author: Id | null;
	createdAt: number | null;
	deleted: boolean;
}

export const decisionsOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap(decisionsRoot);

/** The text of a decision, null if there is no such decision. */
export function decisionTextOf(doc: Y.Doc, decision: Id): Y.Text | null {
	const map = decisionsOf(doc).get(decision);
	const found = map instanceof Y.Map ? map.get(decisionKeys.text) : null;
	return found instanceof Y.Text ? found : null;
}

/** One decision, null if there is none of that id or it is no decision. Total: never throws, whatever the document holds. */
export function readDecision(doc: Y.Doc, id: Id): DecisionWording | null {
	const map = decisionsOf(doc).get(id);
	if (!(map instanceof Y.Map)) return null;
	const idIn = (key: string) => {
		const value = map.get(key);
		return isId(value) ? value : null;
	};
	const due = map.get(decisionKeys.due);
	const createdAt = map.get(decisionKeys.createdAt);
	return {
		id,
		text: decisionTextOf(doc, id)?.toString() ?? '',
		person: idIn(decisionKeys.person),
		office: string(map.get(decisionKeys.office)),
		due: isDay(due) ? due : null,
		mandate: idIn(decisionKeys.mandate),
		place: string(map.get(decisionKeys.place)) ?? '',
		card: idIn(decisionKeys.card),
		author: idIn(decisionKeys.author),
		createdAt: typeof createdAt === 'number' && Number.isFinite(createdAt) ? createdAt : null,
		deleted: map.get(decisionKeys.deleted) === true
	};
}

/** All decisions of a document, deleted ones included. */
export function readDecisions(doc: Y.Doc): Map<Id, DecisionWording> {
	const decisions = new Map<Id, DecisionWording>();
	for (const id of decisionsOf(doc).keys()) {
		const decision = readDecision(doc, id);
		if (decision) decisions.set(id, decision);
	}
	return decisions;
}

/** Those that are not deleted, in order. */
export const arrangeDecisions = (decisions: Iterable<DecisionWording>): DecisionWording[] => [...decisions].filter(({ deleted }) => !deleted).sort(byPlace);

/** Calls back, after each transaction, with the decisions that it touched. Returns how to stop. */
export function watchDecisions(doc: Y.Doc, changed: (decisions: ReadonlySet<Id>) => void): () => void {
	const root = decisionsOf(doc);
	const told = (events: Y.YEvent<Y.AbstractType<unknown>>[]) => {
		const touched = new Set<Id>();
		for (const { path, changes } of events) {
			if (path.length > 0) touched.add(String(path[0]));
			else for (const id of changes.keys.keys()) touched.add(id);
		}
		changed(touched);
	};
	root.observeDeep(told);
	return () => root.unobserveDeep(told);
}

const string = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
