import { clipped } from '#lib/board/text-delta.ts';
import { m } from '#lib/paraglide/messages.js';
import { limits } from '#realtime/meeting/limits.ts';
import { languages, type LocalText } from '#realtime/meeting/texts.ts';

/** The title of a point that goes on from one with this title, in each language that it has, and as long as a title may be. It says so once, however often one goes on. */
export const continued = (title: LocalText): LocalText =>
	Object.fromEntries(
		languages.flatMap((locale) => {
			const words = title[locale];
			if (words === undefined) return [];
			const suffix = m.agenda_continued({ title: '' }, { locale });
			if (words.endsWith(suffix)) return [[locale, words]];
			const room = limits.titleUnits - suffix.length;
			return [[locale, m.agenda_continued({ title: clipped(words, room) }, { locale })]];
		})
	);
