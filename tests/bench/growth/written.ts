import * as Y from 'yjs';
import { createAction, changeAction } from '#realtime/board/actions-edits.ts';
import type { ActionOrigin } from '#realtime/board/actions-schema.ts';
import { attachEvidence, createCard, groupCards, moveCard, splice } from '#realtime/board/edits.ts';
import { applyBatch, changeAs, emittedAsOne, stateOf, stateVectorOf } from '#realtime/board/replica.ts';
import { actionReplay, type ActionReplay } from '#db/projections/action-replay.ts';
import { boardReplay, type BoardReplay } from '#db/projections/board-replay.ts';
import founding from '#db/seed/founding-meeting.json' with { type: 'json' };
import type { Id } from '#realtime/meeting/ids.ts';
import type { Random } from '../../support/random.ts';

/** What people write: documents with the logs that their writing leaves, row by row, and the tables that follow them. */

/** Somebody at a document, under the client id of a page of theirs. */
export interface Hand {
	person: Id;
	client: number;
}

export interface Log {
	rows: { update: Uint8Array; at: number }[];
	snapshot: { seq: number; state: Uint8Array; stateVector: Uint8Array } | null;
}

/** What the founding meeting says of its subject: what cards, actions and decisions are made of. */
export const sentences: readonly string[] = [...Object.values(founding.swot).flat(), ...founding.requests, ...founding.thinkTank.mandate].map(({ fa }) => fa);

/** Between two rows of a log. */
const betweenMs = 4_000;
/** of a piece of a text that is one row: what is typed in a few hundredths of a second, with what others type then */
const pieceUnits = 5;

/** Has a document written, and keeps what each edit leaves. */
class Writing {
	readonly doc = new Y.Doc();
	readonly log: Log = { rows: [], snapshot: null };
	readonly #replay: Pick<BoardReplay | ActionReplay, 'apply'>;
	readonly #snapshotAt: number;
	#emitted: Uint8Array[] = [];
	#at: number;

	/** `snapshotAt`: the row at which a snapshot is made, 0 for none */
	constructor(replay: Pick<BoardReplay | ActionReplay, 'apply'>, from: number, snapshotAt: number) {
		this.#replay = replay;
		this.#at = from;
		this.#snapshotAt = snapshotAt;
		this.doc.on('update', (update: Uint8Array) => this.#emitted.push(update));
	}

	/** milliseconds since 1970, of the next row */
	get at(): number {
		return this.#at;
	}

	/** What the document begins with. */
	seed(update: Uint8Array): void {
		applyBatch(this.doc, [update]);
		this.#keep();
	}

	/** An edit of somebody's: a row, if it changes anything. */
	edit(client: number, change: (doc: Y.Doc) => void): void {
		changeAs(this.doc, client, change);
		this.#keep();
	}

	#keep(): void {
		const update = emittedAsOne(this.#emitted);
		this.#emitted = [];
		if (!update) return;
		this.log.rows.push({ update, at: this.#at });
		this.#replay.apply({ seq: this.log.rows.length, update, at: this.#at });
		this.#at += betweenMs;
		if (this.log.rows.length === this.#snapshotAt)
			this.log.snapshot = { seq: this.#snapshotAt, state: stateOf(this.doc), stateVector: stateVectorOf(this.doc) };
	}
}

/**
 * A board of so many cards that came to be in so many rows: cards are made, typed piece by piece, moved, grouped and
 * given evidence. `seed`: what its template brought, as the first row.
 */
export function writeBoard(
	random: Random,
	{
		hands,
		columns,
		cards,
		rows,
		from,
		seed,
		snapshotAt
	}: { hands: readonly Hand[]; columns: readonly string[]; cards: number; rows: number; from: number; seed: Uint8Array | null; snapshotAt: number }
): Log & { replay: BoardReplay } {
	const replay = boardReplay();
	const writing = new Writing(replay, from, snapshotAt);
	const { doc, log } = writing;
	if (seed) writing.seed(seed);
	const made: Id[] = [...replay.board().cards.keys()];
	while (log.rows.length < rows) {
		const { person, client } = random.pick(hands);
		const [card, other] = [random.pick(made), random.pick(made)] as [Id | undefined, Id | undefined];
		if (made.length < cards) {
			const id = random.id();
			writing.edit(client, () => createCard(doc, { id, author: person, createdAt: writing.at, column: random.pick(columns), group: null, before: null }));
			made.push(id);
			type(random.pick(sentences), (piece, at) => {
				if (log.rows.length < rows) writing.edit(client, () => splice(doc, { card: id }, { at, removed: 0, inserted: piece }));
			});
		} else if (random.chance(0.1)) writing.edit(client, () => moveCard(doc, card!, { column: random.pick(columns), group: null, before: other! }));
		else if (random.chance(0.05)) writing.edit(client, () => groupCards(doc, card!, other!, random.id()));
		else if (random.chance(0.05)) writing.edit(client, () => attachEvidence(doc, card!, random.id(), { kind: 'note', text: random.pick(sentences) }));
		else writing.edit(client, () => splice(doc, { card: card! }, { at: 0, removed: 0, inserted: `${random.pick(sentences).split(' ', 1)[0]} ` }));
	}
	doc.destroy();
	return { ...log, replay };
}

/** An action as it is to be written. */
export interface PlannedAction {
	hand: Hand;
	id: Id;
	at: number;
	what: string;
	person: Id;
	due: string;
	origin: ActionOrigin;
	/** it was begun, and finished, at some time */
	done: boolean;
}

/** The actions of a think tank, each made and then changed. */
export function writeActions(planned: readonly PlannedAction[], { from, snapshot }: { from: number; snapshot: boolean }): Log & { replay: ActionReplay } {
	const replay = actionReplay();
	const writing = new Writing(replay, from, snapshot ? rowsOf(planned) : 0);
	const { doc, log } = writing;
	for (const { hand, id, at, done, ...action } of planned) {
		const { client, person: author } = hand;
		writing.edit(client, () => createAction(doc, { ...action, id, author, createdAt: at }));
		writing.edit(client, () => changeAction(doc, id, { state: 'doing' }));
		if (done) writing.edit(client, () => changeAction(doc, id, { state: 'done' }));
	}
	doc.destroy();
	return { ...log, replay };
}

const rowsOf = (planned: readonly PlannedAction[]): number => planned.reduce((rows, { done }) => rows + (done ? 3 : 2), 0);

function type(text: string, piece: (letters: string, at: number) => void): void {
	for (let at = 0; at < text.length; at += pieceUnits) piece(text.slice(at, at + pieceUnits), at);
}
