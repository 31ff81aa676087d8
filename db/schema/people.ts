import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import type { MemberRole } from '#realtime/meeting/roles.ts';
import type { Language, LocalText } from '#realtime/meeting/texts.ts';
import { bytes, createdAt, instant, now } from './types.ts';

/** People, how they sign in, and what was done in matters of access. */

export type Theme = 'system' | 'light' | 'dark';
export type TextSize = 'normal' | 'large';
export type Calendar = 'persian' | 'gregorian';

/** What names are ordered by: the Persian one first, if there is one. */
export const nameOf = (name: SQLWrapper): SQL => sql`(coalesce(${name} ->> 'fa', ${name} ->> 'en') collate persian)`;

export const people = pgTable(
	'people',
	{
		id: text().$type<Id>().primaryKey(),
		name: jsonb().$type<LocalText>().notNull(),
		office: jsonb().$type<LocalText>(),
		province: text().$type<Province>(),
		language: text().$type<Language>(),
		theme: text().$type<Theme>().notNull().default('system'),
		textSize: text('text_size').$type<TextSize>().notNull().default('normal'),
		calendar: text().$type<Calendar>(),
		administrator: boolean().notNull().default(false),
		/** what one signs in by, each folded (lower case, Latin digits); null: not given */
		userName: text('user_name'),
		mobile: text(),
		email: text(),
		/** came by a meeting's link and has no password; becomes a member by an invitation, under the same id */
		guest: boolean().notNull().default(false),
		/** may not come in any more; what they wrote stays theirs */
		deactivatedAt: instant('deactivated_at'),
		/** when they last opened the home page: what changed since is new to them */
		homeSeenAt: instant('home_seen_at'),
		createdAt: createdAt(),
		/** what they are found by, folded: name, office and user name */
		words: text()
			.notNull()
			.generatedAlwaysAs(sql`person_words(name, office, user_name)`)
	},
	(table) => [
		uniqueIndex('people_user_name').on(table.userName),
		uniqueIndex('people_mobile').on(table.mobile),
		uniqueIndex('people_email').on(table.email),
		index('people_administrators')
			.on(table.createdAt, table.id)
			.where(sql`${table.administrator}`),
		index('people_by_name').on(nameOf(table.name), table.id)
	]
);

const personId = () =>
	text('person_id')
		.$type<Id>()
		.notNull()
		.references(() => people.id, { onDelete: 'cascade' });

/** Sessions by the digest of their token: who reads this table can sign in as nobody. */
export const sessions = pgTable(
	'sessions',
	{
		digest: text().primaryKey(),
		personId: personId(),
		expiresAt: instant('expires_at').notNull(),
		/** what the browser calls itself, clipped; null: it does not say */
		device: text(),
		seenAt: instant('seen_at').notNull().default(now),
		createdAt: createdAt()
	},
	(table) => [index('sessions_person').on(table.personId), index('sessions_expires_at').on(table.expiresAt)]
);

/** Passwords as argon2id makes them: salt, cost and hash in one string. */
export const passwords = pgTable('passwords', {
	personId: personId().primaryKey(),
	hash: text().notNull(),
	changedAt: instant('changed_at').notNull().default(now)
});

/** Authenticator apps. Not confirmed: shown as a code to scan, and not asked for yet. */
export const authenticators = pgTable('authenticators', {
	personId: personId().primaryKey(),
	/** the shared secret, sealed with the installation's key */
	secret: bytes().notNull(),
	confirmedAt: instant('confirmed_at'),
	/** the last time step that was accepted: a code counts once */
	lastStep: bigint('last_step', { mode: 'number' }).notNull().default(0)
});

/** One-time codes for whoever has lost the authenticator, by their digests. */
export const recoveryCodes = pgTable(
	'recovery_codes',
	{
		personId: personId(),
		digest: text().notNull(),
		usedAt: instant('used_at')
	},
	(table) => [primaryKey({ columns: [table.personId, table.digest] })]
);

/** Public keys of people's devices (WebAuthn). */
export const passkeys = pgTable(
	'passkeys',
	{
		/** the credential's id, base64url */
		id: text().primaryKey(),
		personId: personId(),
		publicKey: bytes('public_key').notNull(),
		/** counts signatures where the device does; going back means a copy */
		counter: bigint({ mode: 'number' }).notNull(),
		transports: jsonb().$type<string[]>().notNull(),
		name: text().notNull(),
		usedAt: instant('used_at'),
		createdAt: createdAt()
	},
	(table) => [index('passkeys_person').on(table.personId)]
);

/** Keys that this installation made for itself, such as the one that seals authenticators' secrets. */
export const installationKeys = pgTable('installation_keys', {
	name: text().primaryKey(),
	key: bytes().notNull(),
	createdAt: createdAt()
});

/** `set-up` makes the first administrator, `invitation` a member, `reset` gives a new password, `guest` lets into one meeting. */
export type LinkPurpose = 'set-up' | 'invitation' | 'reset' | 'guest';

/** Links by the digest of their token: who reads this table can open none of them. */
export const links = pgTable(
	'links',
	{
		digest: text().primaryKey(),
		/** names the link to those who manage it */
		id: text().$type<Id>(),
		purpose: text().$type<LinkPurpose>().notNull(),
		expiresAt: instant('expires_at').notNull(),
		/** a one-time link: when and by whom */
		usedAt: instant('used_at'),
		usedBy: text('used_by')
			.$type<Id>()
			.references(() => people.id),
		/** how many may use it; null: any number */
		usesLeft: integer('uses_left'),
		used: integer().notNull().default(0),
		revokedAt: instant('revoked_at'),
		createdBy: text('created_by')
			.$type<Id>()
			.references(() => people.id),
		/** what its maker calls it, for their own list */
		label: text(),
		/** of an invitation: into this think tank, as this */
		thinkTankId: text('think_tank_id').$type<Id>(),
		role: text().$type<MemberRole>(),
		/** of an invitation for one person, or of a reset: whose account it opens */
		personId: text('person_id')
			.$type<Id>()
			.references(() => people.id),
		/** of a guest link */
		meetingId: text('meeting_id').$type<Id>(),
		/** of a guest link: somebody has to let each guest in */
		approval: boolean().notNull().default(false),
		createdAt: createdAt()
	},
	(table) => [
		uniqueIndex('links_id').on(table.id),
		index('links_think_tank').on(table.thinkTankId),
		index('links_meeting').on(table.meetingId),
		index('links_purpose').on(table.purpose, table.createdAt, table.id),
		index('links_created_by').on(table.createdBy),
		index('links_person').on(table.personId)
	]
);

/** What was done in matters of access: sign-ins, denials, roles, links. No secret and nothing that people wrote. */
export const auditEntries = pgTable(
	'audit_entries',
	{
		id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
		at: instant().notNull().default(now),
		/** one of a closed list of the program's */
		kind: text().notNull(),
		/** who did it; null: nobody who was signed in */
		actorId: text('actor_id').$type<Id>(),
		/** the person, think tank, meeting or link that it was done to */
		subjectId: text('subject_id').$type<Id>(),
		thinkTankId: text('think_tank_id').$type<Id>(),
		address: text(),
		details: jsonb()
			.$type<Record<string, string | number | boolean | null>>()
			.notNull()
			.default(sql`'{}'::jsonb`)
	},
	(table) => [
		index('audit_entries_at').on(table.at),
		index('audit_entries_think_tank').on(table.thinkTankId),
		index('audit_entries_subject').on(table.subjectId, table.at),
		index('audit_entries_kind').on(table.kind, table.id)
	]
);
