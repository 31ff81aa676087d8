import { commandNames, type Command, type CommandName } from '#realtime/meeting/commands.ts';
import { decide, type Context } from '#realtime/meeting/decide.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { meetingStates, type Meeting, type MeetingState } from '#realtime/meeting/meetings.ts';
import { openStep } from '#realtime/meeting/steps.ts';
import { may } from '#realtime/meeting/permissions.ts';
import { transitions } from '#realtime/meeting/transitions.ts';
import { describe, expect, test } from 'vitest';
import { commandFor, contextOf, idAt, people, written } from '../support/meeting-commands.ts';

/** Every command × every state of a meeting, and none. */

const states = ['none', ...meetingStates] as const;

const title = { en: 'A meeting' };
const startsAt = Date.UTC(2026, 11, 1);

/** A meeting in each state, by the events that lead there: one point agreed, one proposed, one co-facilitator. */
function meetingIn(state: MeetingState, votes: readonly MeetingEvent[] = []): Meeting {
	const context = contextOf();
	const item = (proposedBy: string | null) => ({
		id: context.newId(),
		kind: 'discussion' as const,
		title,
		minutes: 10,
		usedMs: 0,
		owner: null,
		mandate: null,
		document: context.newId(),
		columns: [],
		steps: [openStep, { ...openStep, id: idAt(10, 0) }],
		step: null,
		reveals: 0,
		proposedBy
	});
	const { id: thinkTank } = context.thinkTank;
	const way: Record<MeetingState, MeetingEvent[]> = {
		scheduled: [],
		live: [{ name: 'meeting.opened', at: 1 }],
		closed: [
			{ name: 'meeting.opened', at: 1 },
			{ name: 'meeting.closed', at: 2 }
		],
		cancelled: [{ name: 'meeting.cancelled' }]
	};
	const events: MeetingEvent[] = [
		{
			name: 'meeting.scheduled',
			meeting: context.newId(),
			thinkTank,
			number: 1,
			title,
			startsAt,
			minutes: 60,
			place: null,
			callLink: null,
			quorum: null,
			agenda: [item(null), item(people[2]!), item(null)]
		},
		{ name: 'facilitator.named', person: people[1]! },
		...way[state],
		...votes
	];
	return events.reduce<Meeting | null>(evolve, null)!;
}

const { card: _, ...wording } = written;

/** A command of each name of which something follows, wherever it is decided. */
const effective: { [Name in CommandName]: object } = {
	'meeting.schedule': { title, startsAt, minutes: 60 },
	'meeting.describe': { place: 'Tehran' },
	'meeting.postpone': { startsAt: startsAt + 1 },
	'meeting.cancel': {},
	'meeting.duplicate': { startsAt },
	'meeting.open': {},
	'meeting.close': {},
	'meeting.turn': { item: { pick: 2 } },
	'meeting.reopen': {},
	'agenda.add': { kind: 'swot', title, minutes: 5 },
	'agenda.propose': { kind: 'swot', title, minutes: 5 },
	'agenda.accept': { item: { pick: 1 } },
	'agenda.change': { item: { pick: 0 }, minutes: 99 },
	'agenda.move': { item: { pick: 0 }, before: null },
	'agenda.remove': { item: { pick: 1 } },
	'step.turn': { item: { pick: 0 }, step: idAt(10, 0) },
	'step.switch': { item: { pick: 0 }, edit: false },
	'drafts.admit': { item: { pick: 0 } },
	'conduct.take': {},
	'facilitator.name': { person: people[3] },
	'facilitator.release': { person: people[1] },
	'timer.start': { minutes: 5 },
	'timer.pause': {},
	'timer.resume': {},
	'timer.extend': { minutes: 1 },
	'timer.stop': {},
	'turns.ask': { as: 'for' },
	'turns.withdraw': {},
	'turns.give': { person: people[2] },
	'turns.end': { person: people[3] },
	'turns.drop': { person: people[2] },
	'turns.set': { seconds: 120 },
	'vote.open': { item: { pick: 0 }, rule: { kind: 'choice' }, level: 'open', options: { texts: ['A motion'] } },
	'vote.close': { vote: { pick: 0, of: 'votes' } },
	'vote.cancel': { vote: { pick: 0, of: 'votes' } },
	'vote.again': { vote: { pick: 0, of: 'votes' } },
	'decision.adopt': { ...wording, item: { pick: 0 }, wording: idAt(11, 0), by: 'consensus' },
	'decision.withdraw': { decision: { pick: 0, of: 'decisions' } }
};

