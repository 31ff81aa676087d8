import { placed, resultOf, tally, unfitness } from '#realtime/meeting/ballots.ts';
import { candidatesOf } from '#realtime/meeting/candidates.ts';
import { decide } from '#realtime/meeting/decide.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { limits } from '#realtime/meeting/limits.ts';
import type { Marks, VoteRule } from '#realtime/meeting/vote-rules.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candidates, commandFor, contextOf, counted, idAt, people } from '../../support/meeting-commands.ts';

/** Votes without a server: what they may be, what a ballot may say, and what comes of all of them. */

const newId = counted(11);

/** A live meeting with a board and notes on its agenda. */
function liveMeeting(): Meeting {
	const asked = {
		title: { en: 'A meeting' },
		startsAt: 0,
		minutes: 60,
		agenda: ['swot', 'discussion'].map((kind) => ({ kind, title: { en: kind }, minutes: 5 }))
	};
	const made = decide(null, commandFor({ name: 'meeting.schedule', body: asked }, null), contextOf({ newId })) as MeetingEvent[];
	return [...made, { name: 'meeting.opened', at: 1 } as const].reduce<Meeting | null>(evolve, null)!;
}

const ask = (meeting: Meeting, name: string, body: object, change: Parameters<typeof contextOf>[0] = {}) =>
	decide(meeting, commandFor({ name: name as 'vote.open', body }, meeting), contextOf({ newId, now: 7, ...change }));

/** What has become of the meeting, or why nothing has. */
function after(meeting: Meeting, name: string, body: object, change: Parameters<typeof contextOf>[0] = {}): Meeting {
	const events = ask(meeting, name, body, change);
	if (typeof events === 'string') throw new Error(events);
	return events.reduce<Meeting | null>(evolve, meeting)!;
}

const motion = (meeting: Meeting, change: object = {}) => ({
	item: meeting.agenda[1]!.id,
	rule: { kind: 'choice' },
	level: 'open',
	options: { texts: ['It is so.'] },
	...change
});
const onCards = (meeting: Meeting, rule: VoteRule, change: object = {}) => ({
	item: meeting.agenda[0]!.id,
	rule,
	level: 'unnamed',
	options: { cards: null },
	...change
});

const optionsOf = (count: number) => Array.from({ length: count }, (_, n) => ({ id: idAt(12, n), text: `option ${n}`, authors: n === 0 ? [people[0]!] : [] }));

/** A rule with options that fit it. */
const asked: fc.Arbitrary<Pick<Vote, 'rule' | 'options' | 'ownCards'>> = fc.integer({ min: 2, max: 8 }).chain((count) =>
	fc.record({
		rule: fc.oneof(
			fc
				.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
				.map(([a, b]): VoteRule => ({ kind: 'dots', budget: Math.max(a, b), perCard: Math.min(a, b) })),
			fc.integer({ min: 1, max: count }).map((max): VoteRule => ({ kind: 'approve', max })),
			fc.boolean().map((all): VoteRule => ({ kind: 'score', all })),
			fc.option(fc.integer({ min: 1, max: count })).map((top): VoteRule => ({ kind: 'rank', top }))
		),
		options: fc.constant(optionsOf(count)),
		ownCards: fc.constant(true)
	})
);

/** Whatever somebody may send: more often than not nearly right. */
const anyMarks = (options: readonly { id: string }[]): fc.Arbitrary<Marks> =>
	fc
		.uniqueArray(fc.constantFrom(...options.map(({ id }) => id), idAt(13, 1)), { maxLength: options.length + 1 })
		.chain((ids) =>
			fc
				.array(fc.integer({ min: -1, max: 6 }), { minLength: ids.length, maxLength: ids.length })
				.map((values) => Object.fromEntries(ids.map((id, i) => [id, values[i]!])))
		);

