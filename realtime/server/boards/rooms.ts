import { handOverActions } from '#realtime/board/actions-edits.ts';
import { cardsWithWords } from '#realtime/board/read.ts';
import { reveal } from '#realtime/board/reveal.ts';
import type { WrittenDecision } from '#realtime/meeting/decisions.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Surface } from '#realtime/meeting/meetings.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Idea } from '#realtime/protocol/control.ts';
import { maySee } from '../authorize.ts';
import { keepLate as keepLateEdits } from '../late/keep.ts';
import { alone, type Bus } from '../bus.ts';
import { Leisure } from '../leisure.ts';
import { Load } from '../load.ts';
import { uncounted } from '../metrics.ts';
import { StorageError, type Access, type ActionStore, type DraftStore, type Grant, type KeepReveal, type StoredDraft, type World } from '../ports.ts';
import { Allowances } from '../allowance.ts';
import { threadMs } from '../processor.ts';
import { Turns } from '../turns.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { close, isSamePage, type Connection } from './connection.ts';
import { followersOver } from './follow.ts';
import { Inspiration, type ReadDraft } from './inspiration.ts';
import { journalOver, type Journal } from './journal.ts';
import { ClientOwners } from './owners.ts';
import { Backlog } from './backlog.ts';
import { Neighbours } from './neighbours.ts';
import { openDocument } from './opening.ts';
import { revealedOf } from './revealed.ts';
import { Room, type Change, type RoomWorld, type Seen } from './room.ts';

interface RoomsOptions {
	snapshotRows?: number;
	openSnapshotRows?: number;
	processorMs?: () => number;
	load?: Pick<Load, 'busy'>;
	arrivedLate?: (meeting: Id, person: Id) => void;
	hidden?: (meeting: Id) => void;
	bus?: Bus;
}

/** All documents that somebody is on. A document has one room at a time; a room is made and ended here. */
export class Rooms {
	/** what each person may have done for them */
	readonly allowances = new Allowances();
	readonly #world: RoomWorld;
	readonly #access: Access;
	readonly #journal: Journal;
	readonly #actions: Pick<ActionStore, 'documentsOf'>;
	readonly #drafts: DraftStore;
	readonly #rooms = new Map<Id, Room>();
	/** rooms on their way out of memory: whoever comes meanwhile waits for the last write */
	readonly #ending = new Map<Id, Promise<void>>();
	/** on their way into a room */
	readonly #waiting = new Set<Connection>();
	/** those that have come and not gone, by person: a thousand come at once, and none is to look at all others */
	readonly #ofPerson = new Map<Id, Set<Connection>>();
	readonly #idle = new Map<Id, ReturnType<typeof setTimeout>>();
	readonly #backlog = new Backlog();
	readonly #copies = new Turns<'all'>();
	readonly #inspiration = new Inspiration((item) => this.#readPassedOn(item));
	readonly #seen: Seen = { compared: 0, diverged: 0, broken: 0 };
	/** null: no other process serves the database */
	readonly #neighbours: Neighbours | null = null;
	#sweeping: ReturnType<typeof setTimeout> | null = null;
	#stopped = false;

	/**
	 * `snapshotRows`, `openSnapshotRows`: see limits; a simulation makes snapshots more often. `arrivedLate`: called
	 * with the meeting and the person when words have been kept for its facilitator. `hidden`: called with
	 * the meeting when there is more or less in it that was written in private. `processorMs`: what the processor
	 * has worked on this thread so far, by which people are charged. `load`: how busy it is.
	 */
	constructor(
		{ documents, clientIds, factors, actions, drafts, late, access, log, metrics = uncounted }: Omit<World, 'meetings' | 'guests' | 'votes'>,
		workbench: Workbench,
		{
			snapshotRows = limits.snapshotRows,
			openSnapshotRows = limits.openSnapshotRows,
			processorMs = threadMs,
			load = new Load(),
			arrivedLate = () => {},
			hidden = () => {},
			bus = alone
		}: RoomsOptions = {}
	) {
		this.#journal = journalOver(documents, metrics);
		this.#access = access;
		this.#actions = actions;
		this.#drafts = drafts;
		const owners = new ClientOwners(clientIds);
		const keepLate: RoomWorld['keepLate'] = async ({ document, subject: { person }, grant: { meeting } }, tried) => {
			if (this.#stopped) return 'restarting';
			if (meeting === null) return 'meeting-closed';
			const { reason, changed } = await keepLateEdits(late, { meeting, document, person }, tried);
			if (changed) arrivedLate(meeting, person);
			return reason;
		};
		this.#world = {
			documents,
			clientIds,
			followers: followersOver({ factors, actions, drafts, hidden }),
			log,
			metrics,
			journal: this.#journal,
			owners,
			keepLate,
			backlog: this.#backlog,
			projections: new Turns(),
			leisure: new Leisure(limits.projectionRests, limits.projectionRetryMs),
			seen: this.#seen,
			workbench,
			trials: new Turns(),
			stillMay: (connection) => this.#stillMay(connection),
			snapshotRows,
			openSnapshotRows,
			processorMs,
			load,
			bus: bus === alone ? null : bus
		};
		if (bus === alone) return;
		this.#neighbours = new Neighbours(bus, documents, this.#rooms, (documents, run) => this.#whileEnded(documents, run), log);
	}

