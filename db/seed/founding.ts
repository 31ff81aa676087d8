import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { quadrants } from '#realtime/board/schema.ts';
import { seedBoard } from '#realtime/board/seed.ts';
import { idFrom, type Id } from '#realtime/meeting/ids.ts';
import type { AgendaKind } from '#realtime/meeting/meetings.ts';
import { inLanguage, type Language } from '#realtime/meeting/texts.ts';
import type { Database } from '../open.ts';
import { boardReplay } from '../projections/board-replay.ts';
import { projectedCards } from '../projections/factor-rows.ts';
import { agendaItems, documents, documentUpdates, mandateItems, meetings, thinkTanks } from '../schema/tables.ts';
import { writeAllFactors } from '../stores/factors.ts';
import { insertMember } from '../stores/think-tanks.ts';
import founding from './founding-meeting.json' with { type: 'json' };

/** The founding meeting as it was made: everything by id. */
export interface Founding {
	thinkTank: Id;
	meeting: Id;
	documents: { swot: Id; brainstorm: Id; actions: Id };
	/** the points of the agenda with a board */
	activities: { swot: Id; brainstorm: Id };
}

/** The cards that the SWOT board starts with: the same ids in every installation and both languages. */
export function foundingCards(language: Language): { id: Id; column: string; text: string }[] {
	return quadrants.flatMap((column) =>
		founding.swot[column].map((text, i) => ({ id: templateId(`founding/${column}/${i}`), column, text: inLanguage(text, language) }))
	);
}

const templateId = (name: string): Id => idFrom(createHash('sha256').update(name).digest());

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
	const { name, host, purpose, mandate } = founding.thinkTank;
	const mandateIds = new Map(mandate.map(({ key }) => [key, newId()]));
	const boards: Partial<Record<AgendaKind, { activity: Id; document: Id }>> = {
		swot: { activity: made.activities.swot, document: made.documents.swot },
		brainstorm: { activity: made.activities.brainstorm, document: made.documents.brainstorm }
	};

	await database.connection.transaction(async (queries) => {
		await queries.insert(thinkTanks).values({ id: made.thinkTank, name, host, purpose });
		await queries
			.insert(mandateItems)
			.values(mandate.map(({ key, fa, en }, i) => ({ id: mandateIds.get(key)!, thinkTankId: made.thinkTank, position: i + 1, text: { fa, en } })));
		await insertMember(queries, made.thinkTank, facilitator, 'facilitator');
		await queries.insert(meetings).values({
			id: made.meeting,
			thinkTankId: made.thinkTank,
			number: 1,
			title: { fa: founding.series.fa, en: founding.series.en },
			state: 'live',
			startsAt: sql`clock_timestamp()`
		});
		await queries.insert(documents).values([
			{ id: made.documents.swot, kind: 'board', thinkTankId: made.thinkTank, lastSeq: 1 },
			{ id: made.documents.brainstorm, kind: 'board', thinkTankId: made.thinkTank },
			{ id: made.documents.actions, kind: 'actions', thinkTankId: made.thinkTank }
		]);
		await queries.insert(agendaItems).values(
			founding.agenda.map(({ minutes, mandate: served, fa, en, ...item }, i) => {
				const kind = item.kind as AgendaKind;
				const board = boards[kind];
				return {
					id: board?.activity ?? newId(),
					meetingId: made.meeting,
					position: i + 1,
					kind,
					title: { fa, en },
					minutes,
					mandateItemId: mandateIds.get(served) ?? null,
					documentId: board?.document ?? null
				};
			})
		);
		const update = seedBoard(foundingCards(language));
		const [row] = await queries.insert(documentUpdates).values({ documentId: made.documents.swot, seq: 1, update }).returning({ at: documentUpdates.at });
		const replay = boardReplay();
		replay.apply({ seq: 1, update, at: row!.at });
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
