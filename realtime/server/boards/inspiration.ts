import { createHash } from 'node:crypto';
import type { Card } from '#realtime/board/read.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Idea } from '#realtime/protocol/control.ts';
import type { StoredDraft } from '../ports.ts';

/** What one person has written in private, as it was kept. */
export interface ReadDraft {
	draft: Pick<StoredDraft, 'person' | 'anonymous'>;
	cards: readonly Pick<Card, 'id' | 'text' | 'column'>[];
}

/**
 * What somebody is given of others' ideas at a step: a few, at random, and the same ones however often they ask, also on
 * another device, after a restart, or from another process. What is without names is given once it comes of so many others
 * that nobody is known by it, and what they have themself is not given.
 */
export function ideasFor(person: Id, step: string, read: readonly ReadDraft[]): Idea[] {
	const others = read.filter(({ draft, cards }) => draft.person !== person && cards.length > 0);
	const nameless = others.filter(({ draft }) => draft.anonymous).length;
	const shown = others.filter(({ draft }) => !draft.anonymous || nameless >= limits.anonymousTogether).flatMap(({ cards }) => cards);
	const own = new Set(read.filter(({ draft }) => draft.person === person).flatMap(({ cards }) => cards.map(({ text }) => text.trim())));
	// ids of cards are drawn by their writers, and nobody else knows them: an order that nobody can foretell
	const drawn = new Map(shown.map((card) => [card, createHash('sha256').update(`${step} ${person} ${card.id}`).digest('hex')]));
	return shown
		.toSorted((a, b) => (drawn.get(a)! < drawn.get(b)! ? -1 : 1))
		.slice(0, limits.inspiringIdeas)
		.filter(({ text }) => !own.has(text.trim()))
		.map(({ text, column }) => ({ text, column }));
}

/** Reads what has been written at activities, for all who ask for ideas at about the same time once. */
export class Inspiration {
	readonly #read: (item: Id) => Promise<ReadDraft[]>;
	readonly #now: () => number;
	readonly #kept = new Map<Id, { at: number; read: Promise<ReadDraft[]> }>();

	constructor(read: (item: Id) => Promise<ReadDraft[]>, now: () => number) {
		this.#read = read;
		this.#now = now;
	}

	/** As {@link ideasFor}, of what had been kept at an activity not long ago. Rejects with StorageError. */
	async of(item: Id, step: string, person: Id): Promise<Idea[]> {
		for (const [other, { at }] of this.#kept) if (this.#now() - at >= limits.inspirationMs) this.#kept.delete(other);
		let kept = this.#kept.get(item);
		if (!kept) {
			kept = { at: this.#now(), read: this.#read(item) };
			this.#kept.set(item, kept);
			kept.read.catch(() => this.#kept.delete(item));
		}
		return ideasFor(person, step, await kept.read);
	}
}
