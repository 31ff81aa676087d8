import { m } from '#lib/paraglide/messages.js';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Participant } from '#realtime/meeting/meetings.ts';
import { inLanguage, type Language } from '#realtime/meeting/texts.ts';

/** The name of somebody who has something to do, whoever of the people here it is, or was. */
export function nameOf(person: Id, people: ReadonlyMap<Id, Participant>, language: Language): string {
	const known = people.get(person);
	return known ? inLanguage(known.name, language) : m.actions_somebody();
}
