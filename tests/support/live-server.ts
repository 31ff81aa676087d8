import type { Database } from '#db/open.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { attach, type Live } from '#realtime/server/attach.ts';
import type { Bus } from '#realtime/server/bus.ts';
import type { Access, Log } from '#realtime/server/ports.ts';
import { accessOver } from '#server/auth/access.ts';
import { openSessions, type Sessions } from '#server/auth/sessions.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The sockets of meetings and documents over a database, as the product serves them. */
export interface LiveServer {
	live: Live;
	access: Access;
	sessions: Sessions;
	/** such as http://127.0.0.1:49152 */
	origin: string;
	/** a new session of somebody, as a cookie header */
	signIn(person: Id): Promise<string>;
	stop(): Promise<void>;
}

const note = () => {};

/** `port`: a free one unless given. What it writes down goes nowhere without a `log`. */
export async function serveLive(
	database: Database,
	{ port = 0, log = { info: note, warn: note, error: note }, ...options }: { port?: number; log?: Log; unconductedMs?: number; bus?: Bus } = {}
): Promise<LiveServer> {
	const sessions = openSessions(database, { origins: [] });
	const access = accessOver(database.access, sessions, []);
	const http = createServer();
	const live = attach(http, { ...database, access, log }, options);
	await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
	return {
		live,
		access,
		sessions,
		origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
		signIn: async (person) => (await sessions.signIn(person, false)).split(';')[0]!,
		async stop() {
			const closed = new Promise((resolve) => http.close(resolve));
			await live.stop();
			http.closeAllConnections();
			await closed;
		}
	};
}
