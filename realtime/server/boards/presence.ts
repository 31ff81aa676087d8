import { limits } from '#realtime/meeting/limits.ts';
import { presenceFrame, readPresence, type PresenceEntry } from '#realtime/protocol/frames.ts';
import { mayWrite } from '../authorize.ts';
import type { Connection } from './connection.ts';
import { Outgoing } from './outgoing.ts';
import type { ClientOwners } from './owners.ts';

/**
 * Who is on a board and where. Each connection has one entry, and the server stamps on it who the person is;
 * entries about others, which a stock provider echoes, are ignored. Changes of a tick go out as one frame.
 */
export class RoomPresence {
	readonly #entries = new Map<Connection, PresenceEntry>();
	readonly #changed = new Map<number, PresenceEntry>();
	/** when the first of these did */
	#changedAt = 0;
	/** the newest of those who change faster than others are told */
	readonly #held = new Map<Connection, PresenceEntry>();
	/** stock providers of which it is being asked whose the id is under which they say that they are here */
	readonly #asked = new Map<Connection, PresenceEntry>();
	readonly #sendAll: (outgoing: Outgoing) => void;
	readonly #owners: Pick<ClientOwners, 'mayBeOf' | 'claim'>;
	#timer: ReturnType<typeof setTimeout> | null = null;

	constructor(sendAll: (outgoing: Outgoing) => void, owners: Pick<ClientOwners, 'mayBeOf' | 'claim'>) {
		this.#sendAll = sendAll;
		this.#owners = owners;
	}

	/** Takes what a page says of itself. Throws on bytes that are no presence. */
	receive(connection: Connection, bytes: Uint8Array): void {
		const known = this.#entries.get(connection);
		const own = known?.client ?? connection.declaredClient;
		const [entry] = readPresence(bytes, own === null ? this.#firstFree() : (client) => client === own);
		if (!entry) return;
		if (own === null) return void this.#takeFirst(connection, entry);
		if (!this.#held.has(connection) && connection.allowance.draw('presence', 1)) return this.#take(connection, entry);
		this.#held.set(connection, entry);
		this.#schedule();
	}

	/** Everybody who is here, as one frame for somebody who comes; null if nobody is. */
	greeting(): Outgoing | null {
		return this.#entries.size === 0 ? null : new Outgoing(presenceFrame([...this.#entries.values()]));
	}

	/** What has changed since everybody was told last, on its way to everybody with something else; null if it can wait, or nothing has. */
	take(): Outgoing | null {
		if (this.#changed.size === 0 || performance.now() - this.#changedAt < limits.presenceTickMs / 2) return null;
		return this.#takeChanged();
	}

	leave(connection: Connection, clock?: number): void {
		this.#held.delete(connection);
		const entry = this.#entries.get(connection);
		if (!entry) return;
		this.#entries.delete(connection);
		// the same page may be back on a newer connection already
		if (this.#isTaken(entry.client)) return;
		this.#tell({ client: entry.client, clock: clock ?? entry.clock + 1, state: null });
	}

	stop(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
	}

	#take(connection: Connection, entry: PresenceEntry): void {
		const known = this.#entries.get(connection);
		if (known && entry.clock < known.clock) return;
		if (entry.state === null) return this.leave(connection, entry.clock);
		const stamped = { ...entry, state: { ...entry.state, person: connection.grant.participant } };
		this.#entries.set(connection, stamped);
		this.#tell(stamped);
	}

	/** Of somebody whose line is broken nobody else takes the id. While it is asked whose it is, the newest entry waits. */
	async #takeFirst(connection: Connection, entry: PresenceEntry): Promise<void> {
		const { grant, subject, allowance } = connection;
		const waiting = this.#asked.get(connection);
		if (waiting?.client === entry.client && waiting.clock <= entry.clock) this.#asked.set(connection, entry);
		if (waiting || !allowance.draw('presence', 1)) return;
		this.#asked.set(connection, entry);
		// who may write is read here under an id that is theirs from then on
		const may = mayWrite(grant) === true ? this.#owners.claim(entry.client, subject.person) : this.#owners.mayBeOf(entry.client, subject.person);
		const isTheirs = await may.catch(() => false);
		const newest = this.#asked.get(connection)!;
		this.#asked.delete(connection);
		if (isTheirs && connection.open && !this.#isTaken(newest.client)) this.#take(connection, newest);
	}

	/** Picks a stock provider's own entry: the first one that it sends and that is nobody else's. */
	#firstFree(): (client: number) => boolean {
		const taken = new Set([...this.#entries.values()].map(({ client }) => client));
		let found = false;
		return (client) => {
			if (found || taken.has(client)) return false;
			found = true;
			return true;
		};
	}

	#isTaken(client: number): boolean {
		for (const entry of this.#entries.values()) if (entry.client === client) return true;
		return false;
	}

	#takeChanged(): Outgoing {
		const outgoing = new Outgoing(presenceFrame([...this.#changed.values()]));
		this.#changed.clear();
		return outgoing;
	}

	#tell(entry: PresenceEntry): void {
		if (this.#changed.size === 0) this.#changedAt = performance.now();
		this.#changed.set(entry.client, entry);
		this.#schedule();
	}

	#schedule(inMs: number = limits.presenceTickMs): void {
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			for (const [connection, entry] of this.#held) {
				if (!connection.allowance.draw('presence', 1)) continue;
				this.#held.delete(connection);
				this.#take(connection, entry);
			}
			if (this.#held.size > 0) this.#schedule();
			if (this.#changed.size === 0) return;
			// what had changed before may have gone along with edits
			const leftMs = this.#changedAt + limits.presenceTickMs - performance.now();
			if (leftMs > 1) this.#schedule(leftMs);
			else this.#sendAll(this.#takeChanged());
		}, inMs);
	}
}
