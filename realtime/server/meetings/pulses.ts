import { presentPoint } from '#realtime/meeting/agenda.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { presentStep } from '#realtime/meeting/steps.ts';
import type { Pulse } from '#realtime/protocol/control.ts';

/** Who is ready to go on in each meeting, as long as somebody is there: it is said for the step at hand, and kept nowhere. */
export class Pulses {
	readonly #ready = new Map<Id, Set<Id>>();
	/** meetings at a step at which nobody is to know who wrote what, nor who is writing */
	readonly #secret = new Set<Id>();

	/** How the meeting stands. `turned`: it has come to another step, for which nobody is ready yet. */
	follow(meeting: Meeting, turned: boolean): void {
		if (turned) this.#ready.delete(meeting.id);
		const point = presentPoint(meeting);
		if (point && presentStep(point).anonymous) this.#secret.add(meeting.id);
		else this.#secret.delete(meeting.id);
	}

	say(meeting: Id, person: Id, ready: boolean): void {
		if (!ready) return void this.#ready.get(meeting)?.delete(person);
		const people = this.#ready.get(meeting);
		if (people) people.add(person);
		else this.#ready.set(meeting, new Set([person]));
	}

	/** Nobody is in this meeting any more. */
	forget(meeting: Id): void {
		this.#ready.delete(meeting);
		this.#secret.delete(meeting);
	}

	/** How far these people are, and what each of them is told of it. `knows`: they take the meeting on. */
	of(meeting: Id, here: ReadonlySet<Id>, writing: ReadonlySet<Id>): (person: Id, knows: boolean) => Pulse {
		const ready = [...(this.#ready.get(meeting) ?? [])].filter((person) => here.has(person));
		const who = { writing: this.#secret.has(meeting) ? null : [...writing], ready };
		return (person, knows) => ({ writing: writing.size, ready: ready.length, who: knows ? who : null, mine: ready.includes(person) });
	}
}
