import type { Language } from '#realtime/meeting/texts.ts';
import { currentLanguage } from './language.svelte.ts';

const formats = { fa: new Intl.NumberFormat('fa-IR'), en: new Intl.NumberFormat('en') } satisfies Record<Language, Intl.NumberFormat>;

/** A number in the reader's digits: ۱٬۰۰۰ or 1,000. */
export const number = (value: number, language: Language = currentLanguage()): string => formats[language].format(value);
