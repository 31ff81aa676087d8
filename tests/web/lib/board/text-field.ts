import type { SharedText, TextField } from '#lib/board/text-binding.ts';
import { applied, deltaOf, type Delta } from '#lib/board/text-delta.ts';

/** A text field as far as the binding sees one. Typing moves the caret and tells the binding, as a browser does. */
export class FakeField extends EventTarget implements TextField {
	#value = '';
	selectionStart = 0;
	selectionEnd = 0;
	/** how often something else than typing changed what it shows */
	overwritten = 0;

	get value() {
		return this.#value;
	}

	set value(value: string) {
		if (value !== this.#value) this.overwritten++;
		this.#value = value;
		this.selectionStart = this.selectionEnd = value.length;
	}

	setSelectionRange(start: number, end: number) {
		[this.selectionStart, this.selectionEnd] = [start, end];
	}

	/** Replaces what is selected. */
	type(text: string): void {
		const start = this.selectionStart;
		this.#value = this.#value.slice(0, start) + text + this.#value.slice(this.selectionEnd);
		this.selectionStart = this.selectionEnd = start + text.length;
		this.dispatchEvent(new Event('input'));
	}

	backspace(): void {
		if (this.selectionStart === this.selectionEnd) this.selectionStart = Math.max(0, this.selectionStart - 1);
		this.type('');
	}
}

/** A text of two people: what each does reaches the other only when it is delivered. */
export class FakeText implements SharedText {
	text = '';
	readonly #watchers = new Set<(delta: Delta) => void>();

	constructor(text = '') {
		this.text = text;
	}

	read = () => this.text;

	splice(splice: { at: number; removed: number; inserted: string }): void {
		this.change(deltaOf(splice));
	}

	/** What anybody does to it. */
	change(delta: Delta): void {
		this.text = applied(this.text, delta);
		for (const watcher of this.#watchers) watcher(delta);
	}

	watch(changed: (delta: Delta) => void): () => void {
		this.#watchers.add(changed);
		return () => this.#watchers.delete(changed);
	}
}
