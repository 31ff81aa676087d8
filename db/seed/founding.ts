import { eq, sql } from 'drizzle-orm';
import { seedBoard } from '#realtime/board/seed.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { firstColumn, type AgendaItem, type AgendaKind, type Meeting } from '#realtime/meeting/meetings.ts';
import { openStep } from '#realtime/meeting/steps.ts';
import type { Language } from '#realtime/meeting/texts.ts';
import type { Database } from '../open.ts';
import { boardReplay } from '../projections/board-replay.ts';
import { projectedCards } from '../projections/factor-rows.ts';
import { documentUpdates } from '../schema/documents.ts';
import { msOf } from '../schema/types.ts';
import { writeAllFactors } from '../stores/factors.ts';
import { keepOne } from '../stores/meetings.ts';
import { insertMember, insertThinkTank } from '../stores/think-tanks.ts';
import { foundingCards, meetingDraft, thinkTankDraft } from './templates.ts';

/** The founding meeting as it was made: everything by id. */
export interface Founding {
	thinkTank: Id;
	meeting: Id;
	documents: { swot: Id; brainstorm: Id; actions: Id };
	/** the points of the agenda with a board */
	activities: { swot: Id; brainstorm: Id };
}

/**
 * Makes the founding think tank with its mandate, its first meeting (live, from now on), the agenda and the
 * boards, all in one transaction. The facilitator becomes its first member.
 */
export async function createFounding(
	database: Pick<Database, 'connection'>,
	{ facilitator, language, newId }: { facilitator: Id; language: Language; newId: () => Id }
): Promise<Founding> {
	const made: Founding = {
		thinkTank: newId(),
		meeting: newId(),
		documents: { swot: newId(), brainstorm: newId(), actions: newId() },
		activities: { swot: newId(), brainstorm: newId() }
	};
	const { mandate: asked, ...about } = thinkTankDraft('founding');
	const mandate = asked.map((text) => ({ id: newId(), text }));
	const { title, minutes, agenda: points = [] } = meetingDraft('founding', mandate)!;
	const boards: Partial<Record<AgendaKind, { activity: Id; document: Id }>> = {
		swot: { activity: made.activities.swot, document: made.documents.swot },
		brainstorm: { activity: made.activities.brainstorm, document: made.documents.brainstorm }
	};
	const agenda = points.map(({ kind, title, minutes, mandate = null }): AgendaItem => ({
		id: boards[kind]?.activity ?? newId(),
		kind,
		title,
		minutes,
		usedMs: 0,
		owner: null,
		mandate,
		document: boards[kind]?.document ?? newId(),
		columns: kind === 'brainstorm' ? [firstColumn] : [],
		steps: [openStep],
		step: null,
		reveals: 0,
		proposedBy: null
	}));
	const seed = seedBoard(foundingCards(language));

	await database.connection.transaction(async (queries) => {
		await insertThinkTank(queries, { id: made.thinkTank, ...about, actions: made.documents.actions, mandate });
		await insertMember(queries, made.thinkTank, facilitator, 'facilitator');
		const [clock] = await queries.execute<{ now: number }>(sql`select ${sql.raw(msOf('clock_timestamp()'))} as now`);
		const now = Number(clock!.now);
		const events: MeetingEvent[] = [
			{
				name: 'meeting.scheduled',
				meeting: made.meeting,
				thinkTank: made.thinkTank,
				number: 1,
				title,
				startsAt: now,
				minutes,
				place: null,
				callLink: null,
				quorum: null,
				agenda
			},
			{ name: 'meeting.opened', at: now }
		];
		const after = events.reduce<Meeting | null>(evolve, null)!;
		await keepOne(queries, { before: null, after, events, seeds: new Map([[made.documents.swot, [seed]]]) }, { id: newId(), actor: facilitator });
		const [row] = await queries.select({ at: documentUpdates.at }).from(documentUpdates).where(eq(documentUpdates.documentId, made.documents.swot));
		const replay = boardReplay();
		replay.apply({ seq: 1, update: seed, at: row!.at });
		const { cards } = projectedCards(replay.board());
		await writeAllFactors(
			queries,
			made.documents.swot,
			1,
			cards.map((card) => ({ ...card, changedAt: row!.at }))
		);
		replay.close();
	});
	return made;
}
