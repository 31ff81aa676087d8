import type { Adapter, DatabaseSession, DatabaseUser } from 'lucia';
import type { Database } from '#db/open.ts';
import { digestOf } from './tokens.ts';

/**
 * Lucia's door to our sessions, which keep digests only. Lucia hands in the token when it makes or looks up a
 * session; what it gets back, and hands in from then on, is the digest.
 */
export function luciaAdapter({ sessions }: Pick<Database, 'sessions'>): Adapter {
	return {
		async getSessionAndUser(token): Promise<[DatabaseSession | null, DatabaseUser | null]> {
			const found = await sessions.find(digestOf(token));
			if (!found) return [null, null];
			const { digest, person, expiresAt, seenAt } = found;
			return [
				{ id: digest, userId: person.id, expiresAt: new Date(expiresAt), attributes: { device: null, seenAt } },
				{ id: person.id, attributes: { person } }
			];
		},
		async getUserSessions(person) {
			const all = await sessions.list(person);
			return all.map(({ digest, expiresAt, device, seenAt }) => ({
				id: digest,
				userId: person,
				expiresAt: new Date(expiresAt),
				attributes: { device, seenAt }
			}));
		},
		setSession: ({ id: token, userId, expiresAt, attributes: { device } }) =>
			sessions.put({ digest: digestOf(token), person: userId, expiresAt: expiresAt.getTime(), device }),
		updateSessionExpiration: (digest, expiresAt) => sessions.extend(digest, expiresAt.getTime()),
		deleteSession: (digest) => sessions.remove(digest),
		deleteUserSessions: (person) => sessions.removeAllOf(person),
		deleteExpiredSessions: () => sessions.removeExpired(Date.now())
	};
}
