import { and, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { MeetingState } from '#realtime/meeting/meetings.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection } from '../connection.ts';
import { decisions } from '../schema/decisions.ts';
import { agendaItems, meetings } from '../schema/meetings.ts';
import { memberships, thinkTanks } from '../schema/think-tanks.ts';
import { holds } from './folded.ts';
import type { Named } from './home.ts';

/** The newest of what was found. */
export interface Newest<One> {
	found: One[];
	/** there are older ones */
	more: boolean;
}

/** What was found by its title. */
export interface Titled {
	meetings: Newest<{ id: Id; number: number; title: LocalText; state: MeetingState; startsAt: number; thinkTank: Named }>;
	/** points of agendas; `proposed`: it is not in its agenda yet */
	points: Newest<{ id: Id; title: LocalText; proposed: boolean; meeting: { id: Id; number: number; startsAt: number }; thinkTank: Named }>;
	/** by the words of the decision; `meeting`: where it was adopted */
	decisions: Newest<{ id: Id; number: number; text: string; withdrawn: boolean; meeting: Id; thinkTank: Named }>;
}

export interface TitleReads {
	/**
	 * What has every word of the search in its title, in the think tanks that somebody is a member of, who may all see it:
	 * so many of each at most. Nothing is found by no word.
	 */
	find(person: Id, search: string, count: number): Promise<Titled>;
}

export function titleReads(connection: Connection): TitleReads {
	/** The think tanks first: their rows are found by index then, whatever the database guesses. */
	const own = async (person: Id): Promise<Map<Id, Named>> => {
		const rows = await connection.run(({ orm }) =>
			orm
				.select({ id: thinkTanks.id, name: thinkTanks.name })
				.from(memberships)
				.innerJoin(thinkTanks, eq(thinkTanks.id, memberships.thinkTankId))
				.where(eq(memberships.personId, person))
		);
		return new Map(rows.map((thinkTank) => [thinkTank.id, thinkTank]));
	};

	/** no plain column: by an index of that, the database would go back through the meetings of everybody */
	const newestFirst = desc(sql`${meetings.startsAt} + interval '0'`);

	return {
		async find(person, search, count) {
			const [inMeetings, inPoints, inDecisions] = [meetings, agendaItems, decisions].map(({ words }) => holds([words], search));
			const thinkTankById = inMeetings ? await own(person) : new Map<Id, Named>();
			if (!inMeetings || !inPoints || !inDecisions || thinkTankById.size === 0) {
				const none = { found: [], more: false };
				return { meetings: none, points: none, decisions: none };
			}
			const ids = [...thinkTankById.keys()];
			const newest = <Row extends { thinkTank: Id }, One>(rows: Row[], one: (row: Row, thinkTank: Named) => One): Newest<One> => ({
				found: rows.slice(0, count).map((row) => one(row, thinkTankById.get(row.thinkTank)!)),
				more: rows.length > count
			});
			const [foundMeetings, points, foundDecisions] = await Promise.all([
				connection.run(({ orm }) =>
					orm
						.select({
							id: meetings.id,
							number: meetings.number,
							title: meetings.title,
							state: meetings.state,
							startsAt: meetings.startsAt,
							thinkTank: meetings.thinkTankId
						})
						.from(meetings)
						.where(and(inArray(meetings.thinkTankId, ids), inMeetings))
						.orderBy(newestFirst, desc(meetings.id))
						.limit(count + 1)
				),
				connection.run(({ orm }) => {
					// of each meeting by itself: of all points there are, the database would otherwise look for the words first
					const point = orm
						.select({
							id: agendaItems.id,
							title: agendaItems.title,
							proposed: sql<boolean>`${isNotNull(agendaItems.proposedBy)}`.as('proposed'),
							position: agendaItems.position
						})
						.from(agendaItems)
						.where(and(eq(agendaItems.meetingId, meetings.id), inPoints))
						.orderBy(agendaItems.position)
						.limit(count + 1)
						.as('point');
					return orm
						.select({
							id: point.id,
							title: point.title,
							proposed: point.proposed,
							meeting: { id: meetings.id, number: meetings.number, startsAt: meetings.startsAt },
							thinkTank: meetings.thinkTankId
						})
						.from(meetings)
						.crossJoinLateral(point)
						.where(inArray(meetings.thinkTankId, ids))
						.orderBy(newestFirst, desc(meetings.id), point.position)
						.limit(count + 1);
				}),
				connection.run(({ orm }) =>
					orm
						.select({
							id: decisions.id,
							number: decisions.number,
							text: decisions.text,
							withdrawn: sql<boolean>`${isNotNull(decisions.withdrawnAt)}`,
							meeting: decisions.meetingId,
							thinkTank: decisions.thinkTankId
						})
						.from(decisions)
						.where(and(inArray(decisions.thinkTankId, ids), inDecisions))
						.orderBy(desc(decisions.adoptedAt), desc(decisions.id))
						.limit(count + 1)
				)
			]);
			return {
				meetings: newest(foundMeetings, (row, thinkTank) => ({ ...row, thinkTank })),
				points: newest(points, (row, thinkTank) => ({ ...row, thinkTank })),
				decisions: newest(foundDecisions, (row, thinkTank) => ({ ...row, thinkTank }))
			};
		}
	};
}
