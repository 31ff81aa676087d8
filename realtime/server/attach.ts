import type { Id } from '#realtime/meeting/ids.ts';
import type { Surface } from '#realtime/meeting/meetings.ts';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Arrivals } from './arrivals.ts';
import { Past } from './boards/past.ts';
import type { Change } from './boards/room.ts';
import { Rooms } from './boards/rooms.ts';
import { boardPath, boardSockets } from './boards/socket.ts';
import { denyUpgrade } from './handshake.ts';
import { alone, type Bus } from './bus.ts';
import { LateDesk } from './late/late-desk.ts';
import type { MeetingDesk } from './meetings/meeting-desk.ts';
import { meetingSockets } from './meetings/meeting-sockets.ts';
import { uncounted } from './metrics.ts';
import type { World } from './ports.ts';
import type { VoteDesk } from './votes/vote-desk.ts';
import { openWorkbench } from './workbench/workbench.ts';

/** The live part of a server: boards and meetings on the sockets of one HTTP server. */
export interface Live {
	/** SQL shows everything committed of this document once it resolves. */
	projectNow(document: Id): Promise<void>;
	/**
	 * Changes a document without a page: as one edit of this person's (null: of the server's own), shown to everybody
	 * who is on it. Resolves after its commit; rejects with {@link StorageError} if it may not be in the log.
	 */
	edit(document: Id, person: Id | null, change: Change): Promise<void>;
	/** What was to be read in a document when its log had come to a row, as {@link Past.asItStood} says it. */
	asItStood(document: Id, seq: number, surface: Surface): Promise<string | null>;
	/** Gives what somebody has still to do, in all think tanks, to somebody else: where that one is no member, and if it is null, to nobody. `by` has it done. */
	handOver(from: Id, to: Id | null, by: Id): Promise<void>;
	/** where commands about meetings are decided, from wherever they come */
	readonly desk: MeetingDesk;
	/** where ballots are taken, from wherever they come */
	readonly votes: VoteDesk;
	/** where it is decided what becomes of late contributions */
	readonly late: LateDesk;
	/** Is a facilitator or co-facilitator in the meeting at the moment? */
	facilitated(meeting: Id): boolean;
	/** Somebody came to the door of a meeting, or is not there any more: whoever may let guests in is shown. */
	doorChanged(meeting: Id): void;
	/** Says goodbye to all sockets and resolves when nothing is left to write. The HTTP server is not closed. */
	stop(): Promise<void>;
	readonly statistics: {
		/** who is connected, each once */
		people: number;
		rooms: number;
		/** sockets on documents, and sockets of meetings */
		connections: number;
		meetingSockets: number;
		commits: number;
		edits: number;
		/** edits that wait for the database */
		queuedBytes: number;
		/** what waits in sockets of documents for readers to take it */
		bufferedBytes: number;
		/** age of the oldest committed edit that SQL does not show */
		projectionLagMs: number;
		/** how often a page was held against its document, and how often it held something else */
		compared: number;
		diverged: number;
	};
}

/**
 * Serves `/yjs/<document>` and `/socket.io/`. `passUpgrade` names upgrades that are somebody else's business, such
 * as a development server's; every other one is refused. `unconductedMs`: `limits.unconductedMs` unless given. `bus`: of
 * the processes that serve the same database; this one alone unless given.
 */
export function attach(
	http: Server,
	world: World,
	options: { passUpgrade?: (request: IncomingMessage) => boolean; unconductedMs?: number; bus?: Bus } = {}
): Live {
	const { access, meetings: meetingStore, guests, log, metrics = uncounted } = world;
	const { bus = alone } = options;
	const workbench = openWorkbench();
	const rooms: Rooms = new Rooms(world, workbench, {
		arrivedLate: (meeting, person) => meetings.tellLate(meeting, person),
		hidden: (meeting) => meetings.hiddenChanged(meeting),
		bus
	});
	const { allowances } = rooms;
	const past = new Past(world.documents, workbench);
	const arrivals = new Arrivals(access, allowances);
	const boards = boardSockets({ rooms, arrivals, access, log, metrics });
	const meetings = meetingSockets(http, {
		access,
		meetings: meetingStore,
		guests,
		drafts: world.drafts,
		log,
		metrics,
		allowances,
		arrivals,
		freshCopy: (document, surface) => rooms.freshCopy(document, surface),
		reveal: (activity, keep) => rooms.reveal(activity, keep),
		inspire: (item, round, person) => rooms.inspire(item, round, person),
		votes: world.votes,
		async candidates(document) {
			await rooms.projectNow(document);
			return world.votes.candidates(document);
		},
		wording: (document, decision) => rooms.wording(document, decision),
		askRights: () => rooms.askRights(),
		unconductedMs: options.unconductedMs,
		bus
	});

	const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		// a reset while the session is looked up, by us or by socket.io, would otherwise end the process
		socket.on('error', () => {});
		const url = URL.parse(request.url ?? '', 'http://localhost');
		// as engine.io itself looks at it: what neither of us takes would stay open
		if (request.url?.startsWith('/socket.io/') || options.passUpgrade?.(request)) return;
		if (!url?.pathname.startsWith(boardPath)) return denyUpgrade(socket, 404, metrics);
		if (!access.ownOrigin(request.headers)) return denyUpgrade(socket, 403, metrics);
		boards.upgrade(request, socket, head, url).catch((error: unknown) => {
			log.error({ error: String(error) }, 'an upgrade failed');
			socket.destroy();
		});
	};
	http.on('upgrade', upgrade);
	void rooms.catchUp();

	return {
		desk: meetings.desk,
		votes: meetings.votes,
		late: new LateDesk({ late: world.late, edit: (document, person, change) => rooms.edit(document, person, change), changed: meetings.tellLate }),
		facilitated: meetings.facilitated,
		doorChanged: meetings.doorChanged,
		projectNow: (document) => rooms.projectNow(document),
		edit: (document, person, change) => rooms.edit(document, person, change),
		asItStood: (document, seq, surface) => past.asItStood(document, seq, surface),
		handOver: (from, to, by) => rooms.handOver(from, to, by),
		async stop() {
			http.off('upgrade', upgrade);
			// sockets that come while the others go are told to come back
			http.on('upgrade', (_request, socket) => denyUpgrade(socket, 503, metrics));
			meetings.stop();
			await Promise.all([rooms.stop(), boards.stop()]);
			await workbench.stop();
		},
		get statistics() {
			const people = new Set([...rooms.people(), ...meetings.people()]).size;
			return { ...rooms.statistics, people, meetingSockets: meetings.connections, bufferedBytes: boards.bufferedBytes };
		}
	};
}
