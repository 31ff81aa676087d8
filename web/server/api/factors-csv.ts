import type { FactorRow } from '#db/stores/factors.ts';
import { csvOf } from '#lib/csv.ts';
import { m } from '#lib/paraglide/messages.js';
import { seenIn } from '#realtime/board/read.ts';
import { firstColumn, type BoardColumn, type Participant } from '#realtime/meeting/meetings.ts';
import { provinces } from '#realtime/meeting/provinces.ts';
import { inLanguage, type Language } from '#realtime/meeting/texts.ts';
import { csvDates, isoTime } from './csv-dates.ts';

/** The factors of a board as a file for spreadsheets, in the given order, deleted ones left out. */
export function factorsCsv(
	rows: readonly FactorRow[],
	people: readonly Participant[],
	reader: { language: Language; calendar: 'persian' | 'gregorian' },
	/** of a brainstorm, as its facilitator named them; what lies in none of them lies in the first */
	columns: readonly BoardColumn[] = []
): string {
	const { language: locale } = reader;
	const dates = csvDates(reader);
	const columnNames = new Map<string, string>([
		['strengths', m.csv_strengths({}, { locale })],
		['weaknesses', m.csv_weaknesses({}, { locale })],
		['opportunities', m.csv_opportunities({}, { locale })],
		['threats', m.csv_threats({}, { locale })],
		[firstColumn.id, m.csv_ideas({}, { locale })]
	]);
	for (const { id, title } of columns) if (title !== null) columnNames.set(id, title);
	const ids = columns.map(({ id }) => id);
	const authors = new Map(people.map(({ id, name }) => [id, inLanguage(name, locale)]));

	const heads = [
		m.csv_quadrant({}, { locale }),
		m.csv_group({}, { locale }),
		m.csv_factor({}, { locale }),
		m.csv_author({}, { locale }),
		m.csv_province({}, { locale }),
		m.csv_evidence({}, { locale }),
		m.csv_written_on({}, { locale }),
		m.csv_changed_on({}, { locale }),
		m.csv_written_iso({}, { locale }),
		m.csv_changed_iso({}, { locale })
	];
	const lines = rows
		.filter(({ deleted }) => !deleted)
		.map((row) => [
			columnNames.get(seenIn(row.column, ids)) ?? row.column,
			row.groupTitle ?? '',
			row.text,
			authors.get(row.authorId ?? '') ?? '',
			row.province === null ? '' : inLanguage(provinces[row.province], locale),
			row.evidence.map((piece) => (piece.kind === 'note' ? piece.text : [piece.title, piece.url].filter(Boolean).join(' '))).join(' | '),
			dates.dateAndTime(row.createdAt),
			dates.dateAndTime(row.updatedAt),
			isoTime(row.createdAt),
			isoTime(row.updatedAt)
		]);
	return csvOf([heads, ...lines]);
}
