import founding from '#db/seed/founding-meeting.json' with { type: 'json' };
import { meetingDraft } from '#db/seed/templates.ts';
import { resultOf } from '#realtime/meeting/ballots.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import { firstColumn, surfaceOf, type AgendaItem, type Meeting, type MeetingState } from '#realtime/meeting/meetings.ts';
import { openStep } from '#realtime/meeting/steps.ts';
import type { LocalText } from '#realtime/meeting/texts.ts';
import type { Marks } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import type { Random } from '../../support/random.ts';
import { sentences } from './written.ts';

/** How meetings went: their events, and what follows from these. */

export interface HeldMeeting {
	meeting: Meeting;
	/** in order, from version 1 on, each with when it happened */
	events: { event: MeetingEvent; at: number }[];
	/** those who came */
	came: readonly Id[];
	/** what they put into the box of the vote */
	ballots: Marks[];
}

export interface PlannedMeeting {
	id: Id;
	thinkTank: Id;
	number: number;
	/** the number of the first decision that it would adopt */
	nextDecision: number;
	state: MeetingState;
	startsAt: number;
	mandate: readonly { id: Id; text: LocalText }[];
	/** those who come */
	people: readonly Id[];
	/** of the think tank, and so how many may vote */
	entitled: number;
	/** how often the boards of the agenda come one after the other, in place of all of it once */
	boards?: number;
}

/** adopted by a meeting */
export const decisionsOfEach = 5;
const options = 12;
const minuteMs = 60_000;

/** A meeting by the founding meeting's agenda, up to the state that it is in. */
export function holdMeeting(random: Random, planned: PlannedMeeting): HeldMeeting {
	const { id, thinkTank, number, nextDecision, state, startsAt, mandate, people, entitled, boards = 0 } = planned;
	const { title, minutes, agenda = [] } = meetingDraft('founding', mandate)!;
	const drafted = boards === 0 ? agenda : Array.from({ length: boards }, () => agenda.filter(({ kind }) => surfaceOf[kind] === 'board')).flat();
	const items = drafted.map(({ kind, title, minutes, mandate = null }): AgendaItem => ({
		...{ id: random.id(), kind, title, minutes, usedMs: 0, owner: random.pick(people), mandate, document: random.id() },
		...{ columns: kind === 'brainstorm' ? [firstColumn] : [], steps: [openStep], step: null, reveals: 0, proposedBy: null }
	}));
	const held: HeldMeeting = { meeting: null!, events: [], came: people, ballots: [] };
	const happen = (event: MeetingEvent, at: number) => {
		held.meeting = evolve(held.meeting, event)!;
		held.events.push({ event, at });
	};
	happen(
		{
			...{ name: 'meeting.scheduled', meeting: id, thinkTank, number, title, startsAt, minutes, place: null, callLink: null },
			...{ quorum: { share: 'half' }, agenda: items }
		},
		startsAt - 14 * 24 * 60 * minuteMs
	);
	if (state === 'cancelled') happen({ name: 'meeting.cancelled' }, startsAt - 60 * minuteMs);
	if (state !== 'live' && state !== 'closed') return { ...held, came: [] };
	let at = startsAt;
	happen({ name: 'meeting.opened', at }, at);
	for (const { id: item, minutes, kind } of items) {
		if (held.meeting.point !== item) happen({ name: 'meeting.turned', item, at }, at);
		happen({ name: 'timer.started', plannedMs: minutes * minuteMs, at }, at);
		for (const person of people.slice(0, 3)) {
			happen({ name: 'turns.asked', person, as: 'speak' }, at);
			happen({ name: 'turns.given', person, as: 'speak', at }, at);
			happen({ name: 'turns.ended', at: (at += minuteMs) }, at);
		}
		if (state === 'live' && kind === 'swot') return held;
		if (kind === 'swot') at = vote(random, { held, item, at, entitled, happen });
		if (kind === 'decisions') decide(random, { held, item: items.at(-1)!, nextDecision, at, happen });
		at += minutes * minuteMs;
	}
	happen({ name: 'meeting.closed', at }, at);
	return held;
}

type Happen = (event: MeetingEvent, at: number) => void;

/** Everybody who came spreads five dots. */
function vote(random: Random, { held, item, at, entitled, happen }: { held: HeldMeeting; item: Id; at: number; entitled: number; happen: Happen }): number {
	const asked: Vote = {
		...{ id: random.id(), item, round: 1, question: null, rule: { kind: 'dots', budget: 5, perCard: 5 }, level: 'unnamed', guests: false, ownCards: true },
		...{ quorum: null, majority: null, key: null, openedAt: at, state: 'open', closedAt: null, result: null },
		options: Array.from({ length: options }, () => ({ id: random.id(), text: random.pick(sentences), authors: [] }))
	};
	happen({ name: 'vote.opened', vote: asked }, at);
	held.ballots = held.came.map(() => ({ [random.pick(asked.options).id]: 5 }));
	const closed = at + 3 * minuteMs;
	happen({ name: 'vote.closed', vote: asked.id, at: closed, result: resultOf(asked, { ballots: held.ballots, entitled }) }, closed);
	return closed;
}

function decide(
	random: Random,
	{ held, item, nextDecision, at, happen }: { held: HeldMeeting; item: AgendaItem; nextDecision: number; at: number; happen: Happen }
): void {
	for (let i = 0; i < decisionsOfEach; i++) {
		const decision = {
			...{ id: random.id(), number: nextDecision + i, item: item.id, document: item.document, wording: random.id(), card: null },
			...{ text: random.pick(founding.requests).fa, person: random.pick(held.came), office: null, due: dayOf(at + 30 * 24 * 60 * minuteMs) },
			...{ mandate: item.mandate, by: 'consensus' as const, at, withdrawnAt: null }
		};
		happen({ name: 'decision.adopted', decision }, at);
	}
}

/** as 2026-11-23 */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
