import { createContext } from 'svelte';

export interface Notice {
	text: string;
	/** what can be done about it, such as taking it back */
	action?: { name: string; run: () => void };
	/** it holds on the next page as well */
	lasts?: boolean;
}

/** How long a notice stays: long enough to read it twice and reach for its button. */
const noticeMs = 9_000;
/** Sayings are spaced so that a screen reader finishes one before the next. */
const sayingMs = 700;

/** What the page tells a person in passing: one notice at a time to the eye, and sayings to the ear alone. */
export class Notices {
	current = $state.raw<Notice | null>(null);
	saying = $state('');
	#timer: ReturnType<typeof setTimeout> | undefined;
	#waiting: string[] = [];
	#speaking = false;

	show(notice: Notice): void {
		this.current = notice;
		this.release();
	}

	dismiss(): void {
		clearTimeout(this.#timer);
		this.current = null;
	}

	/** The page that showed it is left, and what it offers with it. */
	leave(): void {
		if (!this.current?.lasts) this.dismiss();
	}

	/** Keeps the notice while somebody is at it. */
	hold(): void {
		clearTimeout(this.#timer);
	}

	/** Lets it go after its time. */
	release(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => (this.current = null), noticeMs);
	}

	/** Says something to screen readers, politely and one thing after the other. */
	say(text: string): void {
		this.#waiting.push(text);
		if (!this.#speaking) this.#next();
	}

	#next(): void {
		const text = this.#waiting.splice(0).join(' ');
		this.#speaking = text !== '';
		this.saying = text;
		if (this.#speaking) setTimeout(() => this.#next(), sayingMs);
	}
}

export const [notices, setNotices] = createContext<Notices>();
