import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Allowances } from './allowance.ts';
import type { Access, Subject } from './ports.ts';
import { Turns } from './turns.ts';

/** Who may open a socket now. */
export class Arrivals {
	readonly #access: Pick<Access, 'sessionIn' | 'authenticate'>;
	readonly #allowances: Allowances;
	/** whose sessions were told to wait */
	readonly #waiting = new Map<string, Id>();
	readonly #turns = new Turns<string>();

	constructor(access: Pick<Access, 'sessionIn' | 'authenticate'>, allowances: Allowances) {
		this.#access = access;
		this.#allowances = allowances;
	}

	/**
	 * What is found about the holder of the session in these request headers; null: nobody. `too-many`: they come too
	 * often. Rejects when the database does not answer. Of one session's arrivals one is looked up at a time, so that
	 * nobody's edits wait in the database behind all of them.
	 */
	async admit<Found>(cookie: string | undefined, find: (subject: Subject) => Promise<Found>): Promise<Found | 'too-many' | null> {
		const session = this.#access.sessionIn(cookie);
		if (session === null) return null;
		return this.#turns.take(session, async () => {
			// whoever comes back all the same is not worth a question to the database
			const known = this.#waiting.get(session);
			if (known !== undefined && this.#allowances.of(known).waitMs('arrivals', 1) > 0) return 'too-many';
			this.#waiting.delete(session);
			const subject = await this.#access.authenticate(cookie);
			if (!subject) return null;
			if (this.#allowances.of(subject.person).draw('arrivals', 1)) return find(subject);
			if (this.#waiting.size >= limits.allowancesKept) this.#waiting.clear();
			this.#waiting.set(session, subject.person);
			return 'too-many';
		});
	}
}
