import { z } from 'zod/mini';
import { isId, type Id } from '#realtime/meeting/ids.ts';
import { command } from '#realtime/meeting/commands.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import type { Meeting, Participant } from '#realtime/meeting/meetings.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { refusals as decisions } from '#realtime/meeting/refusals.ts';
import { marks, type Marks } from '#realtime/meeting/vote-rules.ts';

/** What crosses socket.io. Every message of a client is asked and answered: it carries an acknowledgement. */

const id = z.string().check(z.refine(isId));

/** What a client sends: its schema is checked by the server, and its type is the client's. */
export const requests = {
	/** enter a meeting: answered with how it stands, and told of who comes and goes from then on; `looksOn`: without being in it */
	'meeting.enter': z.strictObject({ meeting: id, looksOn: z.optional(z.literal(true)) }),
	'meeting.leave': z.strictObject({ meeting: id }),
	/** what a page says of its person: that they are writing, and that they are ready to go on. Nothing of it is kept */
	'meeting.signal': z.strictObject({ meeting: id, writing: z.optional(z.boolean()), ready: z.optional(z.boolean()) }),
	/** asks everybody who looks elsewhere to come to where the meeting is */
	'meeting.gather': z.strictObject({ meeting: id }),
	/** says whether one wants this person to conduct the meeting that nobody conducts: of oneself it asks the others. Nothing of it is kept */
	'meeting.consent': z.strictObject({ meeting: id, person: id, agrees: z.boolean() }),
	/** asks for something: answered once it is decided and kept. The same id again is carried out once and answered alike */
	'meeting.command': z.strictObject({ meeting: id, id, command }),
	/** at a step that inspires: a few of what others have written in private */
	'drafts.inspire': z.strictObject({ meeting: id, item: id }),
	/** puts a ballot in place of one's last one. The same id again changes nothing and is answered alike */
	'ballot.cast': z.strictObject({ meeting: id, vote: id, id, marks }),
	/** what one has cast and may change, and how many have voted */
	'ballot.own': z.strictObject({ meeting: id, vote: id }),
	/** has a token of a secret vote signed, blinded, as base64 */
	'ballot.sign': z.strictObject({ meeting: id, vote: id, blinded: z.string().check(z.maxLength(limits.blindedUnits)) }),
	/** the ballots of a closed vote, as far as they are shown */
	'ballot.list': z.strictObject({ meeting: id, vote: id })
} as const;

export type RequestName = keyof typeof requests;
export type RequestOf<Name extends RequestName> = z.infer<(typeof requests)[Name]>;

/** Who is in a meeting, each person once, however many pages they have open. */
export type Present = (Participant & { since: number })[];

/** How far people are at the step at hand. */
export interface Pulse {
	/** how many are writing, and how many are ready to go on */
	writing: number;
	ready: number;
	/** who, for whoever takes the meeting on; who is writing only where it is no secret who wrote what */
	who: { writing: Id[] | null; ready: Id[] } | null;
	/** the person who is told is ready */
	mine: boolean;
}

/** A live meeting that nobody conducts. */
export interface Unconducted {
	/** from when on a member may take it over, in milliseconds since 1970 */
	from: number;
	/** who wants to, and who agrees to that */
	asked: { person: Id; agreed: Id[] }[];
}

/** What people have written in private at an activity of a meeting, and nobody else has seen. */
export interface Hidden {
	item: Id;
	people: number;
	cards: number;
	/** how many of the people whose it is are promised that nobody will know */
	anonymous: number;
}

/** What somebody wrote in private, as others are given it to go on from: nothing says whose it is. */
export interface Idea {
	text: string;
	column: string;
}

/** Somebody at the door of a meeting, as whoever may let them in sees them. */
export interface Waiting extends Omit<Participant, 'role'> {
	/** milliseconds since 1970 */
	askedAt: number;
}

/** Why somebody who was in a meeting is no longer; a page has a sentence for each. */
export const outReasons = [
	/** the link they came by has been revoked */
	'link-revoked',
	/** whoever conducts the meeting asked this guest to leave */
	'refused',
	/** guests are in a meeting only as long as it lasts */
	'meeting-closed',
	/** they are not of the think tank any more */
	'removed'
] as const;
export type OutReason = (typeof outReasons)[number];

/** How many have voted, and how many may. */
export interface Turnout {
	voted: number;
	entitled: number;
}

/** A ballot after the closing: beside a name where names are shown, else under its receipt. */
export interface CastBallot {
	person: Id | null;
	key: string;
	marks: Marks;
}

export interface Answers {
	'meeting.enter': { meeting: Meeting; present: Present; now: number; pulse: Pulse; hidden: Hidden[]; unconducted: Unconducted | null };
	'meeting.leave': null;
	'meeting.signal': null;
	'meeting.gather': null;
	'meeting.consent': null;
	/** the meeting's version from then on; `into`: the meeting that a duplicate is */
	'meeting.command': { version: number; into: Id | null };
	/** none, where the step does not inspire, or not enough people have written */
	'drafts.inspire': { ideas: Idea[] };
	'ballot.cast': null;
	/** `signed`: a token of theirs was, for a secret ballot */
	'ballot.own': { marks: Marks | null; signed: boolean } & Turnout;
	'ballot.sign': { signature: string };
	'ballot.list': { ballots: CastBallot[] };
}

export const refusals = [...decisions, 'signed-out', 'too-many', 'storage-unavailable', 'storage-full'] as const;
export type Refusal = (typeof refusals)[number];

export type Answer<Name extends RequestName> = { ok: true; value: Answers[Name] } | { ok: false; refusal: Refusal };

export type ClientToServer = {
	[Name in RequestName]: (request: RequestOf<Name>, answer: (answer: Answer<Name>) => void) => void;
};

export interface ServerToClient {
	'meeting.present': (message: { meeting: Id; present: Present }) => void;
	/** what has happened to a meeting that stood at the version `from`: whoever stands elsewhere enters anew */
	'meeting.changed': (message: { meeting: Id; from: number; events: MeetingEvent[] }) => void;
	/** how far people are at the step at hand, whenever that has changed */
	'meeting.pulse': (message: { meeting: Id; pulse: Pulse }) => void;
	/** nobody conducts the meeting, and who wants to; null: somebody does. Whenever that has changed */
	'meeting.unconducted': (message: { meeting: Id; unconducted: Unconducted | null }) => void;
	/** what is hidden, whenever that has changed */
	'meeting.hidden': (message: { meeting: Id; hidden: Hidden[] }) => void;
	/** whoever looks elsewhere is asked to come to where the meeting is */
	'meeting.gathered': (message: { meeting: Id }) => void;
	/** how many have voted by now */
	'vote.turnout': (message: { meeting: Id; vote: Id } & Turnout) => void;
	/** late contributions of this meeting that concern this person came, or were decided about */
	'meeting.late': (message: { meeting: Id }) => void;
	/** who waits at the door: to those alone who may let them in, and anew with every change */
	'meeting.door': (message: { meeting: Id; waiting: Waiting[] }) => void;
	/** this socket is in the meeting no longer */
	'meeting.out': (message: { meeting: Id; reason: OutReason }) => void;
	/** the session of this socket has ended: sign in again */
	'signed-out': () => void;
}
