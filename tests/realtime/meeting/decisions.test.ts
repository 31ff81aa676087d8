import { commandNames, commands } from '#realtime/meeting/commands.ts';
import { decide, scheduleLike } from '#realtime/meeting/decide.ts';
import type { EventName, MeetingEvent } from '#realtime/meeting/events.ts';
import { endsAt, usedMsOf } from '#realtime/meeting/agenda.ts';
import { standing } from '#realtime/meeting/decisions.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { firstColumn, type AgendaKind, type Meeting } from '#realtime/meeting/meetings.ts';
import { refusals } from '#realtime/meeting/refusals.ts';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
	commandFor,
	contextOf,
	counted,
	frozen,
	idAt,
	people,
	planned,
	plannedOf,
	rights,
	scheduled,
	thinkTank,
	written,
	type Planned
} from '../../support/meeting-commands.ts';

// slow machines
vi.setConfig({ testTimeout: 60_000 });

/** What is asked by whom, when, and of what think tank. */
const asked = fc.record({
	plan: planned,
	// somebody who may, mostly
	who: fc.oneof({ weight: 4, arbitrary: fc.constant({ role: 'facilitator' as const, administrator: true }) }, rights),
	person: fc.constantFrom(...people),
	facilitated: fc.boolean(),
	archived: fc.integer({ min: 0, max: 30 }).map((n) => n === 0),
	now: fc.integer({ min: 0, max: limits.latestMs })
});
type Asked = typeof asked extends fc.Arbitrary<infer One> ? One : never;

/** Lets a history happen, and calls back for every decision in it. */
function happen(
	begin: Planned,
	history: readonly Asked[],
	each: (step: { before: Meeting | null; asked: Asked; answer: ReturnType<typeof decide>; after: Meeting | null }) => void = () => {}
): { meeting: Meeting | null; events: MeetingEvent[] } {
	const newId = counted();
	let meeting: Meeting | null = null;
	const events: MeetingEvent[] = [];
	const beginning: Asked = { plan: begin, who: { role: 'facilitator', administrator: true }, person: people[0]!, facilitated: false, archived: false, now: 0 };
	for (const one of [beginning, ...history]) {
		const before: Meeting | null = frozen(meeting);
		const context = contextOf({
			actor: { ...one.who, person: one.person },
			now: one.now,
			newId,
			facilitated: one.facilitated,
			thinkTank: { archived: one.archived, nextDecision: (before?.decisions.length ?? 0) + 1 }
		});
		const answer = decide(before, frozen(commandFor(one.plan, before)), frozen(context));
		const happened = typeof answer === 'string' ? [] : frozen(answer);
		meeting = happened.reduce<Meeting | null>((now, event) => frozen(evolve(now, event)), before);
		events.push(...happened);
		each({ before, asked: one, answer, after: meeting });
	}
	return { meeting, events };
}

const histories = fc.array(asked, { maxLength: 80, size: 'max' });

const tourBegins: Planned = {
	name: 'meeting.schedule',
	body: { title: { en: 'a' }, startsAt: 0, minutes: 1, agenda: ['swot', 'review'].map((kind) => ({ kind, title: { en: 'b' }, minutes: 1 })) }
};
const motion = { item: { pick: 0 }, rule: { kind: 'choice' }, level: 'open', options: { texts: ['a motion'] } };
const lastVote = { vote: { pick: 0, of: 'votes' } };
const { card: _, ...wording } = written;
const adopted = { ...wording, item: { pick: 0 }, wording: idAt(11, 0), by: 'consensus' };
const inOrder = (doings: readonly (readonly [Planned['name'], object])[]): Asked[] =>
	doings.map(([name, body], at) => ({
		plan: { name, body },
		who: name === 'conduct.take' ? { role: 'member', administrator: false } : { role: 'facilitator', administrator: true },
		person: name === 'conduct.take' ? people[4]! : people[0]!,
		facilitated: false,
		archived: false,
		now: at
	}));
