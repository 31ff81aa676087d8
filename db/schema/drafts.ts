import { bigint, boolean, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Id } from '#realtime/meeting/ids.ts';
import { documents } from './documents.ts';
import { meetings } from './meetings.ts';
import { people } from './people.ts';

/** Where each person writes in private at an activity. */
export const drafts = pgTable(
	'drafts',
	{
		/** the activity; it may have been taken off the agenda since */
		itemId: text('item_id').$type<Id>().notNull(),
		personId: text('person_id')
			.$type<Id>()
			.notNull()
			.references(() => people.id),
		meetingId: text('meeting_id')
			.$type<Id>()
			.notNull()
			.references(() => meetings.id),
		documentId: text('document_id')
			.$type<Id>()
			.notNull()
			.references(() => documents.id),
		/** what is in it was written on the promise that nobody will know by whom, whatever becomes of the activity's steps; so is what arrives after the reveal */
		anonymous: boolean().notNull(),
		/** all that is in it was written by somebody who had been told that a few others are given some of it before the reveal; null: nobody has begun to write since the last one */
		passedOn: boolean('passed_on'),
		/** how many cards with words are in it; follows the document */
		cards: integer().notNull().default(0),
		/** the last row of its log that has been revealed */
		revealedSeq: bigint('revealed_seq', { mode: 'number' }).notNull().default(0)
	},
	(table) => [
		primaryKey({ columns: [table.itemId, table.personId] }),
		index('drafts_document').on(table.documentId),
		index('drafts_meeting').on(table.meetingId)
	]
);
