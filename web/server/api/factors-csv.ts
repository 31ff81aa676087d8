import type { FactorRow } from '#db/stores/factors.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Participant } from '#realtime/meeting/meetings.ts';
import { provinces } from '#realtime/meeting/provinces.ts';
import { inLanguage, type Language } from '#realtime/meeting/texts.ts';

/** The sector's own clock: an export reads the same wherever the server stands. */
const timeZone = 'Asia/Tehran';

/**
 * The factors of a board as a file for spreadsheets, in the given order, deleted ones left out: UTF-8 with a
 * byte order mark, lines end in CRLF, and no cell is ever taken for a formula.
 */
export function factorsCsv(
	rows: readonly FactorRow[],
	people: readonly Participant[],
	reader: { language: Language; calendar: 'persian' | 'gregorian' }
): string {
	const { language: locale } = reader;
	const inWords = new Intl.DateTimeFormat(`${locale}-u-ca-${reader.calendar === 'persian' ? 'persian' : 'gregory'}`, {
		timeZone,
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23'
	});
	const quadrantNames: Record<string, string> = {
		strengths: m.csv_strengths({}, { locale }),
		weaknesses: m.csv_weaknesses({}, { locale }),
		opportunities: m.csv_opportunities({}, { locale }),
		threats: m.csv_threats({}, { locale })
	};
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
			Object.hasOwn(quadrantNames, row.column) ? quadrantNames[row.column]! : row.column,
			row.groupTitle ?? '',
			row.text,
			authors.get(row.authorId ?? '') ?? '',
			row.province === null ? '' : inLanguage(provinces[row.province], locale),
			row.evidence.map((piece) => (piece.kind === 'note' ? piece.text : [piece.title, piece.url].filter(Boolean).join(' '))).join(' | '),
			dateAndTime(inWords, row.createdAt),
			dateAndTime(inWords, row.updatedAt),
			isoTime(row.createdAt),
			isoTime(row.updatedAt)
		]);
	return '\ufeff' + [heads, ...lines].map((line) => line.map(cell).join(',') + '\r\n').join('');
}

/** What a spreadsheet would begin a formula with, also behind spaces and marks of direction, and in its wide form. */
const formula = /^[\s\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]*[=+\-@＝＋－＠]|^[\t\r]/;

const cell = (text: string): string => `"${(formula.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

/** The largest time that a Date holds. Authors' clocks may say anything. */
const longestMs = 8.64e15;
const isTime = (ms: number | null): ms is number => ms !== null && Math.abs(ms) <= longestMs;

const isoTime = (ms: number | null): string => (isTime(ms) ? new Date(ms).toISOString() : '');

/** Year first in both calendars, so that a column of dates sorts. */
function dateAndTime(format: Intl.DateTimeFormat, ms: number | null): string {
	if (!isTime(ms)) return '';
	const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
	return `${parts['year'] ?? parts['relatedYear']}/${parts['month']}/${parts['day']} ${parts['hour']}:${parts['minute']}`;
}
