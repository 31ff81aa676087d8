import { isConducted, membersIn, type Silence } from '#realtime/meeting/hand-over.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { Refusal } from '#realtime/meeting/refusals.ts';
import type { Present, Unconducted } from '#realtime/protocol/control.ts';

/** Live meetings that nobody conducts, who wants to, and who agrees: it is of the moment, and kept nowhere. */
export class HandOvers {
	readonly #neededMs: number;
	readonly #now: () => number;
	/** as each meeting stands */
	readonly #standing = new Map<Id, Pick<Meeting, 'version' | 'state' | 'coFacilitators'>>();
	readonly #silent = new Map<Id, { since: number; members: Set<Id>; asked: Map<Id, Set<Id>> }>();

	/** `neededMs`: for how long nobody has to have conducted a meeting before a member may. */
	constructor(neededMs: number = limits.unconductedMs, now: () => number = Date.now) {
		this.#neededMs = neededMs;
		this.#now = now;
	}

	/** How the meeting stands. */
	stands({ id, version, state, coFacilitators }: Meeting): void {
		// what was read before it went on comes too late
		if ((this.#standing.get(id)?.version ?? 0) <= version) this.#standing.set(id, { version, state, coFacilitators });
	}

	/** Who is in it now. Whoever has left neither asks nor agrees. */
	follow(meeting: Id, present: Present): void {
		const standing = this.#standing.get(meeting);
		if (present.length === 0) this.#standing.delete(meeting);
		if (standing?.state !== 'live' || present.length === 0 || isConducted(standing, present)) return void this.#silent.delete(meeting);
		const members = membersIn(present);
		const { since, asked } = this.#silent.get(meeting) ?? { since: this.#now(), asked: new Map<Id, Set<Id>>() };
		for (const [person, agreed] of asked) {
			if (!members.has(person)) asked.delete(person);
			for (const other of agreed) if (!members.has(other)) agreed.delete(other);
		}
		this.#silent.set(meeting, { since, members, asked });
	}

	/** Somebody who is there wants somebody to conduct the meeting, or no longer: of oneself it asks the others. Answers why that is nothing, or null. */
	say(meeting: Id, by: Id, person: Id, agrees: boolean): Refusal | null {
		const silent = this.#silent.get(meeting);
		if (!silent) return 'conducted';
		if (this.#now() - silent.since < this.#neededMs) return 'too-soon';
		if (!silent.members.has(by)) return 'not-allowed';
		const agreed = silent.asked.get(person);
		if (by === person) {
			if (!agrees) silent.asked.delete(person);
			else if (!agreed) silent.asked.set(person, new Set());
			return null;
		}
		if (!agreed) return 'no-such-person';
		if (agrees) agreed.add(by);
		else agreed.delete(by);
		return null;
	}

	/** How the meeting stands for somebody who would take it over. */
	silence(meeting: Id, person: Id): Silence {
		const silent = this.#silent.get(meeting);
		return {
			forMs: silent ? this.#now() - silent.since : null,
			neededMs: this.#neededMs,
			members: silent?.members ?? new Set(),
			agreed: silent?.asked.get(person) ?? new Set()
		};
	}

	/** What everybody in it is told; null: somebody conducts it, or nobody has to. */
	of(meeting: Id): Unconducted | null {
		const silent = this.#silent.get(meeting);
		if (!silent) return null;
		return { from: silent.since + this.#neededMs, asked: [...silent.asked].map(([person, agreed]) => ({ person, agreed: [...agreed] })) };
	}
}
