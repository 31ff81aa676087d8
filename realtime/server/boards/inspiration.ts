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
 * What somebody is given of others' ideas: a few, at random, each text once, and of the same writing the same ones however
 * often they ask. What is without names is given once it comes of so many others that nobody is known by it, and what they
 * have themself is not given. `round`: what is drawn for.
 */
export function ideasFor(person: Id, round: string, read: readonly ReadDraft[]): Idea[] {
	const others = read.filter(({ draft, cards }) => draft.person !== person && cards.length > 0);
	const nameless = others.filter(({ draft }) => draft.anonymous).length;
	const given = others.filter(({ draft }) => !draft.anonymous || nameless >= limits.anonymousTogether).flatMap(({ cards }) => cards);
	const known = new Set(read.flatMap(({ draft, cards }) => (draft.person === person ? cards.map(textOf) : [])));
	const left = given.toSorted((a, b) => (a.id < b.id ? -1 : 1)).filter((card) => !known.has(textOf(card)) && known.add(textOf(card)));
	const drawn: Idea[] = [];
	for (let n = 0; n < limits.inspiringIdeas && left.length > 0; n++) {
		const at = createHash('sha256').update(`${round} ${person} ${n}`).digest().readUInt32BE() % left.length;
		const [{ text, column }] = left.splice(at, 1) as [(typeof left)[number]];
		drawn.push({ text, column });
	}
	return drawn;
}

const textOf = ({ text }: { text: string }): string => text.trim();

/** What has been written at activities when the first asks for ideas: that is drawn from, so that whoever writes a moment later is not known by what is new. */
export class Inspiration {
	readonly #read: (item: Id) => Promise<ReadDraft[]>;
	readonly #kept = new Map<Id, { read: Promise<ReadDraft[]>; timer: ReturnType<typeof setTimeout> }>();

	/** `read`: what has been written at an activity to be passed on. */
	constructor(read: (item: Id) => Promise<ReadDraft[]>) {
		this.#read = read;
	}

	/** As {@link ideasFor}, of an activity. Rejects with StorageError. */
	async of(item: Id, round: string, person: Id): Promise<Idea[]> {
		const before = this.#kept.get(item);
		clearTimeout(before?.timer);
		const read = before?.read ?? this.#read(item);
		const timer = setTimeout(() => this.forget(item), limits.inspirationMs);
		timer.unref();
		this.#kept.set(item, { read, timer });
		try {
			return ideasFor(person, round, await read);
		} catch (error) {
			if (this.#kept.get(item)?.read === read) this.forget(item);
			throw error;
		}
	}

	/** It is revealed, or nobody has asked for long: nothing of it is kept any more. */
	forget(item: Id): void {
		clearTimeout(this.#kept.get(item)?.timer);
		this.#kept.delete(item);
	}
}
