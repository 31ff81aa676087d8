import type { Command } from './commands.ts';
import type { Context } from './decide.ts';
import type { MeetingEvent } from './events.ts';
import type { Id } from './ids.ts';
import { limits } from './limits.ts';
import type { Refusal } from './refusals.ts';

/** The floor: who speaks, who has asked to, and how long everybody has spoken in this meeting. */

/** What somebody asks for the floor for; `order`: a point of order, which is about how the meeting is run. */
export const turnKinds = ['speak', 'for', 'against', 'order'] as const;
export type TurnKind = (typeof turnKinds)[number];

/** Somebody who wants to speak. */
export interface Asked {
	person: Id;
	as: TurnKind;
}

/** How long somebody has spoken. */
export interface Spoken {
	person: Id;
	/** all turns together, without one that goes on */
	ms: number;
	/** how often they had the floor, but for points of order */
	turns: number;
}

export interface Floor {
	/** in the order in which they asked; {@link inTurn} says in which it is given */
	queue: Asked[];
	/** since: milliseconds since 1970; null: nobody has the floor */
	speaker: (Asked & { since: number }) | null;
	/** how long a turn is meant to be; null: open end */
	seconds: number | null;
	/** whoever has not spoken yet goes before who has */
	fair: boolean;
	/** in the order in which they first spoke */
	spoken: Spoken[];
}

/** As every meeting begins. */
export const emptyFloor: Floor = { queue: [], speaker: null, seconds: null, fair: true, spoken: [] };

/** Who has asked, in the order in which they get the floor: points of order first, and then whoever has not spoken yet, where that is the rule. */
export function inTurn({ queue, fair, spoken }: Floor): Asked[] {
	const heard = new Set(spoken.filter(({ turns }) => turns > 0).map(({ person }) => person));
	const rank = ({ person, as }: Asked) => (as === 'order' ? 0 : fair && heard.has(person) ? 2 : 1);
	return [...queue].sort((a, b) => rank(a) - rank(b));
}

/** What is left of the present turn by then, in milliseconds; below zero: it is over by so much; null: nobody speaks, or with an open end. */
export const turnLeftMs = ({ speaker, seconds }: Floor, now: number): number | null =>
	speaker === null || seconds === null ? null : seconds * 1000 - Math.max(0, now - speaker.since);

/** How long everybody has spoken by then, with the turn that goes on. */
export function spokenBy({ spoken, speaker }: Floor, now: number): Spoken[] {
	if (!speaker) return spoken;
	const { person, as, since } = speaker;
	const before = spoken.find((one) => one.person === person) ?? { person, ms: 0, turns: 0 };
	const after = { person, ms: before.ms + Math.max(0, now - since), turns: before.turns + (as === 'order' ? 0 : 1) };
	return spoken.includes(before) ? spoken.map((one) => (one === before ? after : one)) : [...spoken, after];
}

type TurnCommand = Extract<Command, { name: `turns.${string}` }>;
type TurnEvent = Extract<MeetingEvent, { name: `turns.${string}` }>;

/** What becomes of the floor. `conducts`: whoever asks may give and take it. */
export function decidedTurn(
	floor: Floor,
	{ name, body }: TurnCommand,
	{ actor, now, thinkTank }: Pick<Context, 'actor' | 'now' | 'thinkTank'>,
	conducts: boolean
): TurnEvent[] | Refusal {
	const askedBy = (person: Id) => floor.queue.find((asked) => asked.person === person);
	switch (name) {
		case 'turns.ask': {
			const before = askedBy(actor.person);
			if (floor.speaker?.person === actor.person || before?.as === body.as) return [];
			if (!before && floor.queue.length >= limits.turnsAsked) return 'queue-full';
			return [{ name: 'turns.asked', person: actor.person, as: body.as }];
		}
		case 'turns.withdraw':
			return askedBy(actor.person) ? [{ name: 'turns.withdrawn', person: actor.person }] : [];
		case 'turns.give': {
			const { person } = body;
			if (floor.speaker?.person === person) return [];
			const asked = askedBy(person);
			// whoever is in the room without a device is given the floor as well
			if (!asked && !thinkTank.members.has(person)) return 'no-such-person';
			return [{ name: 'turns.given', person, as: asked?.as ?? 'speak', at: now }];
		}
		case 'turns.end': {
			const { person } = body;
			if (floor.speaker?.person !== person) return [];
			return person === actor.person || conducts ? [{ name: 'turns.ended', at: now }] : 'not-allowed';
		}
		case 'turns.drop':
			return askedBy(body.person) ? [{ name: 'turns.dropped', person: body.person }] : [];
		case 'turns.set': {
			const { seconds, fair } = body;
			const changes = { ...(seconds !== undefined && seconds !== floor.seconds && { seconds }), ...(fair !== undefined && fair !== floor.fair && { fair }) };
			return Object.keys(changes).length === 0 ? [] : [{ name: 'turns.arranged', ...changes }];
		}
	}
}

/** What an event makes of the floor. One that does not fit changes nothing. */
export function floorAfter(floor: Floor, event: TurnEvent): Floor {
	switch (event.name) {
		case 'turns.asked': {
			const { person, as } = event;
			if (floor.speaker?.person === person) return floor;
			const known = floor.queue.some((asked) => asked.person === person);
			const queue = known ? floor.queue.map((asked) => (asked.person === person ? { person, as } : asked)) : [...floor.queue, { person, as }];
			return { ...floor, queue };
		}
		case 'turns.withdrawn':
		case 'turns.dropped':
			return { ...floor, queue: without(floor.queue, event.person) };
		case 'turns.given': {
			const { person, as, at } = event;
			if (floor.speaker?.person === person) return floor;
			return { ...floor, queue: without(floor.queue, person), spoken: spokenBy(floor, at), speaker: { person, as, since: at } };
		}
		case 'turns.ended':
			return { ...floor, spoken: spokenBy(floor, event.at), speaker: null };
		case 'turns.arranged': {
			const { name: _, ...changes } = event;
			return { ...floor, ...changes };
		}
	}
}

/** The floor when the meeting is closed: whoever spoke has spoken, and nobody waits. */
export const floorClosed = (floor: Floor, at: number): Floor => ({ ...floor, queue: [], spoken: spokenBy(floor, at), speaker: null });

const without = (queue: readonly Asked[], person: Id): Asked[] => queue.filter((asked) => asked.person !== person);
