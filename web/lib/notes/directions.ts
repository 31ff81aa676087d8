import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { Plugin } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import { directionOf } from '#lib/board/direction.ts';

/** Each paragraph takes the direction of its words, and an item of a list or a quotation that of its first; without words, that of the page. */
export const directions = Extension.create({
	name: 'directions',
	addProseMirrorPlugins: () => {
		const plugin: Plugin<DecorationSet> = new Plugin({
			state: {
				init: (_config, { doc }) => directed(doc),
				apply: (transaction, before) => (transaction.docChanged ? directed(transaction.doc) : before)
			},
			props: { decorations: (state) => plugin.getState(state) }
		});
		return [plugin];
	}
});

/** They have a side of their own: where the number or the line stands. */
const led = new Set(['listItem', 'blockquote']);

function directed(doc: Node): DecorationSet {
	const decorations: Decoration[] = [];
	doc.descendants((node, at) => {
		if (!node.isTextblock && !led.has(node.type.name)) return !node.isInline;
		const direction = directionOf(node.isTextblock ? node.textContent : (node.firstChild?.textContent ?? ''));
		if (direction) decorations.push(Decoration.node(at, at + node.nodeSize, { dir: direction }));
		return !node.isTextblock;
	});
	return DecorationSet.create(doc, decorations);
}
