import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import type { EndedStep } from '#realtime/meeting/course.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { emptyFloor, type Floor } from '#realtime/meeting/floor.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { AgendaKind, BoardColumn, MeetingState } from '#realtime/meeting/meetings.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import type { Quorum } from '#realtime/meeting/quorum.ts';
import { openStep, type Step } from '#realtime/meeting/steps.ts';
import type { Role } from '#realtime/meeting/roles.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Timer } from '#realtime/meeting/timer.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import { documents } from './documents.ts';
import { people } from './people.ts';
import { mandateItems, thinkTankId } from './think-tanks.ts';
import { bytes, createdAt, instant, now } from './types.ts';

/** What a title is found by, folded. */
const titleWords = () =>
	text()
		.notNull()
		.generatedAlwaysAs(sql`title_words(title)`);

/** Meetings as they stand, what made them so, and who was there. */

export const meetings = pgTable(
	'meetings',
	{
		id: text().$type<Id>().primaryKey(),
		thinkTankId: thinkTankId(),
		/** counts from 1 within the think tank */
		number: integer().notNull(),
		title: jsonb().$type<LocalText>().notNull(),
		state: text().$type<MeetingState>().notNull(),
		startsAt: instant('starts_at').notNull(),
		/** planned length */
		minutes: integer().notNull().default(120),
		place: text(),
		callLink: text('call_link'),
		/** how many have to be there */
		quorum: jsonb().$type<Quorum>(),
		openedAt: instant('opened_at'),
		closedAt: instant('closed_at'),
		/** the point that it is at, or was at last */
		point: text().$type<Id>(),
		/** since when */
		pointSince: instant('point_since'),
		coFacilitators: jsonb('co_facilitators').$type<Id[]>().notNull().default([]),
		timer: jsonb().$type<Timer>(),
		floor: jsonb().$type<Floor>().notNull().default(emptyFloor),
		votes: jsonb().$type<Vote[]>().notNull().default([]),
		/** how many events have made it what it is */
		version: integer().notNull().default(0),
		createdAt: createdAt(),
		words: titleWords()
	},
	(table) => [
		unique('meetings_number').on(table.thinkTankId, table.number),
		index('meetings_starts_at').on(table.startsAt),
		index('meetings_ahead')
			.on(table.thinkTankId, table.startsAt)
			.where(sql`${table.state} in ('live', 'scheduled')`)
	]
);

const meetingId = () =>
	text('meeting_id')
		.$type<Id>()
		.notNull()
		.references(() => meetings.id);

export const agendaItems = pgTable(
	'agenda_items',
	{
		id: text().$type<Id>().primaryKey(),
		meetingId: meetingId(),
		position: integer().notNull(),
		kind: text().$type<AgendaKind>().notNull(),
		title: jsonb().$type<LocalText>().notNull(),
		minutes: integer().notNull(),
		/** how long the meeting was at it, in milliseconds */
		usedMs: bigint('used_ms', { mode: 'number' }).notNull().default(0),
		ownerId: text('owner_id')
			.$type<Id>()
			.references(() => people.id),
		mandateItemId: text('mandate_item_id')
			.$type<Id>()
			.references(() => mandateItems.id),
		documentId: text('document_id')
			.$type<Id>()
			.notNull()
			.references(() => documents.id),
		/** of a brainstorm, as its facilitator named them */
		columns: jsonb().$type<BoardColumn[]>().notNull().default([]),
		/** in which it is done */
		steps: jsonb().$type<Step[]>().notNull().default([openStep]),
		/** the one that it is at, or was at last; null: the meeting has not come to it */
		step: text(),
		/** how often what was written in private was put onto its board */
		reveals: integer().notNull().default(0),
		/** who proposed it, while nobody has agreed to it */
		proposedBy: text('proposed_by').$type<Id>(),
		words: titleWords()
	},
	(table) => [index('agenda_items_meeting').on(table.meetingId, table.position), index('agenda_items_document').on(table.documentId)]
);

/** What was decided about a meeting, in order: the tables above are what follows from it. */
export const meetingEvents = pgTable(
	'meeting_events',
	{
		meetingId: meetingId(),
		/** counts from 1 within the meeting, without gaps */
		version: integer().notNull(),
		event: jsonb().$type<MeetingEvent>().notNull(),
		/** the command that it followed from: the same command is not carried out twice */
		commandId: text('command_id').$type<Id>().notNull(),
		actorId: text('actor_id').$type<Id>(),
		at: instant().notNull().default(now),
		/** the step that it ended, and the last row of the log of the document written there; null: none, or it was before that was noted */
		endedStep: jsonb('ended_step').$type<EndedStep>(),
		endedSeq: bigint('ended_seq', { mode: 'number' })
	},
	(table) => [
		primaryKey({ columns: [table.meetingId, table.version] }),
		index('meeting_events_command').on(table.commandId),
		index('meeting_events_at').on(table.meetingId, table.at)
	]
);

/** Who was in a meeting, from when to when: a row a stretch. */
export const attendances = pgTable(
	'attendances',
	{
		meetingId: meetingId(),
		personId: text('person_id')
			.$type<Id>()
			.notNull()
			.references(() => people.id),
		cameAt: instant('came_at').notNull(),
		/** when they were last seen there */
		seenAt: instant('seen_at').notNull(),
		/** as they came */
		role: text().$type<Role>().notNull(),
		province: text().$type<Province>()
	},
	(table) => [primaryKey({ columns: [table.meetingId, table.personId, table.cameAt] })]
);

export type GuestState = 'waiting' | 'admitted' | 'refused';

/** Who came to a meeting by a link. */
export const guests = pgTable(
	'guests',
	{
		meetingId: meetingId(),
		personId: text('person_id')
			.$type<Id>()
			.notNull()
			.references(() => people.id),
		/** the link they came by: when it is revoked, so are they */
		linkDigest: text('link_digest').notNull(),
		state: text().$type<GuestState>().notNull(),
		askedAt: instant('asked_at').notNull().default(now),
		/** who let them in or did not */
		decidedBy: text('decided_by').$type<Id>()
	},
	(table) => [primaryKey({ columns: [table.meetingId, table.personId] }), index('guests_person').on(table.personId)]
);

/** What arrived for a document after its meeting was closed: nobody sees it until a facilitator admits it. */
export const lateContributions = pgTable(
	'late_contributions',
	{
		id: text().$type<Id>().primaryKey(),
		meetingId: meetingId(),
		documentId: text('document_id')
			.$type<Id>()
			.notNull()
			.references(() => documents.id),
		personId: text('person_id')
			.$type<Id>()
			.notNull()
			.references(() => people.id),
		update: bytes().notNull(),
		/** the words in it, clipped, for whoever decides */
		excerpt: text().notNull(),
		/** null: nobody has decided yet */
		admitted: boolean(),
		decidedBy: text('decided_by').$type<Id>(),
		decidedAt: instant('decided_at'),
		arrivedAt: instant('arrived_at').notNull().default(now)
	},
	(table) => [index('late_contributions_meeting').on(table.meetingId), index('late_contributions_document').on(table.documentId, table.personId)]
);
