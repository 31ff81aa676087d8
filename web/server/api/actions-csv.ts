import type { ActionRow } from '#db/stores/actions.ts';
import { csvOf } from '#lib/csv.ts';
import { m } from '#lib/paraglide/messages.js';
import type { ActionState } from '#realtime/board/schema.ts';
import type { Participant } from '#realtime/meeting/meetings.ts';
import { inLanguage, type Language } from '#realtime/meeting/texts.ts';
import { csvDates, isoTime } from './csv-dates.ts';

/** Actions as a file for spreadsheets, in the given order. */
export function actionsCsv(
	rows: readonly ActionRow[],
	people: readonly Participant[],
	reader: { language: Language; calendar: 'persian' | 'gregorian' }
): string {
	const { language: locale } = reader;
	const dates = csvDates(reader);
	const states: Record<ActionState, string> = {
		open: m.actions_state_open({}, { locale }),
		doing: m.actions_state_doing({}, { locale }),
		done: m.actions_state_done({}, { locale }),
		dropped: m.actions_state_dropped({}, { locale })
	};
	const names = new Map(people.map(({ id, name }) => [id, inLanguage(name, locale)]));
	const heads = [
		m.actions_what({}, { locale }),
		m.actions_who({}, { locale }),
		m.actions_due({}, { locale }),
		m.actions_csv_due_iso({}, { locale }),
		m.actions_state({}, { locale }),
		m.actions_notes({}, { locale }),
		m.actions_csv_author({}, { locale }),
		m.actions_csv_changed({}, { locale }),
		m.actions_csv_changed_iso({}, { locale })
	];
	const lines = rows.map((row) => [
		row.what,
		row.office ?? names.get(row.personId ?? '') ?? '',
		dates.day(row.due),
		row.due ?? '',
		states[row.state],
		row.notes,
		names.get(row.authorId ?? '') ?? '',
		dates.dateAndTime(row.updatedAt),
		isoTime(row.updatedAt)
	]);
	return csvOf([heads, ...lines]);
}
