import { createHash } from 'node:crypto';
import { quadrants } from '#realtime/board/schema.ts';
import { seedBoard } from '#realtime/board/seed.ts';
import type { CommandInput } from '#realtime/meeting/commands.ts';
import { idFrom, type Id } from '#realtime/meeting/ids.ts';
import type { AgendaKind } from '#realtime/meeting/meetings.ts';
import { inLanguage, type Language, type LocalText } from '#realtime/meeting/texts.ts';
import type { Seed } from '#realtime/server/ports.ts';
import founding from './founding-meeting.json' with { type: 'json' };

/** What a think tank, and then its first meeting, can begin with. */

export const templateKeys = ['empty', 'founding'] as const;
export type TemplateKey = (typeof templateKeys)[number];

/** Name, host, purpose and mandate as a form begins with them. */
export interface ThinkTankDraft {
	name: LocalText;
	host: LocalText;
	purpose: LocalText;
	/** in order */
	mandate: LocalText[];
}

/** A first meeting but for its time, as a form begins with it. */
export type MeetingDraft = Omit<CommandInput<'meeting.schedule'>, 'startsAt'>;

/** A point of the mandate, by whose words a template finds what its agenda serves. */
interface Served {
	id: Id;
	text: LocalText;
}

const { name, host, purpose, mandate } = founding.thinkTank;

export function thinkTankDraft(key: TemplateKey): ThinkTankDraft {
	if (key === 'empty') return { name: {}, host: {}, purpose: {}, mandate: [] };
	return { name, host, purpose, mandate: mandate.map(({ fa, en }) => ({ fa, en })) };
}

/**
 * The first meeting of a think tank with this mandate. A point of the agenda cites the mandate item that has the
 * template's words in either language still, and otherwise none.
 */
export function meetingDraft(key: TemplateKey, asked: readonly Served[]): MeetingDraft | null {
	if (key === 'empty') return null;
	const idOf = (served: string): Id | null => {
		const words = mandate.find(({ key }) => key === served);
		return asked.find(({ text }) => words && (text.fa === words.fa || text.en === words.en))?.id ?? null;
	};
	return {
		title: { fa: founding.series.fa, en: founding.series.en },
		minutes: founding.series.recurrence.minutes,
		agenda: founding.agenda.map(({ kind, minutes, mandate, fa, en }) => ({ kind: kind as AgendaKind, title: { fa, en }, minutes, mandate: idOf(mandate) }))
	};
}

/** What the boards of a template's first meeting begin with, in this language. */
export function seedOf(key: TemplateKey, language: Language): Seed {
	if (key === 'empty') return () => [];
	const swot = [seedBoard(foundingCards(language))];
	return ({ kind }) => (kind === 'swot' ? swot : []);
}

/** The cards that the founding SWOT board starts with: the same ids in every installation and both languages. */
export function foundingCards(language: Language): { id: Id; column: string; text: string }[] {
	return quadrants.flatMap((column) =>
		founding.swot[column].map((text, i) => ({ id: templateId(`founding/${column}/${i}`), column, text: inLanguage(text, language) }))
	);
}

const templateId = (name: string): Id => idFrom(createHash('sha256').update(name).digest());
