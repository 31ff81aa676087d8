import { sql } from 'drizzle-orm';
import { check, index, integer, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';
import type { Decision } from '#realtime/meeting/decisions.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { documents } from './documents.ts';
import { meetings } from './meetings.ts';
import { people } from './people.ts';
import { mandateItems, thinkTankId } from './think-tanks.ts';
import { instant } from './types.ts';

/** The decisions that think tanks have adopted, withdrawn ones included, as they were worded then. */
export const decisions = pgTable(
	'decisions',
	{
		id: text().$type<Id>().primaryKey(),
		thinkTankId: thinkTankId(),
		/** counts from 1 within the think tank */
		number: integer().notNull(),
		meetingId: text('meeting_id')
			.$type<Id>()
			.notNull()
			.references(() => meetings.id),
		/** the point of the agenda that it was adopted at; it may have been taken off since, so without a reference */
		itemId: text('item_id').$type<Id>().notNull(),
		documentId: text('document_id')
			.$type<Id>()
			.notNull()
			.references(() => documents.id),
		/** in that document */
		wordingId: text('wording_id').$type<Id>().notNull(),
		/** the card or the group in it that the decision came of; whatever the document says, so without a reference */
		cardId: text('card_id').$type<Id>(),
		text: text().notNull(),
		/** who answers for it: a person, or an office by its name */
		personId: text('person_id')
			.$type<Id>()
			.references(() => people.id),
		office: text(),
		/** the day by which it is to be carried out, as 2026-11-23 */
		due: text(),
		mandateItemId: text('mandate_item_id')
			.$type<Id>()
			.references(() => mandateItems.id),
		/** what it rests on */
		by: jsonb().$type<Decision['by']>().notNull(),
		adoptedAt: instant('adopted_at').notNull(),
		/** null: it stands */
		withdrawnAt: instant('withdrawn_at'),
		/** what it is found by, folded */
		words: text()
			.notNull()
			.generatedAlwaysAs(sql`folded(text)`)
	},
	(table) => [
		unique('decisions_number').on(table.thinkTankId, table.number),
		index('decisions_meeting').on(table.meetingId),
		index('decisions_card').on(table.cardId),
		check('decisions_responsible', sql`${table.personId} is null or ${table.office} is null`)
	]
);
