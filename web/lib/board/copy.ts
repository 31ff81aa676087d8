import { csvOf } from '#lib/csv.ts';
import { columnName } from '#lib/i18n/names.ts';
import { currentLanguage } from '#lib/i18n/language.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import { inLanguage } from '#realtime/meeting/texts.ts';
import type { Desk } from './desk.svelte.ts';

/** The board as this page has it, as a table in text: what is left to a person whom the server has turned away. */
export function copyOf(desk: Desk): string {
	const rows: string[][] = [[m.table_column(), m.table_group(), m.table_text(), m.table_author(), m.table_evidence()]];
	for (const { column, group, card } of desk.board.shown()) {
		const author = desk.person(card.author);
		rows.push([
			columnName(column),
			group?.title ?? '',
			card.text,
			author ? inLanguage(author.name, currentLanguage()) : '',
			card.evidence.map((piece) => (piece.kind === 'link' ? piece.url : piece.text)).join(' | ')
		]);
	}
	return csvOf(rows);
}
