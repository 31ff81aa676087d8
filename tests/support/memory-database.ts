import type { Action } from '#realtime/board/actions-read.ts';
import type { Board } from '#realtime/board/read.ts';
import { reachOf } from '#realtime/board/replica.ts';
import type { DocumentKind } from '#realtime/board/schema.ts';
import { seedClientId } from '#realtime/board/seed.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import {
	StorageError,
	type ActionStore,
	type ClientIdStore,
	type DocumentStore,
	type DraftStore,
	type FactorStore,
	type LateContribution,
	type LateStore,
	type LoggedChange,
	type LoggedGrouping,
	type DamageReason,
	type LogRow,
	type StoredDocument,
	type StoredRow
} from '#realtime/server/ports.ts';

/** How calls reach the database: `before` delays or fails what has not happened, `after` what has. */
export interface Line {
	before(): Promise<void>;
	after(): Promise<void>;
}

const direct: Line = { before: async () => {}, after: async () => {} };

interface MemoryDocument extends Omit<StoredDocument, 'id' | 'tail' | 'setAside'> {
	log: StoredRow[];
	archive: StoredRow[];
}

const stored = (row: LogRow): StoredRow => ({ ...row, intact: true, reach: reachOf(row.update) });

/** The stores of the ports in memory: the same contract as the SQL stores, under a virtual clock and a line that can break. */
export class MemoryDatabase {
	readonly documents = new Map<Id, MemoryDocument>();
	readonly clientIds = new Map<number, Id | null>([[seedClientId, null]]);
	/** what SQL shows of each board, as of which row */
	readonly factors = new Map<Id, { board: Board; changedAt: Map<Id, number>; groupings: LoggedGrouping[] }>();
	/** what SQL shows of the actions of each document, and every change that it was told of */
	readonly actions = new Map<Id, { actions: Map<Id, Action>; changes: LoggedChange[] }>();
	/** what arrived for closed meetings, with the words in it */
	readonly late = new Map<Id, LateContribution & { excerpt: string }>();
	/** what each document of private writing is of, and how much is in it */
	readonly drafts = new Map<Id, { item: Id; meeting: Id; person: Id; anonymous: boolean; cards: number; revealedSeq: number }>();
	/** rows that were set aside */
	readonly quarantined = new Map<Id, { seq: number; reason: DamageReason }[]>();
	/** documents that SQL refuses to follow */
	readonly deadLetters = new Map<Id, { seq: number; reason: string }>();
	/** called with every row, at its commit */
	committed: (document: Id, row: LogRow) => void = () => {};
	/** how many were kept */
	snapshots = 0;
	readonly #now: () => number;
	readonly #newClientId: () => number;

	constructor(options: { now: () => number; newClientId: () => number }) {
		this.#now = options.now;
		this.#newClientId = options.newClientId;
	}

