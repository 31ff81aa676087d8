import { applyBatch, changeAs, emittedAsOne, fromElsewhere, hasGap, sameState, stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import { ActionGuard } from '#realtime/board/touched.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import { shapes } from '#realtime/board/shapes.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { committedFrame, step1Frame, step2Frame, updateFrame, type Incoming } from '#realtime/protocol/frames.ts';
import * as Y from 'yjs';
import { StorageError, type ClientIdStore, type DocumentStore, type Log } from '../ports.ts';
import { mayWriteAll } from '../authorize.ts';
import { Budget } from './budget.ts';
import { isSamePage, type Connection } from './connection.ts';
import type { Follow, Following } from './follow.ts';
import { examine, type Admitted } from './gate/door.ts';
import { bringsOf, Gate } from './gate/gate.ts';
import { refusalFor, type Refusal } from './gate/refusal.ts';
import type { Tally } from './gate/tally.ts';
import { takeUpTo, type Journal } from './journal.ts';
import { Outgoing } from './outgoing.ts';
import type { ClientOwners } from './owners.ts';
import { RoomPresence } from './presence.ts';

/** What a room runs on. */
export interface RoomWorld {
	documents: Pick<DocumentStore, 'load' | 'isBehind' | 'keepSnapshot'>;
	clientIds: Pick<ClientIdStore, 'lease' | 'leaseForServer'>;
	/** how SQL follows each kind of document */
	followers: Partial<Record<DocumentKind, Follow>>;
	journal: Journal;
	owners: ClientOwners;
	/** keeps edits that a page brought after the meeting was closed; resolves after the commit with what the page is told */
	keepLate: (doc: Y.Doc, connection: Connection, edits: readonly Admitted[]) => Promise<CloseReason>;
	tally: Tally;
	log: Log;
	/** log rows after which a room that ends is first kept as a snapshot */
	snapshotRows: number;
}

/** Something that the server itself changes in a document. */
export type Change = (doc: Y.Doc) => void;

interface Edit {
	kind: 'edit';
	connection: null;
	bytes: 0;
	/** whose change it is */
	client: number;
	change: Change;
	done: () => void;
	failed: (error: unknown) => void;
}

type Work = ({ connection: Connection; bytes: number } & ({ kind: 'write'; admitted: Admitted } | { kind: 'answer'; stateVector: Uint8Array })) | Edit;
type Write = Extract<Work, { kind: 'write' }>;

/** What has become of the writes of a batch. */
interface Passed {
	/** whose edit is being weighed and applied */
	writing: Connection | null;
	/** whose edits brought something */
	writers: Set<Connection>;
	taken: Write[];
	late: Write[];
}

/**
 * One document, served. A room that has not finished loading serves nobody; an edit is shown and acknowledged
 * only after its commit; and when an append fails, the room is thrown away with all that the log may not have.
 */
export class Room {
	readonly document: Id;
	readonly presence: RoomPresence;
	readonly connections = new Set<Connection>();
	/** rejects when the document cannot be loaded */
	readonly ready: Promise<void>;
	/** called once, when the room must be forgotten: whoever comes next gets a new one */
	#discarded: (() => void) | null;
	readonly #world: RoomWorld;
	readonly #doc = new Y.Doc();
	/** what Yjs emitted since the last commit */
	#emitted: Uint8Array[] = [];
	#queue: Work[] = [];
	#queuedBytes = 0;
	#paused = new Set<Connection>();
	#flushing: Promise<void> | null = null;
	#flushedAt = -Infinity;
	#committing = false;
	#failed = false;
	/** the last row of the log that is in the document */
	#seq = 0;
	#snapshotSeq = 0;
	#projectedSeq = 0;
	/** null: SQL does not follow documents of this kind */
	#following: Following | null = null;
	/** there once the room is loaded, as is the budget */
	#gate!: Gate;
	#budget!: Budget;
	/** null: whoever may write this kind of document may write all of it */
	#guard: ActionGuard | null = null;
	/** the projections asked for so far, one after the other */
	#projected: Promise<void> = Promise.resolve();
	/** the client ids under which people edit without a page, each leased to its person */
	readonly #clients = new Map<Id, Promise<number>>();
	/** what waits for the end of the present commit */
	#afterCommit: (() => void)[] = [];
	#projectionTimer: ReturnType<typeof setTimeout> | null = null;

	constructor(document: Id, world: RoomWorld, discarded: () => void) {
		this.document = document;
		this.#world = world;
		this.#discarded = discarded;
		this.presence = new RoomPresence((outgoing) => this.#sendAll(outgoing));
		this.ready = this.#load();
	}

	/** Lets a page in: it is asked what it has, and told who is here. The room is loaded by then. */
	enter(connection: Connection): void {
		for (const other of this.connections) {
			if (!isSamePage(other, connection)) continue;
			// the one that set out later is the one that lives
			if (other.arrival > connection.arrival) return this.#close(connection, 'taken-over');
			this.#close(other, 'taken-over');
		}
		this.connections.add(connection);
		connection.wire.send(new Outgoing(step1Frame(stateVectorOf(this.#doc))));
		const greeting = this.presence.greeting();
		if (greeting) connection.wire.send(greeting);
	}

	leave(connection: Connection): void {
		connection.open = false;
		this.connections.delete(connection);
		this.#paused.delete(connection);
		this.presence.leave(connection);
	}

	/** Takes one message of a page that has entered. */
	receive(connection: Connection, message: Incoming): void {
		if (!connection.open || this.#failed) return;
		switch (message.kind) {
			case 'step1':
				return this.#enqueue({ kind: 'answer', connection, stateVector: message.bytes, bytes: message.bytes.byteLength });
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
				if (connection.caughtUp) return this.#write(connection, admitted);
				// what was typed before the page's answer to step 1 leaves a gap until that answer is here
				connection.held.push(admitted);
				const heldBytes = connection.held.reduce((sum, { read }) => sum + read.bytes.byteLength, 0);
				if (heldBytes > limits.offlineFrameBytes) this.#close(connection, 'too-large');
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
				if (greeting) connection.wire.send(greeting);
			}
		}
	}

	/**
	 * Closes the connection of a page whose person may not be here any more. Of their edits, the one that is being
	 * committed is acknowledged first, and those that wait behind it are not accepted: what a page was not told of did not happen.
	 */
	expel(connection: Connection, reason: CloseReason): void {
		const expel = () => {
			if (!connection.open) return;
			const dropped = this.#queue.filter((work) => work.connection === connection);
			this.#queue = this.#queue.filter((work) => work.connection !== connection);
			this.#close(connection, reason);
			this.#release(dropped);
		};
		if (this.#committing) this.#afterCommit.push(expel);
		else expel();
	}

	/**
	 * Changes the document as one edit of this person's (null: of the server's own), shown to everybody. Resolves
	 * after its commit; rejects when it could not be committed, or when the change itself fails.
	 */
	async edit(person: Id | null, change: Change): Promise<void> {
		await this.ready;
		const client = person === null ? this.#doc.clientID : await this.#clientOf(person);
		if (this.#failed) throw new StorageError('the room was thrown away', { full: false });
		await new Promise<void>((done, failed) => this.#enqueue({ kind: 'edit', connection: null, bytes: 0, client, change, done, failed }));
	}

	/** SQL shows everything that is committed now once this resolves. Rejects when the database does not answer. */
	async projectNow(): Promise<void> {
		await this.ready;
		const turn = this.#projected.then(() => this.#betweenCommits(() => this.#project()));
		this.#projected = turn.catch(() => {});
		await turn;
	}

	/**
	 * Ends the room: closes who is still in it, waits for what is being committed, lets SQL catch up and keeps a
	 * snapshot if the log has grown long. Resolves when nothing of it is under way any more.
	 */
	async end(reason: CloseReason): Promise<void> {
		for (const connection of this.connections) this.#close(connection, reason);
		try {
			await this.ready;
			while (this.#flushing) await this.#flushing;
			await this.projectNow();
			await this.#keepSnapshot();
		} catch (error) {
			this.#world.log.warn({ document: this.document, error: messageOf(error) }, 'a room ended before SQL had followed it; the log has everything');
		}
		this.#discard();
	}

	async #load(): Promise<void> {
		const stored = await this.#world.documents.load(this.document);
		if (!stored) throw new Error('no such document');
		this.#projectedSeq = stored.projectedSeq;
		if (stored.snapshot) {
			applyBatch(this.#doc, [stored.snapshot.state]);
			this.#seq = this.#snapshotSeq = stored.snapshot.seq;
		}
		const follow = this.#world.followers[stored.kind];
		const followedSeq = follow ? stored.projectedSeq : Infinity;
		const followed = stored.tail.filter(({ seq }) => seq <= followedSeq);
		applyBatch(
			this.#doc,
			followed.map(({ update }) => update)
		);
		this.#following = follow?.(this.document, this.#doc) ?? null;
		for (const row of stored.tail.slice(followed.length)) {
			applyBatch(this.#doc, [row.update]);
			this.#following?.note(row);
		}
		this.#seq = stored.tail.at(-1)?.seq ?? this.#seq;
		if (hasGap(this.#doc)) throw new Error('the log has a gap');
		const stores = [...(stored.snapshot ? [stored.snapshot.state] : []), ...stored.tail.map(({ update }) => update)];
		this.#budget = new Budget(
			this.#doc,
			stores.reduce((sum, { byteLength }) => sum + byteLength, 0)
		);
		this.#gate = new Gate(this.#doc, shapes[stored.kind]);
		if (stored.kind === 'actions') this.#guard = new ActionGuard(this.#doc);
		this.#doc.clientID = await this.#world.clientIds.leaseForServer();
		this.#doc.on('update', (update: Uint8Array) => this.#emitted.push(update));
		this.#scheduleProjection();
	}

	/** Null: it was refused, and its connection is closed. */
	#examine(connection: Connection, update: Uint8Array, limitBytes: number): Admitted | null {
		const admitted = examine(update, connection.grant, limitBytes, connection.acknowledges);
		if (typeof admitted === 'object' && 'read' in admitted) return admitted;
		this.#refuse(connection, admitted);
		return null;
	}

	#write(connection: Connection, admitted: Admitted): void {
		this.#enqueue({ kind: 'write', connection, admitted, bytes: admitted.read.bytes.byteLength });
	}

	#enqueue(work: Work): void {
		this.#queue.push(work);
		this.#queuedBytes += work.bytes;
		if (work.connection && this.#queuedBytes > limits.roomQueueBytes && !this.#paused.has(work.connection)) {
			this.#paused.add(work.connection);
			work.connection.wire.pause();
		}
		this.#flushing ??= this.#flush().finally(() => {
			this.#flushing = null;
			this.#commitEnded();
		});
	}

	async #flush(): Promise<void> {
		// the messages of this turn of the event loop belong together
		await new Promise((resolve) => setImmediate(resolve));
		while (this.#queue.length > 0 && !this.#failed) {
			const wait = this.#flushedAt + limits.flushGapMs - performance.now();
			if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
			this.#flushedAt = performance.now();
			const batch = takeUpTo(limits.commitBytes, this.#queue, ({ bytes }) => bytes);
			this.#committing = true;
			try {
				await this.#commit(batch);
			} catch (error) {
				for (const work of batch) if (work.kind === 'edit') work.failed(error);
				return this.#fail(error);
			} finally {
				this.#committing = false;
			}
			this.#commitEnded();
			this.#release(batch);
		}
	}

	/** Counts work as done with, and lets those go on who wait for room in the queue. */
	#release(done: readonly Work[]): void {
		this.#queuedBytes -= done.reduce((sum, { bytes }) => sum + bytes, 0);
		if (this.#queuedBytes > limits.roomQueueBytes) return;
		for (const connection of this.#paused) connection.wire.resume();
		this.#paused.clear();
	}

	/** One batch: into the document, into the log, then to the others, then acknowledged. */
	async #commit(batch: Work[]): Promise<void> {
		await this.#askOwners(batch);
		const passed: Passed = { writing: null, writers: new Set(), taken: [], late: [] };
		const edits = batch.filter((work) => work.kind === 'edit');
		this.#apply(batch, passed, edits);
		const { writers, taken, late } = passed;
		const update = emittedAsOne(this.#emitted.splice(0));
		this.#guard?.committed(update);
		if (update) {
			const { seq, at } = await this.#world.journal.append(this.document, update);
			// an append that was given up as failed may have happened later: the log knows more than this room
			if (seq !== this.#seq + 1) throw new Error('the log has rows that the room does not');
			this.#seq = seq;
			this.#following?.note({ seq, at });
			this.#scheduleProjection();
			const outgoing = new Outgoing(updateFrame(update));
			// who wrote all of it has it already, and takes away the same formats
			const [only] = writers.size === 1 && edits.length === 0 ? writers : [];
			for (const connection of this.connections) if (connection !== only) connection.wire.send(outgoing);
		}
		this.#acknowledge(taken);
		for (const { done } of edits) done();
		// all that is in the document is committed here, and nothing newer has been applied
		for (const work of batch) {
			if (work.kind === 'answer' && work.connection.open) this.#answer(work.connection, work.stateVector);
		}
		if (late.length > 0) await this.#keepLate(late);
	}

	/** Edits for a closed meeting are kept apart, acknowledged, and not shown to anybody here. */
	async #keepLate(late: readonly Write[]): Promise<void> {
		for (const connection of new Set(late.map((work) => work.connection))) {
			const own = late.filter((work) => work.connection === connection);
			const reason = await this.#world
				.keepLate(
					this.#doc,
					connection,
					own.map(({ admitted }) => admitted)
				)
				.catch(reasonOf);
			if (reason === 'late') this.#acknowledge(own);
			this.#close(connection, reason);
		}
	}

	/** Asks whose the client ids of a batch are; those of nobody become the writer's, for ever. */
	async #askOwners(batch: Work[]): Promise<void> {
		for (const work of batch) {
			if (work.kind !== 'write') continue;
			const brings = bringsOf(this.#doc, work.admitted.read);
			if (brings.length <= limits.clientIdsPerUpdate) await this.#world.owners.claim(work.connection.subject.person, brings);
		}
	}

	/** The updates of a batch that may be applied, each held against the document with those before it in it. */
	*#passing(batch: readonly Work[], passed: Passed): Generator<Uint8Array> {
		const refused = new Set<Connection>();
		for (const work of batch) {
			// what follows on an edit that was refused comes again, if at all
			if (work.kind !== 'write' || refused.has(work.connection)) continue;
			const { connection, admitted } = work;
			passed.writing = connection;
			const weighed = this.#weigh(connection, admitted);
			if (weighed === 'late') {
				passed.late.push(work);
				continue;
			}
			if (typeof weighed === 'string' || 'because' in weighed) {
				refused.add(connection);
				this.#refuse(connection, weighed);
				continue;
			}
			passed.taken.push(work);
			if (!weighed.isNew) continue;
			passed.writers.add(connection);
			yield admitted.read.bytes;
			if (hasGap(this.#doc)) throw new Error('an edit left a gap');
			this.#budget.spend(admitted.read.bytes.byteLength, admitted.read.structs);
		}
		passed.writing = null;
	}

	#weigh(connection: Connection, { read, unlessHeld }: Admitted): { isNew: boolean } | Refusal | CloseReason {
		const brings = bringsOf(this.#doc, read);
		if (brings.length > limits.clientIdsPerUpdate) return refusalFor('too-many-clients');
		for (const client of brings) if (!this.#world.owners.isOf(client, connection.subject.person)) return refusalFor('of-another');
		const weighed = this.#gate.weigh(read);
		// what comes late follows on what came late before it, which is not here
		if (unlessHeld === 'late') return 'isNew' in weighed && !weighed.isNew ? weighed : unlessHeld;
		if ('because' in weighed || !weighed.isNew) return weighed;
		if (unlessHeld) return unlessHeld;
		const comers = brings.filter((client) => !this.#doc.store.clients.has(client)).length;
		if (brings.length > 0 && !this.#budget.takes(read.bytes.byteLength, read.structs, comers)) return refusalFor('full');
		return (this.#guard && this.#judge(this.#guard, connection, read.bytes)) ?? weighed;
	}

	/** Actions are somebody's. */
	#judge(guard: ActionGuard, { grant, subject }: Connection, update: Uint8Array): CloseReason | null {
		if (mayWriteAll(grant)) {
			guard.take(update);
			return null;
		}
		const refusal = guard.judge(update, subject.person);
		return refusal && (refusal === 'not-own' ? 'read-only' : 'not-allowed');
	}

	#apply(batch: readonly Work[], passed: Passed, edits: readonly Edit[]): void {
		const change = () => {
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
			this.#world.tally.broken++;
			if (passed.writing) this.#close(passed.writing, 'malformed');
			throw error;
		}
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
		let state: Uint8Array;
		try {
			state = stateOf(this.#doc, stateVector);
		} catch {
			return this.#close(connection, 'malformed');
		}
		connection.wire.send(new Outgoing(step2Frame(state)));
	}

	#sendAll(outgoing: Outgoing): void {
		for (const connection of this.connections) connection.wire.send(outgoing);
	}

	#refuse(connection: Connection, refusal: Refusal | CloseReason): void {
		if (typeof refusal === 'string') return this.#close(connection, refusal);
		this.#world.tally.refuse(refusal.because);
		this.#world.log.warn({ document: this.document, person: connection.subject.person, because: refusal.because }, 'an edit was refused');
		this.#close(connection, refusal.reason);
	}

	#close(connection: Connection, reason: CloseReason): void {
		this.leave(connection);
		connection.wire.close(reason);
	}

	#fail(error: unknown): void {
		const reason = reasonOf(error);
		this.#world.log.error({ document: this.document, error: messageOf(error) }, 'a room was thrown away: its last edits may not be in the log');
		this.#failed = true;
		for (const connection of this.connections) this.#close(connection, reason);
		this.#discard();
	}

	#discard(): void {
		if (this.#discarded === null) return;
		this.#failed = true;
		if (this.#projectionTimer !== null) clearTimeout(this.#projectionTimer);
		for (const work of this.#queue.splice(0)) if (work.kind === 'edit') work.failed(new StorageError('the room was thrown away', { full: false }));
		this.#guard?.destroy();
		this.presence.stop();
		this.#doc.destroy();
		this.#discarded();
		this.#discarded = null;
	}

	#scheduleProjection(delayMs: number = limits.projectionDelayMs): void {
		if (!this.#following || this.#seq === this.#projectedSeq || this.#failed) return;
		this.#projectionTimer ??= setTimeout(() => {
			this.#projectionTimer = null;
			this.projectNow().catch((error: unknown) => {
				this.#world.log.error({ document: this.document, error: messageOf(error) }, 'SQL could not follow a document; it is tried again');
				this.#scheduleProjection(limits.projectionRetryMs);
			});
		}, delayMs);
	}

	/** Runs something when all that is in the document is committed. */
	#betweenCommits(run: () => Promise<void>): Promise<void> {
		return this.#flushing ? new Promise((resolve) => this.#afterCommit.push(() => resolve(run()))) : run();
	}

	#commitEnded(): void {
		for (const run of this.#afterCommit.splice(0)) run();
	}

	async #project(): Promise<void> {
		const seq = this.#seq;
		if (!this.#following || seq === this.#projectedSeq || this.#failed) return;
		await this.#following.project(seq);
		this.#projectedSeq = seq;
	}

	/** Replaces a long log by a snapshot, made from what is stored and only if that is what the room has. */
	async #keepSnapshot(): Promise<void> {
		if (this.#failed || this.#seq - this.#snapshotSeq < this.#world.snapshotRows) return;
		const stored = await this.#world.documents.load(this.document);
		const fresh = new Y.Doc();
		try {
			if (stored) applyBatch(fresh, [...(stored.snapshot ? [stored.snapshot.state] : []), ...stored.tail.map(({ update }) => update)]);
			const seq = stored?.tail.at(-1)?.seq;
			if (seq !== this.#seq || !sameState(fresh, this.#doc)) {
				this.#world.log.error({ document: this.document, seq: this.#seq }, 'the log does not give what the room has: no snapshot is made');
				return;
			}
			await this.#world.documents.keepSnapshot(this.document, { seq, state: stateOf(fresh), stateVector: stateVectorOf(fresh) });
			this.#snapshotSeq = seq;
		} finally {
			fresh.destroy();
		}
	}
}

const reasonOf = (error: unknown): CloseReason => (error instanceof StorageError ? (error.full ? 'storage-full' : 'storage-unavailable') : 'restarting');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
