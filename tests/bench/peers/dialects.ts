import { kindOf, readFrame } from '#realtime/protocol/frames.ts';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/** What a server says of its document: what it has, or what it asks for; ours also, how many writes of this connection are committed. */
export type Heard = { kind: 'step1' | 'step2' | 'update'; bytes: Uint8Array } | { kind: 'committed'; frames: number };

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
	if (kind === 'step1' || kind === 'step2' || kind === 'update') return readFrame(frame) as Heard;
	return kind === 'committed' ? { kind, frames: decoding.readVarUint(decoding.createDecoder(frame.subarray(1))) } : null;
}

/** y-websocket's, and ours. */
const plain: Dialect = { hello: [], wrap: (frame) => frame, hear: heardIn };

/** Hocuspocus: an answer to a step 1 is a sync message of another type, and what our "committed" is to us says something else. */
const types = { sync: 0, syncReply: 4 };

/** Hocuspocus puts the name of the document before everything, and wants a token first. */
function named(document: string): Dialect {
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
			if (frame[0] === types.syncReply) frame[0] = types.sync;
			return heardIn(frame);
		}
	};
}

/** `document`: by whose name it is spoken of, null if by none. */
export const dialectOf = (document: string | null): Dialect => (document === null ? plain : named(document));
