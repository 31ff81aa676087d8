import { canonicalHash } from '#realtime/board/canonical.ts';
import { readDecision } from '#realtime/board/decisions-read.ts';
import {
	applyBatch,
	changeAs,
	emittedAsOne,
	fromElsewhere,
	furthest,
	hasGap,
	isMost,
	lacksOf,
	standing,
	stateOf,
	stateVectorOf
} from '#realtime/board/replica.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import type { WrittenDecision } from '#realtime/meeting/decisions.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Surface } from '#realtime/meeting/meetings.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import {
	committedFrame,
	damageFrame,
	generationFrame,
	halfFullFrame,
	presenceFrame,
	step1Frame,
	step2Frame,
	updateFrame,
	type HeldState,
	type Incoming
} from '#realtime/protocol/frames.ts';
import * as Y from 'yjs';
import { mayWrite, mightWord } from '../authorize.ts';
import type { Bus } from '../bus.ts';
import type { LateEdits, LateWords } from '../late/try-late.ts';
import type { Leisure } from '../leisure.ts';
import type { Load } from '../load.ts';
import type { Metrics } from '../metrics.ts';
import { StorageError, type ClientIdStore, type DocumentStore, type Head, type Log, type LogRow, type StoredDocument } from '../ports.ts';
import { measured } from '../processor.ts';
import { Turns } from '../turns.ts';
import { JobEnded, type Workbench } from '../workbench/workbench.ts';
import { RoomBacklog, type Backlog } from './backlog.ts';
import { Bill } from './bill.ts';
import { Compaction, type CompactionWorld } from './compaction.ts';
import { close, isSamePage, type Connection } from './connection.ts';
import { examineReturn, type Damage } from './damage.ts';
import { EncodedDocument } from './encoded.ts';
import { messageOf, reasonOf } from './failures.ts';
import type { Follow } from './follow.ts';
import { examine, piecesOf, unlessHeld, type Admitted } from './gate/door.ts';
import { bringsOf } from './gate/gate.ts';
import type { Refusal } from './gate/refusal.ts';
import { takeUpTo, type Journal } from './journal.ts';
import { openDocument, storedUpdates } from './opening.ts';
import { OthersRows } from './others.ts';
import { Outgoing } from './outgoing.ts';
import type { ClientOwners } from './owners.ts';
import { flushGapMs } from './pace.ts';
import { RoomPresence } from './presence.ts';
import { Projector } from './projector.ts';
import { doTheSame } from './row.ts';
import { Scales } from './scales.ts';
import { tryEdit } from './trial.ts';

/** What a room runs on. */
export interface RoomWorld extends CompactionWorld {
	documents: Pick<DocumentStore, 'load' | 'heads' | 'rowsAfter' | 'isBehind' | 'behind' | 'keepSnapshot' | 'quarantine' | 'deadLetter'>;
	clientIds: Pick<ClientIdStore, 'lease' | 'leaseForServer'>;
	/** how SQL follows each kind of document */
	followers: Partial<Record<DocumentKind, Follow>>;
	journal: Journal;
	owners: ClientOwners;
	/** Keeps edits that a page brought after the meeting was closed, once they are `tried`; resolves after the commit with what the page is told. */
	keepLate: (connection: Connection, tried: (earlier: LateEdits['earlier']) => Promise<LateWords | CloseReason>) => Promise<CloseReason>;
	workbench: Workbench;
	/** the turns of each person's edits that are tried there, or kept apart as late */
	trials: Turns<Id>;
	/** Asks anew what somebody may who has gone, and notes it; of those who are here that is asked all the time. False: nothing any more, or it cannot be told. Never rejects. */
	stillMay: (connection: Connection) => Promise<boolean>;
	/** milliseconds that the processor has worked on this thread so far */
	processorMs: () => number;
	/** of this thread */
	load: Pick<Load, 'busy'>;
	backlog: Backlog;
	/** the turns of all projections */
	projections: Turns<'all'>;
	/** when those are done that nobody waits for */
	leisure: Leisure;
	seen: Seen;
	log: Log;
	metrics: Metrics;
	/** to the other processes; null: there are none */
	bus: Bus | null;
}

/** What all rooms together have seen. */
export interface Seen {
	/** how often a page was held against its document, and how often it held something else */
	compared: number;
	diverged: number;
	/** rooms thrown away because something was pending in their document, or Yjs threw: each is a fault of the gate */
	broken: number;
}

/** Something that the server itself changes in a document. */
export type Change = (doc: Y.Doc) => void;

/** Keeps the next row of a document, and whatever happens together with it, in a transaction; answers the row's place. */
export type Keep = (update: Uint8Array) => Promise<{ seq: number; at: number }>;

interface Edit {
	kind: 'edit';
	connection: null;
	bytes: 0;
	/** whose change it is */
	client: number;
	change: Change;
	/** how what comes of it is kept; null: in the journal, with everything else */
	keep: Keep | null;
	done: () => void;
	failed: (error: unknown) => void;
}

type Work =
	| ({ connection: Connection; bytes: number } &
			/** `again`: it was refused for what others may have written by then */
			(
				| { kind: 'write'; admitted: Admitted; again?: true }
				/** done with the document when all that came before it is committed, and nothing newer has been applied */
				| { kind: 'read'; read: () => void }
			))
	| Edit;
type Write = Extract<Work, { kind: 'write' }>;

