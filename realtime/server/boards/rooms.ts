import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { may } from '#realtime/meeting/permissions.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import { StorageError, type Access, type World } from '../ports.ts';
import type { Connection } from './connection.ts';
import { journalOver, type Journal } from './journal.ts';
import { Room, type RoomWorld } from './room.ts';

/** All documents that somebody is on. A document has one room at a time; a room is made and ended here. */
export class Rooms {
	readonly #world: RoomWorld;
	readonly #access: Access;
	readonly #journal: Journal;
	readonly #rooms = new Map<Id, Room>();
	/** rooms on their way out of memory: whoever comes meanwhile waits for the last write */
	readonly #ending = new Map<Id, Promise<void>>();
	readonly #idle = new Map<Id, ReturnType<typeof setTimeout>>();
	#sweeping: ReturnType<typeof setTimeout> | null = null;
	#stopped = false;

	/** `snapshotRows`: see limits; a simulation makes snapshots more often. */
	constructor({ documents, clientIds, factors, access, log }: World, { snapshotRows = limits.snapshotRows }: { snapshotRows?: number } = {}) {
		this.#journal = journalOver(documents);
		this.#access = access;
		this.#world = { documents, clientIds, factors, log, journal: this.#journal, owners: new Map(), snapshotRows };
	}

	/** Lets a page onto its document. Answers the room it is in, or closes the connection and answers null. */
	async enter(connection: Connection): Promise<Room | null> {
		const refuse = (reason: CloseReason) => {
			connection.open = false;
			connection.wire.close(reason);
			return null;
		};
		if (this.#stopped) return refuse('restarting');
		if (this.#socketsOf(connection.subject.person) >= limits.socketsPerPerson) return refuse('too-many');
		try {
			const room = await this.#roomOf(connection.document);
			// it may have gone while the document was loaded
			if (!connection.open) {
				this.#leaveIdle(room);
				return null;
			}
			room.enter(connection);
			this.#scheduleSweep();
			return room;
		} catch (error) {
			this.#world.log.error({ document: connection.document, error: String(error) }, 'a document could not be opened');
			return refuse(error instanceof StorageError && error.full ? 'storage-full' : 'storage-unavailable');
		}
	}

	leave(connection: Connection): void {
		connection.open = false;
		const room = this.#rooms.get(connection.document);
		if (!room) return;
		room.leave(connection);
		this.#leaveIdle(room);
	}

	/** SQL shows all that is committed of a document, if it is open here; what is not open, it shows already. */
	async projectNow(document: Id): Promise<void> {
		await this.#ending.get(document);
		await this.#rooms.get(document)?.projectNow();
	}

	/** Ends all rooms. Resolves when their last writes are done. */
	async stop(): Promise<void> {
		this.#stopped = true;
		if (this.#sweeping !== null) clearTimeout(this.#sweeping);
		await Promise.all([...this.#rooms.values()].map((room) => this.#end(room)));
		await Promise.all(this.#ending.values());
		await this.#journal.settled();
	}

	get statistics() {
		let connections = 0;
		for (const room of this.#rooms.values()) connections += room.connections.size;
		return { rooms: this.#rooms.size, connections, ...this.#journal.statistics };
	}

	async #roomOf(document: Id): Promise<Room> {
		await this.#ending.get(document);
		clearTimeout(this.#idle.get(document));
		this.#idle.delete(document);
		let room = this.#rooms.get(document);
		if (!room) {
			const made = new Room(document, this.#world, () => {
				if (this.#rooms.get(document) === made) this.#rooms.delete(document);
			});
			room = made;
			this.#rooms.set(document, made);
			made.ready.catch(() => this.#rooms.delete(document));
		}
		await room.ready;
		return room;
	}

	#leaveIdle(room: Room): void {
		const { document } = room;
		if (room.connections.size > 0 || this.#idle.has(document) || this.#rooms.get(document) !== room) return;
		this.#idle.set(
			document,
			setTimeout(() => {
				this.#idle.delete(document);
				if (room.connections.size === 0) void this.#end(room);
			}, limits.roomIdleMs)
		);
	}

	#end(room: Room): Promise<void> {
		clearTimeout(this.#idle.get(room.document));
		this.#idle.delete(room.document);
		const ended = room.end('restarting').finally(() => this.#ending.delete(room.document));
		this.#ending.set(room.document, ended);
		return ended;
	}

	#socketsOf(person: Id): number {
		let sockets = 0;
		for (const room of this.#rooms.values()) for (const connection of room.connections) if (connection.subject.person === person) sockets++;
		return sockets;
	}

	#scheduleSweep(): void {
		this.#sweeping ??= setTimeout(() => {
			void this.#sweep().finally(() => {
				this.#sweeping = null;
				if (!this.#stopped && this.statistics.connections > 0) this.#scheduleSweep();
			});
		}, limits.rightsSweepMs);
	}

	/** Asks anew what everybody may, so that a lost right acts on sockets that are open. */
	async #sweep(): Promise<void> {
		const asked = [...this.#rooms.values()].flatMap((room) => [...room.connections].map((connection) => ({ room, connection })));
		try {
			const grants = await this.#access.documents(asked.map(({ connection: { subject, document } }) => ({ subject, document })));
			asked.forEach(({ room, connection }, i) => {
				const grant = grants[i];
				if (grant === 'signed-out') room.close(connection, 'signed-out');
				else if (!grant || !may(grant.participant.role, 'board.see', grant.meetingState)) room.close(connection, 'not-found');
				else connection.grant = grant;
			});
		} catch (error) {
			this.#world.log.warn({ error: String(error) }, 'rights could not be asked anew; they stay as they were until the database answers');
		}
	}
}
