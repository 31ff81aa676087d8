import { hasGap } from '#realtime/board/replica.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import { shapes, withoutDecisions } from '#realtime/board/shapes.ts';
import { ActionGuard } from '#realtime/board/touched.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Doc } from 'yjs';
import { mayWord, mayWriteAll } from '../authorize.ts';
import { Budget } from './budget.ts';
import type { Connection } from './connection.ts';
import type { Damage } from './damage.ts';
import { structsIn } from './row.ts';
import { unlessHeld, type Admitted } from './gate/door.ts';
import { bringsOf, Gate } from './gate/gate.ts';
import { refusalFor, type Refusal } from './gate/refusal.ts';
import type { ClientOwners, Owner } from './owners.ts';

/** An edit and whoever sends it. */
interface Sent {
	connection: Connection;
	admitted: Admitted;
}

/** What becomes of an edit: `late`, it is kept apart; isNew false: the document has all of it. */
type Weighed = { isNew: boolean } | Refusal | CloseReason;

/** What an edit that has passed the door is held against in its document: whose it is, what it does, how large it makes it. */
export class Scales {
	readonly #doc: Doc;
	readonly #owners: ClientOwners;
	readonly #gate: Gate;
	/** for whoever words no decisions */
	readonly #gateOfCards: Gate;
	readonly #budget: Budget;
	/** whose the client ids of the present batch are */
	#asked: ReadonlyMap<number, Owner> = new Map();
	/** those of them that nobody had, and whose they become */
	readonly #reserved = new Map<number, Id>();
	/** null: whoever may write this kind of document may write all of it */
	readonly #guard: ActionGuard | null;

	/** `bytes`: of all that is stored of the document. */
	constructor(doc: Doc, kind: DocumentKind, owners: ClientOwners, bytes: number) {
		this.#doc = doc;
		this.#owners = owners;
		this.#gate = new Gate(doc, shapes[kind]);
		this.#gateOfCards = new Gate(doc, withoutDecisions(shapes[kind]), { whole: true });
		this.#budget = new Budget(doc, bytes);
		this.#guard = kind === 'actions' ? new ActionGuard(doc) : null;
	}

	/** Asks whose the client ids are under which edits bring something. */
	async askOwners(edits: readonly Sent[]): Promise<void> {
		const brings = edits.map(({ admitted }) => bringsOf(this.#doc, admitted.read)).filter(({ length }) => length <= limits.clientIdsPerUpdate);
		this.#asked = await this.#owners.of([...new Set(brings.flat())]);
	}

	/** Binds the ids that nobody had to whoever wrote under them first, for ever: to be done before it is kept. */
	async bindOwners(): Promise<void> {
		if (this.#reserved.size === 0) return;
		try {
			const people = [...new Set(this.#reserved.values())];
			const clientsOf = (person: Id) => [...this.#reserved].flatMap(([client, owner]) => (owner === person ? [client] : []));
			const bound = await Promise.all(people.map((person) => this.#owners.bind(person, clientsOf(person))));
			if (!bound.every(Boolean)) throw new Error('a client id was bound to somebody else meanwhile');
		} finally {
			this.#letGo();
		}
	}

	/**
	 * Holds an edit against the document as it stands; the owners of its client ids are known by then. What passes and
	 * is new is to be applied next, and reported with {@link tookIn}.
	 */
	weigh(sent: Sent, damage: Damage | null): Weighed {
		const { person } = sent.connection.subject;
		const { sections } = sent.admitted.read;
		const brings = bringsOf(this.#doc, sent.admitted.read);
		if (brings.length > limits.clientIdsPerUpdate) return refusalFor('too-many-clients');
		// anybody may bring back what was lost
		const own = brings.filter((client) => !damage?.coversClock(client, sections.get(client)!.end));
		const free = own.filter((client) => this.#asked.get(client) === 'nobody' && this.#owners.isFreeFor(client, person));
		if (!own.every((client) => this.#asked.get(client) === person || free.includes(client))) return refusalFor('of-another');
		const weighed = this.#judge(sent, brings, damage);
		if (typeof weighed === 'object' && 'isNew' in weighed && weighed.isNew) {
			for (const client of free) {
				if (!this.#reserved.has(client)) this.#owners.reserve(client, person);
				this.#reserved.set(client, person);
			}
		}
		return weighed;
	}

	/** `brings`: the clients of whom it brings something, which are its sender's or come back. */
	#judge({ connection, admitted }: Sent, brings: readonly number[], damage: Damage | null): Weighed {
		const { read } = admitted;
		const refusal = unlessHeld(admitted, connection);
		const words = refusal !== null || mayWord(connection.grant) || damage?.covers(read);
		const weighed = (words ? this.#gate : this.#gateOfCards).weigh(read);
		// what comes late follows on what came late before it, which is not here
		if (refusal === 'late') return 'isNew' in weighed && !weighed.isNew ? weighed : refusal;
		if ('because' in weighed || !weighed.isNew) return weighed;
		if (refusal) return refusal;
		const comers = brings.filter((client) => !this.#doc.store.clients.has(client)).length;
		if (brings.length > 0 && !this.#budget.takes(read.bytes.byteLength, read.structs, comers)) return refusalFor('full');
		if (!this.#guard) return weighed;
		if (mayWriteAll(connection.grant) || damage?.covers(read)) this.#guard.take(read.bytes);
		else {
			const judged = this.#guard.judge(read.bytes, connection.subject.person);
			if (judged) return judged === 'not-own' ? 'read-only' : 'not-allowed';
		}
		return weighed;
	}

	/** An edit that passed is in the document. Throws if something waits in it now. */
	tookIn({ read }: Admitted): void {
		if (hasGap(this.#doc)) throw new Error('an edit left a gap');
		this.#budget.spend(read.bytes.byteLength, read.structs);
	}

	/** A row that another process has appended is in the document. */
	followed(update: Uint8Array): void {
		this.#guard?.committed(update);
		this.#budget.spend(update.byteLength, structsIn(update));
	}

	/** Has the document come past half of one of its limits? Costs nothing unless it seems to. */
	get isHalfFull(): boolean {
		return this.#budget.isHalfFull;
	}

	/** A batch is in the document, and this is what changed in it. */
	committed(update: Uint8Array | undefined): void {
		this.#guard?.committed(update);
	}

	destroy(): void {
		this.#letGo();
		this.#guard?.destroy();
	}

	#letGo(): void {
		this.#owners.letGo(this.#reserved.keys());
		this.#reserved.clear();
	}
}
