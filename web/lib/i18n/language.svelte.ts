import { browser } from '$app/env';
import { getLocale, getTextDirection, overwriteGetLocale, setLocale } from '#lib/paraglide/runtime.js';
import type { Language } from '#realtime/meeting/texts.ts';

/**
 * In the browser the language is state: every text that a page shows follows it at once, in place, so that
 * changing it loses neither a caret nor a scroll position. On the server it is the request's.
 */
let chosen = $state(browser ? (document.documentElement.lang as Language) : 'fa');
if (browser) overwriteGetLocale(() => chosen);

/** The language that the page is in. */
export const currentLanguage = (): Language => getLocale();

/** Changes the page's language and direction, and remembers it in a cookie. */
export function useLanguage(language: Language): void {
	void setLocale(language, { reload: false });
	chosen = language;
	document.documentElement.lang = language;
	document.documentElement.dir = getTextDirection(language);
}
