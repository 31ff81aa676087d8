import type { MeetingAnswer } from '#lib/api.ts';
import type { AgendaItem, BoardColumn } from '#realtime/meeting/meetings.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Step } from '#realtime/meeting/steps.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { OwnRecipes } from './own-recipes.svelte.ts';

/** A point as somebody words it. */
export interface AgendaDraft extends Pick<AgendaItem, 'kind' | 'title' | 'minutes' | 'owner' | 'mandate'> {
	/** of a brainstorm */
	columns?: BoardColumn[];
	/** one open step unless given */
	steps?: Step[];
}

/** What may be changed of a point. */
export type AgendaChange = Partial<Omit<AgendaDraft, 'kind'>>;

/** What an agenda's editor works on: the agenda of a meeting, or of one that is still being made. Each call answers null, or why it was not done. */
export interface AgendaDesk {
	readonly items: readonly AgendaItem[];
	/** when the first point begins, in milliseconds since 1970; null: not known yet */
	readonly startsAt: number | null;
	/** the planned length of the meeting; null: not known yet */
	readonly minutes: number | null;
	/** where a point is worked on; null: nowhere yet */
	readonly addressOf: ((item: AgendaItem) => string) | null;
	readonly mayChange: boolean;
	/** if they may not change it */
	readonly mayPropose: boolean;
	readonly members: MeetingAnswer['members'];
	readonly mandate: MeetingAnswer['mandate'];
	/** of the think tank's own */
	readonly recipes: OwnRecipes;
	/** may they add to those and take from them? */
	readonly mayKeepRecipes: boolean;
	nameOf(person: Id): LocalText | null;
	add(draft: AgendaDraft, before: Id | null): Promise<string | null>;
	propose(draft: AgendaDraft): Promise<string | null>;
	change(item: Id, change: AgendaChange): Promise<string | null>;
	move(item: Id, before: Id | null): Promise<string | null>;
	remove(item: Id): Promise<string | null>;
	accept(item: Id): Promise<string | null>;
	/** Is there something written at it, which nobody would see any more? */
	isWritten(item: Id): Promise<boolean>;
}

/** The minutes that are planned: what has only been proposed is not. */
export const plannedMinutes = (items: readonly AgendaItem[]): number =>
	items.reduce((sum, { minutes, proposedBy }) => sum + (proposedBy === null ? minutes : 0), 0);

/** When each point begins, if each takes as long as it is planned to; null: it has only been proposed. */
export function beginnings(items: readonly AgendaItem[], startsAt: number): (number | null)[] {
	let at = startsAt;
	return items.map(({ minutes, proposedBy }) => {
		if (proposedBy !== null) return null;
		const begins = at;
		at += minutes * 60_000;
		return begins;
	});
}
