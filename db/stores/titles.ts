import { and, desc, eq } from 'drizzle-orm';
import type { Id } from '#realtime/meeting/ids.ts';
import type { MeetingState } from '#realtime/meeting/meetings.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Connection } from '../connection.ts';
import { decisions } from '../schema/decisions.ts';
import { agendaItems, meetings } from '../schema/meetings.ts';
import { memberships, thinkTanks } from '../schema/think-tanks.ts';
import { holds } from './folded.ts';
import type { Named } from './home.ts';

/** What was found by its title, each the newest first. */
export interface Titled {
	meetings: { id: Id; number: number; title: LocalText; state: MeetingState; startsAt: number; thinkTank: Named }[];
	/** points of agendas */
	points: { id: Id; title: LocalText; meeting: { id: Id; number: number; startsAt: number }; thinkTank: Named }[];
	/** by the words of the decision; `meeting`: where it was adopted */
	decisions: { id: Id; number: number; text: string; withdrawn: boolean; meeting: Id; thinkTank: Named }[];
}

export interface TitleReads {
	/**
	 * What has every word of the search in its title, in the think tanks that somebody is a member of, who may all see it:
	 * so many of each at most. Nothing is found by no word.
	 */
	find(person: Id, search: string, count: number): Promise<Titled>;
}

export function titleReads(connection: Connection): TitleReads {
	const thinkTank = { id: thinkTanks.id, name: thinkTanks.name };
	return {
		async find(person, search, count) {
			const own = (words: Parameters<typeof holds>[0]) => and(eq(memberships.personId, person), holds(words, search)!);
			if (!holds([meetings.words], search)) return { meetings: [], points: [], decisions: [] };
			const [foundMeetings, points, foundDecisions] = await Promise.all([
				connection.run(({ orm }) =>
					orm
						.select({ id: meetings.id, number: meetings.number, title: meetings.title, state: meetings.state, startsAt: meetings.startsAt, thinkTank })
						.from(memberships)
						.innerJoin(thinkTanks, eq(thinkTanks.id, memberships.thinkTankId))
						.innerJoin(meetings, eq(meetings.thinkTankId, memberships.thinkTankId))
						.where(own([meetings.words]))
						.orderBy(desc(meetings.startsAt), desc(meetings.id))
						.limit(count)
				),
				connection.run(({ orm }) =>
					orm
						.select({
							id: agendaItems.id,
							title: agendaItems.title,
							meeting: { id: meetings.id, number: meetings.number, startsAt: meetings.startsAt },
							thinkTank
						})
						.from(memberships)
						.innerJoin(thinkTanks, eq(thinkTanks.id, memberships.thinkTankId))
						.innerJoin(meetings, eq(meetings.thinkTankId, memberships.thinkTankId))
						.innerJoin(agendaItems, eq(agendaItems.meetingId, meetings.id))
						.where(own([agendaItems.words]))
						.orderBy(desc(meetings.startsAt), desc(meetings.id), agendaItems.position)
						.limit(count)
				),
				connection.run(({ orm }) =>
					orm
						.select({
							id: decisions.id,
							number: decisions.number,
							text: decisions.text,
							withdrawnAt: decisions.withdrawnAt,
							meeting: decisions.meetingId,
							thinkTank
						})
						.from(memberships)
						.innerJoin(thinkTanks, eq(thinkTanks.id, memberships.thinkTankId))
						.innerJoin(decisions, eq(decisions.thinkTankId, memberships.thinkTankId))
						.where(own([decisions.words]))
						.orderBy(desc(decisions.adoptedAt), desc(decisions.id))
						.limit(count)
				)
			]);
			return {
				meetings: foundMeetings,
				points,
				decisions: foundDecisions.map(({ withdrawnAt, ...decision }) => ({ ...decision, withdrawn: withdrawnAt !== null }))
			};
		}
	};
}
