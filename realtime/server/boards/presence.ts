import { isDeepStrictEqual } from 'node:util';
import { limits } from '#realtime/meeting/limits.ts';
import { presenceFrame, readFrame, readPresence, type PresenceEntry } from '#realtime/protocol/frames.ts';
import { underLoad, type Load } from '../load.ts';
import { mayWrite } from '../authorize.ts';
import type { Connection } from './connection.ts';
import { Outgoing } from './outgoing.ts';
import type { ClientOwners } from './owners.ts';

/** What says that nobody is on a board. */
export const nobody: Uint8Array = presenceFrame([]);

/** A change of somebody's presence; `known`: everybody has been told already who that is. */
interface Change {
	entry: PresenceEntry;
	known: boolean;
}

/** Who has come, gone or moved, on its way to everybody. Pages of ours remember who somebody is, which is most of an entry; stock providers are told each time. */
export class PresenceNews {
	readonly #changes: readonly Change[];
	#toOurs: Outgoing | null = null;
	#toOthers: Outgoing | null = null;

	constructor(changes: readonly Change[]) {
		this.#changes = changes;
	}

	/** As it is told to this page. */
	to({ acknowledges: isOurs }: Pick<Connection, 'acknowledges'>): Outgoing {
		if (isOurs) return (this.#toOurs ??= this.#outgoing(({ entry, known }) => (known ? withoutPerson(entry) : entry)));
		return (this.#toOthers ??= this.#outgoing(({ entry }) => entry));
	}

	#outgoing(entryOf: (change: Change) => PresenceEntry): Outgoing {
		return new Outgoing(presenceFrame(this.#changes.map(entryOf)));
	}
}

/** What is to be known of a room beside who is on it. */
interface Around {
	sendAll: (news: PresenceNews) => void;
	/** tells the other processes */
	tell: (entries: readonly PresenceEntry[]) => void;
	/** Is a page with this client id on the board here, whether or not it has said so? */
	isHere: (client: number) => boolean;
	owners: Pick<ClientOwners, 'mayBeOf' | 'claim'>;
	load: Pick<Load, 'busy'>;
}

/**
 * Who is on a board and where. Each connection has one entry, and the server stamps on it who the person is;
 * entries about others, which a stock provider echoes, are ignored. Changes of a tick go out as one frame.
 */
export class RoomPresence {
	readonly #entries = new Map<Connection, PresenceEntry>();
	readonly #changed = new Map<number, Change>();
	/** when the first of these did */
	#changedAt = 0;
	/** what the other processes are to be told of those who are or were here */
	readonly #untold = new Map<number, PresenceEntry>();
	/** the newest of those who change faster than others are told */
	readonly #held = new Map<Connection, PresenceEntry>();
	/** stock providers of which it is being asked whose the id is under which they say that they are here */
	readonly #asked = new Map<Connection, PresenceEntry>();
	/** who is on it at other processes, by process and client id */
	readonly #elsewhere = new Map<string, Map<number, PresenceEntry>>();
	readonly #around: Around;
	#timer: ReturnType<typeof setTimeout> | null = null;

	constructor(around: Around) {
		this.#around = around;
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
		const all = new Map<number, PresenceEntry>();
		for (const entries of [...this.#elsewhere.values(), this.#entries]) for (const entry of entries.values()) all.set(entry.client, entry);
		return all.size === 0 ? null : new Outgoing(presenceFrame([...all.values()]));
	}

	/** How many are known to be on it at other processes, and at how many of these. */
	get elsewhere(): { people: number; processes: number } {
		let people = 0;
		for (const { size } of this.#elsewhere.values()) people += size;
		return { people, processes: this.#elsewhere.size };
	}

	/** Everybody who is here at this process. */
	own(): Uint8Array {
		return presenceFrame([...this.#entries.values()]);
	}

	/** Another process says who is on the board there, or not any more; `all`: of everybody. */
	hear(from: string, frame: Uint8Array, all: boolean): void {
		const message = readFrame(frame);
		if (message?.kind !== 'presence') return;
		const told = readPresence(message.bytes, () => true);
		const known = this.#elsewhere.get(from) ?? new Map<number, PresenceEntry>();
		if (all) {
			const still = new Set(told.map(({ client }) => client));
			for (const entry of known.values()) if (!still.has(entry.client)) told.push({ ...entry, state: null });
		}
		const changes = told.map((entry) => {
			const before = known.get(entry.client);
			if (entry.state === null) known.delete(entry.client);
			else known.set(entry.client, entry);
			return { entry, known: isSamePerson(before, entry) };
		});
		if (known.size > 0) this.#elsewhere.set(from, known);
		else this.#elsewhere.delete(from);
		// who is gone from there may be here by now
		for (const change of changes) if (change.entry.state !== null || !this.#isTaken(change.entry.client)) this.#change(change);
	}

	/** Another process is gone, with everybody there. */
	gone(process: string): void {
		this.hear(process, nobody, true);
	}

	/** What has changed since everybody was told last, on its way to everybody with something else; null: nothing has. */
	take(): PresenceNews | null {
		return this.#changed.size === 0 ? null : this.#takeChanged();
	}

	leave(connection: Connection, clock?: number): void {
		this.#held.delete(connection);
		const entry = this.#entries.get(connection);
		if (!entry) return;
		this.#entries.delete(connection);
		// the same page may be back on a newer connection already
		if (this.#isOnOwn(entry.client)) return;
		const gone = { client: entry.client, clock: clock ?? entry.clock + 1, state: null };
		this.#untold.set(gone.client, gone);
		if (!this.#isTaken(gone.client)) this.#change({ entry: gone, known: false });
		this.#schedule();
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
		this.#untold.set(stamped.client, stamped);
		this.#change({ entry: stamped, known: isSamePerson(known, stamped) });
	}

	/** Of somebody whose line is broken nobody else takes the id. While it is asked whose it is, the newest entry waits. */
	async #takeFirst(connection: Connection, entry: PresenceEntry): Promise<void> {
		const { grant, subject, allowance } = connection;
		const waiting = this.#asked.get(connection);
		if (waiting?.client === entry.client && waiting.clock <= entry.clock) this.#asked.set(connection, entry);
		if (waiting || !allowance.draw('presence', 1)) return;
		this.#asked.set(connection, entry);
		// who may write is read here under an id that is theirs from then on
		const may = mayWrite(grant) === true ? this.#around.owners.claim(entry.client, subject.person) : this.#around.owners.mayBeOf(entry.client, subject.person);
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
		for (const entries of this.#elsewhere.values()) if (entries.has(client)) return true;
		return this.#isOnOwn(client);
	}

	/** Is somebody with this client id at this process? */
	#isOnOwn(client: number): boolean {
		for (const entry of this.#entries.values()) if (entry.client === client) return true;
		return this.#around.isHere(client);
	}

	#takeChanged(): PresenceNews {
		this.#tellOthers();
		const news = new PresenceNews([...this.#changed.values()]);
		this.#changed.clear();
		return news;
	}

	get #tickMs(): number {
		return underLoad(this.#around.load.busy, limits.presenceTickBusy, limits.presenceTickMs);
	}

	#tellOthers(): void {
		if (this.#untold.size === 0) return;
		this.#around.tell([...this.#untold.values()]);
		this.#untold.clear();
	}

	/** Everybody is told soon. */
	#change({ entry, known }: Change): void {
		if (this.#changed.size === 0) this.#changedAt = performance.now();
		// who somebody is and has not been told yet is told with what follows on it
		this.#changed.set(entry.client, { entry, known: known && this.#changed.get(entry.client)?.known !== false });
		this.#schedule();
	}

	#schedule(inMs = this.#tickMs): void {
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			for (const [connection, entry] of this.#held) {
				if (!connection.allowance.draw('presence', 1)) continue;
				this.#held.delete(connection);
				this.#take(connection, entry);
			}
			if (this.#held.size > 0) this.#schedule();
			if (this.#changed.size === 0) return this.#tellOthers();
			// what had changed before may have gone along with edits
			const leftMs = this.#changedAt + this.#tickMs - performance.now();
			if (leftMs > 1) this.#schedule(leftMs);
			else this.#around.sendAll(this.#takeChanged());
		}, inMs);
	}
}

/** Is this entry of the person whom the one before it under its id told of? */
function isSamePerson(before: PresenceEntry | undefined, { state }: PresenceEntry): boolean {
	const [was, is] = [before?.state?.['person'], state?.['person']];
	return is !== undefined && (was === is || isDeepStrictEqual(was, is));
}

function withoutPerson({ client, clock, state }: PresenceEntry): PresenceEntry {
	const { person: _, ...rest } = state!;
	return { client, clock, state: rest };
}
