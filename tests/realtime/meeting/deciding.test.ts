import { decide, type Context } from '#realtime/meeting/decide.ts';
import { adoptable, adoptedAs, standing, type Decision, type WrittenDecision } from '#realtime/meeting/decisions.ts';
import { commands } from '#realtime/meeting/commands.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import type { Marks } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { candidates, commandFor, contextOf, counted, frozen, idAt, people, strangers, written } from '../../support/meeting-commands.ts';

/** What becomes of decisions in a meeting. */

const { card, ...wording } = written;
const newId = counted(12);

type Change = Parameters<typeof contextOf>[0];

/** A live meeting of two points that goes on with what is asked of it. */
function live() {
	const point = { kind: 'swot', title: { en: 'a' }, minutes: 10 };
	let meeting: Meeting | null = null;
	const ask = (name: string, body: object, change: Change = {}) => {
		const thinkTank = { nextDecision: (meeting?.decisions.length ?? 0) + 1, ...change.thinkTank };
		return decide(frozen(meeting), commandFor({ name: name as 'meeting.open', body }, meeting), frozen(contextOf({ newId, ...change, thinkTank })) as Context);
	};
	const take = (...asked: Parameters<typeof ask>): Meeting => {
		const answer = ask(...asked);
		if (typeof answer === 'string') throw new Error(answer);
		return (meeting = answer.reduce<Meeting | null>(evolve, meeting)!);
	};
	take('meeting.schedule', { title: { en: 'a' }, startsAt: 0, minutes: 60, agenda: [point, point] });
	const [item, elsewhere] = take('meeting.open', {}).agenda.map(({ id }) => id) as [string, string];
	const adopt = (body: object = {}) => ({ ...wording, item, wording: idAt(11, 0), by: 'consensus', ...body });
	/** a vote that has been closed, with these ballots in it */
	const voted = (body: object, marks: (vote: Vote) => Marks[]): Vote => {
		const { id } = take('vote.open', { item, level: 'open', ...body }).votes.at(-1)!;
		const ballots = marks(meeting!.votes.at(-1)!);
		take('vote.close', { vote: id }, { polling: { box: { ballots, entitled: 5 } } });
		return meeting!.votes.at(-1)!;
	};
	const motion = (values: number[], body: object = {}) =>
		voted({ rule: { kind: 'choice' }, options: { texts: ['a motion'] }, majority: 'simple', ...body }, ({ options: [option] }) =>
			values.map((value) => ({ [option!.id]: value }))
		);
	return { ask, take, adopt, voted, motion, item, elsewhere, now: () => meeting! };
}

const decisionIn = (answer: ReturnType<typeof decide>): Decision => {
	const [event] = answer as MeetingEvent[];
	if (event?.name !== 'decision.adopted') throw new Error(String(answer));
	return event.decision;
};

test('DECIDE-3 what was read is adopted, with its number and where it came from; what reads otherwise by then is not', () => {
	const { ask, take, adopt, item, now } = live();
	expect(decisionIn(ask('decision.adopt', adopt(), { now: 77, thinkTank: { nextDecision: 12 } }))).toEqual({
		id: expect.any(String),
		number: 12,
		item,
		document: now().agenda[0]!.document,
		wording: idAt(11, 0),
		card,
		...wording,
		by: 'consensus',
		at: 77,
		withdrawnAt: null
	});
	const others: Partial<WrittenDecision>[] = [
		{ text: `${wording.text}.` },
		{ person: people[2]! },
		{ person: null, office: 'An office' },
		{ due: null },
		{ mandate: null }
	];
	for (const other of others) expect(ask('decision.adopt', adopt(), { written: { ...written, ...other } }), JSON.stringify(other)).toBe('wording-changed');
	expect(ask('decision.adopt', adopt(), { written: null })).toBe('wording-changed');
	// blanks at its ends are no words
	expect(decisionIn(ask('decision.adopt', adopt(), { written: { ...written, text: `  ${wording.text}\n` } })).text).toBe(wording.text);
	expect(take('decision.adopt', adopt()).decisions).toHaveLength(1);
});

test('DECIDE-3 whatever is written, what it is adopted as can be sent, and is the same when it is made again', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.option(fc.string({ unit: 'grapheme', maxLength: 40 })), (text, office) => {
			const clean = adoptable({ text, person: null, office, due: 'never', mandate: 'x' });
			expect(adoptable(clean)).toEqual(clean);
			const sent = { ...clean, item: idAt(1, 1), wording: idAt(1, 1), by: 'consensus' as const };
			const taken = commands['decision.adopt'].safeParse(sent);
			// there may be nothing to see in it
			if (/[\p{L}\p{N}\p{P}\p{S}]/u.test(clean.text) && (clean.office === null || /[\p{L}\p{N}\p{P}\p{S}]/u.test(clean.office)))
				expect(taken.data).toEqual(sent);
		}),
		{ numRuns: 1_000 }
	);
	expect(adoptable({ ...wording, text: ' a\r\nb\u2028c\t\u202ed\u0000 ' }).text).toBe('a\nb\nc d');
	const sent = (body: object) => commands['decision.adopt'].safeParse({ ...wording, item: idAt(1, 1), wording: idAt(1, 1), by: 'consensus', ...body }).success;
	for (const body of [{ text: '' }, { text: 'x'.repeat(limits.decisionUnits + 1) }, { text: 'a\u202eb' }, { due: '2027-02-30' }, { by: 'force' }, { by: {} }])
		expect(sent(body), JSON.stringify(body)).toBe(false);
	expect(sent({ text: 'a\nb' })).toBe(true);
});