/** A ballot as an honest page makes it. */
function honestMarks({ rule, options }: Pick<Vote, 'rule' | 'options'>, random: () => number): Marks {
	const shuffled = options
		.map(({ id }) => [random(), id] as const)
		.sort(([a], [b]) => a - b)
		.map(([, id]) => id);
	const some = (most: number) => shuffled.slice(0, 1 + Math.floor(random() * most));
	switch (rule.kind) {
		case 'dots': {
			const marks: Marks = {};
			for (let left = 1 + Math.floor(random() * rule.budget), tries = 100; left > 0 && tries > 0; tries--) {
				const id = shuffled[Math.floor(random() * shuffled.length)]!;
				if ((marks[id] ?? 0) >= rule.perCard) continue;
				marks[id] = (marks[id] ?? 0) + 1;
				left--;
			}
			return marks;
		}
		case 'approve':
			return Object.fromEntries(some(rule.max).map((id) => [id, 1]));
		case 'score':
			return Object.fromEntries((rule.all ? shuffled : some(shuffled.length)).map((id) => [id, 1 + Math.floor(random() * 5)]));
		case 'rank':
			return Object.fromEntries((rule.top === null ? shuffled : some(rule.top)).map((id, i) => [id, i + 1]));
		case 'choice':
			return { [options[0]!.id]: Math.floor(random() * 3) - 1 };
	}
}

const manyBallots = asked.chain((vote) =>
	fc.record({
		vote: fc.constant(vote),
		seeds: fc.array(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 40, maxLength: 40 }), { maxLength: 30 })
	})
);
const ballotsOf = (vote: Pick<Vote, 'rule' | 'options'>, seeds: readonly (readonly number[])[]) =>
	seeds.map((seed) => {
		let at = 0;
		return honestMarks(vote, () => seed[at++ % seed.length]!);
	});

