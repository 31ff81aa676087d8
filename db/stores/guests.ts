import { and, asc, eq, isNull, notExists, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { MeetingState } from '#realtime/meeting/meetings.ts';
import type { Province } from '#realtime/meeting/provinces.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { DoorStore } from '#realtime/server/ports.ts';
import type { Connection } from '../connection.ts';
import { guests, meetings, type GuestState } from '../schema/meetings.ts';
import { links, people } from '../schema/people.ts';
import { memberships, thinkTanks } from '../schema/think-tanks.ts';
import { insertPerson, type NewPerson } from './people.ts';

/** A meeting's link, as whoever manages it sees it. The way in itself is not kept. */
export interface GuestLink {
	id: Id;
	label: string | null;
	/** somebody has to let each guest in */
	approval: boolean;
	/** milliseconds since 1970 */
	createdAt: number;
	expiresAt: number;
	/** null: it is not */
	revokedAt: number | null;
	/** who came by it, whatever became of them */
	guests: number;
}

export interface NewGuestLink extends Pick<GuestLink, 'id' | 'label' | 'approval' | 'expiresAt'> {
	digest: string;
	meeting: Id;
	thinkTank: Id;
	createdBy: Id;
}

/** Somebody who came by a link. */
export interface Guest {
	id: Id;
	name: LocalText;
	office: LocalText | null;
	province: Province | null;
	state: GuestState;
	/** milliseconds since 1970 */
	askedAt: number;
	/** the link they came by; when it has been revoked, they are out whatever their state says */
	link: Id | null;
	revoked: boolean;
}

/** Where a link leads, and what whoever opens it is there already. */
export interface OpenedGuestLink {
	approval: boolean;
	expiresAt: number;
	revoked: boolean;
	archived: boolean;
	meeting: { id: Id; number: number; title: LocalText; state: MeetingState; startsAt: number; minutes: number };
	thinkTank: { id: Id; name: LocalText };
	/** a member of the think tank: the meeting is theirs without a link */
	member: boolean;
	/** null: they have not come by any link */
	guest: { state: GuestState; revoked: boolean } | null;
	/** the point that they are led to */
	activity: Id | null;
}

/** A meeting that somebody is a guest of. */
export interface GuestMeeting {
	id: Id;
	number: number;
	title: LocalText;
	state: MeetingState;
	startsAt: number;
	thinkTank: LocalText;
	guest: GuestState;
	/** the point that they are led to */
	activity: Id | null;
}

/** What became of somebody who came by a link. */
export type Coming = GuestState | 'unknown' | 'revoked' | 'expired' | 'archived' | 'closed' | 'cancelled' | 'full';

/** Links into meetings, and who came by them. */
export interface GuestStore extends DoorStore {
	/** Adds a link, unless the meeting has so many that are open: false. */
	addLink(link: NewGuestLink, now: number, most: number): Promise<boolean>;
	/** the newest first */
	linksOf(meeting: Id): Promise<GuestLink[]>;
	/** Whoever came by it is out from now on. False: this meeting has no such link. */
	revoke(meeting: Id, link: Id, now: number): Promise<boolean>;
	/** Null: no such link. */
	open(digest: string, person: Id | null): Promise<OpenedGuestLink | null>;
	/**
	 * Lets somebody in by a link, or to the door where it asks for approval; a new person is made by that. Who is a
	 * guest of the meeting already stays one, and who was refused stays refused, whatever link they come by.
	 */
	come(digest: string, who: Id | NewPerson, now: number, most: number): Promise<Coming>;
	/** Who came to a meeting by its links and is no member, in the order in which they asked. */
	of(meeting: Id): Promise<Guest[]>;
	/** Lets a guest in, or not (any longer). False: no such guest, or their link has been revoked. */
	decide(meeting: Id, guest: Id, state: Exclude<GuestState, 'waiting'>, by: Id): Promise<boolean>;
	/** The meetings that somebody is or wants to be a guest of, the next first. */
	meetingsOf(person: Id): Promise<GuestMeeting[]>;
}

/** Where a live meeting is, else the first point of its agenda. */
const wayIn = sql<Id | null>`coalesce(
	case when ${meetings.state} = 'live' then ${meetings.point} end,
	(select id from agenda_items where meeting_id = ${meetings.id} and proposed_by is null order by position limit 1)
)`;

export function guestStore(connection: Connection): GuestStore {
	/** everybody who came to a meeting by a link, and the link */
	const atMeeting = (meeting: Id, state?: GuestState) =>
		connection.run(({ orm }) =>
			orm
				.select({
					id: people.id,
					name: people.name,
					office: people.office,
					province: people.province,
					state: guests.state,
					askedAt: guests.askedAt,
					link: links.id,
					revokedAt: links.revokedAt
				})
				.from(guests)
				.innerJoin(people, eq(people.id, guests.personId))
				.innerJoin(links, eq(links.digest, guests.linkDigest))
				.innerJoin(meetings, eq(meetings.id, guests.meetingId))
				.where(
					and(
						eq(guests.meetingId, meeting),
						state && eq(guests.state, state),
						notExists(
							orm
								.select({ id: memberships.personId })
								.from(memberships)
								.where(and(eq(memberships.thinkTankId, meetings.thinkTankId), eq(memberships.personId, guests.personId)))
						)
					)
				)
				.orderBy(asc(guests.askedAt), asc(guests.personId))
		);

	return {
		addLink: ({ meeting, thinkTank, ...link }, now, most) =>
			connection.transaction(async (queries) => {
				await queries.execute(sql`select from meetings where id = ${meeting} for no key update`);
				const [open] = await queries.execute<{ count: number }>(
					sql`select count(*)::int as count from links where meeting_id = ${meeting} and purpose = 'guest' and revoked_at is null and expires_at > ${new Date(now).toISOString()}`
				);
				if (open!.count >= most) return false;
				await queries.insert(links).values({ ...link, purpose: 'guest', meetingId: meeting, thinkTankId: thinkTank });
				return true;
			}),

		linksOf: async (meeting) => {
			const rows = await connection.run(({ orm }) =>
				orm
					.select({
						id: sql<Id>`${links.id}`,
						label: links.label,
						approval: links.approval,
						createdAt: links.createdAt,
						expiresAt: links.expiresAt,
						revokedAt: links.revokedAt,
						guests: sql<number>`(select count(*)::int from guests where guests.meeting_id = ${links.meetingId} and guests.link_digest = ${links.digest})`
					})
					.from(links)
					.where(and(eq(links.meetingId, meeting), eq(links.purpose, 'guest')))
					.orderBy(sql`${links.createdAt} desc`, links.id)
			);
			return rows;
		},

		async revoke(meeting, link, now) {
			const revoked = await connection.run(({ orm }) =>
				orm
					.update(links)
					.set({ revokedAt: sql`coalesce(${links.revokedAt}, ${new Date(now).toISOString()})` })
					.where(and(eq(links.id, link), eq(links.meetingId, meeting), eq(links.purpose, 'guest')))
					.returning({ id: links.id })
			);
			return revoked.length > 0;
		},

		async open(digest, person) {
			const [found] = await connection.run(({ orm }) =>
				orm
					.select({
						approval: links.approval,
						expiresAt: links.expiresAt,
						revokedAt: links.revokedAt,
						archivedAt: thinkTanks.archivedAt,
						meeting: {
							id: meetings.id,
							number: meetings.number,
							title: meetings.title,
							state: meetings.state,
							startsAt: meetings.startsAt,
							minutes: meetings.minutes
						},
						thinkTank: { id: thinkTanks.id, name: thinkTanks.name },
						member: memberships.role,
						guest: guests.state,
						guestRevoked: sql<boolean>`exists (select from links own where own.digest = ${guests.linkDigest} and own.revoked_at is not null)`,
						activity: wayIn
					})
					.from(links)
					.innerJoin(meetings, eq(meetings.id, links.meetingId))
					.innerJoin(thinkTanks, eq(thinkTanks.id, meetings.thinkTankId))
					.leftJoin(memberships, and(eq(memberships.thinkTankId, thinkTanks.id), eq(memberships.personId, sql`${person}`)))
					.leftJoin(guests, and(eq(guests.meetingId, meetings.id), eq(guests.personId, sql`${person}`)))
					.where(and(eq(links.digest, digest), eq(links.purpose, 'guest')))
			);
			if (!found) return null;
			const { revokedAt, archivedAt, member, guest, guestRevoked, ...rest } = found;
			return {
				...rest,
				revoked: revokedAt !== null,
				archived: archivedAt !== null,
				member: member !== null,
				guest: guest && { state: guest, revoked: guestRevoked }
			};
		},

		come: (digest, who, now, most) =>
			connection.transaction(async (queries): Promise<Coming> => {
				// one after the other for each meeting, so that it gets no more guests than it may have
				const [link] = await queries
					.select({
						meeting: meetings.id,
						state: meetings.state,
						archivedAt: thinkTanks.archivedAt,
						approval: links.approval,
						expiresAt: links.expiresAt,
						revokedAt: links.revokedAt
					})
					.from(links)
					.innerJoin(meetings, eq(meetings.id, links.meetingId))
					.innerJoin(thinkTanks, eq(thinkTanks.id, meetings.thinkTankId))
					.where(and(eq(links.digest, digest), eq(links.purpose, 'guest')))
					.for('no key update', { of: meetings });
				if (!link) return 'unknown';
				if (link.revokedAt !== null) return 'revoked';
				if (link.archivedAt !== null) return 'archived';
				if (link.state === 'closed' || link.state === 'cancelled') return link.state;
				const { meeting } = link;
				const known = typeof who === 'string' ? who : null;
				const [already] =
					known === null
						? []
						: await queries
								.select({ state: guests.state, digest: guests.linkDigest, revokedAt: links.revokedAt })
								.from(guests)
								.innerJoin(links, eq(links.digest, guests.linkDigest))
								.where(and(eq(guests.meetingId, meeting), eq(guests.personId, known)));
				const stays = already && (already.state === 'refused' || already.digest === digest || (already.revokedAt === null && already.state === 'admitted'));
				if (stays) return already.state;
				if (link.expiresAt <= now) return 'expired';
				const [there] = await queries
					.select({ count: sql<number>`count(*)::int` })
					.from(guests)
					.innerJoin(links, eq(links.digest, guests.linkDigest))
					.where(and(eq(guests.meetingId, meeting), sql`${guests.state} <> 'refused'`, isNull(links.revokedAt)));
				if (there!.count >= most) return 'full';
				const state = link.approval ? 'waiting' : 'admitted';
				if (typeof who !== 'string') await insertPerson(queries, { ...who, guest: true });
				const personId = typeof who === 'string' ? who : who.id;
				await queries
					.insert(guests)
					.values({ meetingId: meeting, personId, linkDigest: digest, state })
					.onConflictDoUpdate({
						target: [guests.meetingId, guests.personId],
						set: { linkDigest: digest, state, askedAt: sql`clock_timestamp()`, decidedBy: null }
					});
				return state;
			}),

		async of(meeting) {
			const rows = await atMeeting(meeting);
			return rows.map(({ revokedAt, ...guest }) => ({ ...guest, revoked: revokedAt !== null }));
		},

		async decide(meeting, guest, state, by) {
			const decided = await connection.run(({ orm }) =>
				orm
					.update(guests)
					.set({ state, decidedBy: by })
					.where(
						and(
							eq(guests.meetingId, meeting),
							eq(guests.personId, guest),
							sql`exists (select from links where links.digest = ${guests.linkDigest} and links.revoked_at is null)`
						)
					)
					.returning({ id: guests.personId })
			);
			return decided.length > 0;
		},

		meetingsOf: (person) =>
			connection.run(({ orm }) =>
				orm
					.select({
						id: meetings.id,
						number: meetings.number,
						title: meetings.title,
						state: meetings.state,
						startsAt: meetings.startsAt,
						thinkTank: thinkTanks.name,
						guest: guests.state,
						activity: wayIn
					})
					.from(guests)
					.innerJoin(links, eq(links.digest, guests.linkDigest))
					.innerJoin(meetings, eq(meetings.id, guests.meetingId))
					.innerJoin(thinkTanks, eq(thinkTanks.id, meetings.thinkTankId))
					.where(and(eq(guests.personId, person), isNull(links.revokedAt), sql`${guests.state} <> 'refused'`))
					.orderBy(sql`${meetings.state} = 'live' desc, ${meetings.startsAt} desc`)
			),

		async waiting(meeting) {
			const rows = await atMeeting(meeting, 'waiting');
			return rows.flatMap(({ id, name, office, province, askedAt, revokedAt }) => (revokedAt === null ? [{ id, name, office, province, askedAt }] : []));
		},

		async whyOut(meeting, person) {
			const [found] = await connection.run(({ orm }) =>
				orm
					.select({ state: meetings.state, guest: guests.state, revokedAt: links.revokedAt })
					.from(guests)
					.innerJoin(links, eq(links.digest, guests.linkDigest))
					.innerJoin(meetings, eq(meetings.id, guests.meetingId))
					.where(and(eq(guests.meetingId, meeting), eq(guests.personId, person)))
			);
			if (!found) return 'removed';
			if (found.revokedAt !== null) return 'link-revoked';
			if (found.guest === 'refused') return 'refused';
			return found.state === 'live' ? 'removed' : 'meeting-closed';
		}
	};
}
