import type { DocumentKind } from '#realtime/board/schema.ts';
import type { Action, ActionChange } from '#realtime/board/actions-read.ts';
import type { Grouping } from '#realtime/board/groupings.ts';
import type { Board } from '#realtime/board/read.ts';
import type { BallotBox } from '#realtime/meeting/ballots.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import type { AgendaItem, Meeting, Participant } from '#realtime/meeting/meetings.ts';
import type { CastBallot, Hidden, OutReason, Turnout, Waiting } from '#realtime/protocol/control.ts';
import type { Situation } from '#realtime/meeting/permissions.ts';
import type { Refusal } from '#realtime/meeting/refusals.ts';
import type { Rights } from '#realtime/meeting/roles.ts';
import type { Marks } from '#realtime/meeting/vote-rules.ts';
import type { Candidate, Vote } from '#realtime/meeting/voting.ts';
import type { Metrics } from './metrics.ts';

/** What the rooms need of the world. `db/` and `web/server/` provide it; tests provide it in memory. */

/** One accepted edit in the log of a document. */
export interface LogRow {
	/** counts from 1 within the document, without gaps */
	seq: number;
	update: Uint8Array;
	/** milliseconds since 1970 by the database's clock */
	at: number;
}

/** A row as it is stored. */
export interface StoredRow extends LogRow {
	/** is it, by its checksum, what was appended? */
	intact: boolean;
	/** how far it brought each client id, as a state vector; empty where that is not known */
	reach: Uint8Array;
}

/** Why something stored is not taken: it is not what was written; it is not there; it follows on what is not there. */
export type DamageReason = 'unreadable' | 'missing' | 'waits';

export interface StoredDocument {
	id: Id;
	kind: DocumentKind;
	/** 1, and higher with every restore; a replica of another generation must not be merged */
	generation: number;
	snapshot: { seq: number; state: Uint8Array } | null;
	/** newer snapshots that were found not to be what was written, by the row that they covered; they have been set aside */
	setAside: number[];
	/** the log after the snapshot, in order, as far as it is there */
	tail: StoredRow[];
	/** the last row that was appended */
	lastSeq: number;
	/** the last row that SQL has followed */
	projectedSeq: number;
}

/** How far a document has come. */
export interface Head {
	id: Id;
	generation: number;
	/** the last row that was appended, and the last that SQL has followed */
	lastSeq: number;
	projectedSeq: number;
}

export interface Append {
	document: Id;
	update: Uint8Array;
	/** of the document that it was made in; absent: whichever it is of by now */
	generation?: number;
}

/**
 * The database could not do it. `full`: it has no room left. `refused`: it never will, whatever is done about the
 * database. Otherwise what was asked for may or may not have happened.
 */
export class StorageError extends Error {
	readonly full: boolean;
	readonly refused: boolean;
	constructor(message: string, options: { full: boolean; refused?: boolean; cause?: unknown }) {
		super(message, { cause: options.cause });
		this.full = options.full;
		this.refused = options.refused ?? false;
	}
}

/** The log of every document. All of it rejects with {@link StorageError} when the database does not answer. */
export interface DocumentStore {
	/** null: no such document. `upTo`: as it was stored when its log had come to this row. */
	load(document: Id, upTo?: number): Promise<StoredDocument | null>;
	/** How far each of these has come; those that are not there are left out. */
	heads(documents: readonly Id[]): Promise<Head[]>;
	/** One page of the log after row `after`, archived rows included; empty at its end. */
	rowsAfter(document: Id, after: number): Promise<StoredRow[]>;
	/**
	 * Appends one row to each of several documents in one transaction; resolves after its commit, in the order given. Rejects
	 * if one of them is not there, or of another generation by now, as when its words have been revealed: it has no such row then.
	 */
	append(rows: readonly Append[]): Promise<{ seq: number; at: number }[]>;
	/** Keeps what rows that are not taken hold, each once, for whoever wants to look at it. They stay in their place. */
	quarantine(document: Id, rows: readonly { seq: number; reason: DamageReason }[]): Promise<void>;
	/** Notes that SQL cannot follow a document up to this row as it stands, and why; null: that it can again. */
	deadLetter(document: Id, letter: { seq: number; reason: string } | null): Promise<void>;
	/** Does the log have rows that SQL should have followed and has not, as after a crash? */
	isBehind(document: Id): Promise<boolean>;
	/** All documents that are. */
	behind(): Promise<Id[]>;
	/** Keeps a snapshot of everything up to `seq`, which is whole or not at all, and moves the rows it covers to the archive. An older one than what is kept is ignored. */
	keepSnapshot(document: Id, snapshot: { seq: number; state: Uint8Array; stateVector: Uint8Array }): Promise<void>;
}

