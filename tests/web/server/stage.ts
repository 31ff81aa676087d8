import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from '#db/open.ts';
import { createFounding } from '#db/seed/founding.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { Past } from '#realtime/server/boards/past.ts';
import { Rooms } from '#realtime/server/boards/rooms.ts';
import { alone } from '#realtime/server/bus.ts';
import { LateDesk } from '#realtime/server/late/late-desk.ts';
import { VoteDesk } from '#realtime/server/votes/vote-desk.ts';
import { stateAddress } from '#server/address.ts';
import { createApi } from '#server/api/api.ts';
import type { Services } from '#server/api/services.ts';
import { accessOver } from '#server/auth/access.ts';
import { openAccounts } from '#server/auth/accounts.ts';
import { countKnocks } from '#server/auth/knocks.ts';
import { openSessions } from '#server/auth/sessions.ts';
import { newId } from '#server/auth/tokens.ts';
import { OneClickLinks } from '#server/demo/one-click-links.ts';
import { openLog } from '#server/log.ts';
import { openMetrics } from '#server/metrics.ts';
import { sameThread } from '../../support/same-thread.ts';
import { deskOver } from '../../support/desk.ts';

/** The real API on a real, empty embedded database, without an HTTP server. */
export async function openStage({ demo = false } = {}) {
	const dataDir = await mkdtemp(join(tmpdir(), 'hamandish-test-'));
	const database = await open({ dataDir });
	const logLines: string[] = [];
	const sessions = openSessions(database, { origins: [] });
	const projected: Id[] = [];
	const doorsChanged: Id[] = [];
	const access = accessOver(database.access, sessions, []);
	const oneClickLinks = demo ? new OneClickLinks('/meetings/a/b') : null;
	const log = openLog('debug', { write: (line) => void logLines.push(line) });
	const metrics = openMetrics(() => ({ database, live: null, bus: alone }));
	const rooms = new Rooms({ ...database, access, log, metrics }, sameThread);
	const past = new Past(database.documents, sameThread);
	const services: Services = {
		database,
		sessions,
		accounts: openAccounts(database),
		access,
		knocks: countKnocks(database),
		log,
		metrics,
		live: {
			async projectNow(document) {
				projected.push(document);
				await rooms.projectNow(document);
			},
			edit: (document, person, change) => rooms.edit(document, person, change),
			asItStood: (document, seq, surface) => past.asItStood(document, seq, surface),
			handOver: (from, to, by) => rooms.handOver(from, to, by),
			desk: deskOver(database, {
				access,
				freshCopy: (document, surface) => rooms.freshCopy(document, surface),
				hidden: (meeting) => database.drafts.hidden(meeting),
				reveal: (activity, keep) => rooms.reveal(activity, keep),
				candidates: (document) => database.votes.candidates(document),
				wording: (document, decision) => rooms.wording(document, decision)
			}),
			votes: new VoteDesk({ votes: database.votes, access, turnoutChanged: () => {} }),
			late: new LateDesk({ late: database.late, edit: (document, person, change) => rooms.edit(document, person, change), changed: () => {} }),
			facilitated: () => false,
			doorChanged: (meeting) => void doorsChanged.push(meeting)
		},
		oneClickLinks
	};
	const api = createApi(async () => services);

	/** A new person with a session: the cookie header to send. */
	async function arrive(person: { administrator?: boolean } = {}): Promise<{ id: Id; cookie: string }> {
		const id = newId();
		await database.people.create({ id, name: { fa: 'کسی', en: 'Somebody' }, ...person });
		return { id, cookie: (await sessions.signIn(id, false)).split(';')[0]! };
	}

	return {
		api,
		database,
		sessions,
		services,
		metrics,
		logLines,
		projected,
		doorsChanged,
		oneClickLinks,
		arrive,
		found: (facilitator: Id) => createFounding(database, { facilitator, language: 'fa', newId }),
		/** Asks the API as a page would. */
		ask: async (
			method: string,
			path: string,
			{ cookie, body, headers = {}, address }: { cookie?: string | undefined; body?: unknown; headers?: Record<string, string>; address?: string } = {}
		) =>
			api.request(
				path,
				{
					method,
					headers: {
						host: 'localhost:3000',
						...(cookie === undefined ? {} : { cookie }),
						...(body === undefined ? {} : { 'content-type': 'application/json' }),
						...headers
					},
					...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) })
				},
				{ incoming: from(address) }
			),
		/** Empties the database. */
		async clear() {
			await database.connection.run(async ({ sql }) => {
				const tables = await sql<
					{ name: string }[]
				>`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
				await sql.unsafe(`truncate ${tables.map(({ name }) => `"${name}"`).join(', ')} cascade`);
			});
		},
		async close() {
			await rooms.stop();
			await database.close();
			await rm(dataDir, { recursive: true, force: true });
		}
	};
}

/** A request as the front door has seen it come from this network address. */
function from(remoteAddress: string | undefined): IncomingMessage {
	const request = { headers: {}, socket: { remoteAddress } } as unknown as IncomingMessage;
	stateAddress(request, { isTrustedProxy: () => false });
	return request;
}

export type Stage = Awaited<ReturnType<typeof openStage>>;
