import { getSchema } from '@tiptap/core';
import { EditorState, type Transaction } from '@tiptap/pm/state';
import { expect, test } from 'vitest';
import { notesKit } from '#lib/notes/kit.ts';
import { wellFormedText } from '#lib/notes/well-formed.ts';

const schema = getSchema([notesKit]);
const plugins = wellFormedText.config.addProseMirrorPlugins!.call({} as never);

/** What stands in an editor in which this was done. */
function after(...steps: ((tr: Transaction) => Transaction)[]): string {
	let state = EditorState.create({ schema, plugins });
	for (const step of steps) state = state.apply(step(state.tr));
	return state.doc.textContent;
}

test('GATE-1 NUL and halves of letters are not in an editor of notes, however they got there', () => {
	expect(after((tr) => tr.insertText('نو\0شته \ud83d😀\ude00', 1))).toBe('نوشته 😀');
	expect(after((tr) => tr.insertText('یک', 1).insertText('\0', 2).insertText('صفر', 1))).toBe('صفریک');
	expect(
		after(
			(tr) => tr.insertText('یک و دو', 1),
			(tr) => tr.replaceWith(3, 4, schema.text('\ud83d', [schema.mark('bold')])).insertText('پیش ', 1)
		)
	).toBe('پیش یکو دو');
	const paragraph = (text: string) => schema.node('paragraph', null, schema.text(text));
	expect(after((tr) => tr.insert(0, [paragraph('الف\0'), paragraph('\udc00ب')]))).toBe('الفب');
	expect(after((tr) => tr.insertText('درست 😀', 1))).toBe('درست 😀');
});
