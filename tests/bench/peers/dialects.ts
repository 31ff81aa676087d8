import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/** What a message says to a client; what is of no concern to a bench is `other`. */
export type Heard = { kind: 'step1' | 'step2' | 'update' | 'presence'; bytes: Uint8Array } | { kind: 'other' };

/** How a server is spoken to: the messages of the Yjs protocols, and what they are wrapped in. */
export interface Dialect {
	/** what a client says first */
	hello(): Uint8Array[];
	step1(stateVector: Uint8Array): Uint8Array;
	step2(update: Uint8Array): Uint8Array;
	update(update: Uint8Array): Uint8Array;
	presence(bytes: Uint8Array): Uint8Array;
	hear(message: Uint8Array): Heard;
}

const sync = 0;
const presence = 1;
const kinds = ['step1', 'step2', 'update'] as const;

/** `prefix`: what every message begins with; `syncs`: the types under which syncs arrive. */
function dialect(prefix: Uint8Array, hello: readonly Uint8Array[], syncs: readonly number[]): Dialect {
	const framed = (type: number, kind: number | null, bytes: Uint8Array): Uint8Array =>
		encoding.encode((encoder) => {
			encoding.writeUint8Array(encoder, prefix);
			encoding.writeVarUint(encoder, type);
			if (kind !== null) encoding.writeVarUint(encoder, kind);
			encoding.writeVarUint8Array(encoder, bytes);
		});
	return {
		hello: () => [...hello],
		step1: (bytes) => framed(sync, 0, bytes),
		step2: (bytes) => framed(sync, 1, bytes),
		update: (bytes) => framed(sync, 2, bytes),
		presence: (bytes) => framed(presence, null, bytes),
		hear(message) {
			const decoder = decoding.createDecoder(message);
			decoder.pos = prefix.byteLength;
			const type = decoding.readVarUint(decoder);
			if (type === presence) return { kind: 'presence', bytes: decoding.readVarUint8Array(decoder) };
			if (!syncs.includes(type)) return { kind: 'other' };
			const kind = kinds[decoding.readVarUint(decoder)];
			return kind ? { kind, bytes: decoding.readVarUint8Array(decoder) } : { kind: 'other' };
		}
	};
}

/** y-websocket's, and ours. */
export const plain: Dialect = dialect(new Uint8Array(), [], [sync]);

/** Hocuspocus puts the name of the document before everything, and wants a token first. */
export function named(document: string): Dialect {
	const prefix = encoding.encode((encoder) => encoding.writeVarString(encoder, document));
	const auth = encoding.encode((encoder) => {
		encoding.writeUint8Array(encoder, prefix);
		encoding.writeVarUint(encoder, 2);
		encoding.writeVarUint(encoder, 0);
		encoding.writeVarString(encoder, 'token');
	});
	// an answer to a step 1 has a type of its own
	return dialect(prefix, [auth], [sync, 4]);
}
