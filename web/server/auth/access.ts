import type { AccessReads } from '#db/stores/access.ts';
import type { Access } from '#realtime/server/ports.ts';
import { isOwnOrigin } from './origin.ts';
import type { Sessions } from './sessions.ts';

/** Who may do what, for pages, API and sockets alike. What somebody may is asked of the database each time. */
export const accessOver = (reads: AccessReads, sessions: Pick<Sessions, 'authenticate' | 'sessionIn'>, origins: readonly string[]): Access => ({
	...reads,
	sessionIn: (cookie) => sessions.sessionIn(cookie),
	authenticate: (cookie) => sessions.authenticate(cookie),
	ownOrigin: (headers) => isOwnOrigin(origins, headers)
});
