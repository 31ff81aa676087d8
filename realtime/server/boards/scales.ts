import { hasGap } from '#realtime/board/replica.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import { shapes } from '#realtime/board/shapes.ts';
import { ActionGuard } from '#realtime/board/touched.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Doc } from 'yjs';
import { mayWriteAll } from '../authorize.ts';
import { Budget } from './budget.ts';
import type { Connection } from './connection.ts';
import type { Damage } from './damage.ts';
import { unlessHeld, type Admitted } from './gate/door.ts';
import { bringsOf, Gate } from './gate/gate.ts';
import { refusalFor, type Refusal } from './gate/refusal.ts';
import type { ClientOwners } from './owners.ts';

/** An edit and whoever sends it. */
interface Sent {
	connection: Connection;
	admitted: Admitted;
}

/** What an edit that has passed the door is held against in its document: whose it is, what it does, how large it makes it. */
export class Scales {
	readonly #doc: Doc;
	readonly #owners: ClientOwners;
	readonly #gate: Gate;
	readonly #budget: Budget;
	/** null: whoever may write this kind of document may write all of it */
	readonly #guard: ActionGuard | null;

	/** `bytes`: of all that is stored of the document. */
	constructor(doc: Doc, kind: DocumentKind, owners: ClientOwners, bytes: number) {
		this.#doc = doc;
		this.#owners = owners;
		this.#gate = new Gate(doc, shapes[kind]);
		this.#budget = new Budget(doc, bytes);
		this.#guard = kind === 'actions' ? new ActionGuard(doc) : null;
	}

	/** Asks whose the client ids are under which edits bring something; those of nobody become the sender's, for ever. */
	async askOwners(edits: Iterable<Sent>): Promise<void> {
		for (const { connection, admitted } of edits) {
			const brings = bringsOf(this.#doc, admitted.read);
			if (brings.length <= limits.clientIdsPerUpdate) await this.#owners.claim(connection.subject.person, brings);
		}
	}

	/**
	 * Holds an edit against the document as it stands; the owners of its client ids are known by then. What passes and
	 * is new is to be applied next, and reported with {@link tookIn}.
	 */
	weigh({ connection, admitted }: Sent, damage: Damage | null): { isNew: boolean } | Refusal | CloseReason {
		const { read } = admitted;
		const brings = bringsOf(this.#doc, read);
		if (brings.length > limits.clientIdsPerUpdate) return refusalFor('too-many-clients');
		for (const client of brings) {
			// whoever brings back what was lost
			if (damage?.coversClock(client, read.sections.get(client)!.end)) continue;
			if (!this.#owners.isOf(client, connection.subject.person)) return refusalFor('of-another');
		}
		const weighed = this.#gate.weigh(read);
		const refusal = unlessHeld(admitted, connection);
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

	/** Has the document come past half of one of its limits? Costs nothing unless it seems to. */
	get isHalfFull(): boolean {
		return this.#budget.isHalfFull;
	}

	/** A batch is in the document, and this is what changed in it. */
	committed(update: Uint8Array | undefined): void {
		this.#guard?.committed(update);
	}

	destroy(): void {
		this.#guard?.destroy();
	}
}
