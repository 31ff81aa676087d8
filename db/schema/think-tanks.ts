import { index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Surface } from '#realtime/meeting/meetings.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import type { StepPattern } from '#realtime/meeting/recipes.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import { people } from './people.ts';
import { createdAt, instant } from './types.ts';

/** Bodies with a mandate, and who is in them. */

export const thinkTanks = pgTable('think_tanks', {
	id: text().$type<Id>().primaryKey(),
	name: jsonb().$type<LocalText>().notNull(),
	host: jsonb().$type<LocalText>().notNull(),
	purpose: jsonb().$type<LocalText>().notNull(),
	/** null: national */
	province: text().$type<Province>(),
	/** the term, by days as 2026-11-23 (both included); null: without an end */
	termFrom: text('term_from'),
	termTo: text('term_to'),
	/** read-only from then on; nothing is deleted */
	archivedAt: instant('archived_at'),
	createdAt: createdAt()
});

export const thinkTankId = () =>
	text('think_tank_id')
		.$type<Id>()
		.notNull()
		.references(() => thinkTanks.id);

/** What a think tank was asked to do, point by point. */
export const mandateItems = pgTable(
	'mandate_items',
	{
		id: text().$type<Id>().primaryKey(),
		thinkTankId: thinkTankId(),
		position: integer().notNull(),
		text: jsonb().$type<LocalText>().notNull(),
		/** how far it is done, in percent */
		progress: integer().notNull().default(0),
		/** taken off the list; meetings that cited it still do */
		removedAt: instant('removed_at')
	},
	(table) => [index('mandate_items_think_tank').on(table.thinkTankId, table.position)]
);

/** Recipes that a think tank keeps of its own. */
export const recipes = pgTable(
	'recipes',
	{
		id: text().$type<Id>().primaryKey(),
		thinkTankId: thinkTankId(),
		name: text().notNull(),
		/** what an activity is done on by it */
		surface: text().$type<Surface>().notNull(),
		steps: jsonb().$type<StepPattern[]>().notNull(),
		createdAt: createdAt()
	},
	(table) => [unique('recipes_name').on(table.thinkTankId, table.surface, table.name)]
);

export const memberships = pgTable(
	'memberships',
	{
		thinkTankId: thinkTankId(),
		personId: text('person_id')
			.$type<Id>()
			.notNull()
			.references(() => people.id),
		role: text().$type<MemberRole>().notNull(),
		/** what they are here; null: their office */
		office: jsonb().$type<LocalText>(),
		since: createdAt()
	},
	(table) => [primaryKey({ columns: [table.thinkTankId, table.personId] }), index('memberships_person').on(table.personId)]
);
