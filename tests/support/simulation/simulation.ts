import { watchGroupings } from '#realtime/board/groupings.ts';
import { readBoard } from '#realtime/board/read.ts';
import { applyBatch, clockOf, sameState } from '#realtime/board/replica.ts';
import { openBoard } from '#realtime/client/board-link.ts';
import { memoryStorage } from '#realtime/client/storage.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { committedFrame, isWrite, step2Frame, answersStep1 } from '#realtime/protocol/frames.ts';
import { Outgoing } from '#realtime/server/boards/outgoing.ts';
import { Rooms } from '#realtime/server/boards/rooms.ts';
import { serve, type Served } from '#realtime/server/boards/serve.ts';
import type { Wire } from '#realtime/server/boards/connection.ts';
import type { Bus } from '#realtime/server/bus.ts';
import { StorageError, type DocumentStore, type Grant, type LoggedGrouping, type LogRow, type World } from '#realtime/server/ports.ts';
import { isDeepStrictEqual } from 'node:util';
import { vi } from 'vitest';
import * as Y from 'yjs';
import { Hub } from '../hub.ts';
import { MemoryDatabase, type Line } from '../memory-database.ts';
import { randomFrom, type Random } from '../random.ts';
import { sameThread } from '../same-thread.ts';
import { storedDoc } from '../stored.ts';
import { act, Device } from './device.ts';
import { badLines, Network } from './network.ts';

/** Mistakes that the simulation must find, each planted where a careless change would make it. */
export const faults = ['broadcast before append', 'acknowledgement before commit', 'no resend after a reconnect'] as const;
/** And those that it must find of two processes. */
export const faultsOfProcesses = ['a lag refused', 'nothing is looked up', 'told before append'] as const;
export type Fault = (typeof faults)[number] | (typeof faultsOfProcesses)[number];

/** What happened in a run: a run in which nothing went wrong proves nothing. */
export interface Tally {
	actions: Record<string, number>;
	drops: number;
	/** sockets that fell silent, half open */
	silences: number;
	/** messages that a line of 2 s latency, of 5 % loss and of 64 kbit/s held up */
	late: number;
	lost: number;
	narrow: number;
	restarts: number;
	/** moments at which processes stopped hearing each other */
	cuts: number;
	/** rows that a process was told of by another */
	told: number;
	reloads: number;
	failedAppends: number;
	snapshots: number;
	/** edits by others that reached a page while it had unacknowledged ones of its own */
	conflicts: number;
	rows: number;
	/** how often a page's content was held against the server's */
	compared: number;
}

const steps = 120;
/** virtual time in which everybody must agree, once everything works again */
const healMs = 120_000;

/**
 * Runs the real rooms, journal and client on a simulated network, clock and database: people edit at random while
 * lines break, pages reload, the database fails and the server is killed. Rejects with what was violated. `processes`: how many
 * serve the document; each socket comes to any of them, and what they tell each other is lost now and then.
 */
export async function simulate(seed: number, fault: Fault | null = null, processes = 1): Promise<Tally> {
	vi.useFakeTimers({
		now: 1_700_000_000_000,
		toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'Date', 'performance']
	});
	const simulation = new Simulation(seed, fault, processes);
	try {
		return await simulation.run();
	} finally {
		await simulation.close();
		vi.useRealTimers();
	}
}

/** A tally of nothing. */
export const nothingYet = (): Tally => ({
	actions: {},
	drops: 0,
	silences: 0,
	late: 0,
	lost: 0,
	narrow: 0,
	restarts: 0,
	cuts: 0,
	told: 0,
	reloads: 0,
	failedAppends: 0,
	snapshots: 0,
	conflicts: 0,
	rows: 0,
	compared: 0
});

/** A server process. */
interface Server {
	rooms: Rooms;
	line: ServerLine;
	bus: ReturnType<Hub['join']>;
	world: Omit<World, 'meetings' | 'guests' | 'votes'>;
	/** by the addresses that they were opened with */
	sockets: Set<URL>;
}

class Simulation {
	readonly #random: Random;
	readonly #fault: Fault | null;
	readonly #network: Network;
	readonly #database: MemoryDatabase;
	readonly #document: Id;
	/** what the database has committed */
	readonly #truth = new Y.Doc();
	readonly #devices: Device[] = [];
	readonly #tally = nothingYet();
	readonly #hub = new Hub();
	/** null: it is down */
	readonly #servers: (Server | null)[];
	#violation: string | null = null;

	constructor(seed: number, fault: Fault | null, processes: number) {
		this.#servers = Array.from({ length: processes }, () => null);
		this.#random = randomFrom(seed);
		this.#fault = fault;
		this.#network = new Network(this.#random);
		this.#document = this.#random.id();
		this.#database = new MemoryDatabase({ now: () => Date.now(), newClientId: () => this.#random.integer(2, 2 ** 32 - 1) });
		this.#database.create(this.#document, 'board');
		this.#database.committed = (_document, { update }) => {
			this.#tally.rows++;
			applyBatch(this.#truth, [update]);
		};
	}