/** Votes, a timer and a decision, from the first to the last thing that is done with them; a meeting that is closed and goes on. */
const tour = inOrder([
	['meeting.open', {}],
	['vote.open', motion],
	['vote.close', lastVote],
	['vote.again', lastVote],
	['vote.cancel', lastVote],
	['timer.start', { minutes: 2 }],
	['timer.pause', {}],
	['timer.resume', {}],
	['timer.extend', { minutes: 1 }],
	['timer.stop', {}],
	['decision.adopt', adopted],
	['decision.withdraw', { decision: { pick: 0, of: 'decisions' } }],
	['conduct.take', {}],
	['agenda.remove', { item: { pick: 1 } }],
	['meeting.close', {}],
	['meeting.reopen', {}]
]);
const cancelled = inOrder([
	['meeting.cancel', {}],
	['meeting.reopen', {}]
]);

describe('decisions', () => {
	test('MEET-2 the same question gets the same answer, nothing given is changed, and there is always an answer', () => {
		fc.assert(
			fc.property(scheduled, histories, planned, rights, (begin, history, plan, who) => {
				const { meeting } = happen(begin, history);
				for (const state of [meeting, null]) {
					const command = frozen(commandFor(plan, state));
					const ask = () => decide(state, command, frozen(contextOf({ actor: { ...who, person: people[1]! }, newId: counted(9) })));
					const answer = ask();
					expect(ask()).toEqual(answer);
					if (typeof answer === 'string') expect(refusals).toContain(answer);
					else for (const event of answer) expect(evolve(state, frozen(event))).toEqual(evolve(state, event));
				}
			}),
			{ numRuns: 200 }
		);
	});

	test('MEET-3 an event that does not fit is counted and changes nothing else', () => {
		fc.assert(
			fc.property(scheduled, histories, scheduled, histories, (beginA, historyA, beginB, historyB) => {
				const { events } = happen(beginA, historyA);
				const { meeting } = happen(beginB, historyB);
				for (const event of events) {
					const after = evolve(frozen(meeting), event);
					expect(after!.version).toBe(meeting!.version + 1);
					// what a decision could not have led to here
					if (event.name === 'meeting.scheduled' || !statesOf[event.name].includes(meeting!.state))
						expect({ ...after, version: 0 }).toEqual({ ...meeting, version: 0 });
				}
				for (const event of events) if (event.name !== 'meeting.scheduled') expect(evolve(null, event)).toBeNull();
			}),
			{ numRuns: 200 }
		);
	});

	test('MEET-3 a point that is there is not added twice, and one that is not is neither changed nor moved nor removed', () => {
		const { meeting } = happen(
			{
				name: 'meeting.schedule',
				body: { title: { en: 'a' }, startsAt: 0, minutes: 1, agenda: ['swot', 'review'].map((kind) => ({ kind, title: { en: 'b' }, minutes: 1 })) }
			},
			[]
		);
		const [a, b] = meeting!.agenda;
		const nobody = idAt(8, 1);
		const unfit: MeetingEvent[] = [
			{ name: 'agenda.added', item: a!, before: null },
			{ name: 'agenda.accepted', item: nobody },
			{ name: 'agenda.changed', item: nobody, minutes: 7 },
			{ name: 'agenda.moved', item: nobody, before: a!.id },
			{ name: 'agenda.moved', item: a!.id, before: a!.id },
			{ name: 'agenda.removed', item: nobody },
			{ name: 'facilitator.released', person: nobody }
		];
		for (const event of unfit) expect(evolve(meeting, event), event.name).toEqual({ ...meeting, version: 2 });
		expect(evolve(meeting, { name: 'agenda.moved', item: b!.id, before: a!.id })!.agenda).toEqual([b, a]);
		const named = evolve(meeting, { name: 'facilitator.named', person: people[0]! });
		expect(evolve(named, { name: 'facilitator.named', person: people[0]! })!.coFacilitators).toEqual([people[0]]);
	});

	test('MEET-4 whatever is asked by whomever, the rules of a meeting hold', () => {
		const reached = new Set<string>();
		fc.assert(
			fc.property(scheduled, histories, (begin, history) => {
				const { meeting, events } = happen(begin, history, ({ before, asked: { plan, now }, answer, after }) => {
					if (after) check(after);
					if (typeof answer === 'string') return expect(after).toBe(before);
					reached.add(`${before?.state} ${plan.name}`);
					if (before?.state !== 'closed' && before?.state !== 'cancelled') return;
					if (plan.name === 'meeting.reopen')
						expect(after).toEqual({
							...before,
							...(before.state === 'closed' ? { state: 'live', pointSince: now } : { state: 'scheduled' }),
							version: before.version + 1
						});
					else expect({ ...after, version: 0 }).toEqual({ ...before, version: 0 });
				});
				expect(meeting!.version).toBe(events.length);
				expect(events.reduce<Meeting | null>(evolve, null)).toEqual(meeting);
			}),
			// what seldom happens by chance happens once for certain
			{
				numRuns: 400,
				examples: [
					[tourBegins, tour],
					[tourBegins, cancelled]
				]
			}
		);
		// it would prove nothing if these never happened
		for (const name of commandNames.filter((name) => name !== 'meeting.schedule'))
			expect(
				[...reached].some((one) => one.endsWith(` ${name}`)),
				name
			).toBe(true);
		expect([...reached]).toEqual(expect.arrayContaining(['closed meeting.reopen', 'cancelled meeting.reopen', 'live agenda.remove']));
	});

	test('GATE-11 MEET-4 a point goes on from one of its kind on the same agenda, in its columns unless it has others', () => {
		const columns = [{ id: idAt(6, 0), title: 'a' }, firstColumn];
		const point = (kind: AgendaKind) => ({ kind, title: { en: 'b' }, minutes: 1, ...(kind === 'brainstorm' && { columns }) });
		const { meeting } = happen(
			{ name: 'meeting.schedule', body: { title: { en: 'a' }, startsAt: 0, minutes: 1, agenda: [point('brainstorm'), point('review'), point('vote')] } },
			[]
		);
		const add = (body: object) => decide(meeting, commandFor({ name: 'agenda.add', body: { title: { en: 'c' }, minutes: 2, ...body } }, meeting), contextOf());
		const [brainstorm, review] = meeting!.agenda;
		expect(add({ kind: 'brainstorm', from: { pick: 0 }, before: { pick: 1 } })).toMatchObject([
			{ name: 'agenda.added', item: { kind: 'brainstorm', columns }, before: review!.id, from: brainstorm!.id }
		]);
		expect(add({ kind: 'brainstorm', from: { pick: 0 }, columns: [firstColumn] })).toMatchObject([{ item: { columns: [firstColumn] }, from: brainstorm!.id }]);
		expect(add({ kind: 'review', from: { pick: 1 } })).toMatchObject([{ item: { kind: 'review', columns: [] }, from: review!.id }]);
		// the same surface is not enough: what a vote needs is not what a review needs
		for (const kind of ['vote', 'swot'] as const) expect(add({ kind, from: { pick: 1 } })).toBe('other-kind');
		expect(add({ kind: 'review', from: idAt(7, 0) })).toBe('no-such-item');
		const [event] = add({ kind: 'review' }) as MeetingEvent[];
		expect(event).not.toHaveProperty('from');
		const { from: _, ...before } = (add({ kind: 'review', from: { pick: 1 } }) as Extract<MeetingEvent, { name: 'agenda.added' }>[])[0]!;
		expect(before).toEqual(event);
		expect(commands['agenda.propose'].safeParse({ ...point('review'), from: review!.id }).success).toBe(false);
	});

	test('MEET-5 an agenda has no more points than a long day holds, and the last agreed one of a live meeting stays', () => {
		const item = { kind: 'swot', title: { en: 'b' }, minutes: 1 };
		const { meeting: full } = happen(
			{ name: 'meeting.schedule', body: { title: { en: 'a' }, startsAt: 0, minutes: 1, agenda: Array(limits.agendaItems).fill(item) } },
			[]
		);
		for (const name of ['agenda.add', 'agenda.propose'] as const) expect(decide(full, commandFor({ name, body: item }, full), contextOf())).toBe('agenda-full');

		const opened = evolve(evolve(null, { ...scheduledEvent(), agenda: full!.agenda.slice(0, 1) }), { name: 'meeting.opened', at: 1 })!;
		const remove = commandFor({ name: 'agenda.remove', body: { item: { pick: 0 } } }, opened);
		expect(decide(opened, remove, contextOf())).toBe('agenda-empty');
		expect(decide({ ...opened, state: 'scheduled' }, remove, contextOf())).toHaveLength(1);

		const proposed = { ...scheduledEvent(), agenda: [{ ...full!.agenda[0]!, proposedBy: people[1]! }] };
		expect(decide(evolve(null, proposed), { name: 'meeting.open', body: {} }, contextOf())).toBe('agenda-empty');
	});

	test('MEET-6 a change changes what it names and leaves everything else', () => {
		const settable = ['title', 'minutes', 'owner', 'mandate', 'columns', 'place', 'callLink', 'quorum'] as const;
		fc.assert(
			fc.property(scheduled, fc.oneof(plannedOf('agenda.change'), plannedOf('meeting.describe'), plannedOf('meeting.postpone')), (begin, plan) => {
				const { meeting } = happen(begin, []);
				const command = commandFor(plan, meeting);
				const events = decide(meeting, command, contextOf());
				if (typeof events === 'string') return;
				for (const event of events) {
					for (const key of Object.keys(event)) if (settable.includes(key as never) && plan.name !== 'meeting.postpone') expect(plan.body).toHaveProperty(key);
				}
			}),
			{ numRuns: 500 }
		);
		const { meeting } = happen(
			{
				name: 'meeting.schedule',
				body: {
					title: { en: 'a' },
					startsAt: 0,
					minutes: 1,
					place: 'Tehran',
					callLink: 'https://example.org/',
					quorum: { share: 'half' },
					agenda: [{ kind: 'swot', title: { en: 'b' }, minutes: 1, owner: people[1], mandate: idAt(3, 0) }]
				}
			},
			[]
		);
		expect(decide(meeting, commandFor({ name: 'meeting.describe', body: { minutes: 9 } }, meeting), contextOf())).toEqual([
			{ name: 'meeting.described', minutes: 9 }
		]);
		expect(decide(meeting, commandFor({ name: 'agenda.change', body: { item: { pick: 0 }, minutes: 9 } }, meeting), contextOf())).toEqual([
			{ name: 'agenda.changed', item: meeting!.agenda[0]!.id, minutes: 9 }
		]);
	});

	test('MEET-7 what is proposed is on the agenda once a facilitator agrees, and is not taken into a duplicate before', () => {
		const { meeting } = happen(
			{ name: 'meeting.schedule', body: { title: { en: 'a' }, startsAt: 0, minutes: 1, agenda: [{ kind: 'brainstorm', title: { en: 'b' }, minutes: 1 }] } },
			[]
		);
		const member = contextOf({ actor: { role: 'member', administrator: false, person: people[3]! }, newId: counted(9) });
		const propose = commandFor({ name: 'agenda.propose', body: { kind: 'swot', title: { en: 'c' }, minutes: 2, owner: people[2] } }, meeting);
		const proposed = (decide(meeting, propose, member) as MeetingEvent[]).reduce<Meeting | null>(evolve, meeting)!;
		expect(proposed.agenda.map(({ proposedBy }) => proposedBy)).toEqual([null, people[3]]);
		const accept = commandFor({ name: 'agenda.accept', body: { item: { pick: 1 } } }, proposed);
		expect(decide(proposed, accept, member)).toBe('not-allowed');
		const { members, mandate } = contextOf().thinkTank;
		const copy = (of: Meeting, without: string[] = []) =>
			scheduleLike(of, 5, { ...contextOf().thinkTank, members: new Set([...members].filter((person) => !without.includes(person))), mandate }).body;
		expect(copy(proposed).agenda.map(({ kind }) => kind)).toEqual(['brainstorm']);
		expect(copy(proposed).agenda[0]!.columns).toEqual([firstColumn]);
		const agreed = (decide(proposed, accept, contextOf()) as MeetingEvent[]).reduce<Meeting | null>(evolve, proposed)!;
		expect(agreed.agenda.map(({ proposedBy }) => proposedBy)).toEqual([null, null]);
		expect(copy(agreed).agenda.map(({ owner }) => owner)).toEqual([null, people[2]]);
		expect(copy(agreed, [people[2]!]).agenda.map(({ owner }) => owner)).toEqual([null, null]);
		expect(decide(agreed, accept, contextOf())).toEqual([]);
	});

	test('FOLLOW-1 FOLLOW-2 a meeting is at the first agreed point, and then where it is taken', () => {
		const item = { kind: 'discussion', title: { en: 'a' }, minutes: 1 };
		const { meeting } = happen({ name: 'meeting.schedule', body: { title: { en: 'a' }, startsAt: 0, minutes: 1, agenda: [item, item, item] } }, []);
		let now = meeting!;
		const ids = now.agenda.map(({ id }) => id);
		const ask = (name: (typeof commandNames)[number], body: object = {}) => decide(now, commandFor({ name, body }, now), contextOf({ newId: counted(9) }));
		const take = (...asked: Parameters<typeof ask>) => (now = (ask(...asked) as MeetingEvent[]).reduce<Meeting | null>(evolve, now)!);
		expect(now.point).toBeNull();
		expect(ask('meeting.turn', { item: ids[1] })).toBe('meeting-scheduled');
		expect(take('meeting.open').point).toBe(ids[0]);
		expect(ask('meeting.turn', { item: ids[0] })).toEqual([]);
		expect(take('meeting.turn', { item: ids[1] }).point).toBe(ids[1]);
		expect(ask('meeting.turn', { item: idAt(7, 0) })).toBe('no-such-item');
		take('agenda.propose', item);
		expect(ask('meeting.turn', { item: now.agenda[3]!.id })).toBe('item-proposed');
		take('meeting.close');
		expect(take('meeting.reopen').point).toBe(ids[1]);
		// another one taken off changes nothing, its own leads on, and the last one back
		expect(take('agenda.move', { item: ids[0], before: null }).point).toBe(ids[1]);
		expect(take('agenda.remove', { item: ids[1] }).point).toBe(ids[2]);
		take('meeting.turn', { item: ids[0] });
		expect(take('agenda.remove', { item: ids[0] }).point).toBe(ids[2]);
		expect(ask('agenda.remove', { item: ids[2] })).toBe('agenda-empty');
	});

	test('TIME-1 TIME-2 the time at a point is counted over all stays, and what is left says when the meeting ends', () => {
		const minute = 60_000;
		const item = { kind: 'discussion', title: { en: 'a' }, minutes: 10 };
		const { meeting } = happen({ name: 'meeting.schedule', body: { title: { en: 'a' }, startsAt: 0, minutes: 1, agenda: [item, item, item] } }, []);
		let now = meeting!;
		const ids = now.agenda.map(({ id }) => id);
		const take = (at: number, name: (typeof commandNames)[number], body: object = {}) =>
			(now = (decide(now, commandFor({ name, body }, now), contextOf({ now: at * minute })) as MeetingEvent[]).reduce<Meeting | null>(evolve, now)!);
		const used = (at: number) => now.agenda.map((item) => usedMsOf(item, now, at * minute) / minute);
		expect(endsAt(now, 0)).toBeNull();
		take(100, 'meeting.open');
		expect([used(103), endsAt(now, 103 * minute)]).toEqual([[3, 0, 0], 130 * minute]);
		take(104, 'meeting.turn', { item: ids[1] });
		take(116, 'meeting.turn', { item: ids[0] });
		// what another point took too long is late for ever; what is left of this one is as planned
		expect([used(118), endsAt(now, 118 * minute)]).toEqual([[6, 12, 0], 132 * minute]);
		take(120, 'meeting.close');
		expect([used(900), endsAt(now, 900 * minute)]).toEqual([[8, 12, 0], null]);
		take(200, 'meeting.reopen');
		expect(used(201)).toEqual([9, 12, 0]);
		// over time: only what comes is left
		expect(endsAt(now, 205 * minute)).toBe(215 * minute);
		// a clock that went back takes nothing away
		expect(used(10)).toEqual([8, 12, 0]);
		take(190, 'meeting.turn', { item: ids[2] });
		expect(used(190)).toEqual([8, 12, 0]);
	});

	test('MEET-8 a co-facilitator is somebody of the think tank, and is so once', () => {
		const { meeting } = happen({ name: 'meeting.schedule', body: { title: { en: 'a' }, startsAt: 0, minutes: 1 } }, []);
		const name = (person: string) => commandFor({ name: 'facilitator.name', body: { person } }, meeting);
		expect(decide(meeting, name(idAt(2, 0)), contextOf())).toBe('no-such-person');
		const named = (decide(meeting, name(people[2]!), contextOf()) as MeetingEvent[]).reduce<Meeting | null>(evolve, meeting)!;
		expect(decide(named, name(people[2]!), contextOf())).toEqual([]);
		const release = commandFor({ name: 'facilitator.release', body: { person: people[2] } }, meeting);
		// also when they have left the think tank since
		expect(decide(named, release, contextOf({ thinkTank: { members: new Set() } }))).toEqual([{ name: 'facilitator.released', person: people[2] }]);
		expect(decide(meeting, release, contextOf())).toEqual([]);
	});
});

