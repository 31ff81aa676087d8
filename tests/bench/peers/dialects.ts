import { kindOf, readFrame } from '#realtime/protocol/frames.ts';
import * as encoding from 'lib0/encoding';

/** What a server says of its document: what it has, or what it asks for. */
export interface Heard {
	kind: 'step1' | 'step2' | 'update';
	bytes: Uint8Array;
}

/** How a server is spoken to: what the frames of our protocol, which are y-websocket's, become on the way. */
export interface Dialect {
	/** what a client says first */
	hello: readonly Uint8Array[];
	wrap(frame: Uint8Array): Uint8Array;
	/** null: of no concern to a bench */
	hear(message: Uint8Array): Heard | null;
}

function heardIn(frame: Uint8Array): Heard | null {
	const kind = kindOf(frame);
	return kind === 'step1' || kind === 'step2' || kind === 'update' ? (readFrame(frame) as Heard) : null;
}

/** y-websocket's, and ours. */
export const plain: Dialect = { hello: [], wrap: (frame) => frame, hear: heardIn };

/** Hocuspocus: an answer to a step 1 is a sync message of another type. */
const syncReply = 4;

/** Hocuspocus puts the name of the document before everything, and wants a token first. */
export function named(document: string): Dialect {
	const name = encoding.encode((encoder) => encoding.writeVarString(encoder, document));
	const wrap = (frame: Uint8Array): Uint8Array => Buffer.concat([name, frame]);
	const token = encoding.encode((encoder) => {
		encoding.writeVarUint(encoder, 2);
		encoding.writeVarUint(encoder, 0);
		encoding.writeVarString(encoder, 'token');
	});
	return {
		hello: [wrap(token)],
		wrap,
		hear(message) {
			const frame = message.subarray(name.byteLength);
			if (frame[0] === syncReply) frame[0] = 0;
			return heardIn(frame);
		}
	};
}
