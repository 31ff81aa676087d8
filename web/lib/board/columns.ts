import { quadrants } from '#realtime/board/schema.ts';
import { seenIn } from '#realtime/board/read.ts';
import { firstColumn, type AgendaItem, type BoardColumn } from '#realtime/meeting/meetings.ts';

/** The columns of an activity's board, in reading order: the quadrants, or what its facilitator named. */
export const columnsOf = ({ kind, columns }: Pick<AgendaItem, 'kind' | 'columns'>): readonly BoardColumn[] => {
	if (kind === 'swot') return quadrants.map((id) => ({ id, title: null }));
	return columns.length > 0 ? columns : [firstColumn];
};

/** The column that something is seen in, whatever it says itself. */
export const columnSeen = (column: string, columns: readonly BoardColumn[]): BoardColumn => {
	const id = seenIn(
		column,
		columns.map(({ id }) => id)
	);
	return columns.find((found) => found.id === id) ?? firstColumn;
};

/** The class of a column's colours: the four hues belong to the quadrants alone. */
export const hueOf = (column: string): string => `hue-${(quadrants as readonly string[]).includes(column) ? column : 'ideas'}`;
