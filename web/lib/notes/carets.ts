import { Extension } from '@tiptap/core';
import { Plugin, PluginKey, type EditorState } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition, ySyncPluginKey, type ProsemirrorBinding } from '@tiptap/y-tiptap';
import type { Doc, RelativePosition, XmlFragment } from 'yjs';
import { colourOf } from '#lib/meeting/people.ts';
import { decodeCursor, encodeCursor } from '#realtime/board/awareness.ts';
import type { PresenceLink } from '#realtime/client/presence-link.ts';
import type { Participant } from '#realtime/meeting/meetings.ts';
import { takeInSelection } from './own-selection.ts';

export interface CaretsOptions {
	presence: PresenceLink;
	/** a person's name as this page's reader reads it */
	nameOf: (person: Participant) => string;
}

/** What the editor's tie to the document knows. */
interface Tie {
	doc: Doc;
	type: XmlFragment;
	binding: ProsemirrorBinding;
	isChangeOrigin: boolean;
}
const tieOf = (state: EditorState): Tie => ySyncPluginKey.getState(state) as Tie;

const key = new PluginKey<DecorationSet>('carets');

/** Tells the others what this person has selected, and shows what they have. */
export const carets = ({ presence, nameOf }: CaretsOptions) =>
	Extension.create({
		name: 'carets',
		addProseMirrorPlugins: () => [
			new Plugin<DecorationSet>({
				key,
				state: {
					init: () => DecorationSet.empty,
					apply(transaction, before, _old, state) {
						if (transaction.getMeta(key) === true || tieOf(state).isChangeOrigin) return drawn(state, presence, nameOf);
						return transaction.docChanged ? before.map(transaction.mapping, transaction.doc) : before;
					}
				},
				props: { decorations: (state) => key.getState(state) },
				view(view) {
					const tell = () => presence.set({ card: null, caret: null, cursor: view.hasFocus() ? cursorOf(view) : null });
					const draw = () => {
						if (view.isDestroyed) return;
						takeInSelection(view);
						view.dispatch(view.state.tr.setMeta(key, true));
					};
					const stop = presence.watch(draw);
					view.dom.addEventListener('focusin', tell);
					view.dom.addEventListener('focusout', tell);
					// those who are here already
					queueMicrotask(draw);
					return {
						update(_view, before) {
							keepInside(view);
							const sameWords = before.doc.eq(view.state.doc);
							if (view.hasFocus() && !(sameWords && before.selection.eq(view.state.selection))) tell();
							// where a caret stands after an edit of one's own is known once the document has taken it in
							if (!sameWords && !tieOf(view.state).isChangeOrigin) queueMicrotask(draw);
						},
						destroy() {
							stop();
							view.dom.removeEventListener('focusin', tell);
							view.dom.removeEventListener('focusout', tell);
							presence.set({ card: null, caret: null, cursor: null });
						}
					};
				}
			})
		]
	});

function cursorOf({ state }: EditorView) {
	const { type, binding } = tieOf(state);
	const relative = (position: number) => absolutePositionToRelativePosition(position, type, binding.mapping) as RelativePosition;
	try {
		return encodeCursor(relative(state.selection.anchor), relative(state.selection.head));
	} catch {
		// the document is ahead of the editor; the next change tells it
		return null;
	}
}

function drawn(state: EditorState, presence: PresenceLink, nameOf: CaretsOptions['nameOf']): DecorationSet {
	const { doc, type, binding } = tieOf(state);
	const decorations: Decoration[] = [];
	for (const { client, person, cursor } of presence.others()) {
		const relative = decodeCursor(cursor);
		if (!relative) continue;
		const position = (at: RelativePosition): number | null => {
			try {
				const found = relativePositionToAbsolutePosition(doc, type, at, binding.mapping);
				return found === null ? null : Math.max(0, Math.min(found, state.doc.content.size - 1));
			} catch {
				return null;
			}
		};
		const [anchor, head] = [position(relative.anchor), position(relative.head)];
		if (anchor === null || head === null) continue;
		const colour = colourOf(person.id);
		decorations.push(
			// the name shows again when the caret has moved
			Decoration.widget(head, () => caretOf(colour, nameOf(person)), { key: `${client} ${head} ${nameOf(person)}`, side: 10, ignoreSelection: true }),
			Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), { class: `selection ${colour}` })
		);
	}
	return DecorationSet.create(state.doc, decorations);
}

/** A caret with its name. The word joiner gives it a place among the letters, in whichever direction they run. */
function caretOf(colour: string, name: string): HTMLElement {
	const caret = document.createElement('span');
	caret.className = `caret ${colour}`;
	caret.ariaHidden = 'true';
	const bar = document.createElement('span');
	bar.className = 'bar';
	const label = document.createElement('bdi');
	label.className = 'name';
	label.textContent = name;
	bar.append(label);
	caret.append('\u2060', bar);
	return caret;
}

/** A name that would leave the paper goes to the other side of its caret. */
function keepInside(view: EditorView): void {
	const carets = [...view.dom.querySelectorAll<HTMLElement>('.caret .name')];
	if (carets.length === 0) return;
	const paper = view.dom.getBoundingClientRect();
	const leftwards = carets.map((name) => {
		const { left } = name.parentElement!.getBoundingClientRect();
		return left + name.offsetWidth > paper.right;
	});
	for (const [at, name] of carets.entries()) name.classList.toggle('leftwards', leftwards[at]);
}
