import * as Y from 'yjs';
import { watchGroupings } from '#realtime/board/groupings.ts';
import { readBoard, type Board } from '#realtime/board/read.ts';
import { applyBatch, reaches } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { LoggedGrouping, LogRow, StoredRow } from '#realtime/server/ports.ts';

/** A board as it comes to be, row by row of its log. */
export interface BoardReplay {
	/** the last row that was applied */
	readonly seq: number;
	/** when each card itself last changed: the time of the last row that touched it (its group's own changes do not) */
	readonly changedAt: ReadonlyMap<Id, number>;
	/** how cards were grouped so far, in the order of the log */
	readonly groupings: readonly LoggedGrouping[];
	/** Applies the next row. Throws on bytes that are no update. */
	apply(row: LogRow): void;
	/** Goes past a row that cannot be read. */
	pass(row: StoredRow): void;
	/** Is everything in it, what was in such rows too? */
	isWhole(): boolean;
	/** the board as it stands */
	board(): Board;
	close(): void;
}

/** Replays a log from its beginning, with the same result as the room that wrote it. */
export function boardReplay(): BoardReplay {
	const doc = new Y.Doc();
	const changedAt = new Map<Id, number>();
	const passed: Uint8Array[] = [];
	let at = 0;
	let seq = 0;
	const groupings: LoggedGrouping[] = [];
	const stop = watchGroupings(doc, (cards, found) => {
		for (const card of cards) changedAt.set(card, at);
		groupings.push(...found.map((grouping) => ({ ...grouping, seq: seq + 1, at })));
	});
	return {
		get seq() {
			return seq;
		},
		changedAt,
		groupings,
		apply(row) {
			at = row.at;
			applyBatch(doc, [row.update]);
			seq = row.seq;
		},
		pass(row) {
			passed.push(row.reach);
			seq = row.seq;
		},
		isWhole: () => reaches(doc, passed),
		board: () => readBoard(doc),
		close() {
			stop();
			doc.destroy();
		}
	};
}