/** What has become of the writes of a batch. */
interface Passed {
	/** whose edit is being weighed and applied */
	writing: Connection | null;
	/** whose edits brought something */
	writers: Set<Connection>;
	taken: Write[];
	late: Write[];
	/** what is weighed again once it is known whether others have written more, and what the same pages sent after it */
	putOff: Map<Connection, Work[]>;
	/** who is to be told why, once what they sent before is acknowledged */
	refused: Map<Connection, Refusal | CloseReason>;
	/** who pays for weighing and applying it, whether or not it is taken: whoever keeps everybody waiting */
	bill: Bill<Connection>;
}

/**
 * One document, served. A room that has not finished loading serves nobody; an edit is shown and acknowledged
 * only after its commit; and when an append fails, the room is thrown away with all that the log may not have.
 */
export class Room {
	readonly document: Id;
	readonly presence: RoomPresence;
	readonly connections = new Set<Connection>();
	/** pages that have nothing of the document, and wait for what is stored of it; null: it has been read */
	#newcomers: Connection[] | null = [];
	/** rejects when the document cannot be loaded */
	readonly ready: Promise<void>;
	/** called once, when the room must be forgotten: whoever comes next gets a new one */
	#discarded: (() => void) | null;
	readonly #world: RoomWorld;
	readonly #backlog: RoomBacklog;
	#doc = new Y.Doc();
	readonly #encoded = new EncodedDocument((since) => stateOf(this.#doc, since));
	/** null: all that was committed is in the document */
	#damage: Damage | null = null;
	/** what Yjs emitted since the last commit */
	#emitted: Uint8Array[] = [];
	#queue: Work[] = [];
	/** has what waits for company go; null: nothing does */
	#go: (() => void) | null = null;
	#flushing: Promise<void> | null = null;
	#flushedAt = -Infinity;
	/** between two flushes: the more people there are to write to, the more edits share one */
	#flushGapMs: number = limits.flushGapMs;
	#committing = false;
	#failed = false;
	/** the last row of the log that is in the document */
	#seq = 0;
	#generation = firstGeneration;
	/** null: SQL does not follow documents of this kind */
	#projector: Projector | null = null;
	#compaction: Compaction | null = null;
	/** there once the room is loaded */
	#scales!: Scales;
	/** as pages were told */
	#halfFull = false;
	/** what the document held as of a row of the log */
	#hashed: { seq: number; at: number; hash: string } | null = null;
	/** the client ids under which people edit without a page, each leased to its person */
	readonly #clients = new Map<Id, Promise<number>>();
	/** whose late words are being kept */
	readonly #keeping = new Map<Connection, Promise<void>>();
	readonly #lateTrials = new Turns<'all'>();
	/** null: no other process serves the document */
	readonly #others: OthersRows | null;
	/** it is on its way out of memory */
	#ends = false;
	/** what waits for the end of the present commit */
	#afterCommit: (() => void)[] = [];

	constructor(document: Id, world: RoomWorld, discarded: () => void) {
		this.document = document;
		this.#world = world;
		this.#backlog = new RoomBacklog(world.backlog);
		this.#others = world.bus && new OthersRows(document, world.documents);
		this.#discarded = discarded;
		this.presence = new RoomPresence({
			sendAll: (news) => {
				for (const connection of this.connections) connection.wire.send(news.to(connection));
			},
			tell: (entries) => world.bus?.tell('presence', { document, frame: presenceFrame(entries), all: false }),
			isHere: (client) => [...this.connections].some(({ declaredClient }) => declaredClient === client),
			owners: world.owners,
			load: world.load
		});
		world.bus?.tell('who', { documents: [document] });
		this.ready = this.#load();
		this.ready.catch(() => this.#discard());
	}

	/** age of the oldest committed edit that SQL does not show */
	get projectionLagMs(): number {
		return this.#projector?.lagMs ?? 0;
	}

	/** A page is on its way in. While the document is loaded, one that has nothing of it is given what is stored before it is made of that. */
	expect(connection: Connection): void {
		if (connection.acknowledges && connection.generation === null && connection.given === null) this.#newcomers?.push(connection);
	}

	/** Another process has appended a row. */
	hear(row: LogRow, generation: number): void {
		this.#onceReady(() => {
			if (generation === this.#generation && row.seq > this.#seq) this.#others?.hear(row);
		});
	}

	/** A page has come in at another process. If its socket here is the later one, that process is told so in return; one that does not count may come back. */
	enteredElsewhere({ person, client, attempt }: { person: Id; client: number; attempt: number }): void {
		for (const connection of this.connections) {
			if (connection.declaredClient !== client || connection.subject.person !== person) continue;
			if (connection.attempt > attempt) this.#tellEntered(connection);
			else this.#close(connection, 'restarting');
		}
	}

