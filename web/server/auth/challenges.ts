import type { Database } from '#db/open.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { openSealing } from './sealing.ts';
import { digestOf, newToken } from './tokens.ts';

/** Questions to somebody's passkey, each answered once, soon, and by whom it was put to. */
export interface Challenges {
	/** `person`: who has to answer; null: anybody, to sign in */
	make(person: Id | null): Promise<string>;
	/** Is it an open question to this person? From then on it is not. */
	take(challenge: string, person: Id | null): Promise<boolean>;
}

/**
 * A question carries its own deadline under the installation's key, so that any process knows it; kept is only that it was
 * answered, and so whoever asks for questions fills nothing.
 */
export function openChallenges(database: Pick<Database, 'counts' | 'keys'>): Challenges {
	const sealing = openSealing(database, 'passkey-challenge');
	const signed = async (question: string, person: Id | null) => `${question}.${await sealing.digest(question, person ?? '')}`;
	return {
		make: (person) => signed(`${newToken()}.${Date.now() + limits.passkeyChallengeMs}`, person),

		async take(challenge, person) {
			const [token = '', until = ''] = challenge.split('.');
			if (challenge !== (await signed(`${token}.${until}`, person)) || Number(until) <= Date.now()) return false;
			const key = digestOf(challenge);
			return (await database.counts.count([{ key }], limits.passkeyChallengeMs)).get(key)!.times === 1;
		}
	};
}