describe('opening', () => {
	test('VOTE-1 whoever conducts the meeting opens a vote at an agreed point, one at a time', () => {
		const meeting = liveMeeting();
		const open = after(meeting, 'vote.open', motion(meeting, { question: 'Shall it be so?', quorum: { voters: 3 }, majority: 'half-of-cast' }));
		expect(open.votes).toHaveLength(1);
		expect(open.votes[0]).toMatchObject({ item: meeting.agenda[1]!.id, round: 1, state: 'open', level: 'open', key: null, openedAt: 7, result: null });
		expect(ask(open, 'vote.open', motion(meeting))).toBe('vote-open');
		expect(ask(open, 'vote.again', { vote: open.votes[0]!.id })).toBe('vote-open');
		expect(ask(meeting, 'vote.open', motion(meeting, { item: idAt(7, 7) }))).toBe('no-such-item');
		for (const role of ['member', 'observer', 'guest'] as const) {
			expect(ask(meeting, 'vote.open', motion(meeting), { actor: { role, administrator: false, person: people[1]! } })).toBe('not-allowed');
		}
		const proposed = after(meeting, 'agenda.propose', { kind: 'discussion', title: { en: 'c' }, minutes: 1 });
		expect(ask(proposed, 'vote.open', motion(meeting, { item: proposed.agenda[2]!.id }))).toBe('item-proposed');
	});

	test('VOTE-1 the cards of the board become the options as they are then, all of them or those that were chosen', () => {
		const meeting = liveMeeting();
		const rule: VoteRule = { kind: 'dots', budget: 3, perCard: 2 };
		const all = after(meeting, 'vote.open', onCards(meeting, rule)).votes[0]!;
		expect(all.options).toEqual(candidates.map((candidate) => ({ ...candidate, authors: [] })));
		const some = after(meeting, 'vote.open', onCards(meeting, rule, { options: { cards: [candidates[2]!.id, candidates[0]!.id] }, ownCards: false })).votes[0]!;
		expect(some.options).toEqual([candidates[0], candidates[2]]);
		// one that is not there any more, and a point without a board
		expect(ask(meeting, 'vote.open', onCards(meeting, rule, { options: { cards: [candidates[0]!.id, idAt(7, 1)] } }))).toBe('vote-options');
		expect(ask(meeting, 'vote.open', onCards(meeting, rule, { item: meeting.agenda[1]!.id }))).toBe('vote-options');
		const long = { id: idAt(9, 9), text: `${'👩🏽‍🚀 word '.repeat(60)}`, authors: [] };
		const cut = after(meeting, 'vote.open', onCards(meeting, rule), { polling: { candidates: [long, candidates[0]!] } }).votes[0]!.options[0]!.text;
		expect(cut.length).toBeLessThanOrEqual(limits.voteOptionUnits);
		expect([cut.isWellFormed(), cut.endsWith('…')]).toEqual([true, true]);
		const crowd = Array.from({ length: limits.voteOptions + 1 }, (_, n) => ({ id: idAt(14, n), text: 'a', authors: [] }));
		expect(ask(meeting, 'vote.open', onCards(meeting, rule), { polling: { candidates: crowd } })).toBe('vote-options');
	});

	test('VOTE-1 a group is one option, by its title or its first card; what is deleted or empty is none', () => {
		const card = (n: number, change: object = {}) => ({
			cardId: idAt(15, n),
			groupId: null,
			groupTitle: null,
			text: `card ${n}`,
			authorId: people[n % 5]!,
			deleted: false,
			...change
		});
		const [group, untitled] = [idAt(16, 1), idAt(16, 2)];
		expect(
			candidatesOf([
				card(0),
				card(1, { groupId: group, groupTitle: 'Title' }),
				card(2, { deleted: true }),
				card(3, { groupId: group, groupTitle: 'Title' }),
				card(4, { text: ' ' }),
				card(5, { groupId: untitled, text: '' }),
				card(6, { groupId: untitled })
			])
		).toEqual([
			{ id: idAt(15, 0), text: 'card 0', authors: [people[0]] },
			{ id: group, text: 'Title', authors: [people[1], people[3]] },
			{ id: untitled, text: 'card 6', authors: [people[0], people[1]] }
		]);
	});

	test('VOTE-2 a rule that does not fit its options or its level is refused', () => {
		const meeting = liveMeeting();
		const refused: [body: object, refusal: string][] = [
			[onCards(meeting, { kind: 'dots', budget: 2, perCard: 3 }), 'vote-rule'],
			[onCards(meeting, { kind: 'approve', max: candidates.length + 1 }), 'vote-rule'],
			[onCards(meeting, { kind: 'rank', top: candidates.length + 1 }), 'vote-rule'],
			[onCards(meeting, { kind: 'rank', top: null }, { ownCards: false }), 'vote-rule'],
			[onCards(meeting, { kind: 'score', all: true }, { ownCards: false }), 'vote-rule'],
			[onCards(meeting, { kind: 'approve', max: 1 }, { ownCards: false, level: 'secret' }), 'vote-rule'],
			[onCards(meeting, { kind: 'approve', max: 1 }, { majority: 'simple' }), 'vote-rule'],
			[onCards(meeting, { kind: 'approve', max: 1 }, { options: { texts: ['a', 'b'] }, ownCards: false }), 'vote-rule'],
			[onCards(meeting, { kind: 'choice' }), 'vote-options'],
			[motion(meeting, { options: { texts: ['a', 'b'] } }), 'vote-options'],
			[motion(meeting, { rule: { kind: 'score', all: false } }), 'vote-options']
		];
		for (const [body, refusal] of refused) expect(ask(meeting, 'vote.open', body), JSON.stringify(body)).toBe(refusal);
	});

	test('VOTE-13 a meeting stays open, and a point on the agenda, as long as a vote of theirs is open', () => {
		const meeting = liveMeeting();
		const open = after(meeting, 'vote.open', motion(meeting));
		expect(ask(open, 'meeting.close', {})).toBe('vote-open');
		expect(ask(open, 'agenda.remove', { item: meeting.agenda[1]!.id })).toBe('vote-open');
		const closed = after(open, 'vote.close', { vote: open.votes[0]!.id });
		expect(ask(closed, 'meeting.close', {})).toBeInstanceOf(Array);
		// what came of it stays
		expect(after(closed, 'agenda.remove', { item: meeting.agenda[1]!.id }).votes).toEqual(closed.votes);
	});

	test('VOTE-14 a cancelled vote has no result; another round has the same options and rules; a meeting has up to 30', () => {
		let meeting = liveMeeting();
		meeting = after(meeting, 'vote.open', onCards(meeting, { kind: 'rank', top: 2 }, { level: 'secret', quorum: { share: 'half' } }));
		const [first] = meeting.votes as [Vote];
		expect(first.key).toBe('a key');
		meeting = after(meeting, 'vote.cancel', { vote: first.id });
		expect(meeting.votes[0]).toMatchObject({ state: 'cancelled', result: null, closedAt: 7 });
		expect(ask(meeting, 'vote.cancel', { vote: first.id })).toEqual([]);
		expect(ask(meeting, 'vote.close', { vote: first.id })).toBe('vote-over');
		meeting = after(meeting, 'vote.again', { vote: first.id }, { polling: { key: 'another' } });
		const { id, round, key, state, closedAt, ...same } = meeting.votes[1]!;
		expect({ round, key, state, closedAt }).toEqual({ round: 2, key: 'another', state: 'open', closedAt: null });
		expect(id).not.toBe(first.id);
		expect(first).toMatchObject(same);
		while (meeting.votes.length < limits.votesPerMeeting) {
			const { id } = meeting.votes.at(-1)!;
			meeting = after(after(meeting, 'vote.cancel', { vote: id }), 'vote.again', { vote: id });
		}
		meeting = after(meeting, 'vote.close', { vote: meeting.votes.at(-1)!.id });
		expect(ask(meeting, 'vote.again', { vote: first.id })).toBe('votes-full');
		expect(ask(meeting, 'vote.open', motion(meeting))).toBe('votes-full');
	});

	test('VOTE-7 a vote is closed by what is in its box, once', () => {
		const meeting = liveMeeting();
		const open = after(meeting, 'vote.open', motion(meeting));
		const { id, options } = open.votes[0]!;
		const box = { ballots: [{ [options[0]!.id]: 1 }, { [options[0]!.id]: -1 }], entitled: 5 };
		expect(ask(open, 'vote.close', { vote: id }, { polling: {} })).toBe('vote-over');
		const closed = after(open, 'vote.close', { vote: id }, { polling: { box } });
		expect(closed.votes[0]).toMatchObject({ state: 'closed', closedAt: 7, result: { voted: 2, entitled: 5 } });
		expect(ask(closed, 'vote.close', { vote: id })).toEqual([]);
		expect(ask(closed, 'vote.close', { vote: idAt(7, 7) })).toBe('no-such-vote');
		// a result that comes once more changes nothing
		const again = evolve(closed, { name: 'vote.closed', vote: id, at: 9, result: resultOf(open.votes[0]!, { ballots: [], entitled: 1 }) })!;
		expect(again.votes).toEqual(closed.votes);
	});
});

