import { applyBatch, fromElsewhere } from '#realtime/board/replica.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { closeReason, isFinal, isRefusal, type CloseReason } from '#realtime/protocol/close-codes.ts';
import { isWrite, messageTypes, writesEverything } from '#realtime/protocol/frames.ts';
import { protocolVersion } from '#realtime/protocol/version.ts';
import * as decoding from 'lib0/decoding';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { presenceLink, type PresenceLink } from './presence-link.ts';
import type { BoardStorage } from './storage.ts';

/** How a board's link stands. Replaced as a whole when anything of it changes. */
export interface LinkStatus {
	/** `ended`: the server closed for good, and said why */
	connection: 'connecting' | 'online' | 'offline' | 'ended';
	/** why the server closed, if it was the server */
	reason: CloseReason | null;
	/** the content is here, from this device or from the server */
	opened: boolean;
	/** own edits that the server has not acknowledged */
	unsaved: number;
	/** when the oldest of them was made, in milliseconds since 1970 */
	unsavedSince: number | null;
}

/** One page's live replica of a document. */
export interface BoardLink {
	readonly doc: Y.Doc;
	readonly presence: PresenceLink;
	readonly status: LinkStatus;
	/** called when the status changed; returns how to stop */
	watch(changed: () => void): () => void;
	/** the network is gone: do not wait for the socket to notice */
	drop(): void;
	/** the network is back: do not wait for the next attempt */
	retry(): void;
	/** The person whose session had ended is signed in again: goes on where the link ended, with everything that was not sent. */
	resume(): void;
	close(): void;
}

/** An own edit on its way: kept on the device under a key, sent in a frame of the present connection or not yet. */
interface Edit {
	at: number;
	kept: Promise<number>;
	frame: number | null;
}

/**
 * Opens a document: first what this device has, then what the server has. Edits made without a connection are
 * kept and go out by themselves; an edit counts as saved only when the server has acknowledged its commit.
 */
