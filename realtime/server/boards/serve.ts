import type { Id } from '#realtime/meeting/ids.ts';
import { isClientId, readFrame } from '#realtime/protocol/frames.ts';
import type { Grant, Log, Subject } from '../ports.ts';
import type { Connection, Wire } from './connection.ts';
import type { Rooms } from './rooms.ts';

/** What the other end of a wire does. Neither call throws or rejects. */
export interface Served {
	frame(bytes: Uint8Array): void;
	/** the socket has closed, by whomever */
	gone(): void;
}

/** Serves one page over its wire: lets it into the document's room and passes its messages on, in their order. */
export function serve(
	rooms: Rooms,
	log: Log,
	wire: Wire,
	page: { subject: Subject; document: Id; grant: Grant; arrival: number; query: URLSearchParams }
): Served {
	const client = Number(page.query.get('client') ?? NaN);
	const connection: Connection = {
		wire,
		document: page.document,
		subject: page.subject,
		grant: page.grant,
		declaredClient: isClientId(client) ? client : null,
		generation: page.query.has('generation') ? Number(page.query.get('generation')) : null,
		arrival: page.arrival,
		acknowledges: page.query.get('acks') === '1',
		caughtUp: false,
		held: [],
		committed: 0,
		open: true
	};
	// nothing is read, and so nothing piles up, before there is a room to take it
	wire.pause();
	const entered = rooms.enter(connection).finally(() => wire.resume());

	const refuse = () => {
		rooms.leave(connection);
		wire.close('malformed');
	};

	return {
		frame(bytes) {
			let message: ReturnType<typeof readFrame>;
			try {
				message = readFrame(bytes);
			} catch {
				return refuse();
			}
			entered
				.then((room) => room?.receive(connection, message))
				.catch((error: unknown) => {
					log.error({ document: page.document, error: String(error) }, 'a message of a page failed');
					refuse();
				});
		},
		gone: () => rooms.leave(connection)
	};
}
