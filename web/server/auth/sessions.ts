import { Lucia, TimeSpan } from 'lucia';
import type { Database } from '#db/open.ts';
import type { Person } from '#db/stores/people.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { Few } from '#realtime/server/few.ts';
import { StorageError, type Subject } from '#realtime/server/ports.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { luciaAdapter } from './lucia-adapter.ts';
import { digestOf, isToken, newToken } from './tokens.ts';

/** Who is signed in, as pages and API see them. */
export type SignedIn = Person;

declare module 'lucia' {
	interface Register {
		Lucia: Lucia<{ seenAt: number }, { person: Person }>;
		DatabaseUserAttributes: { person: Person };
		DatabaseSessionAttributes: { device: string | null; seenAt: number };
	}
}

/** A cookie as a `Set-Cookie` header carries it. */
export type SetCookie = string;

/** Sessions: cookies in, people out. Lucia is known to nobody else. Rejects with StorageError when the database does not answer. */
export interface Sessions {
	/** Signs a person in: the cookie to send. `https`: may the cookie be kept off plain connections? `device`: what the browser calls itself. */
	signIn(person: Id, https: boolean, device?: string | null): Promise<SetCookie>;
	/** Whose session is in this cookie header? Half way to its end a session is renewed, and `renewed` is to be sent. */
	read(cookies: string | null | undefined, https: boolean): Promise<{ person: SignedIn; subject: Subject; renewed: SetCookie | null } | null>;
	/** As {@link Sessions.read}, for sockets: they cannot send a cookie, so they renew nothing. */
	authenticate(cookies: string | undefined): Promise<Subject | null>;
	/** The session that a cookie header names, by its digest, whether or not there is such a one; null: none. */
	sessionIn(cookies: string | undefined): string | null;
	/** Ends the session in this cookie header: the cookies that take it off the browser. */
	signOut(cookies: string | null | undefined): Promise<SetCookie[]>;
	removeExpired(): Promise<void>;
}

/** A browser accepts the `__Host-` prefix only over https, for this host alone and all its paths: nobody else can plant it. */
const names = { https: '__Host-hamandish', http: 'hamandish' } as const;

export function openSessions(database: Pick<Database, 'sessions'>, options: { origins: readonly string[] }): Sessions {
	const adapter = luciaAdapter(database);
	const over = (scheme: keyof typeof names) =>
		new Lucia<{ seenAt: number }, { person: Person }>(adapter, {
			getSessionAttributes: ({ seenAt }) => ({ seenAt }),
			sessionExpiresIn: new TimeSpan(limits.sessionDays, 'd'),
			getUserAttributes: ({ person }) => ({ person }),
			// the database ends sessions; the cookie outlives a renewal that a socket's page never saw
			sessionCookie: { name: names[scheme], expires: false, attributes: { secure: scheme === 'https', sameSite: 'lax', path: '/' } }
		});
	const by = { https: over('https'), http: over('http') };
	/** Where every page is served over https, a cookie that anybody on the way could have set counts for nothing. */
	const accepted =
		options.origins.length > 0 && options.origins.every((origin) => origin.startsWith('https:')) ? (['https'] as const) : (['https', 'http'] as const);

	/** Sessions are made up easily, and edits are not to wait behind all of them. */
	const lookups = new Few(limits.sessionsAsked, limits.sessionsWaiting);

	function tokenIn(cookies: string | null | undefined): string | null {
		if (!cookies) return null;
		for (const scheme of accepted) {
			const token = cookieNamed(cookies, names[scheme]);
			if (token !== null && isToken(token)) return token;
		}
		return null;
	}

	return {
		async signIn(person, https, device = null) {
			const lucia = by[https ? 'https' : 'http'];
			const attributes = {
				device:
					device &&
					device
						.toWellFormed()
						.replace(/\p{Cc}/gu, '')
						.slice(0, limits.deviceUnits),
				seenAt: Date.now()
			};
			const { id: token } = await lucia.createSession(person, attributes, { sessionId: newToken() });
			return lucia.createSessionCookie(token).serialize();
		},
		async read(cookies, https) {
			const token = tokenIn(cookies);
			if (token === null) return null;
			const lucia = by[https ? 'https' : 'http'];
			if (lookups.isFull) throw new StorageError('too many sessions are being looked up', { full: false });
			const { session, user } = await lookups.do(() => lucia.validateSession(token));
			if (!session) return null;
			// a database that takes nothing in may still answer questions
			if (session.seenAt < Date.now() - limits.seenEveryMs) await database.sessions.seen(session.id, Date.now() - limits.seenEveryMs).catch(() => {});
			return {
				person: user.person,
				subject: { session: session.id, person: user.id },
				// the session's id is its digest: the token that came in is what goes out again
				renewed: session.fresh ? lucia.createSessionCookie(token).serialize() : null
			};
		},
		async authenticate(cookies) {
			const token = tokenIn(cookies);
			if (token === null) return null;
			const [session] = await adapter.getSessionAndUser(token);
			return session && session.expiresAt.getTime() > Date.now() ? { session: session.id, person: session.userId } : null;
		},
		sessionIn(cookies) {
			const token = tokenIn(cookies);
			return token === null ? null : digestOf(token);
		},
		async signOut(cookies) {
			const token = tokenIn(cookies);
			if (token !== null) await adapter.deleteSession(digestOf(token));
			return [by.https, by.http].map((lucia) => lucia.createBlankSessionCookie().serialize());
		},
		removeExpired: () => adapter.deleteExpiredSessions()
	};
}

/** The value of one cookie. Others may hold anything, so they are not decoded. */
function cookieNamed(header: string, name: string): string | null {
	for (const pair of header.split(';')) {
		const at = pair.indexOf('=');
		if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
	}
	return null;
}