/** Whose client ids are whose, for ever. */
export interface ClientIdStore {
	/** new ids for the pages of a person's device */
	lease(person: Id, count: number): Promise<number[]>;
	/** a new id for a room of the server's own */
	leaseForServer(): Promise<number>;
	/** whose each of the ids is that somebody has (null: the server's) */
	ownersOf(ids: readonly number[]): Promise<Map<number, Id | null>>;
	/** Binds those of the ids that nobody has to this person; answers whose each of them is now. */
	claim(person: Id, ids: readonly number[]): Promise<Map<number, Id | null>>;
}

/** What changed in a document, with the row of the log that brought it. */
export type Logged<Change> = Change & {
	seq: number;
	/** of the row, by the database's clock */
	at: number;
};
export type LoggedChange = Logged<ActionChange>;
export type LoggedGrouping = Logged<Grouping>;

/** The tables of factors and of how they were grouped follow the board. */
export interface FactorStore {
	/**
	 * Writes the board as it stands after row `seq`, unless SQL is further already. `changedAt`: when each card changed that
	 * did since the last time; `groupings`: which of them were grouped, in the order of the log.
	 */
	project(document: Id, seq: number, board: Board, changedAt: ReadonlyMap<Id, number>, groupings: readonly LoggedGrouping[]): Promise<void>;
}

/** The tables of actions and of their history follow the document of actions. */
export interface ActionStore {
	/**
	 * Writes the actions that changed, as they stand after row `seq`, each with when it did, and what changed in
	 * them, in the order of the log. Does nothing if SQL is further already, and leaves out what it has.
	 */
	project(document: Id, seq: number, changed: readonly { action: Action; at: number }[], changes: readonly LoggedChange[]): Promise<void>;
	/**
	 * The documents of actions in which somebody may have something to do, and whether `other` is a member of the
	 * think tank of each.
	 */
	documentsOf(person: Id, other: Id | null): Promise<{ document: Id; otherIsMember: boolean }[]>;
}

/** Where somebody writes in private at an activity, as far as it was kept. */
export interface StoredDraft {
	document: Id;
	/** whose words it holds */
	person: Id;
	generation: number;
	lastSeq: number;
	/** what is in it is revealed without its author */
	anonymous: boolean;
	/** was something written in it since it was revealed? */
	hasNew: boolean;
	/** whoever wrote it was told that a few others are given some of it */
	passedOn: boolean;
}

/** Where people write in private. */
export interface DraftStore {
	/** All documents of an activity. */
	of(item: Id): Promise<StoredDraft[]>;
	/** What is hidden at each activity of a meeting at which anything is. */
	hidden(meeting: Id): Promise<Hidden[]>;
	/** Notes how many cards with words a document holds after row `seq`, unless SQL is further already. Answers its meeting; null: it is nobody's. */
	count(document: Id, seq: number, cards: number): Promise<Id | null>;
}

/** What people wrote in private, on its way onto a board. */
export interface Reveal {
	/** null: there was nothing in it */
	board: { document: Id; update: Uint8Array } | null;
	/** as they were read; nothing is in them any more afterwards */
	drafts: readonly StoredDraft[];
}

/** Keeps a reveal, and why there is one with it. Answers the row of the board's log, if anything comes onto it. */
export type KeepReveal = (reveal: Reveal) => Promise<{ seq: number; at: number } | 'kept' | 'clash'>;

/** Somebody with a session. `session` names it without opening it: a digest. */
export interface Subject {
	session: string;
	person: Id;
}

/** What somebody may be asked about. */
export type Thing = { thinkTank: Id } | { meeting: Id } | { document: Id };

/** What a person is to a thing at the moment: what the table of rights is asked with. */
export interface Standing {
	rights: Rights;
	thinkTank: Id;
	/** null: it belongs to the think tank alone */
	meeting: Id | null;
	/** but for who is in the meeting, which only its sockets know */
	situation: Omit<Situation, 'facilitated'>;
}

