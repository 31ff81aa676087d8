import { fromElsewhere } from '#realtime/board/replica.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { MeetingState } from '#realtime/meeting/meetings.ts';
import type { Role } from '#realtime/meeting/roles.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import {
	messageTypes,
	readDamage,
	readHalfFull,
	readPresence,
	step1Frame,
	step2Frame,
	updateFrame,
	type Damage,
	type PresenceEntry
} from '#realtime/protocol/frames.ts';
import type { Wire } from '#realtime/server/boards/connection.ts';
import { Rooms } from '#realtime/server/boards/rooms.ts';
import { serve, type Served } from '#realtime/server/boards/serve.ts';
import type { Bus } from '#realtime/server/bus.ts';
import type { FactorStore, Grant, World } from '#realtime/server/ports.ts';
import type { Workbench } from '#realtime/server/workbench/workbench.ts';
import * as decoding from 'lib0/decoding';
import { vi } from 'vitest';
import * as Y from 'yjs';
import { MemoryDatabase, type Line } from './memory-database.ts';
import { randomFrom } from './random.ts';
import { sameThread } from './same-thread.ts';

const random = randomFrom(11);

/** Rooms over a database in memory, and what is known of the people who come. `beside`: those of another process, on the same database. */
export function roomsInMemory(
	line?: Line,
	workbench: Workbench = sameThread,
	{
		beside,
		...options
	}: {
		openSnapshotRows?: number;
		processorMs?: () => number;
		bus?: Bus;
		beside?: { database: MemoryDatabase; grants: Map<Id, Grant | null | 'signed-out'> };
	} = {},
	factors: (store: FactorStore) => FactorStore = (store) => store
) {
	const database = beside?.database ?? new MemoryDatabase({ now: () => Date.now(), newClientId: () => random.integer(2, 2 ** 32 - 1) });
	const grants = beside?.grants ?? new Map<Id, Grant | null | 'signed-out'>();
	const logged: string[] = [];
	const counted = new Map<string, number>();
	const meeting = random.id();
	let sweeps = 0;
	const grantOf = (person: Id) => grants.get(person) ?? null;
	const note = (_fields: Record<string, unknown>, message: string) => void logged.push(message);
	const stores = database.connect(line);
	const world: Omit<World, 'meetings' | 'guests' | 'votes'> = {
		...stores,
		factors: factors(stores.factors),
		access: {
			// a cookie of nothing but a name
			sessionIn: (cookie) => cookie ?? null,
			authenticate: async (cookie) => (cookie === undefined ? null : { person: cookie as Id, session: cookie }),
			ownOrigin: () => true,
			standing: async () => null,
			document: async ({ person }) => (grantOf(person) === 'signed-out' ? null : (grantOf(person) as Grant | null)),
			async documents(asked) {
				sweeps++;
				return asked.map(({ subject }) => grantOf(subject.person));
			},
			meeting: async () => null,
			meetings: async (asked) => asked.map(() => null)
		},
		log: { info: note, warn: note, error: note },
		metrics: {
			count: (name, label, times = 1) => void counted.set(`${name} ${label}`, (counted.get(`${name} ${label}`) ?? 0) + times),
			took: () => {}
		}
	};
	const arrivedLate: [meeting: Id, person: Id][] = [];
	const rooms = new Rooms(world, workbench, {
		processorMs: () => 0,
		load: { busy: 0 },
		...options,
		arrivedLate: (meeting, person) => arrivedLate.push([meeting, person])
	});
	return {
		database,
		world,
		rooms,
		grants,
		logged,
		/** how often each thing was counted, by its name and its label */
		counted,
		meeting,
		arrivedLate,
		/** how often everybody's rights have been asked anew */
		sweeps: () => sweeps,
		/** a document, and somebody who may do something with it */
		document(kind: DocumentKind = 'board', seed?: Uint8Array): Id {
			const id = random.id();
			database.create(id, kind, seed);
			return id;
		},
		person(role: Role = 'member', meetingState: MeetingState = 'live', kind: DocumentKind = 'board'): Id {
			const id = random.id();
			grants.set(id, {
				kind,
				meeting,
				situation: { state: meetingState, archived: false, step: null },
				participant: { id, name: { en: id }, office: null, province: 'IR-21', role }
			});
			return id;
		},
		page: (document: Id, person: Id, query: Record<string, string> = { acks: '1' }) =>
			new ScriptedPage(rooms, world, document, person, grantOf(person) as Grant, query)
	};
}

