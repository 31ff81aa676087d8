import type { Id } from '#realtime/meeting/ids.ts';
import type { Pulse } from '#realtime/protocol/control.ts';
import { keyOf, lastSaid, type Said } from './said.ts';
import type { Standing } from './standing.ts';

/** What the people of one process said of being ready. */
export interface SaidReady {
	/** of the meeting when it was said: at another step it means nothing */
	version: number;
	ready: Said[];
}

/** Who is ready to go on in each meeting, as long as somebody is there: it is said for the step at hand, and kept nowhere. */
export class Pulses {
	readonly #elsewhere: (meeting: Id) => readonly SaidReady[];
	readonly #now: () => number;
	readonly #ready = new Map<Id, Map<string, Said>>();
	/**
	 * As each meeting stands: at an activity at which something is written without a name, nobody is to know who is writing,
	 * also later. `turned`: the version by which it came to the step that it is at; 0: not known.
	 */
	readonly #standing = new Map<Id, { version: number; secret: boolean; turned: number }>();

	/** `elsewhere`: what people say on other processes. */
	constructor(elsewhere: (meeting: Id) => readonly SaidReady[] = () => [], now: () => number = Date.now) {
		this.#elsewhere = elsewhere;
		this.#now = now;
	}

	/** How the meeting stands. `turned`: the version by which it has come to another step, for which nobody is ready yet; null: it is where it was. */
	follow({ meeting, version, secret }: Standing, turned: number | null): void {
		const before = this.#standing.get(meeting);
		// what was read before it went on comes too late
		if ((before?.version ?? 0) > version) return;
		if (turned !== null) this.#ready.delete(meeting);
		this.#standing.set(meeting, { version, secret, turned: turned ?? before?.turned ?? 0 });
	}

	say(meeting: Id, person: Id, ready: boolean): void {
		const before = this.#last(meeting).get(keyOf({ by: person, about: person }));
		const said = { by: person, about: person, is: ready, at: Math.max(this.#now(), (before?.at ?? 0) + 1) };
		if (!this.#ready.has(meeting)) this.#ready.set(meeting, new Map());
		this.#ready.get(meeting)!.set(keyOf(said), said);
	}

	/** What is said here of a meeting. */
	here(meeting: Id): SaidReady {
		return { version: this.#standing.get(meeting)?.version ?? 0, ready: [...(this.#ready.get(meeting)?.values() ?? [])] };
	}

	/** Nobody is in this meeting any more. */
	forget(meeting: Id): void {
		this.#ready.delete(meeting);
		this.#standing.delete(meeting);
	}

	/** How far these people are, and what each of them is told of it. `knows`: they take the meeting on. */
	of(meeting: Id, here: ReadonlySet<Id>, writing: ReadonlySet<Id>): (person: Id, knows: boolean) => Pulse {
		const ready = [...this.#last(meeting).values()].filter(({ by, is }) => is && here.has(by)).map(({ by }) => by);
		const who = { writing: this.#standing.get(meeting)?.secret === false ? [...writing] : null, ready };
		return (person, knows) => ({ writing: writing.size, ready: ready.length, who: knows ? who : null, mine: ready.includes(person) });
	}

	#last(meeting: Id): Map<string, Said> {
		const turned = this.#standing.get(meeting)?.turned ?? 0;
		const elsewhere = this.#elsewhere(meeting).filter(({ version }) => version >= turned);
		return lastSaid(this.here(meeting).ready, ...elsewhere.map(({ ready }) => ready));
	}
}
