import { createContext } from 'svelte';
import { answerOf, api, type Me } from '#lib/api.ts';
import { calendarOf, type Calendar } from '#lib/i18n/dates.ts';
import { currentLanguage, useLanguage } from '#lib/i18n/language.svelte.ts';
import type { Language } from '#realtime/meeting/texts.ts';

export interface Choices {
	language: Language;
	theme: Me['theme'];
	textSize: Me['textSize'];
	calendar: Calendar;
}

/** How a person wants to read: acts on the page at once, and is kept with the person. */
export class Preferences {
	readonly #me: () => Me | null;
	#chosen = $state.raw<Partial<Choices>>({});
	/** the last choice holds on this page but could not be kept */
	unkept = $state(false);

	constructor(me: () => Me | null) {
		this.#me = me;
	}

	get theme(): Choices['theme'] {
		return this.#chosen.theme ?? this.#me()?.theme ?? 'system';
	}

	get textSize(): Choices['textSize'] {
		return this.#chosen.textSize ?? this.#me()?.textSize ?? 'normal';
	}

	get calendar(): Calendar {
		return this.#chosen.calendar ?? this.#me()?.calendar ?? calendarOf(currentLanguage());
	}

	async choose(choice: Partial<Choices>): Promise<void> {
		this.#chosen = { ...this.#chosen, ...choice };
		if (choice.language) useLanguage(choice.language);
		if (choice.theme) document.documentElement.dataset['theme'] = choice.theme;
		if (choice.textSize) document.documentElement.dataset['size'] = choice.textSize;
		if (!this.#me()) return;
		const answer = await answerOf(api(fetch).me.$patch({ json: choice }));
		this.unkept = !answer.ok;
	}
}

export const [preferences, setPreferences] = createContext<Preferences>();
