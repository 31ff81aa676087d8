import { sql } from 'drizzle-orm';
import { bigint, boolean, check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { DocumentKind, Evidence } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { DamageReason } from '#realtime/server/ports.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import { people } from './people.ts';
import { thinkTankId } from './think-tanks.ts';
import { bytes, createdAt, instant, now } from './types.ts';

/** What people write together, its log, and the tables that follow it. */

/** What people write together, whatever its kind. A row is made by a command, never by connecting. */
export const documents = pgTable(
	'documents',
	{
		id: text().$type<Id>().primaryKey(),
		kind: text().$type<DocumentKind>().notNull(),
		thinkTankId: thinkTankId(),
		/** 1, and higher with every restore: what pages and devices hold of another one must not be merged into it */
		generation: integer().notNull().default(1),
		/** the last row of its log */
		lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
		/** the last row that the tables of its content have followed */
		projectedSeq: bigint('projected_seq', { mode: 'number' }).notNull().default(0),
		createdAt: createdAt()
	},
	(table) => [
		index('documents_think_tank').on(table.thinkTankId),
		index('documents_actions')
			.on(table.thinkTankId)
			.where(sql`${table.kind} = 'actions'`),
		check('documents_projected', sql`${table.projectedSeq} <= ${table.lastSeq}`)
	]
);

const documentId = () =>
	text('document_id')
		.$type<Id>()
		.notNull()
		.references(() => documents.id);

const logColumns = () => ({
	documentId: documentId(),
	/** counts from 1 within the document, without gaps */
	seq: bigint({ mode: 'number' }).notNull(),
	update: bytes().notNull(),
	at: instant().notNull().default(now),
	/** of the row as it was appended: its document, place and update (see `log_sum`) */
	sum: bytes().notNull(),
	/** how far it brought each client id, as a state vector: what is to be looked for should it not be readable; empty where that is not known */
	reach: bytes()
		.notNull()
		.default(sql`''::bytea`)
});

/** The log of every document: what was accepted, in order. */
export const documentUpdates = pgTable('document_updates', logColumns(), (table) => [primaryKey({ columns: [table.documentId, table.seq] })]);

/** The rows of the log that a snapshot covers. Nothing is taken out of it: the log is the history. */
export const documentArchive = pgTable('document_archive', logColumns(), (table) => [primaryKey({ columns: [table.documentId, table.seq] })]);

/** That a snapshot of a document is complete. Its state lies in pieces. */
export const documentSnapshots = pgTable(
	'document_snapshots',
	{
		documentId: documentId(),
		/** the last row of the log that is in it */
		seq: bigint({ mode: 'number' }).notNull(),
		stateVector: bytes('state_vector').notNull(),
		at: instant().notNull().default(now),
		/** SHA-256 of the state */
		sum: bytes().notNull()
	},
	(table) => [primaryKey({ columns: [table.documentId, table.seq] })]
);

/** The state of a snapshot, cut so that no statement that writes or reads it holds up the others. */
export const documentSnapshotPieces = pgTable(
	'document_snapshot_pieces',
	{
		documentId: documentId(),
		seq: bigint({ mode: 'number' }).notNull(),
		/** counts from 0 */
		position: integer().notNull(),
		piece: bytes().notNull()
	},
	(table) => [primaryKey({ columns: [table.documentId, table.seq, table.position] })]
);

/** What was found not to be what was written, as it was found: rows of a log, which stay in their place, and the pieces of snapshots, which do not. */
export const documentQuarantine = pgTable(
	'document_quarantine',
	{
		documentId: documentId(),
		what: text().$type<'row' | 'snapshot'>().notNull(),
		seq: bigint({ mode: 'number' }).notNull(),
		/** of a piece of a snapshot; 0 for a row */
		position: integer().notNull(),
		reason: text().$type<DamageReason>().notNull(),
		/** null: there was nothing */
		bytes: bytes(),
		foundAt: instant('found_at').notNull().default(now)
	},
	(table) => [primaryKey({ columns: [table.documentId, table.what, table.seq, table.position] })]
);

/** Documents that the database refuses to follow as they stand. One at most of each; gone when it follows them again. */
export const projectionDeadLetters = pgTable('projection_dead_letters', {
	documentId: text('document_id')
		.$type<Id>()
		.primaryKey()
		.references(() => documents.id),
	/** the row of the log up to which it was to follow */
	seq: bigint({ mode: 'number' }).notNull(),
	/** codes and names of tables alone */
	reason: text().notNull(),
	at: instant().notNull().default(now)
});

/** Whose a client id is, for ever; nobody's is the server's own. */
export const clientIds = pgTable('client_ids', {
	id: bigint({ mode: 'number' }).primaryKey(),
	personId: text('person_id')
		.$type<Id>()
		.references(() => people.id),
	createdAt: createdAt()
});

/** The cards of every board as they stand, deleted ones included. Follows the log and can be made again from it. */
export const factors = pgTable(
	'factors',
	{
		documentId: text('document_id').$type<Id>().notNull(),
		cardId: text('card_id').$type<Id>().notNull(),
		/** where it is seen: its group's quadrant or column, if it is in one */
		column: text().notNull(),
		/** the fractional key that orders it */
		place: text().notNull(),
		text: text().notNull(),
		groupId: text('group_id').$type<Id>(),
		groupTitle: text('group_title'),
		/** as the card says; whoever it is, so without a reference */
		authorId: text('author_id').$type<Id>(),
		/** the author's */
		province: text().$type<Province>(),
		evidence: jsonb().$type<(Evidence & { id: Id })[]>().notNull(),
		deleted: boolean().notNull(),
		/** by the author's clock; null for what a template brought */
		createdAt: instant('created_at'),
		/** when the card itself last changed, by the database's clock */
		updatedAt: instant('updated_at').notNull()
	},
	(table) => [
		primaryKey({ columns: [table.documentId, table.cardId] }),
		foreignKey({ columns: [table.documentId], foreignColumns: [documents.id] }),
		index('factors_author').on(table.authorId)
	]
);

/** Which card of a board went from which group to which, and when. Follows the log and can be made again from it. */
export const groupings = pgTable(
	'groupings',
	{
		documentId: text('document_id').$type<Id>().notNull(),
		/** the row of the document's log that brought it */
		seq: bigint({ mode: 'number' }).notNull(),
		cardId: text('card_id').$type<Id>().notNull(),
		/** null: it lay, or lies, by itself */
		fromGroupId: text('from_group_id').$type<Id>(),
		toGroupId: text('to_group_id').$type<Id>(),
		/** who put it there; null: not known */
		personId: text('person_id').$type<Id>(),
		at: instant().notNull()
	},
	(table) => [primaryKey({ columns: [table.documentId, table.seq, table.cardId] }), foreignKey({ columns: [table.documentId], foreignColumns: [documents.id] })]
);
