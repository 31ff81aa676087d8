import type { MeetingEvent } from '#realtime/meeting/events.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Log, MeetingStore } from '../ports.ts';
import { Turns } from '../turns.ts';
import { standingOf, type Standing } from './standing.ts';

/** Something that has happened to a meeting that stood at the version `from`, and how it stands by then. */
export interface Happened {
	from: number;
	events: readonly MeetingEvent[];
	now: Standing;
}

export interface InOrderWorld {
	meetings: Pick<MeetingStore, 'find' | 'versions' | 'eventsBetween'>;
	/** Does anybody here have something to do with the meeting? */
	isHere: (meeting: Id) => boolean;
	/** tells everybody here; what happens next waits for it. Does not reject */
	tell: (happened: Happened) => Promise<void>;
	log: Log;
}

/**
 * Tells everybody here what happens to meetings, whichever process decides it: every event once, in their order. What
 * comes before its turn waits for what lies between, which is read from the database.
 */
export class InOrder {
	readonly #world: InOrderWorld;
	readonly #turns = new Turns<Id>();
	/** up to where everybody here was told */
	readonly #versions = new Map<Id, number>();

	constructor(world: InOrderWorld) {
		this.#world = world;
	}

	/** Something has happened. Resolves when everybody here has been told. */
	happened(happened: Happened): Promise<void> {
		const { from, events, now } = happened;
		return this.#turns.take(now.meeting, async () => {
			const { isHere, tell } = this.#world;
			if (!isHere(now.meeting)) {
				this.#versions.delete(now.meeting);
				return tell(happened);
			}
			await this.#catchUp(now.meeting, from);
			// whoever cannot be told what lies between is told all the same, and enters anew
			const known = Math.max(this.#versions.get(now.meeting) ?? from, from);
			if (known >= from + events.length) return;
			this.#versions.set(now.meeting, from + events.length);
			await tell({ from: known, events: events.slice(known - from), now });
		});
	}

	/** Somebody here has read how a meeting stands: nobody here is to be behind that. */
	read(meeting: Id, version: number): Promise<void> {
		return this.#turns.take(meeting, async () => {
			if (!this.#versions.has(meeting)) this.#versions.set(meeting, version);
			await this.#catchUp(meeting, version);
		});
	}

	/** Looks how all meetings stand that anybody here is in, and tells what nobody was told. Rejects with StorageError. */
	async lookUp(): Promise<void> {
		for (const meeting of this.#versions.keys()) if (!this.#world.isHere(meeting)) this.#versions.delete(meeting);
		if (this.#versions.size === 0) return;
		const found = await this.#world.meetings.versions([...this.#versions.keys()]);
		await Promise.all([...found].map(([meeting, version]) => (version > this.#versions.get(meeting)! ? this.read(meeting, version) : null)));
	}

	/** Nobody here has anything to do with the meeting any more. */
	forget(meeting: Id): void {
		this.#versions.delete(meeting);
	}

	/** the meetings that anybody here has something to do with */
	get meetings(): Iterable<Id> {
		return this.#versions.keys();
	}

	/** Tells what is known to have happened up to a version, and a little more if it has by now. */
	async #catchUp(meeting: Id, version: number): Promise<void> {
		const known = this.#versions.get(meeting);
		if (known === undefined || known >= version) return;
		const { meetings, tell, log } = this.#world;
		try {
			const now = await meetings.find(meeting);
			if (!now) return;
			const events = await meetings.eventsBetween(meeting, known, now.version);
			this.#versions.set(meeting, known + events.length);
			await tell({ from: known, events, now: standingOf(now) });
		} catch (error) {
			log.warn({ meeting, error: String(error) }, 'what happened to a meeting could not be read');
		}
	}
}