/** A page of which every frame is written by the test. It answers nothing by itself. */
export class ScriptedPage {
	readonly doc = new Y.Doc();
	readonly person: Id;
	closed: CloseReason | null = null;
	/** the highest count of committed frames that it was told */
	committed = 0;
	/** what the server last said that the document lacks */
	damage: Damage | null = null;
	/** and whether it is over half of what one may hold */
	halfFull = false;
	/** frames by message type, as they came */
	readonly received: Uint8Array[] = [];
	readonly presence = new Map<number, PresenceEntry>();
	readonly #served: Served;
	#pauses = 0;
	/** sync messages that came */
	syncFrames = 0;
	/** frames that never get here */
	loses: (frame: Uint8Array) => boolean = () => false;
	/** sent while the server does not read */
	#unread: Uint8Array[] = [];
	/** what the server said that it has */
	#asked: Uint8Array | undefined;

	constructor(rooms: Rooms, world: Omit<World, 'meetings' | 'guests' | 'votes'>, document: Id, person: Id, grant: Grant, query: Record<string, string>) {
		this.person = person;
		const wire: Wire = {
			send: ({ messages }) => {
				for (const message of messages) this.#take(message);
			},
			isBehind: () => false,
			close: (reason) => {
				this.closed ??= reason;
			},
			pause: () => void this.#pauses++,
			resume: () => {
				this.#pauses--;
				this.#deliver();
			}
		};
		this.#served = serve(rooms, world.log, wire, {
			subject: { person, session: person },
			document,
			grant,
			query: new URLSearchParams(query)
		});
	}

	send(frame: Uint8Array): void {
		this.#unread.push(frame);
		this.#deliver();
	}

	/** Sends frames that the server reads as one: a pause after the first comes too late for the others. */
	sendTogether(frames: readonly Uint8Array[]): void {
		for (const frame of frames) this.#served.frame(frame);
	}

	/** Does the server read what it sends? */
	get isRead(): boolean {
		return this.#pauses === 0;
	}

	#deliver(): void {
		while (this.#pauses === 0 && this.#unread.length > 0) this.#served.frame(this.#unread.shift()!);
	}

	/** Does something to its document, and answers the update without sending it. */
	edit(change: (doc: Y.Doc) => void): Uint8Array {
		const updates: Uint8Array[] = [];
		const listen = (update: Uint8Array) => updates.push(update);
		this.doc.on('update', listen);
		change(this.doc);
		this.doc.off('update', listen);
		return Y.mergeUpdates(updates);
	}

	write(change: (doc: Y.Doc) => void): void {
		this.send(updateFrame(this.edit(change)));
	}

	/** Asks for everything, and gives what it has, as a provider does. */
	async join(): Promise<this> {
		this.send(step1Frame(Y.encodeStateVector(this.doc)));
		await vi.waitFor(() => {
			if (!this.received.some((frame) => frame[0] === messageTypes.sync && frame[1] === 1)) throw new Error(`not answered (${this.closed})`);
		});
		this.send(step2Frame(Y.encodeStateAsUpdate(this.doc, this.#asked)));
		return this;
	}

	leave(): void {
		this.#served.gone();
	}

	#take(frame: Uint8Array): void {
		if (frame[0] === messageTypes.sync) this.syncFrames++;
		if (this.loses(frame)) return;
		this.received.push(frame.slice());
		const decoder = decoding.createDecoder(frame);
		const type = decoding.readVarUint(decoder);
		if (type === messageTypes.committed) this.committed = decoding.readVarUint(decoder);
		if (type === messageTypes.damage) this.damage = readDamage(decoder);
		if (type === messageTypes.halfFull) this.halfFull = readHalfFull(decoder);
		if (type === messageTypes.presence)
			for (const entry of readPresence(decoding.readVarUint8Array(decoder), () => true)) this.presence.set(entry.client, entry);
		if (type !== messageTypes.sync) return;
		if (decoding.readVarUint(decoder) === 0) this.#asked = decoding.readVarUint8Array(decoder);
		else Y.applyUpdate(this.doc, decoding.readVarUint8Array(decoder), fromElsewhere);
	}
}
