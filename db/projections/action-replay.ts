import * as Y from 'yjs';
import { readAction, watchActions } from '#realtime/board/actions-read.ts';
import { applyBatch, reaches } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { LoggedChange, LogRow, StoredRow } from '#realtime/server/ports.ts';
import { projectedAction, type ProjectedAction } from './action-rows.ts';

/** The actions of a think tank as they come to be, row by row of their log. */
export interface ActionReplay {
	/** the last row that was applied */
	readonly seq: number;
	/** what has changed so far, in order */
	readonly changes: readonly LoggedChange[];
	/** Applies the next row. Throws on bytes that are no update. */
	apply(row: LogRow): void;
	/** Goes past a row that cannot be read. */
	pass(row: StoredRow): void;
	/** Is everything in it, what was in such rows too? */
	isWhole(): boolean;
	/** the rows of the actions as they stand */
	rows(): ProjectedAction[];
	close(): void;
}

/** Replays a log from its beginning, with the same result as the room that wrote it. */
export function actionReplay(): ActionReplay {
	const doc = new Y.Doc();
	const changedAt = new Map<Id, number>();
	const changes: LoggedChange[] = [];
	const passed: Uint8Array[] = [];
	let current = { seq: 0, at: 0 };
	const stop = watchActions(doc, (touched, found) => {
		for (const id of touched) changedAt.set(id, current.at);
		changes.push(...found.map((change) => ({ ...change, ...current })));
	});
	return {
		get seq() {
			return current.seq;
		},
		changes,
		apply({ seq, at, update }) {
			const before = current;
			current = { seq, at };
			try {
				applyBatch(doc, [update]);
			} catch (error) {
				current = before;
				throw error;
			}
		},
		pass({ seq, at, reach }) {
			passed.push(reach);
			current = { seq, at };
		},
		isWhole: () => reaches(doc, passed),
		rows: () =>
			[...changedAt].flatMap(([id, at]) => {
				const action = readAction(doc, id);
				return (action && projectedAction(action, at)) ?? [];
			}),
		close() {
			stop();
			doc.destroy();
		}
	};
}
