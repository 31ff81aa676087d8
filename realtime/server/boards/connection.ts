import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { isAbuse, type CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Grant, Subject } from '../ports.ts';
import type { Allowance } from '../allowance.ts';
import type { Admitted } from './gate/door.ts';
import type { Refusal } from './gate/refusal.ts';
import type { Outgoing } from './outgoing.ts';

/** The way to one page: a WebSocket, or a simulated one. Nothing here throws, whatever state the socket is in. */
export interface Wire {
	/** Closes the socket of a page that does not take what it is sent. What it has `asked` for may be long, and is not held against it. */
	send(outgoing: Outgoing, asked?: boolean): void;
	/** Does more than may wait for a slow reader wait of what it has asked for? */
	isBehind(): boolean;
	/** tells the page why, and lets go */
	close(reason: CloseReason): void;
	/** stops reading from the page, until it has been resumed as often as it was paused */
	pause(): void;
	resume(): void;
}

/** One page on one document. */
export interface Connection {
	readonly wire: Wire;
	readonly document: Id;
	readonly subject: Subject;
	/** what its person is to the document; renewed while it is open */
	grant: Grant;
	/** the client id that the page says it has; a stock provider says none */
	readonly declaredClient: number | null;
	/** what its person may have done at the moment, over all of their connections */
	readonly allowance: Allowance;
	/** which generation of the document the page has; null: it does not say, as one that has nothing, and a stock provider */
	readonly generation: number | null;
	/** which of its page's sockets this is, as the page counts them: one that it gave up may come after the next; 0: it does not say */
	readonly attempt: number;
	/** it wants to be told of commits */
	readonly acknowledges: boolean;
	/** has answered the server's step 1, so that what it sends follows on what the server has */
	caughtUp: boolean;
	/** edits that came before that answer */
	held: Admitted[];
	/** what they count as */
	heldBytes: number;
	/** edits on their way into the room, in their order: the first is being tried. A refusal is the last */
	untried: (Admitted | Refusal | CloseReason)[];
	/** write frames committed so far */
	committed: number;
	/** sync messages sent to it so far */
	told: number;
	/** how far it has come by what was given to it before its document was made, as a state vector; null: it was given nothing */
	given: Uint8Array | null;
	/** something that it sent is refused, or came late: nothing that it sends after it is looked at, and it is closed once what it sent before is acknowledged */
	refused: boolean;
	/** its person has paid for an abuse */
	fined: boolean;
	open: boolean;
}

/** Are these two sockets of one page, of which only one can be alive? */
export const isSamePage = (a: Connection, b: Connection): boolean =>
	a.declaredClient !== null && a.declaredClient === b.declaredClient && a.document === b.document && a.subject.person === b.subject.person;

/** Tells a page why, and lets go. After an abuse its person comes back seldom. */
export function close(connection: Connection, reason: CloseReason): void {
	// once: behind the letter that it is closed for there may be ten thousand more
	if (isAbuse(reason) && !connection.fined) {
		connection.fined = true;
		connection.allowance.take('arrivals', limits.abuseArrivals);
	}
	connection.wire.close(reason);
}
