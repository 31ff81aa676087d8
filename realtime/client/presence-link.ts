import type { Presence, StampedPresence } from '#realtime/board/awareness.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness';
import { messageTypes, readPresence } from '#realtime/protocol/frames.ts';
import * as encoding from 'lib0/encoding';

/** Another page on the board, and where its person is. */
export type Other = StampedPresence & { client: number };

export interface PresenceLink {
	others(): Other[];
	/** Tells where this page's person is; changes are gathered to ten a second. */
	set(presence: Presence): void;
	/** called when anybody else came, went or moved; returns how to stop */
	watch(changed: () => void): () => void;
}

interface HeardPresence {
	/** Notes who is told of in presence that has come, whether or not awareness takes it in: an entry whose clock stands at 0 it never does. Throws on bytes that are no presence. */
	hear(bytes: Uint8Array): void;
	close(): void;
}

/** Presence over y-protocols' awareness. `send` takes a frame, or drops it while there is no connection. */
export function presenceLink(awareness: Awareness, send: (frame: Uint8Array) => void): PresenceLink & HeardPresence {
	let next: Presence | null = null;
	let timer: ReturnType<typeof setTimeout> | null = null;

	// only one's own entry is sent: a stock provider echoes everybody's to the server
	const sendOwn = (_change: unknown, origin: unknown) => {
		if (origin !== 'local') return;
		const encoder = encoding.createEncoder();
		encoding.writeVarUint(encoder, messageTypes.presence);
		encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(awareness, [awareness.clientID]));
		send(encoding.toUint8Array(encoder));
	};
	awareness.on('update', sendOwn);

	/** who the others are, as long as this page lives: the server says it once, and not with each of their moves; an id is never somebody else's */
	const people = new Map<number, StampedPresence['person']>();

	const flush = () => {
		timer = null;
		if (next === null) return;
		awareness.setLocalState({ ...next });
		next = null;
		timer = setTimeout(flush, limits.clientPresenceMs);
	};

	return {
		others() {
			const found: Other[] = [];
			for (const [client, state] of awareness.getStates()) {
				const person = people.get(client);
				// one without a person has not been through the server
				if (client === awareness.clientID || person === undefined) continue;
				const { card = null, caret = null, cursor = null } = state as Partial<Presence>;
				found.push({ client, card, caret, cursor, person });
			}
			return found;
		},
		set(presence) {
			next = presence;
			if (timer === null) flush();
		},
		watch(changed) {
			const listener = (_change: unknown, origin: unknown) => {
				if (origin !== 'local') changed();
			};
			awareness.on('change', listener);
			return () => awareness.off('change', listener);
		},
		hear(bytes) {
			for (const { client, state } of readPresence(bytes, () => true)) {
				const person = state?.['person'];
				if (typeof person === 'object' && person !== null) people.set(client, person as StampedPresence['person']);
			}
		},
		close() {
			if (timer !== null) clearTimeout(timer);
			awareness.off('update', sendOwn);
		}
	};
}
