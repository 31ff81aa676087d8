import type { Presence, StampedPresence } from '#realtime/board/awareness.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { encodeAwarenessUpdate, type Awareness } from 'y-protocols/awareness';
import { messageTypes } from '#realtime/protocol/frames.ts';
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

/** Presence over y-protocols' awareness. `send` takes a frame, or drops it while there is no connection. */
export function presenceLink(awareness: Awareness, send: (frame: Uint8Array) => void): PresenceLink & { close(): void } {
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
				if (client !== awareness.clientID && isStamped(state))
					found.push({ client, card: state.card ?? null, caret: state.caret ?? null, cursor: state.cursor ?? null, person: state.person });
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
		close() {
			if (timer !== null) clearTimeout(timer);
			awareness.off('update', sendOwn);
		}
	};
}

/** The server stamps every entry; one without a person has not been through it. */
const isStamped = (state: Partial<StampedPresence>): state is StampedPresence => typeof state.person === 'object' && state.person !== null;
