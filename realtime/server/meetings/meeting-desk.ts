import { itemOf } from '#realtime/meeting/agenda.ts';
import type { BallotBox } from '#realtime/meeting/ballots.ts';
import type { Command } from '#realtime/meeting/commands.ts';
import { decide, scheduleLike, type Context } from '#realtime/meeting/decide.ts';
import type { WrittenDecision } from '#realtime/meeting/decisions.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import { conducted, type Silence } from '#realtime/meeting/hand-over.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { surfaceOf, type Meeting, type Surface } from '#realtime/meeting/meetings.ts';
import { may } from '#realtime/meeting/permissions.ts';
import type { Refusal } from '#realtime/meeting/refusals.ts';
import { isNameless } from '#realtime/meeting/steps.ts';
import { openVote, voteOf, type Candidate, type Polling } from '#realtime/meeting/voting.ts';
import { drawId } from '../draw-id.ts';
import { Turns } from '../turns.ts';
import { newBlindKey } from '../votes/blind-keys.ts';
import type { Access, CarriedOut, Decided, DraftStore, KeepReveal, MeetingStore, Seed, Standing, Subject, Thing } from '../ports.ts';

export interface DeskWorld {
	meetings: MeetingStore;
	access: Pick<Access, 'standing'>;
	/** Is a facilitator or co-facilitator in the meeting at the moment? */
	facilitated: (meeting: Id) => boolean;
	/** How a meeting stands that somebody would take over. */
	silence: (meeting: Meeting, person: Id) => Silence;
	/** the first rows of a document that goes on from another: what is to be seen there; null: it cannot be copied. Rejects with StorageError. */
	freshCopy: (document: Id, surface: Surface) => Promise<readonly Uint8Array[] | null>;
	/** what people have written in private, by the activities of a meeting */
	hidden: DraftStore['hidden'];
	/** puts what was written in private at an activity onto its board, and keeps it together with why */
	reveal: (activity: { item: Id; board: Id; anonymous: boolean }, keep: KeepReveal) => Promise<'kept' | 'clash'>;
	/** what may be voted on of a board, as it is committed. Rejects with StorageError. */
	candidates: (document: Id) => Promise<Candidate[]>;
	/** the wording of a decision in a document, as it is committed; null: there is none. Rejects with StorageError. */
	wording: (document: Id, decision: Id) => Promise<WrittenDecision | null>;
	/** tells everybody in a meeting what has happened to it; called after it is kept, and the next decision waits for it */
	changed: (meeting: Id, from: number, events: readonly MeetingEvent[], now: Meeting) => void | Promise<void>;
	now?: () => number;
	newId?: () => Id;
}

const nothing: Seed = () => [];

/**
 * How often a decision is made because the last one was overtaken: each time that happens, somebody else's has been kept.
 * Where two processes have a row of commands each, one may be overtaken by all that the other has.
 */
const tries = 200;

/** Where commands about meetings are decided: one after the other for each meeting, kept, and then told. */
export class MeetingDesk {
	readonly #world: Required<DeskWorld>;
	/** of each meeting, and of each think tank that gets one */
	readonly #turns = new Turns<Id>();

	constructor(world: DeskWorld) {
		this.#world = { now: Date.now, newId: drawId, ...world };
	}

