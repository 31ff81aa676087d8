import type { Id } from '#realtime/meeting/ids.ts';
import type { Participant } from '#realtime/meeting/meetings.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { alone, type Bus } from '../bus.ts';
import { Gathered } from './gathered.ts';
import type { SaidConsent } from './hand-overs.ts';
import type { SaidReady } from './pulses.ts';

/** What one process has of a meeting at the moment, and nothing keeps. */
export interface Share extends SaidReady {
	/** each person once, as they came to this process first */
	people: (Participant & { since: number; writing: boolean })[];
	unconducted: SaidConsent | null;
}

declare module '../bus.ts' {
	interface Told {
		/** what the sender has of meetings; null: nothing any more. `all`: of any other it has nothing */
		'meetings.shares': { shares: [Id, Share | null][]; all: boolean };
		/** asks what each has of all meetings */
		'meetings.ask': null;
	}
}

/** What the processes have of meetings, each told by the one that has it: a process that is gone takes its people with it. */
export class Shares {
	readonly #bus: Bus;
	readonly #here: (meeting: Id) => Share | null;
	readonly #changed: (meeting: Id) => void;
	readonly #others = new Map<string, Map<Id, Share>>();
	/** as each was told last, but for the version, which changes alone */
	readonly #told = new Map<Id, string>();
	/** who was not heard of for long while nobody was: whether they are gone shows only when others can be heard again */
	readonly #silent = new Set<string>();
	#answering: ReturnType<typeof setTimeout> | undefined;
	readonly #telling = new Gathered<Id>(limits.sharesGapMs, (meeting) => this.#tell(meeting));
	readonly #tellingAll = new Gathered<null>(limits.sharesGapMs, () => this.#tellAll());

	/** `here`: what this process has of a meeting; null: nothing. `changed`: others have something else of it. None of them throws. */
	constructor(bus: Bus, here: (meeting: Id) => Share | null, changed: (meeting: Id) => void) {
		this.#bus = bus;
		this.#here = here;
		this.#changed = changed;
		bus.listen('meetings.shares', ({ shares, all }, from) => this.#take(from, shares, all));
		bus.listen('meetings.ask', () => this.#tellingAll.ask(null));
		bus.onChange((other, change) => {
			if (change === 'come') {
				this.#silent.delete(other);
				this.#tellingAll.ask(null);
			} else if (bus.isUp) this.#take(other, [], true);
			else this.#silent.add(other);
		});
		bus.onGap(() => {
			bus.tell('meetings.ask', null);
			this.#tellingAll.ask(null);
			clearTimeout(this.#answering);
			this.#answering = setTimeout(() => this.#forgetSilent(), limits.sharesAnswerMs);
			this.#answering.unref();
		});
		// what the others told of themselves when they heard of this process came before anybody listened
		bus.tell('meetings.ask', null);
	}

	/** What others have of a meeting. */
	of(meeting: Id): Share[] {
		return [...this.#others.values()].flatMap((shares) => shares.get(meeting) ?? []);
	}

	/** This process may have something else of a meeting now. */
	ask(meeting: Id): void {
		if (this.#bus !== alone) this.#telling.ask(meeting);
	}

	stop(): void {
		clearTimeout(this.#answering);
		this.#telling.stop();
		this.#tellingAll.stop();
	}

	#forgetSilent(): void {
		if (!this.#bus.isUp) return;
		for (const other of this.#silent) this.#take(other, [], true);
		this.#silent.clear();
	}

	#tell(meeting: Id): void {
		const share = this.#here(meeting);
		const text = textOf(share);
		if (text === this.#told.get(meeting)) return;
		if (share) this.#told.set(meeting, text!);
		else this.#told.delete(meeting);
		this.#bus.tell('meetings.shares', { shares: [[meeting, share]], all: false });
	}

	#tellAll(): void {
		const shares = [...this.#told.keys()].flatMap((meeting): [Id, Share][] => {
			const share = this.#here(meeting);
			return share ? [[meeting, share]] : [];
		});
		this.#told.clear();
		for (const [meeting, share] of shares) this.#told.set(meeting, textOf(share)!);
		this.#bus.tell('meetings.shares', { shares, all: true });
	}

	#take(from: string, shares: readonly [Id, Share | null][], all: boolean): void {
		this.#silent.delete(from);
		const before = this.#others.get(from) ?? new Map<Id, Share>();
		const now = all ? new Map<Id, Share>() : before;
		const touched = new Set([...(all ? before.keys() : []), ...shares.map(([meeting]) => meeting)]);
		for (const [meeting, share] of shares) {
			if (share) now.set(meeting, share);
			else now.delete(meeting);
		}
		if (now.size > 0) this.#others.set(from, now);
		else this.#others.delete(from);
		for (const meeting of touched) this.#changed(meeting);
	}
}

const textOf = (share: Share | null): string | undefined => (share ? JSON.stringify({ ...share, version: 0 }) : undefined);
