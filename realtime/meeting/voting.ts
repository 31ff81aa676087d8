import { itemOf } from './agenda.ts';
import { resultOf, type BallotBox } from './ballots.ts';
import type { CommandBody } from './commands.ts';
import type { Context } from './decide.ts';
import type { MeetingEvent } from './events.ts';
import type { Id } from './ids.ts';
import { limits } from './limits.ts';
import { surfaceOf, type Meeting } from './meetings.ts';
import type { Quorum } from './quorum.ts';
import type { Refusal } from './refusals.ts';
import type { Majority, VoteLevel, VoteRule } from './vote-rules.ts';

/** Votes of a meeting: what they are, and what is refused of them. Ballots are no part of a meeting: see `ballots.ts`. */

/** What can be voted for, as it stood when the vote was opened. */
export interface VoteOption {
	/** of the card or the group, or one made for a typed text */
	id: Id;
	text: string;
	/** whose cards it is made of, where one may not vote for one's own; else empty */
	authors: Id[];
}

/** What the ballots say of an option. */
export interface OptionTally {
	option: Id;
	/** what it is placed by; of scores an average */
	points: number;
	/** how many ballots mark it */
	ballots: number;
	/** value → how many ballots give it that */
	spread: Record<string, number>;
}

export interface VoteResult {
	voted: number;
	/** how many might have */
	entitled: number;
	/** null: none was asked for */
	quorumMet: boolean | null;
	/** is the motion carried? null: no majority was asked for */
	carried: boolean | null;
	/** in the order of the options */
	tallies: OptionTally[];
}

export interface Vote {
	id: Id;
	/** the point of the agenda that it is about */
	item: Id;
	/** counts from 1; another round has the same options and rules */
	round: number;
	/** what is asked; null: the title of the point says it, or the motion itself */
	question: string | null;
	rule: VoteRule;
	level: VoteLevel;
	options: VoteOption[];
	/** may guests vote? */
	guests: boolean;
	/** may one vote for one's own cards? */
	ownCards: boolean;
	quorum: Quorum | null;
	/** of a motion */
	majority: Majority | null;
	/** of a secret vote: the public key that its tokens are signed under, as base64 of SPKI */
	key: string | null;
	/** milliseconds since 1970, as all times */
	openedAt: number;
	state: 'open' | 'closed' | 'cancelled';
	closedAt: number | null;
	/** of a closed vote */
	result: VoteResult | null;
}

/** A card of a board, or a group of them as one, that may be voted on. */
export type Candidate = VoteOption;

/** What decisions about votes stand on beside the meeting. */
export interface Polling {
	/** what is on the board of the point that a vote on cards is opened at */
	candidates?: readonly Candidate[];
	/** the public key of the secret vote that is opened */
	key?: string;
	/** what is in the box of the vote that is closed, which takes no more ballots from then on */
	box?: BallotBox;
}

export const openVote = (meeting: Pick<Meeting, 'votes'>): Vote | null => meeting.votes.find(({ state }) => state === 'open') ?? null;
export const voteOf = (meeting: Pick<Meeting, 'votes'>, id: Id): Vote | null => meeting.votes.find((vote) => vote.id === id) ?? null;

/** The votes of a point, the last one first. */
export const votesAt = (meeting: Pick<Meeting, 'votes'>, item: Id): Vote[] => meeting.votes.filter((vote) => vote.item === item).toReversed();

/** A new vote out of what somebody asked for, or why there is none. */
export function decideOpening(meeting: Meeting, asked: CommandBody<'vote.open'>, context: Context): MeetingEvent[] | Refusal {
	const refusal = roomFor(meeting);
	if (refusal) return refusal;
	const item = itemOf(meeting, asked.item);
	if (!item) return 'no-such-item';
	if (item.proposedBy !== null) return 'item-proposed';
	const { rule, level, ownCards } = asked;
	const options = 'texts' in asked.options ? typed(asked.options.texts, context) : surfaceOf[item.kind] === 'board' ? chosen(asked, context) : null;
	if (!options || options.length > limits.voteOptions || (rule.kind === 'choice' ? options.length !== 1 : options.length < 2)) return 'vote-options';
	if (!isRule(rule, options.length)) return 'vote-rule';
	// an author is known by name alone, and every option has to be open to everybody where all are to be marked
	if (!ownCards && (level === 'secret' || 'texts' in asked.options || (rule.kind !== 'dots' && rule.kind !== 'approve'))) return 'vote-rule';
	if (asked.majority !== null && rule.kind !== 'choice') return 'vote-rule';
	const { item: _, options: __, ...rest } = asked;
	return opened({ ...rest, item: item.id, options, round: 1 }, context);
}

