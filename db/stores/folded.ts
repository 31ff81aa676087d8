import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { fold } from '#realtime/meeting/fold.ts';

/**
 * Is every word of the search in one of these columns, which hold folded texts? Null: nothing is searched for. What one writes
 * with a half-space another writes with a space: its parts are words of their own.
 */
export function holds(columns: readonly SQLWrapper[], search: string): SQL | null {
	const words = fold(search.replaceAll('\u200c', ' ')).split(/\s+/).filter(Boolean);
	if (words.length === 0) return null;
	const somewhere = (word: string) =>
		sql.join(
			columns.map((column) => sql`${column} like ${`%${word.replace(/[\\%_]/g, '\\$&')}%`}`),
			sql` or `
		);
	return sql.join(
		words.map((word) => sql`(${somewhere(word)})`),
		sql` and `
	);
}