const [{ vote }] = decide(meetingIn('live'), commandFor({ name: 'vote.open', body: effective['vote.open'] }, meetingIn('live')), contextOf()) as [
	Extract<MeetingEvent, { name: 'vote.opened' }>
];

const adopted = decide(
	meetingIn('live'),
	commandFor({ name: 'decision.adopt', body: effective['decision.adopt'] }, meetingIn('live')),
	contextOf()
) as MeetingEvent[];

/** What has to have happened before something follows from a command in a live meeting. */
const timed: MeetingEvent = { name: 'timer.started', plannedMs: 60_000, at: 1 };
const prepared: Partial<Record<CommandName, MeetingEvent[]>> = {
	'timer.pause': [timed],
	'timer.resume': [timed, { name: 'timer.paused', at: 2 }],
	'timer.extend': [timed],
	'timer.stop': [timed],
	'turns.withdraw': [{ name: 'turns.asked', person: people[0]!, as: 'speak' }],
	'turns.end': [{ name: 'turns.given', person: people[3]!, as: 'speak', at: 1 }],
	'turns.drop': [{ name: 'turns.asked', person: people[2]!, as: 'order' }],
	'vote.close': [{ name: 'vote.opened', vote }],
	'vote.cancel': [{ name: 'vote.opened', vote }],
	'vote.again': [
		{ name: 'vote.opened', vote },
		{ name: 'vote.cancelled', vote: vote.id, at: 3 }
	],
	'decision.withdraw': adopted
};

/** Who asks, where an administrator who is a facilitator may not. */
const asking: Partial<Record<CommandName, Context['actor']>> = { 'conduct.take': { role: 'member', administrator: false, person: people[3]! } };

const decided = (name: CommandName, state: (typeof states)[number]) => {
	const meeting = state === 'none' ? null : (prepared[name] ?? []).reduce<Meeting | null>(evolve, meetingIn(state));
	const command = commandFor({ name, body: effective[name] }, meeting ?? meetingIn('scheduled')) as Command;
	const context = contextOf(asking[name] && { actor: asking[name] });
	// otherwise the refusal would be about rights
	const situation = { state: meeting?.state ?? null, archived: false, facilitated: false, step: null };
	expect(may(context.actor, name, situation), `nobody may ${name} in ${state}`).toBe(true);
	return { before: meeting, answer: decide(meeting, command, context) };
};

test('MEET-1 the table of what may happen in which state', () => {
	expect(Object.keys(transitions)).toEqual(commandNames);
	for (const row of Object.values(transitions)) expect(Object.keys(row).sort()).toEqual([...states].sort());
	expect(transitions).toMatchSnapshot();
});

describe.each(commandNames)('%s', (name) => {
	test.each(states)('MEET-1 with a meeting that is: %s', (state) => {
		const { before, answer } = decided(name, state);
		const cell = transitions[name][state];
		if (cell !== 'decided') return expect(answer).toBe(cell);
		expect(answer).not.toEqual([]);
		expect(answer).toBeInstanceOf(Array);
		const after = (answer as MeetingEvent[]).reduce(evolve, before);
		// all but a duplicate, which changes another one, leave another meeting than they found
		const { version: _, ...now } = after!;
		const { version: __, ...then } = before ?? { version: 0 };
		if (name === 'meeting.duplicate') expect(now).toEqual(then);
		else expect(now).not.toEqual(then);
	});
});

test('MEET-1 who may not is told that, and not how the meeting stands', () => {
	const speaking: CommandName[] = ['turns.ask', 'turns.withdraw', 'turns.end'];
	for (const name of commandNames.filter((name) => !speaking.includes(name))) {
		for (const state of meetingStates) {
			const meeting = meetingIn(state);
			const command = commandFor({ name, body: effective[name] }, meeting);
			expect(decide(meeting, command, contextOf({ actor: { role: 'observer', administrator: false, person: people[4]! } }))).toBe('not-allowed');
		}
	}
});

test('MEET-1 in an archived think tank, who otherwise might is told so', () => {
	for (const name of commandNames) {
		for (const state of meetingStates) {
			const meeting = meetingIn(state);
			const command = commandFor({ name, body: effective[name] }, meeting);
			expect(decide(meeting, command, contextOf({ ...(asking[name] && { actor: asking[name] }), thinkTank: { archived: true } }))).toBe('archived');
		}
	}
});
