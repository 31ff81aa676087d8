import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import { notWellFormed } from '#realtime/board/well-formed.ts';

/** Takes out again what no text of ours may hold, however it got into the editor, before it is an edit of the document. */
export const wellFormedText = Extension.create({
	name: 'wellFormedText',
	addProseMirrorPlugins: () => [
		new Plugin({
			appendTransaction(transactions, _before, { doc, tr }) {
				const ranges: { from: number; to: number }[] = [];
				transactions.forEach(({ mapping }, i) => {
					const later = transactions.slice(i + 1);
					mapping.maps.forEach((map, at) =>
						map.forEach((_start, _end, from, to) => {
							const now = (position: number) => later.reduce((moved, { mapping }) => mapping.map(moved), mapping.slice(at + 1).map(position));
							ranges.push({ from: now(from), to: now(to) });
						})
					);
				});
				const found = new Set<number>();
				for (const { from, to } of ranges) {
					doc.nodesBetween(from, to, (node, position) => {
						for (const { index } of node.text?.matchAll(notWellFormed) ?? []) found.add(position + index);
					});
				}
				for (const position of [...found].sort((a, b) => b - a)) tr.delete(position, position + 1);
				return found.size > 0 ? tr : null;
			}
		})
	]
});