	async run(): Promise<Tally> {
		this.#servers.forEach((_, i) => this.#startServer(i));
		const leases = this.#database.connect().clientIds;
		for (let i = 0; i < 4; i++) {
			const person = this.#random.id();
			const devices = this.#random.chance(0.3) ? 2 : 1;
			for (let d = 0; d < devices; d++) {
				const device = new Device({ person, storage: memoryStorage(), open: (device, clientId) => this.#open(device, clientId) });
				this.#devices.push(device);
				device.openPage((await leases.lease(person, 1))[0]!);
			}
		}
		for (let step = 0; step < steps; step++) {
			await this.#step(leases);
			await vi.advanceTimersByTimeAsync(this.#random.chance(0.05) ? this.#random.integer(1_000, 40_000) : this.#random.integer(0, 120));
			this.#check();
		}
		await this.#heal();
		for (const server of this.#servers) this.#countCompared(server!);
		Object.assign(this.#tally, { drops: this.#network.drops, silences: this.#network.silences, ...this.#network.heldUp });
		this.#tally.snapshots = this.#database.snapshots;
		return this.#tally;
	}

	async close(): Promise<void> {
		for (const device of this.#devices) for (const page of device.pages) device.closePage(page);
		for (const server of this.#servers) server?.line.kill();
		vi.clearAllTimers();
		this.#truth.destroy();
	}

	async #step(leases: { lease(person: Id, count: number): Promise<number[]> }): Promise<void> {
		const random = this.#random;
		const device = random.pick(this.#devices);
		const dice = random.next();
		if (dice < 0.05) {
			device.reachable = !device.reachable;
			if (!device.reachable) this.#network.break(device);
		} else if (dice < 0.08) this.#network.break(device);
		else if (dice < 0.11) await this.#reload(device, leases);
		else if (dice < 0.12 && device.pages.length < 2) device.openPage((await leases.lease(device.person, 1))[0]!);
		else if (dice < 0.135) await this.#restart();
		else if (dice < 0.15) random.pick(this.#servers)?.line.failNext();
		else if (dice < 0.16) await this.#everybodyLeaves();
		else if (dice < 0.17) this.#network.silence(device);
		else if (dice < 0.21 && this.#servers.length > 1) this.#cutOrHeal();
		else if (dice < 0.24) device.line = Object.keys(device.line).length > 0 ? {} : random.pick(badLines);
		else {
			const page = random.pick(device.pages);
			// a page takes edits once it shows something
			if (!page.link.status.opened && page.link.status.connection !== 'offline') return;
			for (let times = random.integer(1, 4); times > 0; times--) {
				const done = act(random, page, device.person);
				if (done) this.#tally.actions[done] = (this.#tally.actions[done] ?? 0) + 1;
			}
		}
	}

	async #reload(device: Device, leases: { lease(person: Id, count: number): Promise<number[]> }): Promise<void> {
		const page = this.#random.pick(device.pages);
		device.closePage(page);
		this.#tally.reloads++;
		device.openPage((await leases.lease(device.person, 1))[0]!);
	}

	/** For long enough that the room leaves memory. */
	async #everybodyLeaves(): Promise<void> {
		for (const device of this.#devices) device.reachable = false;
		this.#network.break();
		await vi.advanceTimersByTimeAsync(limits.roomIdleMs + 10_000);
		for (const device of this.#devices) device.reachable = true;
	}

	/** Processes do not hear each other any more, or again; whoever is there goes over to any of them. */
	#cutOrHeal(): void {
		this.#network.break();
		if (!this.#hub.isUp) return this.#hub.heal();
		this.#hub.cut();
		this.#tally.cuts++;
	}

	/** kill -9: what the process was doing is never finished, and may or may not have reached the database. */
	async #restart(): Promise<void> {
		const i = this.#random.integer(0, this.#servers.length - 1);
		const server = this.#servers[i]!;
		server.line.kill();
		server.bus.kill();
		this.#countCompared(server);
		this.#servers[i] = null;
		if (this.#servers.every((server) => server === null)) this.#network.accept = null;
		this.#network.break((url) => server.sockets.has(url));
		this.#tally.restarts++;
		await vi.advanceTimersByTimeAsync(this.#random.integer(0, 3_000));
		this.#startServer(i);
	}

	#countCompared({ rooms }: Server): void {
		const { compared, diverged } = rooms.statistics;
		this.#tally.compared += compared;
		if (diverged > 0 && this.#fault === null) this.#violate('an honest page is said to hold something else');
	}

	#startServer(i: number): void {
		const line = new ServerLine(this.#random, () => this.#tally.failedAppends++);
		const stores = this.#database.connect(line);
		const bus = this.#hub.join(this.#random.id());
		const world: Omit<World, 'meetings' | 'guests' | 'votes'> = {
			...stores,
			documents: this.#documents(stores.documents, bus),
			access: {
				sessionIn: () => null,
				authenticate: async () => null,
				ownOrigin: () => true,
				standing: async () => null,
				document: async () => null,
				documents: async (asked) => asked.map(({ subject }) => this.#grant(subject.person)),
				meeting: async () => null,
				meetings: async () => []
			},
			log: { info() {}, warn() {}, error() {} }
		};
		bus.listen('row', () => this.#tally.told++);
		const rooms = new Rooms(world, sameThread, {
			snapshotRows: 10,
			openSnapshotRows: 30,
			processorMs: () => 0,
			load: { busy: 0 },
			...(this.#servers.length > 1 ? { bus } : {})
		});
		this.#network.accept = (wire, url) => this.#accept(wire, url);
		this.#servers[i] = { rooms, line, bus, world, sockets: new Set() };
	}

	#documents(store: DocumentStore, bus: Bus): DocumentStore {
		switch (this.#fault) {
			case 'broadcast before append':
				return hasty(store, this.#random);
			case 'told before append':
				return telling(store, bus);
			case 'a lag refused':
				return { ...store, rowsAfter: async () => [] };
			case 'nothing is looked up':
				return { ...store, heads: async (ids) => (await store.heads(ids)).map((head) => ({ ...head, lastSeq: 0 })) };
			default:
				return store;
		}
	}

	/** Any process serves anybody. */
	#accept(wire: Wire, url: URL): Served {
		const server = this.#random.pick(this.#servers.filter((server) => server !== null));
		server.sockets.add(url);
		const person = url.searchParams.get('person')!;
		const served = serve(server.rooms, server.world.log, wire, {
			subject: { person, session: person },
			document: this.#document,
			grant: this.#grant(person),
			query: url.searchParams
		});
		if (this.#fault !== 'acknowledgement before commit') return served;
		let frames = 0;
		return {
			...served,
			frame(bytes) {
				if (isWrite(bytes)) wire.send(new Outgoing(committedFrame(++frames)));
				served.frame(bytes);
			}
		};
	}

	#grant(person: Id): Grant {
		return {
			kind: 'board',
			meeting: null,
			situation: { state: 'live', archived: false, step: null },
			participant: { id: person, name: {}, office: null, province: null, role: 'member' }
		};
	}

	#open(device: Device, clientId: number) {
		const empty = step2Frame(Uint8Array.of(0, 0));
		const link = openBoard({
			url: 'ws://simulated/yjs',
			document: this.#document,
			clientId,
			storage: device.storage,
			query: { person: device.person },
			socket: this.#network.socketOf(device, (frame) => (this.#fault === 'no resend after a reconnect' && answersStep1(frame) ? empty : frame))
		});
		link.doc.on('update', (_update: Uint8Array, _origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) => {
			if (!transaction.local && link.status.unsaved > 0) this.#tally.conflicts++;
		});
		return link;
	}

	/** What must hold at every moment: nothing is shown or called saved that the database could forget. */
	#check(): void {
		for (const device of this.#devices) {
			for (const page of device.pages) {
				const own = new Set(this.#devices.filter(({ person }) => person === device.person).flatMap(({ clientIds }) => clientIds));
				for (const client of page.link.doc.store.clients.keys()) {
					const seen = clockOf(page.link.doc, client);
					if (!own.has(client) && seen > clockOf(this.#truth, client)) this.#violate(`a page shows edits of client ${client} that are not committed`);
				}
				if (page.link.status.opened && page.link.status.unsaved === 0 && clockOf(page.link.doc, page.clientId) > clockOf(this.#truth, page.clientId)) {
					this.#violate(`client ${page.clientId} is told "saved" of what is not committed`);
				}
			}
		}
	}

	#violate(what: string): void {
		this.#violation ??= what;
		throw new Error(this.#violation);
	}

	/** Everything works again, but that processes may not hear each other: everybody must come to the same board, with nothing left unsaved, and so must SQL. */
	async #heal(): Promise<void> {
		for (const server of this.#servers) server!.line.heal();
		// the database alone must bring them together
		if (this.#random.chance(0.5)) this.#hub.cut();
		else this.#hub.heal();
		for (const device of this.#devices) Object.assign(device, { reachable: true, line: {} });
		const pages = this.#devices.flatMap(({ pages }) => pages);
		let apart: string | null = 'never looked';
		for (let waited = 0; apart !== null && waited < healMs; waited += 1_000) {
			await vi.advanceTimersByTimeAsync(1_000);
			this.#check();
			apart = this.#apart(pages.map(({ link }) => link));
		}
		if (apart !== null) this.#violate(apart);
		// a fresh reader of the log comes to the same
		const fresh = await storedDoc(this.#database.connect(), this.#document);
		if (!sameState(fresh, this.#truth)) this.#violate('the log does not give what was committed');
		const { archive, log } = this.#database.documents.get(this.#document)!;
		const shown = this.#database.factors.get(this.#document);
		const changes = changesOf([...archive, ...log]);
		if (!isDeepStrictEqual(shown?.changedAt, changes.changedAt)) this.#violate('SQL does not know when each card changed');
		// those of one row have no order
		if (!isDeepStrictEqual(new Set(shown?.groupings), new Set(changes.groupings))) this.#violate('SQL does not know how cards were grouped');
		fresh.destroy();
	}

	#apart(links: { doc: Y.Doc; status: { connection: string; reason: string | null; unsaved: number } }[]): string | null {
		for (const { doc, status } of links) {
			if (status.connection !== 'online') return `a page is ${status.connection} (${status.reason})`;
			if (status.unsaved > 0) return `${status.unsaved} edits are never acknowledged`;
			if (!sameState(doc, this.#truth)) return 'a page differs from what is committed';
		}
		const { projectedSeq, lastSeq } = this.#database.documents.get(this.#document)!;
		// an edit may leave the board as it was, and still be the last change of a card
		if (projectedSeq < lastSeq) return 'SQL does not follow the log';
		const shown = this.#database.factors.get(this.#document)?.board;
		if (this.#tally.rows > 0 && !isDeepStrictEqual(shown, readBoard(this.#truth))) return 'SQL does not show the board';
		return null;
	}
}

/** When each card last changed, and how cards were grouped, replayed from the whole log. */
function changesOf(rows: LogRow[]): { changedAt: Map<Id, number>; groupings: LoggedGrouping[] } {
	const doc = new Y.Doc();
	const changedAt = new Map<Id, number>();
	const groupings: LoggedGrouping[] = [];
	let row = { seq: 0, at: 0 };
	watchGroupings(doc, (cards, found) => {
		for (const card of cards) changedAt.set(card, row.at);
		groupings.push(...found.map((grouping) => ({ ...grouping, ...row })));
	});
	for (const { update, seq, at } of rows) {
		row = { seq, at };
		applyBatch(doc, [update]);
	}
	doc.destroy();
	return { changedAt, groupings };
}

/** The way of one server process to the database, with delays, failures, and an end. */
class ServerLine implements Line {
	readonly #random: Random;
	readonly #failed: () => void;
	#alive = true;
	#healed = false;
	#fail: 'before' | 'after' | null = null;

	constructor(random: Random, failed: () => void) {
		this.#random = random;
		this.#failed = failed;
	}

	failNext(): void {
		this.#fail = this.#random.pick(['before', 'after']);
	}

	kill(): void {
		this.#alive = false;
	}

	heal(): void {
		this.#healed = true;
		this.#fail = null;
	}

	before = () => this.#pass('before');
	after = () => this.#pass('after');

	async #pass(when: 'before' | 'after'): Promise<void> {
		const ms = this.#random.chance(0.03) && !this.#healed ? this.#random.integer(100, 2_000) : this.#random.integer(0, 4);
		await new Promise((resolve) => setTimeout(resolve, ms));
		// a killed process never hears of it
		if (!this.#alive) await new Promise(() => {});
		if (this.#fail !== when) return;
		this.#fail = null;
		this.#failed();
		throw new StorageError('the database failed', { full: this.#random.chance(0.2) });
	}
}

/** A store that says that it has appended, and then does. */
function hasty(store: DocumentStore, random: Random): DocumentStore {
	const last = new Map<Id, number>();
	return {
		...store,
		async load(document) {
			const found = await store.load(document);
			last.set(document, found?.tail.at(-1)?.seq ?? found?.snapshot?.seq ?? 0);
			return found;
		},
		async append(rows) {
			setTimeout(() => void store.append(rows).catch(() => {}), random.integer(20, 200));
			return rows.map(({ document }) => {
				const seq = (last.get(document) ?? 0) + 1;
				last.set(document, seq);
				return { seq, at: Date.now() };
			});
		}
	};
}

/** A store that tells others of rows which it has yet to append. */
function telling(store: DocumentStore, bus: Bus): DocumentStore {
	return {
		...store,
		async append(rows) {
			const heads = await store.heads(rows.map(({ document }) => document));
			const seqs = new Map(heads.map(({ id, lastSeq }) => [id, lastSeq]));
			for (const { document, update, generation = 1 } of rows) {
				const seq = seqs.get(document)! + 1;
				seqs.set(document, seq);
				bus.tell('row', { document, generation, seq, at: Date.now(), update });
			}
			return store.append(rows);
		}
	};
}
