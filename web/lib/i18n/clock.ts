import type { Language } from '#realtime/meeting/texts.ts';
import { currentLanguage } from './language.svelte.ts';
import { plainNumber } from './numbers.ts';

/** Seconds as a clock that counts shows them, in the reader's digits: «۰۶:۴۲», “06:42”, and with hours “1:06:42”. */
export function clock(seconds: number, language: Language = currentLanguage()): string {
	const two = (value: number) => plainNumber(value, language).padStart(2, plainNumber(0, language));
	const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
	return hours > 0 ? `${plainNumber(hours, language)}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

/** Whole seconds of what is left or over: a countdown shows its length when it begins, and nothing when it is up. */
export const secondsOf = (leftMs: number): number => (leftMs > 0 ? Math.ceil(leftMs / 1000) : Math.floor(Math.abs(leftMs) / 1000));