const scheduledEvent = (): Extract<MeetingEvent, { name: 'meeting.scheduled' }> => ({
	name: 'meeting.scheduled',
	meeting: idAt(8, 0),
	thinkTank,
	number: 1,
	title: { en: 'a' },
	startsAt: 0,
	minutes: 1,
	place: null,
	callLink: null,
	quorum: null,
	agenda: []
});

/** The states in which something can happen, written down a second time. */
const untilClosed = ['scheduled', 'live'];
const statesOf: Record<Exclude<EventName, 'meeting.scheduled'>, readonly string[]> = {
	'meeting.described': untilClosed,
	'meeting.postponed': ['scheduled'],
	'meeting.cancelled': ['scheduled'],
	'meeting.duplicated': ['scheduled', 'live', 'closed', 'cancelled'],
	'meeting.opened': ['scheduled'],
	'meeting.closed': ['live'],
	'meeting.reopened': ['closed', 'cancelled'],
	'meeting.turned': ['live'],
	'agenda.added': untilClosed,
	'agenda.accepted': untilClosed,
	'agenda.changed': untilClosed,
	'agenda.moved': untilClosed,
	'agenda.removed': untilClosed,
	'step.turned': ['live'],
	'step.switched': ['live'],
	'drafts.revealed': ['live'],
	'facilitator.named': untilClosed,
	'facilitator.released': untilClosed,
	'timer.started': ['live'],
	'timer.paused': ['live'],
	'timer.resumed': ['live'],
	'timer.extended': ['live'],
	'timer.stopped': ['live'],
	'turns.asked': ['live'],
	'turns.withdrawn': ['live'],
	'turns.given': ['live'],
	'turns.ended': ['live'],
	'turns.dropped': ['live'],
	'turns.arranged': ['live'],
	'vote.opened': ['live'],
	'vote.closed': ['live'],
	'vote.cancelled': ['live'],
	'decision.adopted': ['live'],
	'decision.withdrawn': ['live']
};

