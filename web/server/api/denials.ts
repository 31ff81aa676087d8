import { limits } from '#realtime/meeting/limits.ts';
import { note } from '../audit.ts';
import { loggedPath } from '../log.ts';
import type { SignedInEnv } from './context.ts';

/** Notes in the audit log that somebody was denied something, and not again for every repetition. */
export class Denials {
	/** person and path → when it was noted */
	readonly #noted = new Map<string, number>();

	/** Never rejects: a denial stays one when it cannot be noted. Nothing is noted of whoever is not signed in. */
	async note({ services, address, person }: Partial<SignedInEnv['Variables']>, request: { method: string; path: string }): Promise<void> {
		if (!services || !person) return;
		const details = { method: request.method, path: loggedPath(request.path) };
		const key = `${person.id} ${details.method} ${details.path}`;
		const now = Date.now();
		for (const [noted, at] of this.#noted) if (now - at > limits.denialNotedMs) this.#noted.delete(noted);
		if (this.#noted.has(key)) return;
		this.#noted.set(key, now);
		try {
			await note(services.database, { kind: 'access.denied', actor: person.id, address: address ?? null, details });
		} catch (error) {
			services.log.warn({ error }, 'a denial could not be noted');
		}
	}
}
