import { quadrants, type Quadrant } from '#realtime/board/schema.ts';
import type { AgendaKind } from '#realtime/meeting/meetings.ts';

/** Where cards may lie: the quadrants of a SWOT board, and the one list of every other board. */
export type Column = Quadrant | 'ideas';

/** The columns of an activity's board, in reading order. */
export const columnsOf = (kind: AgendaKind): readonly Column[] => (kind === 'swot' ? quadrants : ['ideas']);
