import type { Language } from '#realtime/meeting/texts.ts';
import { currentLanguage } from './language.svelte.ts';

const formats = { fa: new Intl.NumberFormat('fa-IR'), en: new Intl.NumberFormat('en') } satisfies Record<Language, Intl.NumberFormat>;

/** A number in the reader's digits: ۱٬۰۰۰ or 1,000. */
export const number = (value: number, language: Language = currentLanguage()): string => formats[language].format(value);

const ungrouped = {
	fa: new Intl.NumberFormat('fa-IR', { useGrouping: false }),
	en: new Intl.NumberFormat('en', { useGrouping: false })
} satisfies Record<Language, Intl.NumberFormat>;

/** A number that names something rather than counts it, such as a year: ۱۴۰۵, not ۱٬۴۰۵. */
export const plainNumber = (value: number, language: Language = currentLanguage()): string => ungrouped[language].format(value);

/** Persian (۰–۹) and Arabic (٠–٩) digits as Latin ones; everything else as it is. */
export const latinDigits = (text: string): string => text.replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