/** What a person is to a document at the moment. */
export interface Grant extends Pick<Standing, 'meeting' | 'situation'> {
	kind: DocumentKind;
	participant: Participant;
}

export interface Access {
	/** the session that these request headers name, as a {@link Subject} does, whether or not there is such a one; null: none */
	sessionIn(cookie: string | undefined): string | null;
	/** the holder of the session in these request headers; null: nobody */
	authenticate(cookie: string | undefined): Promise<Subject | null>;
	/** Is this a page of ours that asks? */
	ownOrigin(headers: { origin?: string | undefined; host?: string | undefined }): boolean;
	/** null: no such thing, or the session has ended. Says nothing of whether the person may see it. */
	standing(subject: Subject, thing: Thing): Promise<Standing | null>;
	/** null: no such document, or nothing to this person, or the session has ended */
	document(subject: Subject, document: Id): Promise<Grant | null>;
	/** as {@link Access.document}, for all open sockets at once, in the same order */
	documents(asked: readonly { subject: Subject; document: Id }[]): Promise<(Grant | null | 'signed-out')[]>;
	/** null: no such meeting, or none of this person's */
	meeting(subject: Subject, meeting: Id): Promise<{ meeting: Meeting; participant: Participant; archived: boolean } | null>;
	/** what people are to their meetings, for all open sockets at once, in the same order */
	meetings(asked: readonly { subject: Subject; meeting: Id }[]): Promise<(Participant | null | 'signed-out')[]>;
}

/** What the document of a new point of an agenda begins with, as the first rows of its log; none: with nothing. */
export type Seed = (item: AgendaItem) => readonly Uint8Array[];

/** A decision about a meeting, to be kept. */
export interface Decided {
	/** null: it makes the meeting */
	before: Meeting | null;
	after: Meeting;
	events: readonly MeetingEvent[];
	/** the first rows of new documents */
	seeds: ReadonlyMap<Id, readonly Uint8Array[]>;
	/** what the tokens of new secret votes are signed with, by vote, as PKCS #8 */
	signingKeys?: ReadonlyMap<Id, Uint8Array>;
}

/** What became of a command that was carried out: where its meeting stood after it, and the other meeting that it made. */
export interface CarriedOut {
	meeting: Id;
	version: number;
	into: Id | null;
}

/** Meetings, their events, and what followed from them. */
export interface MeetingStore {
	/** A meeting with its agenda in order; null: there is none. */
	find(meeting: Id): Promise<Meeting | null>;
	/** How often something has happened to each of these meetings that is there. */
	versions(meetings: readonly Id[]): Promise<Map<Id, number>>;
	/** What has happened to a meeting since a version, up to another, in order. */
	eventsBetween(meeting: Id, from: number, to: number): Promise<MeetingEvent[]>;
	/** What a decision stands on beside the meeting; null: no such think tank. */
	thinkTank(thinkTank: Id): Promise<{ id: Id; archived: boolean; nextNumber: number; nextDecision: number; members: Set<Id>; mandate: Set<Id> } | null>;
	/** What became of a command about this meeting, or of one that made a meeting in this think tank; null: it was not carried out. */
	carriedOut(command: Id, on: { meeting: Id } | { thinkTank: Id }): Promise<CarriedOut | null>;
	/**
	 * Keeps decisions together or not at all, if each meeting is still as it was decided about. `clash`: one is
	 * not, or its number or a decision's has been taken meanwhile, or the command's id was used already.
	 */
	keep(decided: readonly Decided[], command: { id: Id; actor: Id | null }): Promise<'kept' | 'clash'>;
	/**
	 * As {@link MeetingStore.keep}, together with what is revealed by it: a row of the board's log, and documents that are
	 * empty and of another generation from then on. What was written without a name is not to be found any more. Answers
	 * the row. `clash` also if any of the documents is not as it was read.
	 */
	reveal(decided: readonly Decided[], command: { id: Id; actor: Id | null }, reveal: Reveal): ReturnType<KeepReveal>;
	/**
	 * As {@link MeetingStore.keep}, for a decision about what is in the open box of a vote: from when `decide` is called
	 * until it is kept, no ballot comes into it. Answers what was decided; of a refusal nothing is kept. `clash` as there, or
	 * the box is not open any more.
	 */
	keepCounted(vote: Id, decide: (box: BallotBox) => Decided | Refusal, command: { id: Id; actor: Id | null }): Promise<Decided | Refusal>;
	/**
	 * Notes who is in a live meeting: begins a stretch, or draws out the last one if it ended less than `withinMs` ago.
	 * In one that has just been closed, it draws out to its end and begins nothing. Of somebody who comes in twice at the same
	 * moment, two stretches may begin, which are read as one.
	 */
	attend(meeting: Id, people: readonly Pick<Participant, 'id' | 'role' | 'province'>[], withinMs: number): Promise<void>;
}

