import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import type { Doc } from 'yjs';

/**
 * Has the editor take in where a key has just put the selection. The browser tells it only some time after the key, and what
 * is drawn in between, an edit or a caret of somebody else, would put the selection back to where the editor knew it.
 */
export function takeInSelection(view: EditorView): void {
	view.dom.ownerDocument.dispatchEvent(new Event('selectionchange'));
}

/** Others' edits leave the selection where this person has put it. */
export const ownSelection = (doc: Doc) =>
	Extension.create({
		name: 'ownSelection',
		// before the collaboration, which remembers the selection as an edit begins
		priority: 1001,
		addProseMirrorPlugins: () => [
			new Plugin({
				view(view) {
					const takeIn = () => takeInSelection(view);
					doc.on('beforeAllTransactions', takeIn);
					return { destroy: () => doc.off('beforeAllTransactions', takeIn) };
				}
			})
		]
	});