	create(document: Id, kind: DocumentKind, seed?: Uint8Array): void {
		const log = seed ? [stored({ seq: 1, update: seed, at: this.#now() })] : [];
		this.documents.set(document, { kind, generation: 1, snapshot: null, log, archive: [], lastSeq: log.length, projectedSeq: 0 });
	}

	connect(line: Line = direct): {
		documents: DocumentStore;
		clientIds: ClientIdStore;
		factors: FactorStore;
		actions: ActionStore;
		drafts: DraftStore;
		late: LateStore;
	} {
		const call = async <T>(work: () => T): Promise<T> => {
			await line.before();
			const result = work();
			await line.after();
			return result;
		};
		return {
			documents: {
				load: (id, upTo) =>
					call(() => {
						const found = this.documents.get(id);
						if (!found) return null;
						const { kind, generation, projectedSeq, log, archive } = found;
						const snapshot = found.snapshot && found.snapshot.seq <= (upTo ?? Infinity) ? found.snapshot : null;
						const lastSeq = upTo ?? found.lastSeq;
						const tail = [...archive, ...log].filter(({ seq }) => seq > (snapshot?.seq ?? 0) && seq <= lastSeq);
						return { id, kind, generation, snapshot, setAside: [], projectedSeq, lastSeq, tail };
					}),
				heads: (ids) =>
					call(() =>
						ids.flatMap((id) => {
							const found = this.documents.get(id);
							return found ? [{ id, generation: found.generation, lastSeq: found.lastSeq, projectedSeq: found.projectedSeq }] : [];
						})
					),
				rowsAfter: (id, after) =>
					call(() => {
						const { archive, log } = this.documents.get(id)!;
						return [...archive, ...log].filter(({ seq }) => seq > after).slice(0, 50);
					}),
				append: (rows) =>
					call(() => {
						const found = rows.map(({ document }) => this.documents.get(document));
						if (rows.some(({ generation }, i) => generation !== undefined && found[i] && found[i].generation !== generation))
							throw new StorageError('of another generation', { full: false });
						if (found.includes(undefined)) throw new StorageError('no such document', { full: false });
						return rows.map(({ document, update }, i) => {
							const row = stored({ seq: ++found[i]!.lastSeq, update, at: this.#now() });
							found[i]!.log.push(row);
							this.committed(document, row);
							return { seq: row.seq, at: row.at };
						});
					}),
				quarantine: (document, rows) =>
					call(() => {
						this.quarantined.set(document, [...(this.quarantined.get(document) ?? []), ...rows]);
					}),
				deadLetter: (document, letter) =>
					call(() => {
						if (letter) this.deadLetters.set(document, letter);
						else this.deadLetters.delete(document);
					}),
				isBehind: (document) => call(() => this.#behind().includes(document)),
				behind: () => call(() => this.#behind()),
				keepSnapshot: (document, { seq, state }) =>
					call(() => {
						const found = this.documents.get(document);
						if (!found || seq <= (found.snapshot?.seq ?? 0) || seq > found.lastSeq) return;
						found.snapshot = { seq, state };
						this.snapshots++;
						found.archive.push(...found.log.filter((row) => row.seq <= seq));
						found.log = found.log.filter((row) => row.seq > seq);
					})
			},
			clientIds: {
				lease: (person, count) => call(() => Array.from({ length: count }, () => this.#lease(person))),
				leaseForServer: () => call(() => this.#lease(null)),
				ownersOf: (ids) => call(() => new Map(ids.flatMap((id) => (this.clientIds.has(id) ? [[id, this.clientIds.get(id)!]] : [])))),
				claim: (person, ids) =>
					call(() => {
						for (const id of ids) if (!this.clientIds.has(id)) this.clientIds.set(id, person);
						return new Map(ids.map((id) => [id, this.clientIds.get(id) ?? null]));
					})
			},
			drafts: {
				of: (item) =>
					call(() =>
						[...this.drafts].flatMap(([document, { item: of, person, anonymous, revealedSeq }]) => {
							const { generation, lastSeq } = this.documents.get(document)!;
							return of === item ? { document, person, generation, lastSeq, anonymous, hasNew: lastSeq > revealedSeq, passedOn: false } : [];
						})
					),
				hidden: () => call(() => []),
				count: (document, seq, cards) =>
					call(() => {
						const found = this.documents.get(document);
						const draft = this.drafts.get(document);
						if (!found || !draft || seq <= found.projectedSeq) return null;
						found.projectedSeq = seq;
						draft.cards = cards;
						return draft.meeting;
					})
			},
			late: {
				of: (document, person) =>
					call(() => [...this.late.values()].filter((one) => one.document === document && one.person === person && one.admitted !== true)),
				keep: (contribution, grown) =>
					call(() => {
						if (grown && !this.#waits(contribution.id, grown)) return false;
						this.late.set(contribution.id, { ...contribution, admitted: null });
						return true;
					}),
				find: (id) => call(() => this.late.get(id) ?? null),
				decide: (id, update, { admitted }) =>
					call(() => {
						const waiting = this.#waits(id, update);
						if (waiting) this.late.set(id, { ...waiting, admitted });
						return waiting !== null;
					})
			},
			factors: {
				project: (document, seq, board, changedAt, groupings) =>
					call(() => {
						const found = this.documents.get(document);
						if (!found || seq < found.projectedSeq) return;
						const former = this.factors.get(document) ?? { changedAt: [], groupings: [] };
						this.factors.set(document, {
							board,
							changedAt: new Map([...former.changedAt, ...changedAt]),
							groupings: [...former.groupings, ...groupings.filter((grouping) => grouping.seq > found.projectedSeq)]
						});
						found.projectedSeq = seq;
					})
			},
			actions: {
				project: (document, seq, changed, changes) =>
					call(() => {
						const found = this.documents.get(document);
						if (!found || seq <= found.projectedSeq) return;
						const shown = this.actions.get(document) ?? { actions: new Map<Id, Action>(), changes: [] };
						for (const { action } of changed) shown.actions.set(action.id, action);
						shown.changes.push(...changes.filter((change) => change.seq > found.projectedSeq));
						this.actions.set(document, shown);
						found.projectedSeq = seq;
					}),
				documentsOf: (person) =>
					call(() =>
						[...this.actions].flatMap(([document, { actions }]) =>
							[...actions.values()].some((action) => action.person === person) ? { document, otherIsMember: true } : []
						)
					)
			}
		};
	}

	#behind(): Id[] {
		return [...this.documents].flatMap(([id, { kind, projectedSeq, lastSeq }]) =>
			(kind === 'board' || kind === 'actions' || kind === 'drafts') && projectedSeq < lastSeq ? [id] : []
		);
	}

	#waits(id: Id, update: Uint8Array) {
		const found = this.late.get(id);
		return found?.admitted === null && Buffer.compare(found.update, update) === 0 ? found : null;
	}

	#lease(person: Id | null): number {
		let id = this.#newClientId();
		while (this.clientIds.has(id)) id = this.#newClientId();
		this.clientIds.set(id, person);
		return id;
	}
}
