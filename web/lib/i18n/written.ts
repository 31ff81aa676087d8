import { languages, type LocalText } from '#realtime/meeting/texts.ts';

/** A line as it is sent: without what a keyboard or the clipboard has put around or between its words. */
export const writtenLine = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** A text in one language or both as it is sent; null: nothing was written in either. */
export function written(text: LocalText): LocalText | null {
	const found = languages.flatMap((language) => {
		const line = writtenLine(text[language] ?? '');
		return line === '' ? [] : [[language, line] as const];
	});
	return found.length === 0 ? null : Object.fromEntries(found);
}