/** What there is of a vote beside its meeting. */
export interface FoundBox {
	meeting: Id;
	vote: Vote;
	open: boolean;
}

/** The boxes that ballots are cast into. A ballot that is cast while its vote is closed falls on one side, whichever process takes it. */
export interface VoteStore {
	/** What may be voted on of a board, in its order: cards that stand alone, and groups as one. */
	candidates(document: Id): Promise<Candidate[]>;
	box(vote: Id): Promise<FoundBox | null>;
	/** The votes that are open in these meetings. */
	open(meetings: readonly Id[]): Promise<Id[]>;
	/** Puts a ballot in place of this person's last one. The same id again changes nothing. False: the vote is over. */
	cast(ballot: { vote: Id; person: Id; id: Id; marks: Marks }): Promise<boolean>;
	/** What this person may still change. Of a secret vote, and once the names are gone, nobody's is known. */
	own(vote: Id, person: Id): Promise<{ marks: Marks | null; signed: boolean }>;
	/** How many have voted, and how many may. */
	turnout(vote: Id): Promise<Turnout>;
	/** What a token is to be signed with, once a person and token, named by the digest of what it was blinded to; `signed`: another one was. Null: the vote is over. */
	signingKey(vote: Id, person: Id, blinded: string): Promise<Uint8Array | 'signed' | null>;
	/** Puts a ballot into the box under a digest, once. The same again changes nothing; `cast`: there is another one under it. Null: the vote is over. */
	castSecretly(ballot: { vote: Id; digest: string; marks: Marks }): Promise<'kept' | 'cast' | null>;
	/** The ballots of a closed vote, in an order that says nothing. None, where the names are hidden and there are no receipts. */
	ballots(vote: Id): Promise<CastBallot[]>;
}

/** What arrived for a document after its meeting was closed, and waits for whoever decides about it. */
export interface LateContribution {
	id: Id;
	meeting: Id;
	document: Id;
	person: Id;
	update: Uint8Array;
	/** null: nobody has decided yet */
	admitted: boolean | null;
}

export interface LateStore {
	/** What this person's pages brought too late for a document and has not been admitted, the oldest first. One at most waits. */
	of(document: Id, person: Id): Promise<Pick<LateContribution, 'id' | 'update' | 'admitted'>[]>;
	/**
	 * Keeps a contribution. `grown`: the bytes of the waiting one of this id that it has grown from. `excerpt`: the
	 * words in it. False: somebody has decided about that one meanwhile, and nothing is kept.
	 */
	keep(contribution: Omit<LateContribution, 'admitted'> & { excerpt: string }, grown: Uint8Array | null): Promise<boolean>;
	find(id: Id): Promise<LateContribution | null>;
	/** Decides, unless somebody has, or it has grown beyond these bytes meanwhile: then false. */
	decide(id: Id, update: Uint8Array, decision: { admitted: boolean; by: Id }): Promise<boolean>;
}

/** The door of a meeting, where guests wait. */
export interface DoorStore {
	/** Who waits to be let in, in the order in which they came. */
	waiting(meeting: Id): Promise<Waiting[]>;
	/** Why somebody who was in a meeting may not be there any longer. */
	whyOut(meeting: Id, person: Id): Promise<OutReason>;
}

/** Structured log lines. Never a text, a token or a choice of a person. */
export interface Log {
	info(fields: Record<string, unknown>, message: string): void;
	warn(fields: Record<string, unknown>, message: string): void;
	error(fields: Record<string, unknown>, message: string): void;
}

/** What the live part of the server runs on. */
export interface World {
	documents: DocumentStore;
	clientIds: ClientIdStore;
	factors: FactorStore;
	actions: ActionStore;
	meetings: MeetingStore;
	drafts: DraftStore;
	votes: VoteStore;
	late: LateStore;
	guests: DoorStore;
	access: Access;
	log: Log;
	/** absent: nothing is counted */
	metrics?: Metrics;
}
