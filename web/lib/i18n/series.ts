import type { Language } from '#realtime/meeting/texts.ts';
import { currentLanguage } from './language.svelte.ts';

const formats = {
	fa: new Intl.ListFormat('fa-IR', { type: 'conjunction' }),
	en: new Intl.ListFormat('en', { type: 'conjunction' })
} satisfies Record<Language, Intl.ListFormat>;

/** Several things in one sentence: «الف، ب، و پ», “a, b, and c”. */
export const inSeries = (parts: readonly string[], language: Language = currentLanguage()): string => formats[language].format(parts);
