import { presentPoint } from '#realtime/meeting/agenda.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { Pulse } from '#realtime/protocol/control.ts';

/** Who is ready to go on in each meeting, as long as somebody is there: it is said for the step at hand, and kept nowhere. */
export class Pulses {
	readonly #ready = new Map<Id, Set<Id>>();
	/** as each meeting stands: at an activity at which something is written without a name, nobody is to know who is writing, also later */
	readonly #standing = new Map<Id, { version: number; secret: boolean }>();

	/** How the meeting stands. `turned`: it has come to another step, for which nobody is ready yet. */
	follow(meeting: Meeting, turned: boolean): void {
		// what was read before it went on comes too late
		if ((this.#standing.get(meeting.id)?.version ?? 0) > meeting.version) return;
		if (turned) this.#ready.delete(meeting.id);
		const secret = presentPoint(meeting)?.steps.some(({ anonymous }) => anonymous) ?? false;
		this.#standing.set(meeting.id, { version: meeting.version, secret });
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
		this.#standing.delete(meeting);
	}

	/** How far these people are, and what each of them is told of it. `knows`: they take the meeting on. */
	of(meeting: Id, here: ReadonlySet<Id>, writing: ReadonlySet<Id>): (person: Id, knows: boolean) => Pulse {
		const ready = [...(this.#ready.get(meeting) ?? [])].filter((person) => here.has(person));
		const who = { writing: this.#standing.get(meeting)?.secret === false ? [...writing] : null, ready };
		return (person, knows) => ({ writing: writing.size, ready: ready.length, who: knows ? who : null, mine: ready.includes(person) });
	}
}