	/** Lets a page onto its document. Answers the room it is in, or closes the connection and answers null. */
	async enter(connection: Connection): Promise<Room | null> {
		const refuse = (reason: CloseReason) => {
			connection.open = false;
			close(connection, reason);
			return null;
		};
		if (this.#stopped) return refuse('restarting');
		if (this.#socketsBeside(connection) >= limits.socketsPerPerson) return refuse('too-many');
		this.#note(connection);
		this.#waiting.add(connection);
		try {
			if (!(await this.#isOwn(connection))) return refuse('not-allowed');
			const room = await this.#roomOf(connection.document, connection);
			if (this.#stopped) return refuse('restarting');
			// it may have gone while the document was loaded
			if (!connection.open) return null;
			room.enter(connection);
			this.#scheduleSweep();
			return connection.open ? room : null;
		} catch (error) {
			this.#world.log.error({ document: connection.document, error: String(error) }, 'a document could not be opened');
			return refuse(error instanceof StorageError && error.full ? 'storage-full' : 'storage-unavailable');
		} finally {
			this.#waiting.delete(connection);
			this.#leaveIdle(connection.document);
		}
	}

	leave(connection: Connection): void {
		connection.open = false;
		this.#forget(connection);
		const room = this.#rooms.get(connection.document);
		if (!room) return;
		room.leave(connection);
		this.#leaveIdle(connection.document);
	}

	/** Changes a document as one edit of this person's (null: of the server's own). Resolves after its commit. */
	async edit(document: Id, person: Id | null, change: Change): Promise<void> {
		if (this.#stopped) throw new StorageError('the server stops', { full: false });
		try {
			await (await this.#roomOf(document)).edit(person, change);
		} finally {
			this.#leaveIdle(document);
		}
	}

	/** Gives what somebody has still to do to somebody else: where that one is no member, and if it is null, to nobody. */
	async handOver(from: Id, to: Id | null, by: Id): Promise<void> {
		for (const { document, otherIsMember } of await this.#actions.documentsOf(from, to)) {
			await this.edit(document, by, (doc) => handOverActions(doc, from, otherIsMember ? to : null));
		}
	}

	/** SQL shows all that is committed of a document once this resolves. */
	async projectNow(document: Id): Promise<void> {
		if (!this.#rooms.has(document) && !(await this.#world.documents.isBehind(document))) return;
		try {
			await (await this.#roomOf(document)).projectNow();
		} finally {
			this.#leaveIdle(document);
		}
	}

	/** SQL follows what was written just before the server that took it was gone. One document after the other, beside whatever else is done; never rejects. */
	async catchUp(): Promise<void> {
		try {
			for (const document of await this.#world.documents.behind()) {
				if (this.#stopped) return;
				await this.projectNow(document).catch((error: unknown) => this.#world.log.warn({ document, error: String(error) }, 'SQL does not follow a document'));
				const room = this.#rooms.get(document);
				if (room && this.#isEmpty(room)) await this.#end(room);
			}
		} catch (error) {
			this.#world.log.warn({ error: String(error) }, 'what SQL has not followed could not be read');
		}
	}

	/** What a new document begins with that goes on from this one, as {@link Room.freshCopy}. One is made at a time, so that trials have a worker. */
	freshCopy(document: Id, surface: Surface): Promise<Uint8Array[] | null> {
		return this.#copies.take('all', async () => {
			if (this.#stopped) throw new StorageError('the server stops', { full: false });
			try {
				return await (await this.#roomOf(document)).freshCopy(surface);
			} finally {
				this.#leaveIdle(document);
			}
		});
	}

	/** The wording of a decision, as {@link Room.wording}. */
	async wording(document: Id, decision: Id): Promise<WrittenDecision | null> {
		if (this.#stopped) throw new StorageError('the server stops', { full: false });
		try {
			return await (await this.#roomOf(document)).wording(decision);
		} finally {
			this.#leaveIdle(document);
		}
	}

	/**
	 * Puts what people wrote in private at an activity onto its board, all at once: in an order and under ids that say
	 * nothing of whose it is. `keep` keeps all of it or nothing. Meanwhile nobody is on what they wrote in; their pages
	 * come back to documents of another generation, with what had not arrived. `anonymous`: all of it was written on the
	 * promise that nobody will know by whom; else what says so of itself. `clash`: nothing was kept, as it had changed.
	 */
	async reveal(activity: { item: Id; board: Id; anonymous: boolean }, keep: KeepReveal): Promise<'kept' | 'clash'> {
		if (this.#stopped) throw new StorageError('the server stops', { full: false });
		this.#inspiration.forget(activity.item);
		const documents = (await this.#drafts.of(activity.item)).map(({ document }) => document);
		const whileHeld = <Result>(run: () => Promise<Result>) => this.#neighbours?.whileHeld(documents, run) ?? run();
		return this.#whileEnded(documents, () =>
			whileHeld(async () => {
				// what was on its way when they were ended is there now
				const stored = (await this.#drafts.of(activity.item)).filter(({ document, hasNew }) => hasNew && documents.includes(document));
				const opened = await Promise.all(stored.map((draft) => this.#readDraft({ ...draft, anonymous: draft.anonymous || activity.anonymous })));
				// what cannot be read now waits until it can; what has no name, until it is not known by being alone
				const nameless = opened.filter(({ draft, cards }) => draft.anonymous && cards.length > 0).length;
				const waits = !activity.anonymous && nameless < limits.anonymousTogether;
				const whole = opened.filter(({ draft, isWhole }) => isWhole && !(draft.anonymous && waits));
				const cards = revealedOf(whole);
				const drafts = whole.map(({ draft }) => draft);
				if (cards.length === 0) return (await keep({ board: null, drafts })) === 'clash' ? 'clash' : 'kept';
				let clashed = false;
				try {
					const room = await this.#roomOf(activity.board);
					await room.edit(
						null,
						(doc) => reveal(doc, cards),
						async (update) => {
							const kept = await keep({ board: { document: activity.board, update }, drafts });
							clashed = kept === 'clash';
							if (typeof kept === 'string') throw new StorageError('a board was not kept as it was decided', { full: false });
							return kept;
						}
					);
					return 'kept';
				} catch (error) {
					if (clashed) return 'clash';
					throw error;
				} finally {
					this.#leaveIdle(activity.board);
				}
			})
		);
	}

	/** A few of what others have written in private at an activity, for somebody who writes there. `round`: what is drawn for. */
	inspire(item: Id, round: string, person: Id): Promise<Idea[]> {
		return this.#inspiration.of(item, round, person);
	}

	/** Ends all rooms. Resolves when their last writes are done. */
	async stop(): Promise<void> {
		this.#stopped = true;
		if (this.#sweeping !== null) clearTimeout(this.#sweeping);
		this.#neighbours?.stop();
		await Promise.all([...this.#rooms.values()].map((room) => this.#end(room)));
		await Promise.all(this.#ending.values());
		await this.#journal.settled();
	}

	get statistics() {
		let connections = 0;
		let projectionLagMs = 0;
		for (const room of this.#rooms.values()) {
			connections += room.connections.size;
			projectionLagMs = Math.max(projectionLagMs, room.projectionLagMs);
		}
		return {
			rooms: this.#rooms.size,
			connections,
			queuedBytes: this.#backlog.bytes,
			projectionLagMs,
			...this.#journal.statistics,
			...this.#seen
		};
	}

	/** Who is on a document at the moment. */
	*people(): Generator<Id> {
		for (const room of this.#rooms.values()) for (const { subject } of room.connections) yield subject.person;
	}

	/** The room of a document, loaded, and not one that was thrown away while it was waited for: by whoever comes into it, if somebody does. */
	async #roomOf(document: Id, comer?: Connection): Promise<Room> {
		for (;;) {
			await this.#ending.get(document);
			clearTimeout(this.#idle.get(document));
			this.#idle.delete(document);
			const room = this.#rooms.get(document) ?? this.#make(document);
			if (comer) room.expect(comer);
			await room.ready;
			if (this.#rooms.get(document) === room && !this.#ending.has(document)) return room;
		}
	}

	#make(document: Id): Room {
		const forget = () => {
			if (this.#rooms.get(document) === room) this.#rooms.delete(document);
		};
		const room: Room = new Room(document, this.#world, forget);
		this.#rooms.set(document, room);
		return room;
	}

	/** A room that nobody is in, or on the way to, leaves memory after a while. */
	#leaveIdle(document: Id): void {
		const room = this.#rooms.get(document);
		if (!room || this.#stopped || this.#idle.has(document) || this.#ending.has(document) || !this.#isEmpty(room)) return;
		this.#idle.set(
			document,
			setTimeout(() => {
				this.#idle.delete(document);
				if (this.#rooms.get(document) === room && this.#isEmpty(room)) void this.#end(room);
			}, limits.roomIdleMs)
		);
	}

	/** Is nobody in it, nor on the way to it? */
	#isEmpty(room: Room): boolean {
		return room.connections.size === 0 && ![...this.#waiting].some(({ document }) => document === room.document);
	}

	/** Does the client id that a page says it has belong to its person? */
	async #isOwn({ declaredClient, subject: { person } }: Connection): Promise<boolean> {
		return declaredClient === null || this.#world.owners.claim(declaredClient, person);
	}

	#end(room: Room): Promise<void> {
		clearTimeout(this.#idle.get(room.document));
		this.#idle.delete(room.document);
		const ended = room.end('restarting').finally(() => this.#ending.delete(room.document));
		this.#ending.set(room.document, ended);
		return ended;
	}

	/** What people wrote in private at an activity to be passed on, one after the other: nobody waits for all of it. */
	async #readPassedOn(item: Id): Promise<ReadDraft[]> {
		const read: ReadDraft[] = [];
		for (const draft of await this.#drafts.of(item)) if (draft.hasNew && draft.passedOn) read.push(await this.#readDraft(draft));
		return read;
	}

	/** What somebody wrote in private, as it was kept. */
	async #readDraft(draft: StoredDraft) {
		const stored = await this.#world.documents.load(draft.document);
		if (!stored) throw new StorageError('what somebody wrote in private is not there', { full: false });
		const { doc, damage } = openDocument(stored, undefined);
		const cards = cardsWithWords(doc);
		doc.destroy();
		return { draft, cards, isWhole: !damage?.open };
	}

	/** Does something while these documents are in no room, with all that was written in them kept; whoever comes meanwhile waits. */
	async #whileEnded<Result>(documents: readonly Id[], run: () => Promise<Result>): Promise<Result> {
		const held = Promise.withResolvers<void>();
		const ended = documents.map(async (document) => {
			while (this.#ending.has(document)) await this.#ending.get(document);
			this.#ending.set(document, held.promise);
			clearTimeout(this.#idle.get(document));
			this.#idle.delete(document);
			await this.#rooms.get(document)?.drain('restarting');
		});
		try {
			await Promise.all(ended);
			return await run();
		} finally {
			for (const document of documents) this.#ending.delete(document);
			held.resolve();
		}
	}

	#note(connection: Connection): void {
		const { person } = connection.subject;
		const own = this.#ofPerson.get(person);
		if (own) own.add(connection);
		else this.#ofPerson.set(person, new Set([connection]));
	}

	#forget(connection: Connection): void {
		const { person } = connection.subject;
		const own = this.#ofPerson.get(person);
		own?.delete(connection);
		if (own?.size === 0) this.#ofPerson.delete(person);
	}

	/** How many sockets its person has beside this one and those that it takes over from. */
	#socketsBeside(connection: Connection): number {
		let count = 0;
		for (const other of this.#ofPerson.get(connection.subject.person) ?? []) if (other.open && !isSamePage(other, connection)) count++;
		return count;
	}

	/** Everybody's, those on their way in included. */
	*#connections(): Generator<Connection> {
		yield* this.#waiting;
		for (const { connections } of this.#rooms.values()) yield* connections;
	}

	#scheduleSweep(): void {
		this.#sweeping ??= setTimeout(() => {
			void this.askRights().finally(() => {
				this.#sweeping = null;
				if (!this.#stopped && this.statistics.connections > 0) this.#scheduleSweep();
			});
		}, limits.rightsSweepMs);
	}

	#expel(connection: Connection, reason: CloseReason): void {
		const room = this.#rooms.get(connection.document);
		if (room?.connections.has(connection)) return room.expel(connection, reason);
		connection.open = false;
		close(connection, reason);
	}

	async #stillMay(connection: Connection): Promise<boolean> {
		if (connection.open) return true;
		try {
			const [grant] = await this.#access.documents([connection]);
			return renewed(connection, grant);
		} catch {
			return false;
		}
	}

	/** Asks anew what everybody may, some of them at a time, so that a lost or a new right acts on sockets that are open. Never rejects. */
	async askRights(): Promise<void> {
		// those on their way in came with what they were allowed a moment ago
		const all = [...this.#connections()];
		try {
			for (let at = 0; at < all.length; at += limits.rightsAsked) {
				const asked = all.slice(at, at + limits.rightsAsked);
				const grants = await this.#access.documents(asked.map(({ subject, document }) => ({ subject, document })));
				asked.forEach((connection, i) => {
					const grant = grants[i];
					if (!renewed(connection, grant)) this.#expel(connection, grant === 'signed-out' ? grant : 'not-found');
				});
			}
		} catch (error) {
			this.#world.log.warn({ error: String(error) }, 'rights could not be asked anew; they stay as they were until the database answers');
		}
	}
}

/** Notes what somebody may now. False: they may not even see the document. */
function renewed(connection: Connection, grant: Grant | 'signed-out' | null | undefined): boolean {
	if (!grant || grant === 'signed-out' || !maySee(grant)) return false;
	connection.grant = grant;
	return true;
}