	/** Carries out a command about a meeting. The same id again has no effect and the same answer. Rejects with StorageError. */
	command(subject: Subject, meeting: Id, id: Id, command: Command): Promise<CarriedOut | Refusal> {
		return this.#turns.take(meeting, async () => {
			for (let left = tries; left > 0; left--) {
				const standing = await this.#standing(subject, { meeting }, meeting);
				if (!standing) return 'not-found';
				const before = await this.#world.meetings.find(meeting);
				if (!before) return 'not-found';
				const done = await this.#world.meetings.carriedOut(id, { meeting });
				if (done) return done;
				const context = await this.#context(subject, standing, { meeting: before, command });
				if (!context) return 'not-found';
				if (command.name === 'vote.close' && voteOf(before, command.body.vote)?.state === 'open') {
					const closed = await this.#close(before, command, context, id);
					if (closed === 'clash') continue;
					return closed;
				}
				const { polling, signingKey } = await this.#polling(before, command, context);
				const written = await this.#written(before, command, context);
				const events = decide(before, command, { ...context, polling, written });
				if (typeof events === 'string') return events;
				if (events.length === 0) return { meeting, version: before.version, into: null };
				const copies = await this.#copies(before, events);
				if (!copies) return 'no-copy';
				const decided = [
					withKey(
						decidedOf(before, events, ({ document }) => copies.get(document) ?? []),
						signingKey
					)
				];
				if (command.name === 'meeting.duplicate') {
					const copy = this.#copy(before, command.body.startsAt, intoOf(events)!, context);
					if (typeof copy === 'string') return copy;
					decided.push(copy);
				}
				if ((await this.#keep(before, decided, { id, actor: subject.person })) === 'clash') continue;
				const [{ after }] = decided as [Decided];
				await this.#world.changed(meeting, before.version, events, after);
				return { meeting, version: after.version, into: intoOf(events) };
			}
			return 'clash';
		});
	}

