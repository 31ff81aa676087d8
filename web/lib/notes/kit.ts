import type { AnyExtension } from '@tiptap/core';
import { StarterKit } from '@tiptap/starter-kit';
import { webAddress } from '#realtime/board/notes.ts';
import { headingLevels } from '#realtime/board/schema.ts';

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

/** What notes are made of, for an editor: its schema is what `notesNodes` and `notesMarks` say. */
export const notesKit = Kit.configure({
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
});
