import { createContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import type { MeetingAnswer } from '#lib/api.ts';
import { failures } from '#lib/i18n/names.ts';
import { m } from '#lib/paraglide/messages.js';
import {
	enterMeeting,
	type AskAnswer,
	type CommandAnswer,
	type EndReason,
	type MeetingConnection,
	type MeetingLink,
	type Question
} from '#realtime/client/meeting-link.ts';
import { presentPoint } from '#realtime/meeting/agenda.ts';
import type { CommandInput, CommandName } from '#realtime/meeting/commands.ts';
import { isOfCourse } from '#realtime/meeting/course.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { surfaceOf, type AgendaItem, type Meeting, type Participant } from '#realtime/meeting/meetings.ts';
import { may, type Action } from '#realtime/meeting/permissions.ts';
import { attending, type Attending } from '#realtime/meeting/quorum.ts';
import type { Moment } from '#realtime/meeting/spoken-rights.ts';
import { isPrivate, presentStep, type Switches } from '#realtime/meeting/steps.ts';
import type { Hidden, Present, Pulse, RequestOf, Turnout, Unconducted, Waiting } from '#realtime/protocol/control.ts';

/** Why a command was not carried out, in a sentence. */
export const sentenceOfRefusal = (refusal: Extract<CommandAnswer, { ok: false }>['refusal']): string =>
	refusal === 'unanswered' ? m.command_unanswered() : failures[refusal]();

/** Minutes are what pages show of it. */
const tickMs = 5_000;
/** Seconds are counted down so often that none is left out. */
const secondsTickMs = 500;

/**
 * A meeting as all of its pages show it: how it stands, who is there, and what this person may do now. It begins
 * with what the page was loaded with, and follows the meeting while the page is open.
 */
export class FollowedMeeting {
	readonly #answer: () => MeetingAnswer;
	readonly #administrator: () => boolean;
	#link: MeetingLink | null = null;
	#told = $state.raw<Meeting | null>(null);

	present = $state.raw<Present>([]);
	connection = $state.raw<MeetingConnection>('connecting');
	/** why it does not go on; null: it does */
	ended = $state.raw<EndReason | null>(null);
	/** who waits at the door, if this person may let them in */
	waiting = $state.raw<readonly Waiting[]>([]);
	/** how far people are at the step at hand */
	pulse = $state.raw<Pulse>({ writing: 0, ready: 0, who: null, mine: false });
	/** nobody conducts the meeting, and who wants to; null: somebody does */
	unconducted = $state.raw<Unconducted | null>(null);
	#hidden = $state.raw<readonly Hidden[]>([]);
	/** grows whenever everybody is asked to come to where the meeting is */
	gatherings = $state(0);
	/** how many have voted, of each vote that was told of */
	turnouts = $state.raw<Readonly<Record<Id, Turnout>>>({});
	/** grows whenever something happened that belongs to the course of the meeting, and with each entry, before which something may have */
	courseTold = $state(0);
	/** grows whenever late contributions of concern to this person came, or were decided about */
	lateTold = $state(0);
	/** own commands that are under way */
	pending = $state(0);
	/** the server's time, in milliseconds since 1970, anew every few seconds */
	now = $state(Date.now());
	#aheadMs = 0;
	/** where they write for themself, as far as it was told since the page was loaded */
	// eslint-disable-next-line svelte/prefer-svelte-reactivity -- asked for once by each page
	readonly #drafts = new Map<Id, Id>();
	/** the server has said what time it is: until then a countdown would go by this device's clock */
	clockKnown = $state(false);
	readonly #seconds = createSubscriber((update) => {
		const ticking = setInterval(update, secondsTickMs);
		return () => clearInterval(ticking);
	});

	constructor(answer: () => MeetingAnswer, administrator: () => boolean) {
		this.#answer = answer;
		this.#administrator = administrator;
	}

	/** Follows the meeting from now on; returns how to stop. */
	follow(options: { takesPart: boolean; happened: (events: readonly MeetingEvent[], meeting: Meeting) => void }): () => void {
		const tick = () => (this.now = Date.now() + this.#aheadMs);
		const ticking = setInterval(tick, tickMs);
		const link = enterMeeting({
			meeting: this.meeting.id,
			takesPart: options.takesPart,
			changed: ({ meeting, present }) => {
				this.#told = meeting;
				this.present = present;
			},
			happened: (events, meeting) => {
				if (events.some(({ name }) => isOfCourse(name))) this.courseTold++;
				// what was hidden there is not any more; whatever comes late is told next
				for (const event of events) if (event.name === 'drafts.revealed') this.#hidden = this.#hidden.filter(({ item }) => item !== event.item);
				options.happened(events, meeting);
			},
			connection: (connection) => (this.connection = connection),
			clock: (aheadMs) => {
				this.#aheadMs = aheadMs;
				this.clockKnown = true;
				tick();
				this.courseTold++;
			},
			pulse: (pulse) => (this.pulse = pulse),
			unconducted: (unconducted) => (this.unconducted = unconducted),
			hidden: (hidden) => (this.#hidden = hidden),
			gathered: () => this.gatherings++,
			door: (waiting) => (this.waiting = waiting),
			late: () => this.lateTold++,
			turnout: (vote, turnout) => this.noteTurnout(vote, turnout),
			ended: (reason) => (this.ended = reason)
		});
		this.#link = link;
		return () => {
			this.#link = null;
			clearInterval(ticking);
			link.leave();
		};
	}

	/** The person whose session had ended is signed in again. */
	resume(): void {
		this.ended = null;
		this.#link?.resume();
	}

	/** The document in which they write for themself at an activity; null: none is known. */
	draftAt(item: Id): Id | null {
		return this.#drafts.get(item) ?? this.#answer().drafts[item] ?? null;
	}

	noteDraft(item: Id, document: Id): void {
		this.#drafts.set(item, document);
	}

	/** What is hidden at an activity; null: nothing. */
	hiddenAt(item: Id): Hidden | null {
		return this.#hidden.find((one) => one.item === item) ?? null;
	}

	/** How many cards are hidden in the whole meeting. */
	get hiddenCards(): number {
		return this.#hidden.reduce((sum, { cards }) => sum + cards, 0);
	}

	/** Says that this person is writing, or ready to go on, or no longer. */
	signal(state: { writing?: boolean; ready?: boolean }): void {
		this.#link?.signal(state);
	}

	/** Says whether this person wants somebody to conduct the meeting that nobody conducts; of themself, it asks the others. */
	consent(person: Id, agrees: boolean): void {
		this.#link?.consent(person, agrees);
	}

	/** Asks everybody who looks elsewhere to come to where the meeting is. */
	gather(): void {
		this.#link?.gather();
	}

	/** Can anything be asked of the meeting, now or once it is connected again? */
	get answers(): boolean {
		return this.#link !== null && this.connection !== 'ended';
	}

	takePart(part: boolean): void {
		this.#link?.takePart(part);
	}

	/** The server's time, as `now`, but anew within each second: for as long as something on the page shows it, and no longer. */
	get second(): number {
		this.#seconds();
		return Date.now() + this.#aheadMs;
	}

	get meeting(): Meeting {
		const loaded = this.#answer().meeting;
		return this.#told && this.#told.version >= loaded.version ? this.#told : loaded;
	}

	/** This person, in the role that they have now. */
	get me(): Participant {
		const { me } = this.#answer();
		return this.present.find(({ id }) => id === me.id) ?? me;
	}

	/** Everybody of the think tank, and who is there now. */
	get people(): ReadonlyMap<Id, Participant> {
		const { members, me } = this.#answer();
		// eslint-disable-next-line svelte/prefer-svelte-reactivity -- made anew with each change
		return new Map([...members, ...this.present, me].map((person) => [person.id, person]));
	}

	get members(): MeetingAnswer['members'] {
		return this.#answer().members;
	}

	get mandate(): MeetingAnswer['mandate'] {
		return this.#answer().mandate;
	}

	get thinkTank(): MeetingAnswer['thinkTank'] {
		return this.#answer().thinkTank;
	}

	get archived(): boolean {
		return this.#answer().archived;
	}

	/** Everything that pages of this meeting are given, as it stands now. */
	get answer(): MeetingAnswer {
		return { ...this.#answer(), meeting: this.meeting, me: this.me, mayWrite: this.#may('board.write', false) };
	}

	/** A facilitator or co-facilitator is in the meeting. */
	get facilitated(): boolean {
		return this.present.some(({ role }) => role === 'facilitator' || role === 'co-facilitator');
	}

	/** What rights at an activity depend on, as it stands now. */
	momentAt(item: AgendaItem): Moment {
		const { meeting, archived, facilitated } = this;
		return { meeting, item, archived, facilitated };
	}

	/** How many of those who count for the quorum are in the live meeting; null: it is not live, or not known yet. */
	get attending(): Attending | null {
		return this.meeting.state === 'live' && this.connection === 'online'
			? attending(
					this.meeting,
					this.members.filter(({ active }) => active),
					this.present
				)
			: null;
	}

	may(action: Action): boolean {
		return this.#may(action, this.#administrator());
	}

	/** This person stays where the meeting is, as whoever conducts it has asked. */
	get held(): boolean {
		const point = presentPoint(this.meeting);
		return point !== null && presentStep(point).held && !this.may('meeting.turn');
	}

	/** May this person write where everybody sees it, at this activity as it stands? */
	mayWriteAt(item: AgendaItem): boolean {
		return this.#may('board.write', false, presentStep(item));
	}

	/** May this person word decisions there, as it stands? */
	mayWordAt(item: AgendaItem): boolean {
		return this.#may('decisions.word', false, presentStep(item));
	}

	/** Is what this person writes there for themself alone, until it is revealed? Whoever does not write sees what everybody sees. */
	isAloneAt(item: AgendaItem): boolean {
		const { state } = this.meeting;
		const goesOn = state === 'scheduled' || state === 'live';
		return isPrivate(presentStep(item)) && surfaceOf[item.kind] === 'board' && goesOn && this.#may('drafts.write', false);
	}

	/** May they write so now? */
	mayDraftAt(item: AgendaItem): boolean {
		const step = presentStep(item);
		return step.edit && this.isAloneAt(item);
	}

	#may(action: Action, administrator: boolean, step: Switches | null = null): boolean {
		const { facilitated, archived } = this;
		return may({ role: this.me.role, administrator }, action, { state: this.meeting.state, archived, facilitated, step });
	}

	noteTurnout(vote: Id, turnout: Turnout): void {
		this.turnouts = { ...this.turnouts, [vote]: turnout };
	}

	/** Asks something about a vote, or for ideas; resolves with the answer, or with why there is none. */
	async ask<Name extends Question>(name: Name, body: Omit<RequestOf<Name>, 'meeting'>): Promise<AskAnswer<Name>> {
		return this.#link ? this.#link.ask(name, body) : { ok: false, refusal: 'unanswered' };
	}

	/** Asks for something; resolves when it is done, or with why it is not. */
	async command<Name extends CommandName>(name: Name, body: CommandInput<Name>): Promise<CommandAnswer> {
		if (!this.#link) return { ok: false, refusal: 'unanswered' };
		this.pending++;
		try {
			return await this.#link.command(name, body);
		} finally {
			this.pending--;
		}
	}
}

export const [followed, setFollowed] = createContext<FollowedMeeting>();
