import type { Id } from '#realtime/meeting/ids.ts';
import { limits, rates } from '#realtime/meeting/limits.ts';
import type { Allowances } from './allowance.ts';
import { Few } from './few.ts';
import { StorageError, type Access, type Subject } from './ports.ts';
import { Turns } from './turns.ts';

/** Who may open a socket now. */
export class Arrivals {
	readonly #access: Pick<Access, 'sessionIn' | 'authenticate'>;
	readonly #allowances: Allowances;
	readonly #now: () => number;
	/** whose sessions were told to wait */
	readonly #told = new Map<string, Id>();
	readonly #turns = new Turns<string>();
	/** how many of each session are being looked up, or are to be */
	readonly #underWay = new Map<string, number>();
	/** questions to the database, of all sessions */
	readonly #questions = new Few(limits.arrivalsAsked, limits.arrivalsWaiting);

	constructor(access: Pick<Access, 'sessionIn' | 'authenticate'>, allowances: Allowances, now: () => number = () => performance.now()) {
		this.#access = access;
		this.#allowances = allowances;
		this.#now = now;
	}

	/**
	 * What is found about the holder of the session in these request headers; null: nobody. `too-many`: they come too
	 * often. Rejects with StorageError when the database does not answer. Of one session's arrivals one is looked up at
	 * a time, and few of all sessions, which anybody can make up: so nobody's edits wait in the database behind all of them.
	 */
	async admit<Found>(cookie: string | undefined, find: (subject: Subject) => Promise<Found>): Promise<Found | 'too-many' | null> {
		const session = this.#access.sessionIn(cookie);
		if (session === null) return null;
		const before = this.#underWay.get(session) ?? 0;
		if (before >= rates.arrivals.atOnce) return 'too-many';
		this.#underWay.set(session, before + 1);
		const came = this.#now();
		try {
			return await this.#turns.take(session, async () => {
				// whoever comes back all the same is not worth a question to the database
				const known = this.#told.get(session);
				if (known !== undefined && this.#allowances.of(known).waitMs('arrivals', 1) > 0) return 'too-many';
				this.#told.delete(session);
				if (this.#questions.isFull) return 'too-many';
				return this.#questions.do(() => {
					// a page has given it up by then, and nobody else is to wait for it
					if (this.#now() - came > limits.connectMs) throw new StorageError('an arrival was not looked up in time', { full: false });
					return this.#lookUp(session, cookie, find);
				});
			});
		} finally {
			const left = this.#underWay.get(session)! - 1;
			if (left > 0) this.#underWay.set(session, left);
			else this.#underWay.delete(session);
		}
	}

	async #lookUp<Found>(session: string, cookie: string | undefined, find: (subject: Subject) => Promise<Found>): Promise<Found | 'too-many' | null> {
		const subject = await this.#access.authenticate(cookie);
		if (!subject) return null;
		if (this.#allowances.of(subject.person).draw('arrivals', 1)) return find(subject);
		if (this.#told.size >= limits.allowancesKept) this.#told.clear();
		this.#told.set(session, subject.person);
		return 'too-many';
	}
}