describe('ballots', () => {
	test('VOTE-3 what an honest page makes fits, whatever the rule', () => {
		fc.assert(
			fc.property(manyBallots, ({ vote, seeds }) => {
				for (const marks of ballotsOf(vote, seeds)) expect(unfitness(vote, marks, null)).toBeNull();
			})
		);
	});

	test('VOTE-3 what fits keeps within its rule, and nothing else fits', () => {
		let taken = 0;
		fc.assert(
			fc.property(
				asked.chain((vote) => fc.tuple(fc.constant(vote), anyMarks(vote.options))),
				([vote, marks]) => {
					const values = Object.values(marks);
					const known = Object.keys(marks).every((id) => vote.options.some((option) => option.id === id));
					const { rule, options } = vote;
					// written down a second time
					const right =
						known &&
						{
							dots: () =>
								values.length > 0 &&
								values.every((v) => v >= 1 && v <= (rule as { perCard: number }).perCard) &&
								values.reduce((a, b) => a + b, 0) <= (rule as { budget: number }).budget,
							approve: () => values.every((v) => v === 1) && values.length <= (rule as { max: number }).max,
							score: () =>
								values.length > 0 && values.every((v) => [1, 2, 3, 4, 5].includes(v)) && (!(rule as { all: boolean }).all || values.length === options.length),
							rank: () => {
								const { top } = rule as { top: number | null };
								return (
									values.length > 0 &&
									[...values].sort((a, b) => a - b).every((v, i) => v === i + 1) &&
									(top === null ? values.length === options.length : values.length <= top)
								);
							},
							choice: () => false
						}[rule.kind]();
					if (right) taken++;
					expect(unfitness(vote, marks, people[0]!)).toBe(right ? null : 'ballot-unfit');
				}
			),
			{ numRuns: 3_000 }
		);
		expect(taken).toBeGreaterThan(100);
	});

	test('VOTE-3 of a motion one is for it, against it, or neither', () => {
		const vote = { rule: { kind: 'choice' } as const, options: optionsOf(1), ownCards: true };
		const id = vote.options[0]!.id;
		for (const value of [-1, 0, 1]) expect(unfitness(vote, { [id]: value }, null)).toBeNull();
		for (const marks of [{}, { [id]: 2 }, { [id]: -2 }, { [idAt(13, 1)]: 1 }, { [id]: 1, [idAt(13, 1)]: 1 }])
			expect(unfitness(vote, marks, null)).toBe('ballot-unfit');
	});

	test('VOTE-3 where one may not vote for one’s own cards, nobody does', () => {
		const vote = { rule: { kind: 'dots', budget: 3, perCard: 3 } as const, options: optionsOf(3), ownCards: false };
		const [own, other] = vote.options.map(({ id }) => id) as [string, string];
		expect(unfitness(vote, { [own]: 1, [other]: 1 }, people[0]!)).toBe('own-card');
		expect(unfitness(vote, { [other]: 1 }, people[0]!)).toBeNull();
		expect(unfitness(vote, { [own]: 1 }, people[1]!)).toBeNull();
	});
});