	/** Makes a meeting in a think tank. `seed`: what its documents begin with. */
	schedule(
		subject: Subject,
		thinkTank: Id,
		id: Id,
		command: Extract<Command, { name: 'meeting.schedule' }>,
		seed: Seed = nothing
	): Promise<CarriedOut | Refusal> {
		return this.#turns.take(thinkTank, async () => {
			for (let left = tries; left > 0; left--) {
				const standing = await this.#standing(subject, { thinkTank }, null);
				if (!standing) return 'not-found';
				const done = await this.#world.meetings.carriedOut(id, { thinkTank });
				if (done) return done;
				const context = await this.#context(subject, standing, null);
				if (!context) return 'not-found';
				const events = decide(null, command, context);
				if (typeof events === 'string') return events;
				const decided = decidedOf(null, events, seed);
				if ((await this.#world.meetings.keep([decided], { id, actor: subject.person })) === 'kept') {
					return { meeting: decided.after.id, version: decided.after.version, into: null };
				}
			}
			return 'clash';
		});
	}

	/** Null: there is nothing here for this person, or it is not for them to know. */
	async #standing(subject: Subject, thing: Thing, meeting: Id | null): Promise<Standing | null> {
		const standing = await this.#world.access.standing(subject, thing);
		if (!standing) return null;
		const situation = { ...standing.situation, facilitated: meeting !== null && this.#world.facilitated(meeting) };
		// an administrator knows that there is a meeting, and sees nothing of it
		return may(standing.rights, 'meeting.see', situation) || may(standing.rights, 'think-tank.see', situation) ? standing : null;
	}

	/** `about`: what is asked of which meeting; null: one is to be made. What few decisions stand on is looked up for those alone. */
	async #context({ person }: Subject, { rights, thinkTank: id }: Standing, about: { meeting: Meeting; command: Command } | null): Promise<Context | null> {
		const thinkTank = await this.#world.meetings.thinkTank(id);
		const { now, newId, facilitated, hidden, silence } = this.#world;
		const admitted = about?.command.name === 'drafts.admit' ? about.command.body.item : null;
		const waiting = about && admitted !== null ? (await hidden(about.meeting.id)).find(({ item }) => item === admitted) : undefined;
		return (
			thinkTank && {
				actor: { ...rights, person },
				now: now(),
				newId,
				facilitated: about !== null && facilitated(about.meeting.id),
				waiting: waiting ?? { people: 0, anonymous: 0 },
				silence: about?.command.name === 'conduct.take' ? silence(about.meeting, person) : conducted,
				thinkTank
			}
		);
	}

	/** Keeps what was decided, and what it reveals together with it. */
	async #keep(before: Meeting, decided: readonly Decided[], command: { id: Id; actor: Id }): Promise<'kept' | 'clash'> {
		const { meetings, reveal } = this.#world;
		const revealed = decided[0]!.events.find((event) => event.name === 'drafts.revealed');
		if (!revealed) return meetings.keep(decided, command);
		const item = itemOf(before, revealed.item)!;
		return reveal({ item: item.id, board: item.document, anonymous: isNameless(item) }, (reveal) => meetings.reveal(decided, command, reveal));
	}

	/** What a decision to open a vote stands on: what is on the board, and a key of its own for a secret one. */
	async #polling(before: Meeting, command: Command, context: Context): Promise<{ polling: Polling; signingKey?: Uint8Array }> {
		if (command.name !== 'vote.open' && command.name !== 'vote.again') return { polling: {} };
		if (!mayNow(before, command, context) || openVote(before)) return { polling: {} };
		const level = command.name === 'vote.open' ? command.body.level : voteOf(before, command.body.vote)?.level;
		const item = command.name === 'vote.open' && 'cards' in command.body.options ? itemOf(before, command.body.item) : null;
		const candidates = item && surfaceOf[item.kind] === 'board' ? await this.#world.candidates(item.document) : [];
		if (level !== 'secret') return { polling: { candidates } };
		const key = await newBlindKey();
		return { polling: { candidates, key: key.public }, signingKey: key.private };
	}

	/** The wording that a decision to adopt stands on. */
	async #written(before: Meeting, command: Command, context: Context): Promise<WrittenDecision | null> {
		if (command.name !== 'decision.adopt' || !mayNow(before, command, context)) return null;
		const item = itemOf(before, command.body.item);
		return item && this.#world.wording(item.document, command.body.wording);
	}

	/** Closes a vote: decided about what is in its box, in the transaction that keeps it. */
	async #close(before: Meeting, command: Extract<Command, { name: 'vote.close' }>, context: Context, id: Id): Promise<CarriedOut | Refusal> {
		const decideOn = (box: BallotBox): Decided | Refusal => {
			const events = decide(before, command, { ...context, polling: { box } });
			return typeof events === 'string' ? events : decidedOf(before, events);
		};
		const closed = await this.#world.meetings.keepCounted(command.body.vote, decideOn, { id, actor: context.actor.person });
		if (typeof closed === 'string') return closed;
		const { events, after } = closed;
		await this.#world.changed(before.id, before.version, events, after);
		return { meeting: before.id, version: after.version, into: null };
	}

	/** What the documents of new points begin with that go on from others; null: there is no copy of one of those. */
	async #copies(before: Meeting, events: readonly MeetingEvent[]): Promise<Map<Id, readonly Uint8Array[]> | null> {
		const copies = new Map<Id, readonly Uint8Array[]>();
		for (const event of events) {
			if (event.name !== 'agenda.added' || event.from === undefined) continue;
			const { document, kind } = itemOf(before, event.from)!;
			const copy = await this.#world.freshCopy(document, surfaceOf[kind]);
			if (!copy) return null;
			copies.set(event.item.document, copy);
		}
		return copies;
	}

	#copy(source: Meeting, startsAt: number, into: Id, context: Context): Decided | Refusal {
		const events = decide(null, scheduleLike(source, startsAt, context.thinkTank), context);
		if (typeof events === 'string') return events;
		return decidedOf(
			null,
			events.map((event) => (event.name === 'meeting.scheduled' ? { ...event, meeting: into } : event))
		);
	}
}

/** Nobody makes work who may not. */
const mayNow = ({ state }: Meeting, { name }: Command, { actor, facilitated, thinkTank: { archived } }: Context): boolean =>
	may(actor, name, { state, archived, facilitated, step: null });

/** The decision with what the tokens of the vote that it opens are signed with. */
function withKey(decided: Decided, key: Uint8Array | undefined): Decided {
	const opened = decided.events.find((event) => event.name === 'vote.opened');
	return opened && key ? { ...decided, signingKeys: new Map([[opened.vote.id, key]]) } : decided;
}

const intoOf = (events: readonly MeetingEvent[]): Id | null => events.find((event) => event.name === 'meeting.duplicated')?.into ?? null;

function decidedOf(before: Meeting | null, events: MeetingEvent[], seed: Seed = nothing): Decided {
	const after = events.reduce(evolve, before)!;
	const known = new Set(before?.agenda.map(({ id }) => id));
	const fresh = after.agenda.filter(({ id }) => !known.has(id));
	return { before, after, events, seeds: new Map(fresh.map((item) => [item.document, seed(item)])) };
}