test('DECIDE-4 by a vote of that point that was closed and carried, and it keeps what came of it', () => {
	const { ask, adopt, motion, voted, now, take, item, elsewhere } = live();
	const by = (vote: Vote, body: object = {}) => ask('decision.adopt', adopt({ by: { vote: vote.id }, ...body }));
	const carried = motion([1, 1, -1, 0]);
	expect(decisionIn(by(carried)).by).toEqual({
		vote: carried.id,
		kind: 'choice',
		voted: 4,
		entitled: 5,
		tally: carried.result!.tallies[0],
		place: null
	});
	expect(by(carried, { item: elsewhere })).toBe('no-such-vote');
	expect(ask('decision.adopt', adopt({ by: { vote: idAt(7, 3) } }))).toBe('no-such-vote');
	expect(by(motion([1, -1, -1]))).toBe('vote-lost');
	expect(by(motion([1, 1], { quorum: { voters: 3 } }))).toBe('vote-lost');
	expect(by(motion([], { majority: null }))).toBe('vote-lost');
	expect(by(motion([-1], { majority: null }))).toHaveLength(1);

	const dots = { rule: { kind: 'dots', budget: 5, perCard: 3 }, options: { cards: null } };
	const ordered = voted(dots, () => [{ [candidates[0]!.id]: 2, [candidates[2]!.id]: 3 }]);
	expect(decisionIn(by(ordered)).by).toMatchObject({ kind: 'dots', voted: 1, tally: { option: card, points: 2 }, place: 2 });
	const ofNothing = ask('decision.adopt', adopt({ by: { vote: ordered.id } }), { written: { ...written, card: null } });
	expect(decisionIn(ofNothing).by).toMatchObject({ tally: null, place: null });

	const open = take('vote.open', { item, level: 'open', ...dots }).votes.at(-1)!;
	expect(by(open)).toBe('vote-open');
	take('vote.cancel', { vote: open.id });
	expect(by(now().votes.at(-1)!)).toBe('vote-over');
});

test('DECIDE-4 by whoever conducts the meeting, and by its chair also beside them; at an agreed point', () => {
	const { ask, adopt, take } = live();
	const roles = ['facilitator', 'co-facilitator', 'chair', 'member', 'observer', 'guest', null] as const;
	const may = roles.filter(
		(role) => ask('decision.adopt', adopt(), { facilitated: true, actor: { role, administrator: true, person: people[3]! } }) !== 'not-allowed'
	);
	expect(may).toEqual(['facilitator', 'co-facilitator', 'chair']);
	const proposed = take('agenda.propose', { kind: 'swot', title: { en: 'b' }, minutes: 5 }).agenda.at(-1)!;
	expect(ask('decision.adopt', adopt({ item: proposed.id }))).toBe('item-proposed');
	expect(ask('decision.adopt', adopt({ item: idAt(7, 0) }))).toBe('no-such-item');
});

test('DECIDE-5 nobody from elsewhere answers for it, and it cites no mandate of others', () => {
	const { ask, adopt } = live();
	const other = (change: Partial<WrittenDecision>) => ask('decision.adopt', adopt(change), { written: { ...written, ...change } });
	expect(other({ person: strangers[0]! })).toBe('no-such-person');
	expect(other({ mandate: idAt(3, 9) })).toBe('no-such-mandate');
	expect(other({ person: null, office: 'An office', mandate: null, due: null })).toHaveLength(1);
});

test('DECIDE-7 what was adopted stays as it was, is withdrawn once, and its wording is adopted anew under a new number', () => {
	const { ask, take, adopt, elsewhere, item, now } = live();
	const [first] = take('decision.adopt', adopt()).decisions as [Decision];
	// the same again changes nothing; something else is not put in its place
	expect(ask('decision.adopt', adopt())).toEqual([]);
	const changed = { written: { ...written, text: 'Something else' } };
	expect(ask('decision.adopt', adopt({ text: 'Something else' }), changed)).toBe('decision-adopted');
	take('meeting.turn', { item: elsewhere });
	take('agenda.remove', { item });
	expect(now().decisions).toEqual([first]);
	const withdrawn = take('decision.withdraw', { decision: first.id }, { now: 9 });
	expect(withdrawn.decisions).toEqual([{ ...first, withdrawnAt: 9 }]);
	expect([standing(withdrawn), adoptedAs(withdrawn, first.wording)]).toEqual([[], null]);
	expect(ask('decision.withdraw', { decision: first.id })).toEqual([]);
	expect(ask('decision.withdraw', { decision: idAt(7, 0) })).toBe('no-such-decision');
	const again = take('decision.adopt', adopt({ item: elsewhere, text: 'Something else' }), changed);
	expect(again.decisions.map(({ number, text }) => [number, text])).toEqual([
		[1, wording.text],
		[2, 'Something else']
	]);
	take('meeting.close', {});
	expect(ask('decision.withdraw', { decision: again.decisions[1]!.id })).toBe('meeting-closed');
});

test('DECIDE-7 a meeting has no more decisions than it holds', () => {
	const { ask, take, adopt } = live();
	for (let n = 0; n < limits.decisionsPerMeeting; n++) take('decision.adopt', adopt({ wording: idAt(11, n) }));
	expect(ask('decision.adopt', adopt({ wording: idAt(11, 99) }))).toBe('decisions-full');
});

test('DECIDE-9 a wording that was taken along to another point is not adopted a second time', () => {
	const { ask, take, adopt, elsewhere } = live();
	take('decision.adopt', adopt());
	expect(ask('decision.adopt', adopt({ item: elsewhere }))).toEqual([]);
	expect(ask('decision.adopt', adopt({ item: elsewhere, due: null }), { written: { ...written, due: null } })).toBe('decision-adopted');
});
