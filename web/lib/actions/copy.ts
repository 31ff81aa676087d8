import { csvOf } from '#lib/csv.ts';
import { actionStateNames } from '#lib/i18n/names.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Action } from '#realtime/board/actions-read.ts';
import type { Id } from '#realtime/meeting/ids.ts';

/** The actions as this page has them, as a table in text: what is left to a person whom the server has turned away. */
export function copyOf(actions: readonly Action[], nameOf: (person: Id) => string): string {
	return csvOf([
		[m.actions_what(), m.actions_who(), m.actions_due(), m.actions_state(), m.actions_notes()],
		...actions.map(({ what, person, office, due, state, notes }) => [
			what,
			office ?? (person === null ? m.actions_nobody() : nameOf(person)),
			due ?? '',
			actionStateNames[state](),
			notes
		])
	]);
}
