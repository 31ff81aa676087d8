import type { Action } from '#realtime/board/actions-read.ts';
import { actionTexts, type ActionField } from '#realtime/board/actions-schema.ts';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { LoggedChange } from '#realtime/server/ports.ts';
import type { actionChanges, actions } from '../schema/actions.ts';
import { placeUnits, storable, storableTime } from './storable.ts';

/** An action as its table holds it, but for the think tank. */
export type ProjectedAction = Omit<typeof actions.$inferSelect, 'documentId' | 'thinkTankId'>;

/** A row of the history of an action. */
export type HistoryRow = Omit<typeof actionChanges.$inferSelect, 'documentId'>;

/** The row of an action, which changed at this time. Total: whatever a document holds, it can be written. Null: under a key that is no id. */
export function projectedAction(action: Action, updatedAt: number): ProjectedAction | null {
	if (!isId(action.id)) return null;
	return {
		actionId: action.id,
		what: storable(action.what, limits.actionUnits),
		notes: storable(action.notes, limits.actionNotesUnits),
		personId: isId(action.person) ? action.person : null,
		office: action.office === null ? null : storable(action.office, limits.officeUnits),
		due: action.due,
		state: action.state,
		place: storable(action.place, placeUnits),
		originMeetingId: action.origin?.meeting ?? null,
		originDocumentId: action.origin?.document ?? null,
		originCardId: action.origin?.card ?? null,
		originDecisionId: action.origin?.decision ?? null,
		authorId: isId(action.author) ? action.author : null,
		deleted: action.deleted,
		createdAt: storableTime(action.createdAt),
		updatedAt
	};
}

const isText = (field: ActionField): boolean => (actionTexts as readonly string[]).includes(field);
const clip = (text: string | null): string | null => text && storable(text, limits.actionHistoryUnits);

/** By what a row of the history is found that a change may go on with. */
export const stretchKey = ({ actionId, field }: Pick<HistoryRow, 'actionId' | 'field'>): string => `${actionId} ${field}`;

/**
 * The rows of the history that these changes make. Each is a row, but that what one person writes in a text
 * without a long pause is one. `last` has the last row of each text so far, and is brought forward; the same log
 * gives the same rows, however it is cut into calls.
 */
export function historyRows(changes: readonly LoggedChange[], personOf: (client: number) => Id | null, last: Map<string, HistoryRow>): HistoryRow[] {
	const made = new Map<string, HistoryRow>();
	for (const { action: actionId, field, before, after, client, seq, at } of changes) {
		if (!isId(actionId)) continue;
		const personId = client === null ? null : personOf(client);
		const key = stretchKey({ actionId, field });
		const former = isText(field) ? last.get(key) : undefined;
		const goesOn =
			former && at - former.at < limits.actionStretchMs && (personId === null || former.personId === null || former.personId === personId) ? former : null;
		const row: HistoryRow = goesOn
			? { ...goesOn, after: clip(after), at, personId: goesOn.personId ?? personId }
			: { actionId, seq, field, before: clip(before), after: clip(after), personId, at };
		last.set(key, row);
		made.set(`${key} ${row.seq}`, row);
	}
	return [...made.values()];
}