const typed = (texts: readonly string[], { newId }: Context): VoteOption[] => texts.map((text) => ({ id: newId(), text, authors: [] }));

/** The cards that were asked for, as the board has them; null: one of them is not there any more. */
function chosen({ options, ownCards }: CommandBody<'vote.open'>, { polling }: Context): VoteOption[] | null {
	const there = polling?.candidates ?? [];
	const asked = 'cards' in options ? options.cards : null;
	const found = asked === null ? there : there.filter(({ id }) => asked.includes(id));
	if (asked !== null && found.length !== new Set(asked).size) return null;
	return found.map(({ id, text, authors }) => ({ id, text: clipped(text), authors: ownCards ? [] : authors }));
}

/** As much of a card as tells it from others: what a line or two hold. */
function clipped(text: string): string {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length <= limits.voteOptionUnits
		? line
		: `${line
				.slice(0, limits.voteOptionUnits - 1)
				.toWellFormed()
				.replace(/\ufffd$/, '')}…`;
}

const isRule = (rule: VoteRule, options: number): boolean =>
	rule.kind === 'dots' ? rule.perCard <= rule.budget : rule.kind === 'approve' ? rule.max <= options : rule.kind === 'rank' ? (rule.top ?? 1) <= options : true;

/** Another round of the same vote. */
export function decideAgain(meeting: Meeting, asked: CommandBody<'vote.again'>, context: Context): MeetingEvent[] | Refusal {
	const refusal = roomFor(meeting);
	if (refusal) return refusal;
	const before = voteOf(meeting, asked.vote);
	if (!before) return 'no-such-vote';
	if (!itemOf(meeting, before.item)) return 'no-such-item';
	return opened({ ...before, round: before.round + 1 }, context);
}

/** One vote at a time: whoever votes has to know what about. */
function roomFor(meeting: Meeting): Refusal | null {
	if (openVote(meeting)) return 'vote-open';
	return meeting.votes.length >= limits.votesPerMeeting ? 'votes-full' : null;
}

type Asked = Omit<Vote, 'id' | 'key' | 'openedAt' | 'state' | 'closedAt' | 'result'>;

function opened(asked: Asked, { now, newId, polling }: Context): MeetingEvent[] {
	const { item, round, question, rule, level, options, guests, ownCards, quorum, majority } = asked;
	const key = level === 'secret' ? (polling?.key ?? null) : null;
	return [
		{
			name: 'vote.opened',
			vote: {
				...{ id: newId(), item, round, question, rule, level, options, guests, ownCards, quorum, majority, key },
				...{ openedAt: now, state: 'open', closedAt: null, result: null }
			}
		}
	];
}

/** Closes a vote: with it goes what its ballots say. The same again changes nothing. */
export function decideClosing(meeting: Meeting, { vote: id }: CommandBody<'vote.close'>, { now, polling }: Context): MeetingEvent[] | Refusal {
	const vote = voteOf(meeting, id);
	if (!vote) return 'no-such-vote';
	if (vote.state !== 'open') return vote.state === 'closed' ? [] : 'vote-over';
	return polling?.box ? [{ name: 'vote.closed', vote: id, at: now, result: resultOf(vote, polling.box) }] : 'vote-over';
}

/** Gives a vote up, and its ballots with it. */
export function decideCancelling(meeting: Meeting, { vote: id }: CommandBody<'vote.cancel'>, { now }: Context): MeetingEvent[] | Refusal {
	const vote = voteOf(meeting, id);
	if (!vote) return 'no-such-vote';
	if (vote.state !== 'open') return vote.state === 'cancelled' ? [] : 'vote-over';
	return [{ name: 'vote.cancelled', vote: id, at: now }];
}