/** What is true of every meeting. */
function check(meeting: Meeting): void {
	const { agenda, point, pointSince, coFacilitators, state, openedAt, closedAt, timer, floor } = meeting;
	expect(agenda.length).toBeLessThanOrEqual(limits.agendaItems);
	const ids = agenda.flatMap(({ id, document }) => [id, document]);
	expect(new Set(ids).size).toBe(ids.length);
	expect(new Set(coFacilitators).size).toBe(coFacilitators.length);
	for (const person of coFacilitators) expect(people).toContain(person);
	for (const { kind, columns, owner } of agenda) {
		expect(columns.length > 0).toBe(kind === 'brainstorm');
		expect(new Set(columns.map(({ id }) => id)).size).toBe(columns.length);
		if (owner !== null) expect(people).toContain(owner);
	}
	if (state === 'live' || state === 'closed') expect(agenda.find(({ id }) => id === point)?.proposedBy).toBe(null);
	else expect(point).toBeNull();
	expect(pointSince !== null).toBe(state === 'live');
	const open = meeting.votes.filter((vote) => vote.state === 'open');
	expect(open.length).toBeLessThanOrEqual(state === 'live' ? 1 : 0);
	for (const { item } of open) expect(agenda.some(({ id }) => id === item)).toBe(true);
	const numbers = meeting.decisions.map(({ number }) => number);
	expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
	const stand = standing(meeting).map(({ wording }) => wording);
	expect(new Set(stand).size).toBe(stand.length);
	for (const { usedMs } of agenda) expect(usedMs).toBeGreaterThanOrEqual(0);
	expect(openedAt !== null).toBe(state === 'live' || state === 'closed');
	if (state === 'closed') expect(closedAt).not.toBeNull();
	if (state !== 'live') expect([timer, floor.queue, floor.speaker]).toEqual([null, [], null]);
	if (timer) expect(Math.max(0, timer.leftMs)).toBeLessThanOrEqual(limits.timerMinutes * 60_000);
	expect(floor.queue.length).toBeLessThanOrEqual(limits.turnsAsked);
	for (const list of [floor.queue, floor.spoken]) expect(new Set(list.map(({ person }) => person)).size).toBe(list.length);
	expect(floor.queue.map(({ person }) => person)).not.toContain(floor.speaker?.person);
	for (const { ms, turns } of floor.spoken) expect(Math.min(ms, turns)).toBeGreaterThanOrEqual(0);
}
