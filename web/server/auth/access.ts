import type { Database } from '#db/open.ts';
import type { Access } from '#realtime/server/ports.ts';
import { isOwnOrigin } from './origin.ts';
import type { Sessions } from './sessions.ts';

/** Who may do what, for pages, API and sockets alike, asked of the database each time. */
export function accessOver({ access }: Pick<Database, 'access'>, sessions: Sessions, origins: readonly string[]): Access {
	return {
		authenticate: (cookie) => sessions.authenticate(cookie),
		ownOrigin: (headers) => isOwnOrigin(origins, headers),
		document: ({ session }, document) => access.document(session, document),
		documents: (asked) => access.documents(asked.map(({ subject, document }) => ({ session: subject.session, document }))),
		meeting: ({ session }, meeting) => access.meeting(session, meeting),
		meetings: (asked) => access.meetings(asked.map(({ subject, meeting }) => ({ session: subject.session, meeting })))
	};
}