export function openBoard(options: {
	/** where the boards are served, such as wss://example.org/yjs */
	url: string;
	document: Id;
	/** a client id that no page ever had, see client-ids */
	clientId: number;
	storage: BoardStorage;
	/** the browser's unless given */
	socket?: typeof WebSocket;
	/** more for the query of the socket's address */
	query?: Record<string, string>;
	now?: () => number;
}): BoardLink {
	const { storage, now = Date.now } = options;
	const doc = new Y.Doc();
	doc.clientID = options.clientId;

	const edits = new Set<Edit>();
	let newest: Edit | null = null;
	const watchers = new Set<() => void>();
	let framesSent = 0;
	let status: LinkStatus = { connection: 'connecting', reason: null, opened: false, unsaved: 0, unsavedSince: null };
	let closed = false;
	/** all that this page knows is with the server, and some of it not on the board: nothing more is kept or sent */
	let handedOver = false;
	/** the marks asked for so far */
	let marked: Promise<unknown> = Promise.resolve();

	function report(change: Partial<LinkStatus>): void {
		const [oldest] = edits;
		const next = { ...status, ...change, unsaved: edits.size, unsavedSince: oldest?.at ?? null };
		if ((Object.keys(next) as (keyof LinkStatus)[]).every((key) => next[key] === status[key])) return;
		status = next;
		for (const watcher of watchers) watcher();
	}

	doc.on('update', (update: Uint8Array, origin: unknown) => {
		if (origin === fromElsewhere || handedOver) return;
		const own = origin !== provider;
		// at once: a page may be left right after a word
		const kept = storage.keep(update, own);
		// what a full or forbidden device does not keep still lives in this page, and is on its way to the server
		kept.catch(() => {});
		if (!own) return;
		newest = { at: now(), kept, frame: null };
		edits.add(newest);
		report({});
	});

	/** Is there nothing to come back for? Words of a closed meeting that are not with the server yet still have to get there. */
	const isEnd = (reason: CloseReason | null): boolean => reason !== null && isFinal(reason) && !(reason === 'late' && edits.size > 0);

	/** Notes, for every frame of edits that leaves, which edits it carries. */
	const Base = options.socket ?? WebSocket;
	class ObservedSocket extends Base {
		override send(data: Parameters<WebSocket['send']>[0]): void {
			super.send(data);
			if (!(data instanceof Uint8Array) || !isWrite(data)) return;
			framesSent++;
			if (writesEverything(data)) for (const edit of edits) edit.frame = framesSent;
			else if (newest) newest.frame = framesSent;
		}
	}

	const provider: WebsocketProvider = new WebsocketProvider(options.url, options.document, doc, {
		connect: false,
		disableBc: true,
		params: { ...options.query, acks: '1', client: String(options.clientId), v: String(protocolVersion) },
		WebSocketPolyfill: ObservedSocket,
		shouldReconnect: ({ code, reason }) => !isEnd(closeReason(code, reason))
	});
	const { awareness } = provider;
	awareness.off('update', provider._awarenessUpdateHandler);
	const presence = presenceLink(awareness, (frame) => {
		if (provider.wsconnected) provider.ws?.send(frame as Uint8Array<ArrayBuffer>);
	});

	provider.messageHandlers[messageTypes.committed] = (_encoder, decoder) => {
		const frames = decoding.readVarUint(decoder);
		const saved = [...edits].filter(({ frame }) => frame !== null && frame <= frames);
		for (const edit of saved) edits.delete(edit);
		// a key that the device did not keep needs no mark
		marked = Promise.allSettled([...saved.map(({ kept }) => kept), marked])
			.then((keys) => storage.sent(keys.flatMap((key) => (key.status === 'fulfilled' && typeof key.value === 'number' ? [key.value] : []))))
			.catch(() => {});
		report({});
	};

	provider.on('sync', (synced) => {
		if (synced) report({ connection: 'online', reason: null, opened: true });
	});
	provider.on('connection-close', (event) => {
		framesSent = 0;
		for (const edit of edits) edit.frame = null;
		const reason = event && closeReason(event.code, event.reason);
		// what the server said last stays true until it takes us again
		report({ connection: isEnd(reason) ? 'ended' : 'offline', reason: reason ?? status.reason });
		// whoever may not see it any more does not keep it, but for their own words
		if (reason === 'not-found') storage.clear().catch(() => {});
		// a reload must not send it again
		if (reason && isRefusal(reason)) storage.refuse(reason).catch(() => {});
		if (reason === 'late' && isEnd(reason)) {
			handedOver = true;
			// what is not on the board is safe with the server: to keep it would be to send it again
			void marked.then(() => storage.clear()).catch(() => {});
		}
	});

	/** A device store that cannot be read must not keep anybody from the server's copy. */
	const loaded = storage.load().catch(() => ({ updates: [], unsent: [], refused: null }));
	void loaded.then(({ updates, unsent, refused }) => {
		if (closed) return;
		applyBatch(doc, updates);
		for (const { key, at } of unsent) edits.add({ at, kept: Promise.resolve(key), frame: null });
		if (refused) return report({ connection: 'ended', reason: refused, opened: true });
		report({ opened: updates.length > 0 });
		provider.connect();
	});

	return {
		doc,
		presence,
		get status() {
			return status;
		},
		watch(changed) {
			watchers.add(changed);
			return () => watchers.delete(changed);
		},
		drop() {
			provider.disconnect();
			report({ connection: status.connection === 'ended' ? 'ended' : 'offline' });
		},
		retry() {
			if (status.connection !== 'ended') void loaded.then(() => closed || provider.connect());
		},
		resume() {
			if (status.connection !== 'ended' || status.reason !== 'signed-out') return;
			report({ connection: 'connecting', reason: null });
			void loaded.then(() => closed || provider.connect());
		},
		close() {
			closed = true;
			watchers.clear();
			presence.close();
			provider.destroy();
			doc.destroy();
		}
	};
}