	#tellEntered({ declaredClient: client, subject: { person }, attempt }: Connection): void {
		if (client !== null) this.#world.bus?.tell('entered', { document: this.document, person, client, attempt });
	}

	/** The database has this of the document. */
	stands({ generation, lastSeq, projectedSeq }: Head): void {
		this.#onceReady(() => {
			if (generation !== this.#generation) return this.#fail(new Error('the document is of another generation'));
			if (lastSeq > this.#seq) void this.#others?.lookUp();
			this.#projector?.stands(projectedSeq);
		});
	}

	/** Resolves when all is in the document that other processes have appended by now. */
	async #upToDate(): Promise<void> {
		const { bus } = this.#world;
		if (!bus || !this.#others || this.#failed) return;
		const looked = this.#others.lookUp();
		this.#begin();
		await looked;
	}

	/** Something that other processes have done is to be taken in. */
	#onceReady(take: () => void): void {
		this.ready.then(
			() => {
				if (this.#failed) return;
				take();
				if (this.#others?.isDue) this.#begin();
			},
			() => {}
		);
	}

	/** Lets a page in: it is asked what it has, and told who is here. The room is loaded by then. */
	enter(connection: Connection): void {
		if (connection.generation !== null && connection.generation !== this.#generation) return this.#close(connection, 'restored');
		for (const other of this.connections) {
			if (!isSamePage(other, connection)) continue;
			// the one that set out later is the one that lives
			if (other.attempt > connection.attempt) return this.#close(connection, 'taken-over');
			this.#close(other, 'taken-over');
		}
		this.connections.add(connection);
		this.#tellEntered(connection);
		// it may bring what others gave it
		if (this.#world.bus?.isUp === false) void this.#others?.lookUp();
		if (connection.acknowledges && connection.given === null) connection.wire.send(new Outgoing(generationFrame(this.#generation)));
		this.#ask(connection);
		if (this.#damage && connection.acknowledges) connection.wire.send(new Outgoing(damageFrame(this.#damage.told)));
		if (this.#halfFull && connection.acknowledges) connection.wire.send(new Outgoing(halfFullFrame(true)));
		const greeting = this.presence.greeting();
		if (greeting) connection.wire.send(greeting);
	}

	leave(connection: Connection): void {
		connection.open = false;
		this.connections.delete(connection);
		this.#backlog.leave(connection);
		this.presence.leave(connection);
	}

	/** Takes one message of a page that has entered. */
	receive(connection: Connection, message: Incoming): void {
		if (!connection.open || connection.refused || this.#failed) return;
		switch (message.kind) {
			case 'step1':
				if (this.#isOfAnother(connection, message.bytes)) return this.#close(connection, 'restored');
				if (this.#others && this.#hasMore(message.bytes)) void this.#others.lookUp();
				return this.#enqueue({ kind: 'read', connection, read: () => this.#answer(connection, message.bytes), bytes: message.bytes.byteLength });
			case 'step2': {
				const admitted = this.#examine(connection, message.bytes, limits.offlineFrameBytes);
				if (!admitted) return;
				connection.caughtUp = true;
				for (const edit of [admitted, ...connection.held.splice(0)]) this.#write(connection, edit);
				return;
			}
			case 'update': {
				const admitted = this.#examine(connection, message.bytes, limits.liveFrameBytes);
				if (!admitted) return;
				connection.allowance.take('pieces', piecesOf(admitted));
				if (connection.caughtUp) return this.#write(connection, admitted);
				// what was typed before the page's answer to step 1 leaves a gap until that answer is here
				connection.held.push(admitted);
				connection.heldBytes += admitted.read.bytes.byteLength + limits.messageBytes;
				if (connection.heldBytes > limits.offlineFrameBytes) this.#close(connection, 'too-large');
				return;
			}
			case 'presence':
				try {
					this.presence.receive(connection, message.bytes);
				} catch {
					this.#close(connection, 'malformed');
				}
				return;
			case 'query': {
				const greeting = this.presence.greeting();
				if (greeting) this.#tell(connection, greeting);
				return;
			}
			case 'state':
				return this.#compare(connection, message);
		}
	}

	/**
	 * Closes the connection of a page whose person may not be here any more. Of their edits, the one that is being
	 * committed is acknowledged first, and those that wait behind it are not accepted: what a page was not told of did not happen.
	 */
	expel(connection: Connection, reason: CloseReason): void {
		const expel = () => {
			if (!connection.open) return;
			this.#close(connection, reason);
			this.#drop(connection);
		};
		if (this.#committing) this.#afterCommit.push(expel);
		else expel();
	}

	/**
	 * Changes the document as one edit of this person's (null: of the server's own), shown to everybody. Resolves
	 * after its commit; rejects when it could not be committed, or when the change itself fails. `keep`: commits it, and
	 * nothing else with it; if that rejects, the document stays as it was.
	 */
	async edit(person: Id | null, change: Change, keep: Keep | null = null): Promise<void> {
		await this.ready;
		await this.#upToDate();
		const client = person === null ? this.#doc.clientID : await this.#clientOf(person);
		if (this.#failed) throw new StorageError('the room was thrown away', { full: false });
		await new Promise<void>((done, failed) => this.#enqueue({ kind: 'edit', connection: null, bytes: 0, client, change, keep, done, failed }));
	}

	/** SQL shows everything that is committed now once this resolves. Rejects when the database does not answer. */
	async projectNow(): Promise<void> {
		await this.ready;
		await this.#upToDate();
		await this.#projector?.now();
	}

	/**
	 * What is to be seen of all that is committed, as the first updates of another document; empty if that is nothing. Null:
	 * not all of it is there, or no copy shows the same. Rejects with StorageError if it may be had later.
	 */
	async freshCopy(surface: Surface): Promise<Uint8Array[] | null> {
		await this.ready;
		const state = await this.#committed(() => (this.#damage?.open ? null : stateOf(this.#doc)));
		if (!state) return null;
		try {
			return await this.#world.workbench.do('copy', { state, surface });
		} catch (cause) {
			if (cause instanceof JobEnded && !cause.excess) throw new StorageError('a document could not be copied', { full: false, cause });
			return null;
		}
	}

	/**
	 * The wording of a decision as it is committed; null: there is none, or it was deleted. Rejects with StorageError if that
	 * cannot be told now.
	 */
	async wording(decision: Id): Promise<WrittenDecision | null> {
		await this.ready;
		const found = await this.#committed(() => readDecision(this.#doc, decision));
		return found?.deleted === false ? found : null;
	}

	/**
	 * Ends the room once all that has come is committed and acknowledged; what comes after that is not read. Its log is
	 * about to be replaced, and is not compacted.
	 */
	async drain(reason: CloseReason): Promise<void> {
		for (const { wire } of this.connections) wire.pause();
		await this.ready.catch(() => {});
		while (this.#flushing) await this.#flushing;
		await this.#end(reason, false);
	}

	/**
	 * Ends the room: closes who is still in it, waits for what is being committed, lets SQL catch up and keeps a
	 * snapshot if the log has grown long. Resolves when nothing of it is under way any more.
	 */
	async end(reason: CloseReason): Promise<void> {
		await this.#end(reason, true);
	}

	async #end(reason: CloseReason, compacts: boolean): Promise<void> {
		this.#ends = true;
		this.#go?.();
		for (const connection of this.connections) this.#close(connection, reason);
		try {
			await this.ready;
			while (this.#flushing) await this.#flushing;
			await Promise.all(this.#keeping.values());
			await this.projectNow();
			await this.#compaction?.settled();
			if (compacts) await this.#compact(true);
		} catch (error) {
			this.#world.log.warn({ document: this.document, error: messageOf(error) }, 'a room ended before SQL had followed it; the log has everything');
		}
		this.#discard();
	}

	async #load(): Promise<void> {
		const stored = await this.#world.documents.load(this.document);
		if (!stored) throw new Error('no such document');
		this.#generation = stored.generation;
		const given = await this.#giveStored(stored);
		const follow = this.#world.followers[stored.kind];
		const { doc, following, damage } = openDocument(stored, follow);
		this.#doc = doc;
		for (const connection of given) connection.given = stateVectorOf(doc);
		this.#seq = stored.lastSeq;
		this.#damage = damage;
		const { log, metrics } = this.#world;
		for (const seq of stored.setAside)
			log.error({ document: this.document, seq }, 'a snapshot was not what was written: the one before, or the log, takes its place');
		if (damage) {
			metrics.count('quarantined_rows', null, damage.rows.length);
			log.error({ document: this.document, rows: damage.rows }, 'a document is opened without rows of its log that cannot be read, or follow on such');
			await this.#world.documents.quarantine(this.document, damage.rows);
		}
		const bytes = stored.tail.reduce((sum, { update }) => sum + update.byteLength, stored.snapshot?.state.byteLength ?? 0);
		this.#scales = new Scales(doc, stored.kind, this.#world.owners, bytes);
		this.#halfFull = this.#scales.isHalfFull;
		doc.on('destroy', () => this.#scales.destroy());
		this.#doc.clientID = await this.#world.clientIds.leaseForServer();
		this.#doc.on('update', (update: Uint8Array) => this.#emitted.push(update));
		this.#compaction = new Compaction(this.document, this.#world, stored.snapshot?.seq ?? 0);
		if (!follow || !following) return;
		this.#projector = new Projector({
			document: this.document,
			following,
			follow,
			projectedSeq: stored.projectedSeq,
			seq: () => this.#seq,
			isWhole: () => !this.#damage?.open,
			leisure: this.#world.leisure,
			inTurn: (run) => this.#world.projections.take('all', run),
			betweenCommits: (run) => this.#betweenCommits(run),
			documents: this.#world.documents,
			log: this.#world.log,
			metrics: this.#world.metrics
		});
		this.#projector.schedule();
	}

	/** Answers to whom it was given. */
	async #giveStored(stored: StoredDocument): Promise<Connection[]> {
		const newcomers = (this.#newcomers ?? []).filter(({ open }) => open);
		this.#newcomers = null;
		const updates = newcomers.length > 0 ? storedUpdates(stored) : null;
		if (!updates) return [];
		const last = updates.pop()!;
		const outgoing = [...updates.map(updateFrame), step2Frame(last)].map((frame) => new Outgoing(frame));
		for (const connection of newcomers) {
			connection.wire.send(new Outgoing(generationFrame(stored.generation)));
			for (const one of outgoing) this.#tell(connection, one);
			connection.told += outgoing.length;
		}
		// it is on its way before making the document holds everything up
		await new Promise((resolve) => setImmediate(resolve));
		return newcomers;
	}

	/**
	 * May what this page has be of a former generation? Who does not say which it has, on a document that was restored, may
	 * bring nothing along that the document does not hold: nobody could tell what was written since from what was before.
	 */
	#isOfAnother(connection: Connection, stateVector: Uint8Array): boolean {
		return connection.generation === null && this.#generation !== firstGeneration && this.#hasMore(stateVector);
	}

	/** Has this page what the document has not? */
	#hasMore(stateVector: Uint8Array): boolean {
		try {
			return standing(this.#doc, stateVector).hasMore;
		} catch {
			// no state vector: what answers it says so
			return false;
		}
	}

	/** Null: it is refused as soon as all that came before it is committed and acknowledged; what follows on it is not looked at. */
	#examine(connection: Connection, update: Uint8Array, limitBytes: number): Admitted | null {
		const admitted =
			(this.#damage && examineReturn(this.#damage, update, connection.grant, limitBytes)) ??
			examine(update, connection.grant, limitBytes, connection.acknowledges);
		if (typeof admitted === 'object' && 'read' in admitted) return admitted;
		connection.refused = true;
		this.#write(connection, admitted);
		return null;
	}

	/** Takes an edit in, or has it tried first if it is heavy; what its page sends meanwhile waits behind it, and so does a refusal. */
	#write(connection: Connection, next: Admitted | Refusal | CloseReason): void {
		connection.untried.push(next);
		if (connection.untried.length === 1) void this.#takeUntried(connection);
	}

	async #takeUntried(connection: Connection): Promise<void> {
		for (let next = connection.untried[0]; next; next = connection.untried[0]) {
			if (typeof next === 'string' || 'because' in next) {
				const refusal = next;
				return this.#enqueue({ kind: 'read', connection, read: () => this.#refuse(connection, refusal), bytes: 0 });
			}
			if (next.read.large) {
				connection.wire.pause();
				const { trials, workbench, stillMay } = this.#world;
				void this.#others?.lookUp();
				const updates = await this.#updatesFor(connection);
				const late = unlessHeld(next, connection) === 'late';
				const refusal = await trials.take(connection.subject.person, () =>
					tryEdit(workbench, updates, next.read.bytes, late, (ms) => connection.allowance.take('trialMs', ms))
				);
				if (!(await stillMay(connection))) return this.#drop(connection);
				// its person was expelled, or the room thrown away
				if (this.#failed || connection.untried[0] !== next) return;
				if (refusal) return this.#close(connection, refusal);
				connection.wire.resume();
			}
			connection.untried.shift();
			this.#enqueue({ kind: 'write', connection, admitted: next, bytes: next.read.bytes.byteLength });
		}
	}

	/** The document with all that this page has sent so far. */
	#updatesFor(connection: Connection): Promise<readonly Uint8Array[]> {
		return new Promise((resolve) =>
			this.#enqueue({ kind: 'read', connection, read: () => resolve(this.#made(connection, () => this.#encoded.updates)), bytes: 0 })
		);
	}

	#enqueue(work: Work): void {
		this.#queue.push(work);
		if (work.connection) this.#backlog.add(work.connection, work.bytes);
		if (!isPatient(work)) this.#begin();
		else this.#flushing ??= this.#flush();
	}

	/** There is something to do that does not wait for company. */
	#begin(): void {
		this.#go?.();
		this.#flushing ??= this.#flush();
	}

	get #isBusy(): boolean {
		return this.#queue.length > 0 || this.#isUncommitted || (this.#others?.isDue ?? false);
	}

	/** Is there something in the document that is not in the log? */
	get #isUncommitted(): boolean {
		return this.#emitted.length > 0;
	}

	async #flush(): Promise<void> {
		try {
			// the messages of this turn of the event loop belong together
			await new Promise((resolve) => setImmediate(resolve));
			while (this.#isBusy && !this.#failed) {
				await this.#company();
				const wait = this.#flushedAt + this.#flushGapMs - performance.now();
				if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
				this.#flushedAt = performance.now();
				const batch = this.#nextBatch();
				this.#committing = true;
				let putOff: Work[];
				try {
					putOff = await this.#commit(batch);
				} catch (error) {
					for (const work of batch) if (work.kind === 'edit') work.failed(error);
					return this.#fail(error);
				} finally {
					this.#committing = false;
				}
				this.#commitEnded();
				this.#release(putOff.length > 0 ? batch.filter((work) => !putOff.includes(work)) : batch);
				void this.#compact(false);
			}
		} finally {
			// in the same turn as the last look at the queue: what comes later begins anew
			this.#flushing = null;
			this.#commitEnded();
		}
	}

	/** What is committed next: as much as fits, but an edit that is kept by itself alone. */
	#nextBatch(): Work[] {
		const alone = this.#queue.findIndex(keepsItself);
		const together = this.#queue.splice(0, alone < 0 ? this.#queue.length : Math.max(1, alone));
		const batch = takeUpTo(limits.commitBytes, together, ({ bytes }) => bytes);
		this.#queue.unshift(...together);
		return batch;
	}

	/** Resolves when there is something to do that does not wait, or has waited long enough. */
	#company(): Promise<void> | undefined {
		if (this.#ends || this.#isUncommitted || this.#others?.isDue || !this.#queue.every(isPatient)) return undefined;
		return new Promise((resolve) => {
			const timer = setTimeout(() => this.#go?.(), limits.companyMs);
			this.#go = () => {
				this.#go = null;
				clearTimeout(timer);
				resolve();
			};
		});
	}

	/** Counts work as done with, and lets those go on who wait for room in the queue. */
	#release(done: readonly Work[]): void {
		this.#backlog.done(done.reduce((sum, { bytes }) => sum + bytes, 0));
	}

	/** One batch: into the document, into the log, then to the others, then acknowledged. Answers what of it is put off. */
	async #commit(batch: Work[]): Promise<Work[]> {
		/** what others have appended, which is shown with what is appended now */
		const followed: Uint8Array[] = [];
		if (this.#others) for (let rows; (rows = await this.#others.after(this.#seq, this.#generation)).length > 0;) followed.push(...this.#takeRows(rows));
		await this.#scales.askOwners(batch.filter((work) => work.kind === 'write'));
		const passed: Passed = {
			writing: null,
			writers: new Set(),
			taken: [],
			late: [],
			putOff: new Map(),
			refused: new Map(),
			bill: new Bill(this.#world.processorMs)
		};
		const edits = batch.filter((work) => work.kind === 'edit');
		try {
			this.#apply(batch, passed, edits);
		} finally {
			for (const [connection, ms] of passed.bill.settle()) connection.allowance.take('workMs', ms);
		}
		const { writers, taken, late, refused } = passed;
		const putOff = [...passed.putOff.values()].flat();
		const update = emittedAsOne(this.#emitted.splice(0));
		this.#scales.committed(update);
		await this.#scales.bindOwners();
		if (update) {
			const keep = edits.find(keepsItself)?.keep ?? ((update: Uint8Array) => this.#world.journal.append(this.document, update, this.#generation));
			const { seq, at } = await keep(update);
			this.#world.bus?.tell('row', { document: this.document, generation: this.#generation, seq, at, update });
			this.#projector?.note({ seq, at });
			if (seq !== this.#seq + 1) followed.push(...(await this.#takeBetween(seq, update)));
			this.#seq = seq;
			// of what others append, they have SQL follow
			this.#projector?.schedule();
			this.#settleDamage();
			// who wrote all of it has it already, and takes away the same formats
			const [only] = writers.size === 1 && edits.length === 0 && followed.length === 0 ? writers : [];
			this.#show([...followed, update], only);
		} else if (followed.length > 0) this.#show(followed);
		// what came with late words is acknowledged with them, since a page counts in its order
		const latecomers = new Set(late.map(({ connection }) => connection));
		this.#acknowledge(taken.filter(({ connection }) => !latecomers.has(connection)));
		for (const connection of latecomers) this.#keepLate(connection, passed);
		for (const [connection, refusal] of refused) if (!this.#keeping.has(connection)) this.#refuse(connection, refusal);
		this.#tellHalfFull();
		for (const { done } of edits) done();
		for (const work of batch) if (work.kind === 'read' && !this.#keeping.has(work.connection) && !putOff.includes(work)) work.read();
		if (putOff.length > 0) void this.#others?.lookUp();
		this.#queue.unshift(...putOff);
		return putOff;
	}

	/** Takes in what others have appended before one's own row; answers what is to be shown of it. */
	async #takeBetween(seq: number, own: Uint8Array): Promise<Uint8Array[]> {
		// an append that was given up as failed may have happened later: the log knows more than this room
		if (!this.#others) throw new Error('the log has rows that the room does not');
		const rows = await this.#others.between(this.#seq, seq, this.#generation);
		if (rows.some(({ update }) => doTheSame(update, own))) this.#projector?.mix(seq);
		return this.#takeRows(rows);
	}

	/** Takes the next rows of the log, which others have appended, into the document; answers what is to be shown of them. */
	#takeRows(rows: readonly LogRow[]): Uint8Array[] {
		for (const row of rows) {
			const before = this.#emitted.length;
			applyBatch(this.#doc, [row.update], fromElsewhere);
			if (hasGap(this.#doc)) throw new Error('a row of the log does not follow on the document');
			// what every replica takes away after it is in no row yet
			this.#emitted.push(...this.#emitted.splice(before).slice(1));
			this.#scales.followed(row.update);
			this.#seq = row.seq;
			this.#projector?.note(row);
		}
		this.#settleDamage();
		return rows.map(({ update }) => update);
	}

	/**
	 * Holds what a page has against what the room has: what it lacks it is given, what the room lacks it is asked for.
	 * If neither lacks anything and the content differs all the same, as when two pages had one client id, no edit would
	 * ever bring them together: the page is to begin anew. Says nothing while anything is under way between them.
	 */
	#compare(connection: Connection, { received, stateVector, hash }: HeldState): void {
		if (this.#committing || this.#isUncommitted || this.#queue.some((work) => work.connection === connection) || received !== connection.told) return;
		let lacks: boolean, hasMore: boolean;
		try {
			({ lacks, hasMore } = standing(this.#doc, stateVector));
		} catch {
			return this.#close(connection, 'malformed');
		}
		// edits come behind it, and are not to wait: it says so again in half a minute
		if (lacks && connection.allowance.waitMs('answerMs') > 0) return;
		if (lacks) this.#answer(connection, stateVector);
		if (hasMore && this.#others) void this.#upToDate().then(() => connection.open && this.#hasMore(stateVector) && this.#ask(connection));
		else if (hasMore) this.#ask(connection);
		if (lacks || hasMore) return;
		const own = this.#hashNow();
		if (own === null) return;
		this.#world.seen.compared++;
		if (own === hash) return;
		this.#world.seen.diverged++;
		this.#world.log.error({ document: this.document, person: connection.subject.person }, 'a page holds something else than its document; it begins anew');
		this.#close(connection, 'diverged');
	}

	/** Null: it would have to be made anew, and was made a moment ago. */
	#hashNow(): string | null {
		const now = performance.now();
		if (this.#hashed?.seq === this.#seq) return this.#hashed.hash;
		if (this.#hashed && now - this.#hashed.at < limits.hashEveryMs) return null;
		this.#hashed = { seq: this.#seq, at: now, hash: canonicalHash(this.#doc) };
		return this.#hashed.hash;
	}

	#ask(connection: Connection): void {
		connection.told++;
		connection.wire.send(new Outgoing(step1Frame(stateVectorOf(this.#doc))));
	}

	/**
	 * One page's edits for a closed meeting are kept apart, beside the room, and not shown to anybody here. They are
	 * acknowledged with what was taken of it; what it has sent after them comes again, if at all.
	 */
	#keepLate(connection: Connection, passed: Passed): void {
		const [late, taken] = [passed.late, passed.taken].map((works) => works.filter((work) => work.connection === connection)) as [Write[], Write[]];
		const refusal = passed.refused.get(connection);
		connection.refused = true;
		const kept = this.#world.trials
			.take(connection.subject.person, () => this.#world.keepLate(connection, (earlier) => this.#tryLate(connection, late, earlier)))
			.catch(reasonOf)
			.then((reason) => {
				this.#keeping.delete(connection);
				if (reason === 'late') this.#acknowledge([...taken, ...late]);
				this.#close(connection, reason);
				if (refusal) this.#refuse(connection, refusal);
				else this.#drop(connection);
				if (!this.#failed) this.#release(late);
			});
		for (const { bytes } of late) this.#backlog.add(connection, bytes);
		this.#keeping.set(connection, kept);
	}

	/** Holds late words against all that is committed, at the expense of whoever brings them; their client ids are that person's then. */
	async #tryLate(connection: Connection, late: readonly Write[], earlier: LateEdits['earlier']): Promise<LateWords | CloseReason> {
		const { workbench, owners, stillMay } = this.#world;
		const { grant } = connection;
		const brought: LateEdits = { kind: grant.kind, words: mightWord(grant), earlier, edits: late.map(({ admitted }) => admitted.read.bytes) };
		// one after the other: each holds a copy of the document
		const tried = await this.#lateTrials.take('all', async () => {
			if (this.#ends) throw new StorageError('the room ends', { full: false });
			const document = await this.#committed(() => this.#made(connection, () => this.#encoded.updates));
			return workbench.do('tryLate', { document, ...brought }, (ms) => connection.allowance.take('trialMs', ms));
		});
		if (typeof tried === 'string') return tried;
		if (!(await stillMay(connection))) return 'not-found';
		if (mayWrite(connection.grant) === false) return 'read-only';
		for (const client of new Set(late.flatMap(({ admitted }) => bringsOf(this.#doc, admitted.read)))) {
			if (!(await owners.claim(client, connection.subject.person))) return 'not-allowed';
		}
		return tried;
	}

	/** The updates of a batch that may be applied, each held against the document with those before it in it. */
	*#passing(batch: readonly Work[], passed: Passed): Generator<Uint8Array> {
		for (const work of batch) {
			if (work.connection && passed.putOff.get(work.connection)?.push(work)) continue;
			// what follows on an edit that was refused comes again, if at all
			if (work.kind !== 'write' || passed.refused.has(work.connection) || this.#keeping.has(work.connection)) continue;
			const { connection, admitted } = work;
			// its late words were kept while its other edits were asked about
			if (connection.refused && !connection.open) continue;
			passed.writing = connection;
			const began = performance.now();
			let pieces = 0;
			try {
				const weighed = this.#scales.weigh(work, this.#damage);
				if (weighed === 'late') {
					passed.late.push(work);
					continue;
				}
				if (typeof weighed === 'string' || 'because' in weighed) {
					if (this.#others && !work.again) {
						work.again = true;
						passed.putOff.set(connection, [work]);
						continue;
					}
					connection.refused = true;
					passed.refused.set(connection, weighed);
					continue;
				}
				passed.taken.push(work);
				pieces = piecesOf(admitted);
				if (!weighed.isNew) continue;
				passed.writers.add(connection);
				yield admitted.read.bytes;
				this.#scales.tookIn(admitted);
			} finally {
				passed.bill.add(connection, performance.now() - began, pieces);
			}
		}
		passed.writing = null;
	}

	#apply(batch: readonly Work[], passed: Passed, edits: readonly Edit[]): void {
		const change = () => {
			this.#damage?.rejoin(this.#doc);
			for (const edit of edits) {
				try {
					changeAs(this.#doc, edit.client, edit.change);
				} catch (error) {
					edit.failed(error);
				}
			}
		};
		try {
			applyBatch(this.#doc, this.#passing(batch, passed), fromElsewhere, change);
		} catch (error) {
			// the gate let something in: whoever sent it must not come back with it
			this.#world.seen.broken++;
			if (passed.writing) this.#close(passed.writing, 'malformed');
			throw error;
		}
	}

	/** Has what was lost come back? Then everybody is told. */
	#settleDamage(): void {
		if (!this.#damage?.settle(this.#doc)) return;
		this.#tellPages(new Outgoing(damageFrame(this.#damage.told)));
		if (this.#damage.rows.length === 0) this.#damage = null;
		this.#projector?.schedule();
	}

	#tellHalfFull(): void {
		if (this.#scales.isHalfFull === this.#halfFull) return;
		this.#halfFull = !this.#halfFull;
		this.#tellPages(new Outgoing(halfFullFrame(this.#halfFull)));
	}

	#clientOf(person: Id): Promise<number> {
		let client = this.#clients.get(person);
		if (!client) {
			client = this.#world.clientIds.lease(person, 1).then(([id]) => id!);
			this.#clients.set(person, client);
			client.catch(() => this.#clients.delete(person));
		}
		return client;
	}

	#acknowledge(taken: Write[]): void {
		const writers = new Set<Connection>();
		for (const { connection } of taken) {
			if (!connection.open) continue;
			connection.committed++;
			writers.add(connection);
		}
		for (const connection of writers) if (connection.acknowledges) connection.wire.send(new Outgoing(committedFrame(connection.committed)));
	}

	#answer(connection: Connection, stateVector: Uint8Array): void {
		if (!connection.open) return;
		try {
			const since = connection.given ? furthest(connection.given, stateVector) : stateVector;
			this.#made(connection, () => {
				const lacks = lacksOf(this.#doc, since);
				const frames = isMost(this.#doc, lacks) ? this.#encoded.answer : [this.#encoded.restFor(since, lacks)];
				connection.told += frames.length;
				for (const frame of frames) this.#tell(connection, frame);
			});
		} catch {
			this.#close(connection, 'malformed');
		}
	}

	/** Makes something of the document for somebody, at their expense. */
	#made<Result>({ allowance }: Connection, make: () => Result): Result {
		return measured(this.#world.processorMs, (ms) => allowance.take('answerMs', ms), make);
	}

	/** Answers a question, which may be a million times shorter. */
	#tell(connection: Connection, outgoing: Outgoing): void {
		connection.allowance.take('answerBytes', outgoing.frames.byteLength);
		connection.wire.send(outgoing, true);
	}

	/** Tells all pages of ours, which alone know what it means. */
	#tellPages(outgoing: Outgoing): void {
		for (const connection of this.connections) if (connection.acknowledges) connection.wire.send(outgoing);
	}

	/** Shows what is committed to everybody but one who has it, and with it who has moved meanwhile. */
	#show(updates: readonly Uint8Array[], but?: Connection): void {
		const began = performance.now();
		const update = emittedAsOne(updates)!;
		const outgoing = new Outgoing(updateFrame(update));
		this.#encoded.follow(update, outgoing);
		const news = this.presence.take();
		const together = new Map<Outgoing | undefined, Outgoing>();
		for (const connection of this.connections) {
			const moves = news?.to(connection);
			if (connection === but) {
				if (moves) connection.wire.send(moves);
				continue;
			}
			connection.told++;
			let both = together.get(moves);
			if (!both) together.set(moves, (both = moves ? outgoing.with(moves) : outgoing));
			connection.wire.send(both);
		}
		const tookMs = performance.now() - began;
		this.#flushGapMs = flushGapMs({ tookMs, elsewhere: this.presence.elsewhere, busy: this.#world.load.busy });
	}

	#refuse(connection: Connection, refusal: Refusal | CloseReason): void {
		if (typeof refusal !== 'string') {
			this.#world.metrics.count('refused_edits', refusal.because);
			this.#world.log.warn({ document: this.document, person: connection.subject.person, because: refusal.because }, 'an edit was refused');
		}
		this.#close(connection, typeof refusal === 'string' ? refusal : refusal.reason);
		this.#drop(connection);
	}

	/** What a page sent that is not being committed yet did not happen. */
	#drop(connection: Connection): void {
		const dropped = this.#queue.filter((work) => work.connection === connection);
		this.#queue = this.#queue.filter((work) => work.connection !== connection);
		connection.untried = [];
		this.#release(dropped);
	}

	#close(connection: Connection, reason: CloseReason): void {
		this.leave(connection);
		close(connection, reason);
	}

	#fail(error: unknown): void {
		const reason = reasonOf(error);
		this.#world.log.error({ document: this.document, error: messageOf(error) }, 'a room was thrown away: its last edits may not be in the log');
		this.#world.metrics.count('rooms_thrown_away', null);
		this.#failed = true;
		for (const connection of this.connections) this.#close(connection, reason);
		this.#discard();
	}

	#discard(): void {
		if (this.#discarded === null) return;
		this.#failed = true;
		this.#projector?.stop();
		this.#others?.end();
		for (const work of this.#queue.splice(0)) if (work.kind === 'edit') work.failed(new StorageError('the room was thrown away', { full: false }));
		this.#backlog.end();
		this.presence.stop();
		this.#doc.destroy();
		this.#discarded();
		this.#discarded = null;
	}

	/** Makes something of what is committed. Rejects if the room is thrown away meanwhile. */
	async #committed<Result>(make: () => Result): Promise<Result> {
		await this.#upToDate();
		return this.#betweenCommits(async () => {
			if (this.#failed) throw new StorageError('the room was thrown away', { full: false });
			return make();
		});
	}

	/** Runs something when all that is in the document is committed. */
	#betweenCommits<Result>(run: () => Promise<Result>): Promise<Result> {
		// what waits for company has not been begun
		return this.#flushing && !this.#go ? new Promise((resolve) => this.#afterCommit.push(() => resolve(run()))) : run();
	}

	#commitEnded(): void {
		for (const run of this.#afterCommit.splice(0)) run();
	}

	/** All that is in the document is committed. Resolves when a snapshot that was due is made. */
	async #compact(ends: boolean): Promise<void> {
		if (this.#failed || this.#isUncommitted || this.#damage?.open || !this.#compaction?.isDue(this.#seq, ends)) return;
		await this.#compaction.run(this.#seq, stateOf(this.#doc), () => this.projectNow());
	}
}

/** Whoever is over their allowance causes no commit of their own while others write: all would wait for it. */
const isPatient = ({ connection }: Work): boolean => connection?.allowance.owes('edits', 'pieces', 'workMs') ?? false;

const keepsItself = (work: Work): boolean => work.kind === 'edit' && work.keep !== null;

/** Of a document that was never restored. */
const firstGeneration = 1;
