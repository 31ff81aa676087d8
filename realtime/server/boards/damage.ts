import { applyBatch, clockOf, clocksOf } from '#realtime/board/replica.ts';
import type { CloseReason } from '#realtime/protocol/close-codes.ts';
import type { Damage as ToldDamage } from '#realtime/protocol/frames.ts';
import type { Doc } from 'yjs';
import { mayWrite } from '../authorize.ts';
import type { DamageReason, Grant, LogRow, StoredRow } from '../ports.ts';
import { examine, type Admitted } from './gate/door.ts';
import { readUpdate, type ReadUpdate } from './gate/read-update.ts';
import type { Refusal } from './gate/refusal.ts';
import { contentsOf, followsOn } from './row.ts';

/** A row of the log that is not in its document. */
interface Lost {
	seq: number;
	reason: DamageReason;
	/** milliseconds since 1970; null: not known */
	at: number | null;
	/** client id → next clock that it had come to; empty: not known, or it only deleted */
	reach: ReadonlyMap<number, number>;
}

/**
 * What a document lacks of what was committed, since rows of its log could not be read. A page that still has it
 * sends it back by itself, in its answer to step 1; whoever that is, it is taken, as far as it is known to be lost.
 */
export class Damage {
	#lost: Lost[] = [];
	/** rows that can be read, and follow on what is lost */
	#waiting: LogRow[] = [];
	/** how many rows were not in the document when it was last asked */
	#settled = 0;

	missing(seq: number): void {
		this.#lost.push({ seq, reason: 'missing', at: null, reach: new Map() });
	}

	unreadable({ seq, at, reach }: StoredRow): void {
		this.#lost.push({ seq, reason: 'unreadable', at, reach: clocksOf(reach) });
	}

	waits(row: LogRow): void {
		this.#waiting.push(row);
	}

	/** Applies the rows that waited and follow on what the document holds now. Answers them in their order. */
	rejoin(doc: Doc): LogRow[] {
		const joined: LogRow[] = [];
		for (let before = -1; before < joined.length;) {
			before = joined.length;
			this.#waiting = this.#waiting.filter((row) => {
				if (!followsOn(doc, contentsOf(row.update))) return true;
				applyBatch(doc, [row.update]);
				joined.push(row);
				return false;
			});
		}
		return joined;
	}

	/** Forgets what has come back. Has anything, since it was last asked? */
	settle(doc: Doc): boolean {
		const before = this.#settled;
		this.#lost = this.#lost.filter(({ reach }) => reach.size === 0 || [...reach].some(([client, to]) => clockOf(doc, client) < to));
		this.#settled = this.rows.length;
		return this.#settled < before;
	}

	/** Does an update bring nothing but what is lost? */
	covers({ sections }: ReadUpdate): boolean {
		const reach = this.#reach();
		return sections.size > 0 && [...sections.values()].every(({ client, end }) => end <= (reach.get(client) ?? 0));
	}

	/** Is this clock of a client id among what is lost? */
	coversClock(client: number, to: number): boolean {
		return to <= (this.#reach().get(client) ?? 0);
	}

	/** every row that is not in the document, for the quarantine */
	get rows(): { seq: number; reason: DamageReason }[] {
		return [...this.#lost.map(({ seq, reason }) => ({ seq, reason })), ...this.#waiting.map(({ seq }) => ({ seq, reason: 'waits' as const }))];
	}

	/** Is something known to be missing? Of a row that only deleted, or is not there at all, nobody can tell. */
	get open(): boolean {
		return this.#waiting.length > 0 || this.#lost.some(({ reach }) => reach.size > 0);
	}

	/** what pages are told */
	get told(): ToldDamage {
		const times = [...this.#lost, ...this.#waiting].flatMap(({ at }) => at ?? []);
		return { edits: this.rows.length, since: times.length > 0 ? Math.min(...times) : null };
	}

	#reach(): Map<number, number> {
		const reach = new Map<number, number>();
		const extend = (client: number, to: number) => reach.set(client, Math.max(to, reach.get(client) ?? 0));
		for (const lost of this.#lost) lost.reach.forEach((to, client) => extend(client, to));
		for (const { update } of this.#waiting) contentsOf(update).structs.forEach(({ to }, client) => extend(client, to));
		return reach;
	}
}

/** What is read and changes nothing. */
const nothing: ReadUpdate = { bytes: Uint8Array.of(0, 0), sections: new Map(), deletions: [], structs: 0, large: false };

/**
 * Examines what may bring back committed edits; null: it is something else. A return is taken also after the meeting was
 * closed, and of somebody who may only read, whom the server showed it, it is no edit and changes nothing.
 */
export function examineReturn(damage: Damage, update: Uint8Array, grant: Grant, limitBytes: number): Admitted | Refusal | CloseReason | null {
	const read = readUpdate(update);
	if ('because' in read || !damage.covers(read)) return null;
	if (mayWrite(grant) === false) return { read: nothing, isReturn: true };
	const admitted = examine(update, { ...grant, situation: { ...grant.situation, state: 'live' } }, limitBytes, false);
	return typeof admitted === 'object' && 'read' in admitted ? { ...admitted, isReturn: true } : admitted;
}
