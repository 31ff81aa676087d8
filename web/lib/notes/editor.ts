import { Editor } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import { Slice } from '@tiptap/pm/model';
import { yUndoPluginKey } from '@tiptap/y-tiptap';
import type { Doc, UndoManager } from 'yjs';
import { notesOf } from '#realtime/board/notes.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { carets, type CaretsOptions } from './carets.ts';
import { directions } from './directions.ts';
import { notesKit } from './kit.ts';
import { ownSelection } from './own-selection.ts';
import { wellFormedText } from './well-formed.ts';

interface Options extends CaretsOptions {
	doc: Doc;
	element: HTMLElement;
	attributes: Record<string, string>;
	/** more was pasted than one edit may hold; nothing was */
	tooLong: () => void;
	/** Ctrl K */
	link: () => void;
}

/** An editor of the notes of a document. What is undone is what was written in it, and nobody else's. */
export function notesEditor({ doc, element, attributes, tooLong, link, ...others }: Options): Editor {
	return new Editor({
		element,
		injectCSS: false,
		extensions: [notesKit, Collaboration.configure({ fragment: notesOf(doc) }), ownSelection(doc), wellFormedText, directions, carets(others)],
		editorProps: {
			attributes,
			handleKeyDown: (_view, event) => {
				// by its place on the keyboard: a Persian layout has another letter there
				if (event.code !== 'KeyK' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return false;
				event.preventDefault();
				link();
				return true;
			},
			transformPasted: (slice) => {
				if (bytesOf(slice) <= limits.notesPasteBytes) return slice;
				tooLong();
				return Slice.empty;
			}
		}
	});
}

/** About what an edit that inserts this weighs: its letters, and the elements that hold them. */
function bytesOf(slice: Slice): number {
	const letters = new TextEncoder();
	let bytes = 0;
	slice.content.descendants((node) => {
		bytes += 48 + (node.text === undefined ? 0 : letters.encode(node.text).byteLength);
	});
	return bytes;
}

/** Can this person take back or do again anything here? */
export function historyOf(editor: Editor): { canUndo: boolean; canRedo: boolean } {
	const { undoManager } = (yUndoPluginKey.getState(editor.state) as { undoManager: UndoManager } | undefined) ?? {};
	return { canUndo: undoManager?.canUndo() ?? false, canRedo: undoManager?.canRedo() ?? false };
}
