import { Editor, type AnyExtension } from '@tiptap/core';
import { Collaboration } from '@tiptap/extension-collaboration';
import { Slice } from '@tiptap/pm/model';
import { StarterKit } from '@tiptap/starter-kit';
import { yUndoPluginKey } from '@tiptap/y-tiptap';
import type { Doc, UndoManager } from 'yjs';
import { notesOf, webAddress } from '#realtime/board/notes.ts';
import { headingLevels } from '#realtime/board/schema.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { carets, type CaretsOptions } from './carets.ts';
import { directions } from './directions.ts';
import { ownSelection } from './own-selection.ts';

/** The kit's elements and formats, with the attributes that our notes have and no other. */
const Kit = StarterKit.extend({
	addExtensions() {
		return (this.parent?.() ?? []).map(ours);
	}
});

function ours(extension: AnyExtension): AnyExtension {
	switch (extension.name) {
		// who deletes an item's first paragraph while another writes in a list below it leaves that list standing
		case 'listItem':
			return extension.extend({ content: 'block+' });
		case 'orderedList':
			return extension.extend({
				addAttributes: () => ({ start: { default: 1, parseHTML: (element: HTMLElement) => Number.parseInt(element.getAttribute('start') ?? '', 10) || 1 } })
			});
		case 'link':
			return extension.extend({
				inclusive: false,
				addAttributes: () => ({ href: { default: null, parseHTML: (element: HTMLElement) => webAddress(element.getAttribute('href')) } }),
				renderHTML: ({ HTMLAttributes }: { HTMLAttributes: Record<string, unknown> }) => {
					const href = webAddress(HTMLAttributes['href']);
					return href === null ? ['span', 0] : ['a', { href, target: '_blank', rel: 'noopener noreferrer' }, 0];
				}
			});
		default:
			return extension;
	}
}

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
		extensions: [
			Kit.configure({
				code: false,
				codeBlock: false,
				horizontalRule: false,
				undoRedo: false,
				trailingNode: false,
				heading: { levels: [...headingLevels] },
				link: {
					openOnClick: false,
					defaultProtocol: 'https',
					isAllowedUri: (address) => webAddress(address) !== null,
					shouldAutoLink: (address) => /^https?:\/\//.test(address)
				}
			}),
			Collaboration.configure({ fragment: notesOf(doc) }),
			ownSelection(doc),
			directions,
			carets(others)
		],
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
