import { canonicalHash } from '#realtime/board/canonical.ts';
import { inPieces } from '#realtime/board/pieces.ts';
import { applyBatch, fromElsewhere, stateVectorOf } from '#realtime/board/replica.ts';
import { wordsIn, wordsOf } from '#realtime/board/try-out.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { closeReason, isFinal, isRefusal, type CloseReason } from '#realtime/protocol/close-codes.ts';
import { answersStep1, isWrite, messageTypes, readDamage, readHalfFull, readStep1, stateFrame, step2Frame, type Damage } from '#realtime/protocol/frames.ts';
import { protocolVersion } from '#realtime/protocol/version.ts';
import * as decoding from 'lib0/decoding';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { notLinkedYet, type LinkStatus } from './link-status.ts';
import { presenceLink, type PresenceLink } from './presence-link.ts';
import type { BoardStorage } from './storage.ts';

/** One page's live replica of a document. */
export interface BoardLink {
	readonly document: Id;
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
	/** The words that were set aside are with the person, or not wanted. */
	dropWords(): void;
	close(): void;
}

/** An own edit on its way: kept on the device under a key, sent in a frame of the present connection or not yet. */
interface Edit {
	at: number;
	update: Uint8Array;
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
	/** has the server been given what it said that it lacks on this connection? */
	let answered = false;
	/** sync messages of this connection */
	let received = 0;
	let status: LinkStatus = notLinkedYet;
	/** as the server said on the present connection */
	let damage: Damage | null = null;
	let halfFull = false;
	let closed = false;
	/** what this page has is not the board any more, by words that came late, a restore or a difference: nothing more is kept or sent */
	let handedOver = false;
	/** what was set aside of copies that were given up; what of it is in the document is seen once that is here */
	let aside: readonly string[] = [];
	/** the end of the patience with the present attempt to connect */
	let attempt: ReturnType<typeof setTimeout> | undefined;
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
		newest = { at: now(), update, kept, frame: null };
		edits.add(newest);
		report({});
	});

	/** Is there nothing to come back for? Words of a closed meeting that are not with the server yet still have to get there. */
	const isEnd = (reason: CloseReason | null): boolean => reason !== null && isFinal(reason) && !(reason === 'late' && edits.size > 0);

	let attempts = 0;
	/** Counts the frames of edits that leave, and notes which of them carries the edit that was just made. */
	const Base = options.socket ?? WebSocket;
	class ObservedSocket extends Base {
		constructor(address: string | URL) {
			// an attempt that was given up may get there after the next, and is not to take its place
			super(`${address}&attempt=${++attempts}`);
			clearTimeout(attempt);
			// a line that swallows everything keeps an attempt for minutes, and a browser begins no other beside it
			attempt = setTimeout(() => {
				if (this.readyState === this.CONNECTING) this.close();
			}, limits.connectMs);
		}

		override send(data: Parameters<WebSocket['send']>[0]): void {
			if (!(data instanceof Uint8Array) || !isWrite(data)) return super.send(data);
			// it is in the answer to step 1 then, which may be in pieces: ahead of them it would leave a gap
			if (!answersStep1(data) && !answered) return;
			super.send(data);
			framesSent++;
			if (!answersStep1(data) && newest) newest.frame = framesSent;
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

	const takePresence = provider.messageHandlers[messageTypes.presence]!;
	provider.messageHandlers[messageTypes.presence] = (encoder, decoder, ...rest) => {
		presence.hear(decoding.readVarUint8Array(decoding.clone(decoder)));
		takePresence(encoder, decoder, ...rest);
	};

	const takeSync = provider.messageHandlers[messageTypes.sync]!;
	provider.messageHandlers[messageTypes.sync] = (encoder, decoder, ...rest) => {
		received++;
		const lacked = readStep1(decoder);
		if (lacked) answer(lacked);
		else takeSync(encoder, decoder, ...rest);
	};

	/** Gives the server what it lacks of what this page has. */
	function answer(stateVector: Uint8Array): void {
		answered = true;
		// late words are not in the document that the next would follow on: they go as one, which the server keeps in one
		const bytes = status.reason === 'late' ? limits.offlineFrameBytes : limits.offlinePieceBytes;
		for (const piece of inPieces(doc, stateVector, [...edits], bytes)) {
			provider.ws?.send(step2Frame(piece.update) as Uint8Array<ArrayBuffer>);
			for (const edit of piece.edits) edit.frame = framesSent;
		}
	}

	const resync = setInterval(() => {
		if (status.connection !== 'online' || edits.size > 0) return;
		provider.ws?.send(stateFrame({ received, stateVector: stateVectorOf(doc), hash: canonicalHash(doc) }) as Uint8Array<ArrayBuffer>);
	}, limits.resyncEveryMs);

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

	provider.messageHandlers[messageTypes.generation] = (_encoder, decoder) => {
		const generation = decoding.readVarUint(decoder);
		provider.params = { ...provider.params, generation: String(generation) };
		storage.begin(generation).catch(() => {});
	};

	provider.messageHandlers[messageTypes.damage] = (_encoder, decoder) => {
		const told = readDamage(decoder);
		damage = told.edits > 0 ? told : null;
		report({ damage });
	};

	provider.messageHandlers[messageTypes.halfFull] = (_encoder, decoder) => {
		halfFull = readHalfFull(decoder);
		report({ halfFull });
	};

	provider.on('sync', (synced) => {
		if (!synced) return;
		const there = new Set(aside.length > 0 ? wordsIn(doc) : []);
		report({ connection: 'online', reason: null, opened: true, damage, halfFull, words: aside.filter((words) => !there.has(words)) });
	});
	provider.on('connection-close', (event) => {
		framesSent = received = 0;
		answered = false;
		damage = null;
		halfFull = false;
		for (const edit of edits) edit.frame = null;
		const reason = event && closeReason(event.code, event.reason);
		// what the server said last stays true until it takes us again
		if (reason === 'restored' || reason === 'diverged') return forkOff(reason);
		// a document that begins anew is there again at once; that a server is not shows the next attempt
		const isBack = reason === 'restarting' && status.connection === 'online';
		report({ connection: isEnd(reason) ? 'ended' : isBack ? 'connecting' : 'offline', reason: reason ?? status.reason });
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

	/**
	 * The document is another one than this page's replica, which is forgotten. Set aside are the words that never arrived; of
	 * one that came to differ nobody knows where it does, so that it is all words, until they can be held against the document.
	 */
	function forkOff(reason: 'restored' | 'diverged'): void {
		handedOver = true;
		const unsent = [...edits];
		const unsentWords = wordsOf(
			doc,
			unsent.map(({ update }) => update)
		);
		const words = [...new Set([...status.words, ...unsentWords])];
		// what was on its way to the device is there before it is forgotten
		void Promise.allSettled([...unsent.map(({ kept }) => kept), marked])
			.then(() => storage.setAside(reason === 'diverged' ? wordsIn(doc) : unsentWords))
			.catch(() => {})
			.then(() => report({ connection: 'ended', reason, words }));
	}

	/** A device store that cannot be read must not keep anybody from the server's copy. */
	const loaded = storage.load().catch(() => ({ updates: [], unsent: [], refused: null }));
	const noted = storage.noted().catch(() => ({ generation: null, words: [] }));
	/** what the device has is here, and the server is told which generation it is of */
	const begun = Promise.all([loaded, noted]).then(([{ updates, unsent, refused }, { generation, words }]) => {
		if (closed) return;
		applyBatch(doc, updates);
		for (const { key, at, update } of unsent) edits.add({ at, update, kept: Promise.resolve(key), frame: null });
		// what was kept before generations were noted is of the first
		if (updates.length > 0) provider.params = { ...provider.params, generation: String(generation ?? 1) };
		aside = words;
		if (refused) return report({ connection: 'ended', reason: refused, opened: true, words });
		report({ opened: updates.length > 0 });
		provider.connect();
	});

	return {
		document: options.document,
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
			if (status.connection !== 'ended') void begun.then(() => closed || provider.connect());
		},
		resume() {
			if (status.connection !== 'ended' || status.reason !== 'signed-out') return;
			report({ connection: 'connecting', reason: null });
			void begun.then(() => closed || provider.connect());
		},
		dropWords() {
			aside = [];
			report({ words: [] });
			storage.dropWords().catch(() => {});
		},
		close() {
			closed = true;
			clearInterval(resync);
			clearTimeout(attempt);
			watchers.clear();
			presence.close();
			provider.destroy();
			doc.destroy();
		}
	};
}
