import { sql } from 'drizzle-orm';
import { boolean, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Marks } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import { meetings } from './meetings.ts';
import { people } from './people.ts';
import { bytes } from './types.ts';

/**
 * The boxes that ballots are cast into. What a vote is and what came of it stands with its meeting. No row here has a
 * time or a number: with those, and the order in which rows were written, ballots could be laid beside voters.
 */

export const voteBoxes = pgTable(
	'vote_boxes',
	{
		id: text().$type<Id>().primaryKey(),
		meetingId: text('meeting_id')
			.$type<Id>()
			.notNull()
			.references(() => meetings.id),
		/** as it was opened */
		vote: jsonb().$type<Vote>().notNull(),
		/** takes ballots: whoever casts one shares a lock on this row, whoever closes it has it alone */
		open: boolean().notNull().default(true),
		/** what the tokens of a secret vote are signed with, as PKCS #8; null: it is over, or not secret */
		signingKey: bytes('signing_key')
	},
	(table) => [
		index('vote_boxes_open')
			.on(table.meetingId)
			.where(sql`${table.open}`)
	]
);

const voteId = () =>
	text('vote_id')
		.$type<Id>()
		.notNull()
		.references(() => voteBoxes.id);

/** Who took part: cast a ballot, or had a token of a secret vote signed. What they chose is not to be found from here once names are hidden. */
export const voters = pgTable(
	'voters',
	{
		voteId: voteId(),
		personId: text('person_id')
			.$type<Id>()
			.notNull()
			.references(() => people.id),
		/** the ids of their ballots, the last ones: one sent again changes nothing */
		casts: text().array().$type<Id[]>().notNull().default([]),
		/** the digest of the blinded token that was signed for them, while the vote is open */
		signed: text()
	},
	(table) => [primaryKey({ columns: [table.voteId, table.personId] })]
);

export const ballots = pgTable(
	'ballots',
	{
		voteId: voteId(),
		/** one ballot a key: the voter's id, the digest of a secret token, or a random one once the names are gone */
		key: text().notNull(),
		/** null: nobody's that is known */
		personId: text('person_id')
			.$type<Id>()
			.references(() => people.id),
		marks: jsonb().$type<Marks>().notNull()
	},
	(table) => [primaryKey({ columns: [table.voteId, table.key] }), index('ballots_person').on(table.personId)]
);
