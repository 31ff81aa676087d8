import type { LiveDocument } from '#lib/document/live-document.svelte.ts';
import { readNotes, watchNotes, type Notes } from '#realtime/board/notes.ts';

/**
 * Notes as a page shows them. While an editor is open it draws them itself; everybody else is shown what is read
 * here. An editor must not touch what is not ours, since it would delete it: it is ended before it sees it.
 */
export class LiveNotes {
	readonly document: LiveDocument;
	readonly #stop: () => void;
	#endEditor: (() => void) | null = null;

	notes = $state.raw<Notes>() as Notes;

	constructor(document: LiveDocument) {
		this.document = document;
		this.notes = readNotes(document.link.doc);
		this.#stop = watchNotes(document.link.doc, () => {
			this.notes = readNotes(document.link.doc);
			if (this.notes.foreign) this.#endEditor?.();
		});
	}

	/** An editor is open: `end` takes its hands off the document at once. Returns how to say that it has closed. */
	edited(end: () => void): () => void {
		this.#endEditor = end;
		return () => {
			if (this.#endEditor === end) this.#endEditor = null;
		};
	}

	destroy(): void {
		this.#stop();
	}
}
