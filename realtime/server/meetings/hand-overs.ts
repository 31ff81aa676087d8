import { isConducted, membersIn, type Silence } from '#realtime/meeting/hand-over.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Refusal } from '#realtime/meeting/refusals.ts';
import type { Present, Unconducted } from '#realtime/protocol/control.ts';
import { keyOf, lastSaid, type Said } from './said.ts';
import type { Standing } from './standing.ts';

/** A meeting that nobody conducts, as one process has it: since when, and what its people said of who should. */
export interface SaidConsent {
	since: number;
	/** of oneself: one wants to; of somebody else: one agrees */
	said: Said[];
}

interface Silent {
	since: number;
	members: Set<Id>;
	said: Map<string, Said>;
}

/** Live meetings that nobody conducts, who wants to, and who agrees: it is of the moment, and kept nowhere. */
export class HandOvers {
	readonly #neededMs: number;
	readonly #now: () => number;
	readonly #elsewhere: (meeting: Id) => readonly SaidConsent[];
	/** as each meeting stands */
	readonly #standing = new Map<Id, Standing>();
	readonly #silent = new Map<Id, Silent>();

	/** `neededMs`: for how long nobody has to have conducted a meeting before a member may. `elsewhere`: what is said on other processes. */
	constructor(neededMs: number = limits.unconductedMs, now: () => number = Date.now, elsewhere: (meeting: Id) => readonly SaidConsent[] = () => []) {
		this.#neededMs = neededMs;
		this.#now = now;
		this.#elsewhere = elsewhere;
	}

	/** How the meeting stands. */
	stands(standing: Standing): void {
		// what was read before it went on comes too late
		if ((this.#standing.get(standing.meeting)?.version ?? 0) <= standing.version) this.#standing.set(standing.meeting, standing);
	}

	/** Who is in it now, on whichever process. Whoever has left neither asks nor agrees. */
	follow(meeting: Id, present: Present): void {
		const standing = this.#standing.get(meeting);
		if (present.length === 0) this.#standing.delete(meeting);
		if (standing?.state !== 'live' || present.length === 0 || isConducted(standing, present)) return void this.#silent.delete(meeting);
		const members = membersIn(present);
		const { since, said } = this.#silent.get(meeting) ?? { since: this.#now(), said: new Map<string, Said>() };
		for (const [key, { by, about }] of said) if (!members.has(by) || !members.has(about)) said.delete(key);
		// a process that somebody has just come to takes over what the others count from
		this.#silent.set(meeting, { since: Math.min(since, ...this.#elsewhere(meeting).map((other) => other.since)), members, said });
	}

	/** Somebody who is there wants somebody to conduct the meeting, or no longer: of oneself it asks the others. Answers why that is nothing, or null. */
	say(meeting: Id, by: Id, person: Id, agrees: boolean): Refusal | null {
		const silent = this.#silent.get(meeting);
		if (!silent) return 'conducted';
		if (this.#now() - silent.since < this.#neededMs) return 'too-soon';
		if (!silent.members.has(by)) return 'not-allowed';
		const last = this.#last(meeting, silent);
		const asked = last.get(keyOf({ by: person, about: person }));
		if (by !== person && !asked?.is) return 'no-such-person';
		const before = last.get(keyOf({ by, about: person }));
		// to ask again begins nothing anew
		if (by === person && (before?.is ?? false) === agrees) return null;
		const at = Math.max(this.#now(), (asked?.at ?? 0) + 1, (before?.at ?? 0) + 1);
		silent.said.set(keyOf({ by, about: person }), { by, about: person, is: agrees, at });
		return null;
	}

	/** How the meeting stands for somebody who would take it over. */
	silence(meeting: Id, person: Id): Silence {
		const silent = this.#silent.get(meeting);
		return {
			forMs: silent ? this.#now() - silent.since : null,
			neededMs: this.#neededMs,
			members: silent?.members ?? new Set(),
			agreed: new Set((silent && this.#asked(meeting, silent).get(person)) ?? [])
		};
	}

	/** What everybody in it is told; null: somebody conducts it, or nobody has to. */
	of(meeting: Id): Unconducted | null {
		const silent = this.#silent.get(meeting);
		if (!silent) return null;
		return { from: silent.since + this.#neededMs, asked: [...this.#asked(meeting, silent)].map(([person, agreed]) => ({ person, agreed })) };
	}

	/** What is said here of a meeting; null: somebody conducts it, or nobody has to. */
	here(meeting: Id): SaidConsent | null {
		const silent = this.#silent.get(meeting);
		return silent ? { since: silent.since, said: [...silent.said.values()] } : null;
	}

	#last(meeting: Id, { said }: Silent): Map<string, Said> {
		return lastSaid([...said.values()], ...this.#elsewhere(meeting).map((other) => other.said));
	}

	/** Who wants to, in the order in which they asked, and who agrees to that. What was agreed to before somebody asked again was another question. */
	#asked(meeting: Id, silent: Silent): Map<Id, Id[]> {
		const said = [...this.#last(meeting, silent).values()].filter(({ by, about, is }) => is && silent.members.has(by) && silent.members.has(about));
		said.sort((a, b) => a.at - b.at || (a.by < b.by ? -1 : 1));
		const asking = said.filter(({ by, about }) => by === about);
		return new Map(
			asking.map(({ by: person, at }) => [person, said.filter((one) => one.about === person && one.by !== person && one.at > at).map(({ by }) => by)])
		);
	}
}
