import { sql, type SQL } from 'drizzle-orm';
import { fold, folding } from '#realtime/meeting/fold.ts';

/** A text of the database as it is searched: what `fold` of the meeting does, in SQL. */
export const folded = (text: SQL): SQL => sql`translate(lower(normalize(${text}, NFKC)), ${folding.from}, ${folding.to})`;

/** Does one of these texts hold every word of the search? Null: nothing is searched for. */
export function holds(texts: readonly SQL[], search: string): SQL | null {
	const words = fold(search).split(/\s+/).filter(Boolean);
	if (words.length === 0) return null;
	const hay = folded(sql`concat_ws(' ', ${sql.join([...texts], sql`, `)})`);
	return sql.join(
		words.map((word) => sql`${hay} like ${`%${word.replace(/[\\%_]/g, '\\$&')}%`}`),
		sql` and `
	);
}
