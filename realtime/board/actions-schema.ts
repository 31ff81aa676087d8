import type { Id } from '#realtime/meeting/ids.ts';

/**
 * The shape of the document of a think tank's action items. Its one root maps an action's id to a map with the
 * keys of {@link actionKeys}. As on a board, each key is written alone.
 */
export const actionRoots = { actions: 'actions' } as const;

export const actionKeys = {
	/** Y.Text without formats: what is to be done */
	what: 'what',
	/** the id of the person who is to do it, or null */
	person: 'person',
	/** the name of the office that is to do it, or null; only one of the two is set */
	office: 'office',
	/** the day by which it is to be done, as 2026-11-23, or null */
	due: 'due',
	/** one of `actionStates` */
	state: 'state',
	/** fractional key; equal keys are ordered by id */
	place: 'place',
	/** {@link ActionOrigin} or null; written once */
	origin: 'origin',
	/** Y.Text without formats */
	notes: 'notes',
	/** the id of the person who made it; written once */
	author: 'author',
	/** milliseconds since 1970 by the author's clock; written once */
	createdAt: 'createdAt',
	/** a mark, so that deleting takes nothing away from those who are writing */
	deleted: 'deleted'
} as const;

/** The texts of an action, which people write together. */
export const actionTexts = ['what', 'notes'] as const;
export type ActionText = (typeof actionTexts)[number];

/** Where an action came from: the meeting it was made in, and the card or the adopted decision that it was made of. A plain value. */
export interface ActionOrigin {
	meeting: Id;
	document: Id | null;
	card: Id | null;
	decision: Id | null;
}

/** What of an action has a history. */
export const actionFields = ['what', 'notes', 'who', 'due', 'state', 'deleted'] as const;
export type ActionField = (typeof actionFields)[number];
