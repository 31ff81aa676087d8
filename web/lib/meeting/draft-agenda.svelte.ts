import type { MeetingAnswer } from '#lib/api.ts';
import { drawId } from '#realtime/client/draw-id.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { firstColumn, type AgendaItem } from '#realtime/meeting/meetings.ts';
import { openStep } from '#realtime/meeting/steps.ts';
import type { AgendaChange, AgendaDesk, AgendaDraft } from './agenda-desk.ts';
import type { OwnRecipes } from './own-recipes.svelte.ts';

/** The agenda of a meeting that is still being made: nobody else sees it, and it is sent with the meeting. */
export class DraftAgenda implements AgendaDesk {
	items = $state.raw<readonly AgendaItem[]>([]);
	startsAt = $state.raw<number | null>(null);
	minutes = $state.raw<number | null>(null);
	readonly addressOf = null;
	readonly mayChange = true;
	readonly mayPropose = true;
	readonly members: MeetingAnswer['members'];
	readonly mandate: MeetingAnswer['mandate'];

	readonly recipes: OwnRecipes;
	/** whoever schedules meetings keeps recipes, too */
	readonly mayKeepRecipes = true;

	constructor({ members, mandate, recipes }: Pick<MeetingAnswer, 'members' | 'mandate'> & { recipes: OwnRecipes }) {
		this.members = members;
		this.mandate = mandate;
		this.recipes = recipes;
	}

	/** Begins anew with these. */
	begin(drafts: readonly AgendaDraft[]): void {
		this.items = drafts.map(itemOf);
	}

	/** What is sent. */
	get drafts(): AgendaDraft[] {
		return this.items.map(({ kind, title, minutes, owner, mandate, columns, steps }) => ({
			kind,
			title,
			minutes,
			owner,
			mandate,
			steps,
			...(kind === 'brainstorm' && { columns })
		}));
	}

	nameOf(person: Id) {
		return this.members.find(({ id }) => id === person)?.name ?? null;
	}
	async add(draft: AgendaDraft, before: Id | null) {
		const at = this.items.findIndex(({ id }) => id === before);
		this.items = this.items.toSpliced(at < 0 ? this.items.length : at, 0, itemOf(draft));
		return null;
	}
	propose(draft: AgendaDraft) {
		return this.add(draft, null);
	}
	async change(item: Id, change: AgendaChange) {
		this.items = this.items.map((found) => (found.id === item ? { ...found, ...change } : found));
		return null;
	}
	async move(item: Id, before: Id | null) {
		const moved = this.items.find(({ id }) => id === item);
		if (!moved) return null;
		const others = this.items.filter(({ id }) => id !== item);
		const at = others.findIndex(({ id }) => id === before);
		this.items = others.toSpliced(at < 0 ? others.length : at, 0, moved);
		return null;
	}
	async remove(item: Id) {
		this.items = this.items.filter(({ id }) => id !== item);
		return null;
	}
	async accept() {
		return null;
	}
	async isWritten() {
		return false;
	}
}

const itemOf = ({ columns, steps, ...draft }: AgendaDraft): AgendaItem => ({
	...draft,
	id: drawId(),
	document: drawId(),
	usedMs: 0,
	columns: draft.kind === 'brainstorm' ? (columns ?? [firstColumn]) : [],
	steps: steps ?? [openStep],
	step: null,
	reveals: 0,
	proposedBy: null
});
