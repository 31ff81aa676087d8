import { bigint, boolean, foreignKey, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { ActionState } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { documents } from './documents.ts';
import { thinkTankId } from './think-tanks.ts';
import { instant } from './types.ts';

/** The action items of every think tank as they stand, deleted ones included. Follows the log and can be made again from it. */
export const actions = pgTable(
	'actions',
	{
		documentId: text('document_id').$type<Id>().notNull(),
		actionId: text('action_id').$type<Id>().notNull(),
		thinkTankId: thinkTankId(),
		what: text().notNull(),
		notes: text().notNull(),
		/** who is to do it: a person, or an office by its name; whatever the document says, so without a reference */
		personId: text('person_id').$type<Id>(),
		office: text(),
		/** the day by which it is to be done, as 2026-11-23 */
		due: text(),
		state: text().$type<ActionState>().notNull(),
		place: text().notNull(),
		/** where it came from */
		originMeetingId: text('origin_meeting_id').$type<Id>(),
		originDocumentId: text('origin_document_id').$type<Id>(),
		originCardId: text('origin_card_id').$type<Id>(),
		originDecisionId: text('origin_decision_id').$type<Id>(),
		authorId: text('author_id').$type<Id>(),
		deleted: boolean().notNull(),
		createdAt: instant('created_at'),
		/** when the action itself last changed, by the database's clock */
		updatedAt: instant('updated_at').notNull()
	},
	(table) => [
		primaryKey({ columns: [table.documentId, table.actionId] }),
		foreignKey({ columns: [table.documentId], foreignColumns: [documents.id] }),
		index('actions_person').on(table.personId),
		index('actions_think_tank').on(table.thinkTankId),
		index('actions_card').on(table.originCardId),
		index('actions_decision').on(table.originDecisionId)
	]
);

/** What changed of an action and when, one row a field. */
export const actionChanges = pgTable(
	'action_changes',
	{
		documentId: text('document_id').$type<Id>().notNull(),
		actionId: text('action_id').$type<Id>().notNull(),
		/** the row of the document's log that brought it */
		seq: bigint({ mode: 'number' }).notNull(),
		field: text().$type<'what' | 'notes' | 'who' | 'due' | 'state' | 'deleted'>().notNull(),
		/** as it was and as it is, clipped; null: nothing there */
		before: text(),
		after: text(),
		/** who wrote it last; null: not known */
		personId: text('person_id').$type<Id>(),
		at: instant().notNull()
	},
	(table) => [
		primaryKey({ columns: [table.documentId, table.actionId, table.seq, table.field] }),
		foreignKey({ columns: [table.documentId], foreignColumns: [documents.id] })
	]
);
