/**
 * The shape of our documents, and the only names of Yjs roots and keys.
 *
 * A board document has two roots. `cards` maps a card's id to a map with the keys of {@link cardKeys};
 * `groups` maps a group's id to a map with the keys of {@link groupKeys}. Each key is written alone, never
 * removed and inserted again, so that two people who move and write the same card both keep their work.
 *
 * Notes have one root, `notes`: an XML fragment of the elements of {@link notesNodes}, whose texts carry the
 * formats of {@link notesMarks}.
 *
 * Both have one root more, in which decisions are worded: see `decisions-schema.ts`.
 */
export const documentKinds = ['board', 'notes', 'actions', 'minutes', 'drafts'] as const;
export type DocumentKind = (typeof documentKinds)[number];

export const boardRoots = { cards: 'cards', groups: 'groups' } as const;
export const notesRoot = 'notes';

export const cardKeys = {
	/** Y.Text without formats */
	text: 'text',
	/** the quadrant or column it lies in while it is in no group */
	column: 'column',
	/** fractional key; equal keys are ordered by id */
	place: 'place',
	/** the id of its group, or null */
	group: 'group',
	/** the id of the person who wrote it; written once; null for what a template brings */
	author: 'author',
	/** milliseconds since 1970 by the author's clock; written once; null for what a template brings */
	createdAt: 'createdAt',
	/** a mark, so that deleting takes nothing away from those who are writing */
	deleted: 'deleted',
	/** Y.Map of evidence id → {@link Evidence} */
	evidence: 'evidence'
} as const;

export const groupKeys = {
	/** Y.Text without formats */
	title: 'title',
	column: 'column',
	place: 'place'
} as const;

/** The elements that lie in notes one under the other. */
export const notesBlocks = ['paragraph', 'heading', 'bulletList', 'orderedList', 'blockquote'] as const;

/** What each element of notes may hold (`text`: letters with formats) and which attributes it has. Others are not ours. */
export const notesNodes = {
	paragraph: { holds: ['text', 'hardBreak'], attributes: [] },
	/** `level`: 2 or 3; the first is the point of the agenda itself */
	heading: { holds: ['text', 'hardBreak'], attributes: ['level'] },
	bulletList: { holds: ['listItem'], attributes: [] },
	/** `start`: the number of its first item */
	orderedList: { holds: ['listItem'], attributes: ['start'] },
	listItem: { holds: notesBlocks, attributes: [] },
	blockquote: { holds: notesBlocks, attributes: [] },
	hardBreak: { holds: [], attributes: [] }
} as const satisfies Record<string, { holds: readonly string[]; attributes: readonly string[] }>;
export type NotesNode = keyof typeof notesNodes;

/** The formats that letters of notes may have. `link` has an `href`, of the web. */
export const notesMarks = ['bold', 'italic', 'underline', 'strike', 'link'] as const;
export type NotesMark = (typeof notesMarks)[number];

export const headingLevels = [2, 3] as const;

/** The four quadrants, in reading order. */
export const quadrants = ['strengths', 'weaknesses', 'opportunities', 'threats'] as const;
export type Quadrant = (typeof quadrants)[number];

/** What a card rests on. A plain value: attached and removed, never edited in place. */
export type Evidence = { kind: 'link'; url: string; title: string } | { kind: 'note'; text: string };

/** How far an action item is. */
export const actionStates = ['open', 'doing', 'done', 'dropped'] as const;
export type ActionState = (typeof actionStates)[number];
