import type { Id } from '#realtime/meeting/ids.ts';
import { limits, questions } from '#realtime/meeting/limits.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { isClientId, readFrame, type Incoming } from '#realtime/protocol/frames.ts';
import type { Grant, Log, Subject } from '../ports.ts';
import type { Allowance } from '../allowance.ts';
import { Brake } from './brake.ts';
import { Bucket } from '../bucket.ts';
import { close, type Connection, type Wire } from './connection.ts';
import type { Room } from './room.ts';
import type { Rooms } from './rooms.ts';

/** What the other end of a wire does. Neither call throws or rejects. */
export interface Served {
	frame(bytes: Uint8Array): void;
	/** a ping or a pong has come: no message, and not for nothing either */
	beat(): void;
	/** the socket has closed, by whomever */
	gone(): void;
}

/** Serves one page over its wire: lets it into the document's room and passes its messages on, in their order. */
export function serve(rooms: Rooms, log: Log, wire: Wire, page: { subject: Subject; document: Id; grant: Grant; query: URLSearchParams }): Served {
	const client = Number(page.query.get('client') ?? NaN);
	const connection: Connection = {
		wire,
		document: page.document,
		subject: page.subject,
		grant: page.grant,
		get allowance() {
			return rooms.allowances.of(page.subject.person);
		},
		declaredClient: isClientId(client) ? client : null,
		generation: page.query.has('generation') ? Number(page.query.get('generation')) : null,
		attempt: Number(page.query.get('attempt')) || 0,
		acknowledges: page.query.get('acks') === '1',
		caughtUp: false,
		held: [],
		heldBytes: 0,
		untried: [],
		committed: 0,
		told: 0,
		given: null,
		refused: false,
		fined: false,
		open: true
	};
	let room: Room | null = null;
	const asked = new Bucket(questions, performance.now());
	let answers = 0;
	const brake = new Brake<Incoming | Beat>(
		wire,
		(message) => waitMs(message, connection.allowance, asked),
		(message) => {
			charge(message, connection.allowance, asked);
			if (message.kind === 'beat') return;
			// an honest page has read what it asked for at the beginning before it asks again; else it would all lie here
			if ((message.kind === 'step1' || message.kind === 'query') && ++answers > questions.atOnce && wire.isBehind()) return refuse('too-slow');
			try {
				room?.receive(connection, message);
			} catch (error) {
				log.error({ document: page.document, error: String(error) }, 'a message of a page failed');
				refuse('malformed');
			}
		}
	);
	const refuse = (reason: CloseReason) => {
		brake.stop();
		rooms.leave(connection);
		close(connection, reason);
	};
	void rooms.enter(connection).then((entered) => {
		room = entered;
		brake.loosen();
	});

	return {
		frame(bytes) {
			let message: Incoming;
			try {
				message = readFrame(bytes);
			} catch {
				return refuse('malformed');
			}
			const stateVector = message.kind === 'step1' ? message.bytes : message.kind === 'state' ? message.stateVector : null;
			if (stateVector && stateVector.byteLength > limits.stateVectorBytes) return refuse('too-large');
			brake.push(message);
		},
		beat: () => brake.push(beat),
		gone() {
			brake.stop();
			rooms.leave(connection);
		}
	};
}

interface Beat {
	kind: 'beat';
	bytes: Uint8Array;
}
const beat: Beat = { kind: 'beat', bytes: new Uint8Array() };

const bytesOf = (message: { bytes: Uint8Array }) => message.bytes.byteLength + limits.messageBytes;

/** How long a message has to wait until its person may have it looked at; 0: not at all. */
function waitMs(message: Incoming | Beat, allowance: Allowance, asked: Bucket): number {
	switch (message.kind) {
		case 'step1':
			return Math.max(asked.waitMs(1, performance.now()), allowance.waitMs('answerBytes'), allowance.waitMs('answerMs'));
		case 'query':
		case 'state':
			return Math.max(asked.waitMs(1, performance.now()), allowance.waitMs('answerBytes'));
		case 'step2':
			return Math.max(
				allowance.waitMs('offlineBytes', bytesOf(message)),
				allowance.waitMs('workMs'),
				allowance.waitMs('answerMs'),
				allowance.waitMs('trialMs')
			);
		case 'update':
			return Math.max(allowance.waitMs('edits', 1), allowance.waitMs('pieces'), allowance.waitMs('workMs'), allowance.waitMs('trialMs'));
		case 'presence':
		case 'beat':
			return allowance.waitMs('presenceBytes', bytesOf(message));
	}
}

/** Takes what is known of its cost before it is looked at; the room takes the rest. */
function charge(message: Incoming | Beat, allowance: Allowance, asked: Bucket): void {
	switch (message.kind) {
		case 'step1':
		case 'query':
		case 'state':
			return asked.take(1, performance.now());
		case 'step2':
			return allowance.take('offlineBytes', bytesOf(message));
		case 'update':
			return allowance.take('edits', 1);
		case 'presence':
		case 'beat':
			return allowance.take('presenceBytes', bytesOf(message));
	}
}
