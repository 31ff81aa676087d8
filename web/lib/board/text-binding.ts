import { wellFormed } from '#realtime/board/well-formed.ts';
import { applied, clipped, composed, deltaOf, difference, mapIndex, splicesOf, transformed, type Delta, type Splice } from './text-delta.ts';

/** A text that several people write at once, as the page sees it. */
export interface SharedText {
	read(): string;
	splice(splice: Splice): void;
	/** Called with every change, own splices included; returns how to stop. */
	watch(changed: (delta: Delta) => void): () => void;
}

/** What of a text field the binding needs. */
export type TextField = Pick<
	HTMLTextAreaElement,
	'value' | 'selectionStart' | 'selectionEnd' | 'setSelectionRange' | 'addEventListener' | 'removeEventListener'
>;

export interface TextBinding {
	/** takes a caret of the shared text into the field, for a field that was made anew while somebody wrote in it */
	select(start: number, end: number): void;
	stop(): void;
}

/**
 * Ties a text field to a shared text, both ways, character by character. What others write never moves the
 * caret away from the letters it stands between. While an input method composes, the field is left alone: what
 * is typed goes out at once, mapped past what others wrote meanwhile, and theirs comes in when it is done.
 */
export function bindText(
	field: TextField,
	text: SharedText,
	options: {
		/** the longest that the text may grow, in UTF-16 units */
		limitUnits: number;
		/** a line break ends the writing instead of being written */
		oneLine?: boolean;
		/** where the caret stands in the shared text */
		onCaret?: (start: number, end: number) => void;
		/** something was put in that did not fit: how much of it was kept and how much was left out, in UTF-16 units */
		onCut?: (kept: number, left: number) => void;
	}
): TextBinding {
	/** what the field shows, as far as it has been sent */
	let shown = text.read();
	/** what others changed since, not yet in the field */
	let waiting: Delta = [];
	let composing = false;
	let splicing = false;

	field.value = shown;

	const stopWatching = text.watch((delta) => {
		if (splicing) return;
		waiting = composed(waiting, delta);
		if (!composing) show();
	});

	/** Brings what others wrote into the field. */
	function show(): void {
		if (waiting.length === 0) return;
		const { selectionStart: start, selectionEnd: end } = field;
		const delta = waiting;
		waiting = [];
		shown = applied(shown, delta);
		field.value = shown;
		field.setSelectionRange(mapIndex(start, delta), mapIndex(end, delta));
		caretMoved();
	}

	/** Sends what this person changed in the field. */
	function send(): void {
		const typed = field.value;
		if (typed === shown) return;
		const { at, removed, inserted } = difference(shown, typed, field.selectionEnd);
		const room = options.limitUnits - (text.read().length - removed);
		const clean = wellFormed(options.oneLine ? inserted.replace(/\s*\n\s*/g, ' ') : inserted);
		const kept = clipped(clean, room);
		const splice = { at, removed, inserted: kept };
		const delta = deltaOf(splice);
		shown = applied(shown, delta);
		splicing = true;
		for (const piece of splicesOf(transformed(delta, waiting, 'change'))) text.splice(piece);
		splicing = false;
		waiting = transformed(waiting, delta, 'other');
		if (shown !== typed && !composing) {
			field.value = shown;
			field.setSelectionRange(at + kept.length, at + kept.length);
		}
		if (kept.length < clean.length) options.onCut?.(kept.length, clean.length - kept.length);
		caretMoved();
	}

	function caretMoved(): void {
		options.onCaret?.(mapIndex(field.selectionStart, waiting), mapIndex(field.selectionEnd, waiting));
	}

	function compositionEnded(): void {
		composing = false;
		send();
		if (field.value !== shown) field.value = shown;
		show();
	}

	const listeners: Record<string, () => void> = {
		input: send,
		compositionstart: () => (composing = true),
		compositionend: compositionEnded,
		select: caretMoved,
		keyup: caretMoved,
		pointerup: caretMoved,
		focus: caretMoved
	};
	for (const [event, listener] of Object.entries(listeners)) field.addEventListener(event, listener);

	return {
		select: (start, end) => field.setSelectionRange(start, end),
		stop() {
			stopWatching();
			for (const [event, listener] of Object.entries(listeners)) field.removeEventListener(event, listener);
		}
	};
}
