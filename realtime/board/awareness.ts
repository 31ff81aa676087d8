import * as Y from 'yjs';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Participant } from '#realtime/meeting/meetings.ts';
import { cardTextOf } from './read.ts';

/** What a page tells of its person: the card they are on, and the caret in it; in notes, what they have selected. */
export interface Presence {
	card: Id | null;
	/** an encoded relative position, so that it stays between the same letters */
	caret: string | null;
	cursor?: NotesCursor | null;
}

/** A selection in notes, as editors of Yjs documents tell it each other: two relative positions in JSON. */
export interface NotesCursor {
	anchor: unknown;
	head: unknown;
}

/** What others receive: the page's entry with the person's identity stamped on it by the server. */
export type StampedPresence = Presence & { person: Participant };

/** A caret as it travels. */
export function encodeCaret(doc: Y.Doc, card: Id, index: number): string | null {
	const text = cardTextOf(doc, card);
	return text && JSON.stringify(Y.createRelativePositionFromTypeIndex(text, index, -1));
}

/** Where a caret that arrived stands now, in UTF-16 units; null if it is not in this card's text any more. */
export function decodeCaret(doc: Y.Doc, card: Id, caret: string | null): number | null {
	const text = cardTextOf(doc, card);
	if (!text || caret === null) return null;
	try {
		const position = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(JSON.parse(caret)), doc);
		return position?.type === text ? position.index : null;
	} catch {
		return null;
	}
}

/** A selection in notes as it travels. */
export const encodeCursor = (anchor: Y.RelativePosition, head: Y.RelativePosition): NotesCursor => ({
	anchor: Y.relativePositionToJSON(anchor),
	head: Y.relativePositionToJSON(head)
});

/** A selection that arrived; null if it is none. Says nothing of whether it is in the notes any more. */
export function decodeCursor(cursor: unknown): { anchor: Y.RelativePosition; head: Y.RelativePosition } | null {
	if (typeof cursor !== 'object' || cursor === null) return null;
	const { anchor, head } = cursor as NotesCursor;
	try {
		return { anchor: Y.createRelativePositionFromJSON(anchor), head: Y.createRelativePositionFromJSON(head) };
	} catch {
		return null;
	}
}
