/**
 * Where decisions are worded: a root of their own in the document of an activity, whatever else that holds. It maps a
 * wording's id to a map with the keys of {@link decisionKeys}; as on a board, each key is written alone. That a decision
 * was adopted, and as what, is no part of it: whoever writes here could say so.
 */
export const decisionsRoot = 'decisions';

export const decisionKeys = {
	/** Y.Text without formats */
	text: 'text',
	/** the id of the person who answers for it, or null */
	person: 'person',
	/** the name of the office that does, or null; only one of the two is set */
	office: 'office',
	/** the day by which it is to be carried out, as 2026-11-23, or null */
	due: 'due',
	/** the id of the mandate item that it cites, or null */
	mandate: 'mandate',
	/** fractional key; equal keys are ordered by id */
	place: 'place',
	/** the id of the card or group that it came of, or null; written once */
	card: 'card',
	/** the id of the person who began it; written once */
	author: 'author',
	/** milliseconds since 1970 by the author's clock; written once */
	createdAt: 'createdAt',
	/** a mark, so that deleting takes nothing away from those who are writing */
	deleted: 'deleted'
} as const;
