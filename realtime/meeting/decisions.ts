import { itemOf } from './agenda.ts';
import { placed } from './ballots.ts';
import type { CommandBody } from './commands.ts';
import { isDay } from './days.ts';
import type { Context } from './decide.ts';
import type { MeetingEvent } from './events.ts';
import { isId, type Id } from './ids.ts';
import { limits } from './limits.ts';
import type { Meeting } from './meetings.ts';
import type { Refusal } from './refusals.ts';
import type { VoteRule } from './vote-rules.ts';
import { voteOf, type OptionTally, type Vote } from './voting.ts';

/** Decisions of a meeting: what they are once they are adopted, and what is refused of them. Their wording is written in documents. */

/** What a decision says. */
export interface Wording {
	text: string;
	/** who answers for it: a person, or an office by its name; only one of the two is set */
	person: Id | null;
	office: string | null;
	/** the day by which it is to be carried out, as 2026-11-23 */
	due: string | null;
	/** the mandate item that it cites */
	mandate: Id | null;
}

/** A wording as its document has it. */
export interface WrittenDecision extends Wording {
	/** the card or the group that it came of */
	card: Id | null;
}

/** What came of the vote that a decision rests on, as far as it is about the decision. */
export interface VotedBasis {
	vote: Id;
	kind: VoteRule['kind'];
	voted: number;
	entitled: number;
	/** of the motion, or of the card that the decision came of; null: the vote was about others */
	tally: OptionTally | null;
	/** at which that card came; null: it was a motion, or about others */
	place: number | null;
}

/** A decision that was adopted, as it was worded then. */
export interface Decision extends Wording {
	id: Id;
	/** counts from 1 within the think tank */
	number: number;
	/** the point of the agenda that it was adopted at, and the document of that */
	item: Id;
	document: Id;
	/** in that document */
	wording: Id;
	card: Id | null;
	by: 'consensus' | VotedBasis;
	/** milliseconds since 1970, as all times */
	at: number;
	/** null: it stands */
	withdrawnAt: number | null;
}

/** The decisions that stand. */
export const standing = ({ decisions }: Pick<Meeting, 'decisions'>): Decision[] => decisions.filter(({ withdrawnAt }) => withdrawnAt === null);

/** What a wording was adopted as; null: it has not been, or not for good. */
export const adoptedAs = (meeting: Pick<Meeting, 'decisions'>, wording: Id): Decision | null =>
	standing(meeting).find((decision) => decision.wording === wording) ?? null;

/** Can a decision at this point rest on this vote? It is closed, somebody voted, and it was carried and had its quorum, where that was asked. */
export const supports = ({ item, state, result }: Vote, point: Id): boolean =>
	item === point && state === 'closed' && result !== null && result.voted > 0 && result.carried !== false && result.quorumMet !== false;

/** Was it this wording that was voted on, as a motion, or the card that it came of? */
export const isAbout = ({ rule, options }: Vote, { text, card }: Pick<WrittenDecision, 'text' | 'card'>): boolean =>
	rule.kind === 'choice' ? options.some((option) => option.text.trim() === text.trim()) : options.some(({ id }) => id === card);

/**
 * A wording as it may be adopted: without blanks at its ends and without what hides or reorders letters. Whoever adopts
 * it, and whoever holds that against the document, make the same of the same.
 */
export function adoptable({ text, person, office, due, mandate }: Wording): Wording {
	return {
		text: tidy(text.replace(/\r\n?|[\p{Zl}\p{Zp}]/gu, '\n').replaceAll('\t', ' ')),
		person: isId(person) ? person : null,
		office: office === null ? null : tidy(office.replace(/\s+/gu, ' ')) || null,
		due: isDay(due) ? due : null,
		mandate: isId(mandate) ? mandate : null
	};
}

const tidy = (text: string): string =>
	text
		.toWellFormed()
		.replace(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu, '')
		.replace(/(\p{M}{8})\p{M}+/gu, '$1')
		.trim();

const wordingKeys = ['text', 'person', 'office', 'due', 'mandate'] as const satisfies readonly (keyof Wording)[];
const sameWording = (a: Wording, b: Wording): boolean => wordingKeys.every((key) => a[key] === b[key]);

/** Adopts what somebody has read, if that is what is written. The same again changes nothing. */
export function decideAdopting(meeting: Meeting, asked: CommandBody<'decision.adopt'>, context: Context): MeetingEvent[] | Refusal {
	const { thinkTank, written = null, now, newId } = context;
	const item = itemOf(meeting, asked.item);
	if (!item) return 'no-such-item';
	if (item.proposedBy !== null) return 'item-proposed';
	const { item: _, wording, by, ...words } = asked;
	const adopted = adoptedAs(meeting, wording);
	if (adopted) return sameWording(adopted, words) ? [] : 'decision-adopted';
	if (meeting.decisions.length >= limits.decisionsPerMeeting) return 'decisions-full';
	if (!written || !sameWording(adoptable(written), words)) return 'wording-changed';
	if (words.person !== null && !thinkTank.members.has(words.person)) return 'no-such-person';
	if (words.mandate !== null && !thinkTank.mandate.has(words.mandate)) return 'no-such-mandate';
	const basis = by === 'consensus' ? by : votedBasis(meeting, item.id, by.vote, written.card);
	if (basis !== 'consensus' && typeof basis === 'string') return basis;
	return [
		{
			name: 'decision.adopted',
			decision: {
				...{ id: newId(), number: thinkTank.nextDecision, item: item.id, document: item.document, wording, card: written.card },
				...{ ...words, by: basis, at: now, withdrawnAt: null }
			}
		}
	];
}

function votedBasis(meeting: Meeting, item: Id, id: Id, card: Id | null): VotedBasis | Refusal {
	const vote = voteOf(meeting, id);
	if (!vote || vote.item !== item) return 'no-such-vote';
	if (vote.state === 'open') return 'vote-open';
	if (!vote.result) return 'vote-over';
	if (!supports(vote, item)) return 'vote-lost';
	const { voted, entitled, tallies } = vote.result;
	const tally = vote.rule.kind === 'choice' ? tallies[0] : tallies.find(({ option }) => option === card);
	const place = vote.rule.kind === 'choice' ? null : (placed(tallies).find(({ option }) => option === card)?.place ?? null);
	return { vote: vote.id, kind: vote.rule.kind, voted, entitled, tally: tally ?? null, place };
}

/** Takes back what was adopted. The same again changes nothing. */
export function decideWithdrawing(meeting: Meeting, { decision: id }: CommandBody<'decision.withdraw'>, { now }: Context): MeetingEvent[] | Refusal {
	const decision = meeting.decisions.find((one) => one.id === id);
	if (!decision) return 'no-such-decision';
	return decision.withdrawnAt === null ? [{ name: 'decision.withdrawn', decision: id, at: now }] : [];
}

type DecisionEvent = Extract<MeetingEvent, { name: 'decision.adopted' | 'decision.withdrawn' }>;

/** What becomes of the decisions of a meeting. */
export function decisionsAfter(decisions: Decision[], event: DecisionEvent): Decision[] {
	if (event.name === 'decision.withdrawn') {
		const stands = ({ id, withdrawnAt }: Decision) => id === event.decision && withdrawnAt === null;
		return decisions.some(stands) ? decisions.map((one) => (stands(one) ? { ...one, withdrawnAt: event.at } : one)) : decisions;
	}
	const { id, wording } = event.decision;
	return decisions.some((one) => one.id === id) || adoptedAs({ decisions }, wording) ? decisions : [...decisions, event.decision];
}