describe('results', () => {
	test('VOTE-4 the tally does not depend on the order of the ballots, and every mark is in it once', () => {
		fc.assert(
			fc.property(manyBallots, fc.nat(), ({ vote, seeds }, turn) => {
				const ballots = ballotsOf(vote, seeds);
				const found = tally(vote, ballots);
				const turned = [...ballots.slice(turn % (ballots.length + 1)), ...ballots.slice(0, turn % (ballots.length + 1))].reverse();
				// averages are sums in another order
				expect(tally(vote, turned).map(({ points, ...rest }) => ({ ...rest, points: points.toFixed(9) }))).toEqual(
					found.map(({ points, ...rest }) => ({ ...rest, points: points.toFixed(9) }))
				);
				expect(found.map(({ option }) => option)).toEqual(vote.options.map(({ id }) => id));
				for (const { option, ballots: count, spread } of found) {
					const values = ballots.flatMap((marks) => marks[option] ?? []);
					expect(count).toBe(values.length);
					expect(
						Object.entries(spread)
							.flatMap(([value, times]) => Array.from({ length: times }, () => Number(value)))
							.sort()
					).toEqual([...values].sort());
				}
				if (vote.rule.kind === 'dots') {
					expect(found.reduce((sum, { points }) => sum + points, 0)).toBe(ballots.flatMap((marks) => Object.values(marks)).reduce((a, b) => a + b, 0));
					expect(found.reduce((sum, { points }) => sum + points, 0)).toBeLessThanOrEqual(ballots.length * vote.rule.budget);
				}
			})
		);
	});

	test('VOTE-4 another ballot for an option never puts it further down', () => {
		fc.assert(
			fc.property(manyBallots, ({ vote, seeds }) => {
				if (vote.rule.kind === 'score') return;
				const ballots = ballotsOf(vote, seeds);
				const { id } = vote.options[0]!;
				const alone: Marks = { [id]: 1 };
				if (unfitness(vote, alone, null) !== null) return;
				const placeIn = (all: readonly Marks[]) => placed(tally(vote, all)).find(({ option }) => option === id)!.place;
				expect(placeIn([...ballots, alone])).toBeLessThanOrEqual(placeIn(ballots));
			})
		);
	});

	test('VOTE-4 dots and orders are summed up, scores averaged; equals stand at the same place', () => {
		const options = optionsOf(3);
		const [a, b, c] = options.map(({ id }) => id) as [string, string, string];
		const points = (rule: VoteRule, ballots: Marks[]) => tally({ rule, options }, ballots).map((one) => one.points);
		expect(points({ kind: 'dots', budget: 5, perCard: 5 }, [{ [a]: 3, [b]: 2 }, { [b]: 1 }])).toEqual([3, 3, 0]);
		expect(points({ kind: 'score', all: false }, [{ [a]: 5, [b]: 1 }, { [a]: 2 }])).toEqual([3.5, 1, 0]);
		expect(
			points({ kind: 'rank', top: null }, [
				{ [a]: 1, [b]: 2, [c]: 3 },
				{ [b]: 1, [a]: 2, [c]: 3 }
			])
		).toEqual([5, 5, 2]);
		expect(points({ kind: 'rank', top: 2 }, [{ [a]: 1, [b]: 2 }, { [c]: 1 }])).toEqual([2, 1, 2]);
		expect(placed(tally({ rule: { kind: 'rank', top: 2 }, options }, [{ [a]: 1, [b]: 2 }, { [c]: 1 }])).map(({ option, place }) => [option, place])).toEqual([
			[a, 1],
			[c, 1],
			[b, 3]
		]);
	});

	test('VOTE-5 a motion is carried by its majority, and not without its quorum', () => {
		const options = optionsOf(1);
		const id = options[0]!.id;
		const result = (majority: Vote['majority'], quorum: Vote['quorum'], [yes, no, neither]: [number, number, number], entitled: number) => {
			const ballots = [...Array<number>(yes).fill(1), ...Array<number>(no).fill(-1), ...Array<number>(neither).fill(0)].map((value) => ({ [id]: value }));
			const { carried, quorumMet } = resultOf({ rule: { kind: 'choice' }, options, quorum, majority }, { ballots, entitled });
			return [carried, quorumMet];
		};
		expect(result('simple', null, [3, 2, 5], 20)).toEqual([true, null]);
		expect(result('simple', null, [2, 2, 0], 20)).toEqual([false, null]);
		expect(result('half-of-cast', null, [5, 0, 5], 20)).toEqual([false, null]);
		expect(result('half-of-cast', null, [6, 0, 5], 20)).toEqual([true, null]);
		expect(result('half-of-entitled', null, [10, 0, 0], 20)).toEqual([false, null]);
		expect(result('half-of-entitled', null, [11, 9, 0], 20)).toEqual([true, null]);
		expect(result('two-thirds-of-cast', null, [6, 3, 0], 20)).toEqual([true, null]);
		expect(result('two-thirds-of-cast', null, [6, 3, 1], 20)).toEqual([false, null]);
		expect(result('two-thirds-of-entitled', null, [13, 0, 0], 20)).toEqual([false, null]);
		expect(result('two-thirds-of-entitled', null, [14, 0, 0], 20)).toEqual([true, null]);
		expect(result('simple', { voters: 4 }, [3, 0, 0], 20)).toEqual([false, false]);
		expect(result('simple', { voters: 3 }, [3, 0, 0], 20)).toEqual([true, true]);
		expect(result('simple', { share: 'half' }, [10, 0, 0], 20)).toEqual([false, false]);
		expect(result('simple', { share: 'half' }, [10, 0, 1], 20)).toEqual([true, true]);
		expect(result(null, { share: 'two-thirds' }, [1, 0, 1], 3)).toEqual([null, true]);
		for (const majority of ['simple', 'half-of-cast', 'half-of-entitled', 'two-thirds-of-cast', 'two-thirds-of-entitled'] as const) {
			expect(result(majority, null, [0, 0, 0], 0)).toEqual([false, null]);
		}
	});
});
