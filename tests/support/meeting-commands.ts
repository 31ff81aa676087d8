import { commandNames, commands, type Command, type CommandName } from '#realtime/meeting/commands.ts';
import { decide, type Context } from '#realtime/meeting/decide.ts';
import { idFrom, idLength, type Id } from '#realtime/meeting/ids.ts';
import { turnKinds } from '#realtime/meeting/floor.ts';
import type { WrittenDecision } from '#realtime/meeting/decisions.ts';
import { limits } from '#realtime/meeting/limits.ts';
import { agendaKinds, firstColumn, type Meeting } from '#realtime/meeting/meetings.ts';
import type { Quorum } from '#realtime/meeting/quorum.ts';
import { openStep, stepKinds } from '#realtime/meeting/steps.ts';
import { roles, type Rights } from '#realtime/meeting/roles.ts';
import { majorities, voteLevels, type VoteRule } from '#realtime/meeting/vote-rules.ts';
import type { Candidate } from '#realtime/meeting/voting.ts';
import fc from 'fast-check';

/** Random commands about meetings, well-formed and about what is there more often than not. */

/** The nth id of a kind. */
export const idAt = (kind: number, n: number): Id =>
	idFrom(Uint8Array.from({ length: idLength }, (_, i) => (i === 0 ? kind : i < 15 ? 0 : (n >> (5 * (19 - i))) & 31)));

export const people = Array.from({ length: 5 }, (_, n) => idAt(1, n));
export const strangers = Array.from({ length: 2 }, (_, n) => idAt(2, n));
export const mandate = Array.from({ length: 3 }, (_, n) => idAt(3, n));
export const thinkTank = idAt(4, 0);

/** What is on every board. */
export const candidates: Candidate[] = Array.from({ length: 3 }, (_, n) => ({ id: idAt(9, n), text: `card ${n}`, authors: [people[n]!] }));

/** As every decision is worded, wherever. */
export const written: WrittenDecision = {
	text: 'What is decided',
	person: people[1]!,
	office: null,
	due: '2027-01-31',
	mandate: mandate[0]!,
	card: candidates[0]!.id
};
const { card: _, ...wording } = written;

/** Ids one after the other. */
export function counted(kind = 5): () => Id {
	let n = 0;
	return () => idAt(kind, n++);
}

export const contextOf = (change: Partial<Omit<Context, 'thinkTank'>> & { thinkTank?: Partial<Context['thinkTank']> } = {}): Context => ({
	actor: { role: 'facilitator', administrator: true, person: people[0]! },
	now: Date.UTC(2026, 10, 23),
	newId: counted(),
	facilitated: false,
	waiting: { people: 4, anonymous: 4 },
	silence: { forMs: limits.unconductedMs, neededMs: limits.unconductedMs, members: new Set(people), agreed: new Set(people) },
	polling: { candidates, key: 'a key', box: { ballots: [], entitled: people.length } },
	written,
	...change,
	thinkTank: { id: thinkTank, archived: false, nextNumber: 1, nextDecision: 1, members: new Set(people), mandate: new Set(mandate), ...change.thinkTank }
});

/** Whoever may ask: every role, nobody, and an administrator beside. */
export const rights: fc.Arbitrary<Rights> = fc.record({ role: fc.constantFrom(...roles, null), administrator: fc.boolean() });

/** Words that are allowed and look as if they should not be. */
const strange = [
	'<script>alert(1)</script>',
	"=cmd|' /C calc'!A0",
	"'); drop table meetings; --",
	'می‌روم به «نشست»',
	'{"$ne":null}',
	'${7*7}',
	'👩🏽‍🚀',
	'𝒳',
	'e\u0301',
	'__proto__',
	'\\u0000',
	'%00'
];
const words = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...strange) }, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }));
const localText = fc.oneof(
	words.map((fa) => ({ fa })),
	words.map((en) => ({ en })),
	fc.record({ fa: words, en: words })
);
const minutes = fc.integer({ min: 1, max: limits.agendaItemMinutes });
const startsAt = fc.integer({ min: limits.earliestMs, max: limits.latestMs });
const nobodyOr = (ids: readonly Id[]) => fc.constantFrom(null, ...ids);
const column = fc.record({ id: fc.constantFrom(firstColumn.id, idAt(6, 0), idAt(6, 1), idAt(6, 2)), title: fc.option(words) });
const columns = fc.uniqueArray(column, { minLength: 1, maxLength: 4, selector: ({ id }) => id });
const step = fc.constantFrom(openStep.id, ...Array.from({ length: 4 }, (_, n) => idAt(10, n)));
const steps = fc.uniqueArray(
	fc.record({
		id: step,
		kind: fc.constantFrom(...stepKinds),
		title: fc.option(localText),
		// on notes nobody writes in private: now and then is enough
		see: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
		edit: fc.boolean(),
		held: fc.boolean(),
		anonymous: fc.boolean(),
		until: fc.option(fc.constant(1_800_000_000_000))
	}),
	{ minLength: 1, maxLength: 5, selector: ({ id }) => id }
);
const point = { title: localText, minutes, owner: nobodyOr([...people, strangers[0]!]), mandate: nobodyOr([...mandate, idAt(3, 9)]), columns, steps };
const draft = fc
	.record({ kind: fc.constantFrom(...agendaKinds), ...point }, { requiredKeys: ['kind', 'title', 'minutes'] })
	// columns on another kind are refused: now and then is enough
	.chain((item) => fc.boolean().map((keep) => (item.kind === 'brainstorm' || keep ? item : (({ columns: _, ...rest }) => rest)(item))));
const about = {
	title: localText,
	minutes: fc.integer({ min: 1, max: limits.meetingMinutes }),
	place: fc.option(words),
	callLink: fc.constantFrom(null, 'https://example.org/a?b=c#d', 'http://نمونه.ایران/'),
	quorum: fc.constantFrom<Quorum | null>(null, { voters: 2 }, { share: 'half' }, { share: 'two-thirds' })
};

/** What is voted on: of a motion one text, else two or more; now and then what does not fit. */
const optionsOf = ({ kind }: VoteRule) =>
	fc.oneof(
		{ weight: 3, arbitrary: fc.record({ texts: kind === 'choice' ? fc.tuple(words) : fc.array(words, { minLength: 2, maxLength: 5 }) }) },
		{ weight: 1, arbitrary: fc.record({ texts: fc.array(words, { minLength: 1, maxLength: 5 }) }) },
		{
			weight: 1,
			arbitrary: fc.record({ cards: fc.constantFrom(null, [candidates[0]!.id], [candidates[0]!.id, candidates[2]!.id], [idAt(7, 1)]) })
		}
	);

/** Which point of an agenda, whatever there is on it. */
type Pick = { pick: number };
const pick: fc.Arbitrary<Pick> = fc.nat({ max: 50 }).map((n) => ({ pick: n }));
const before = fc.option(pick);
// one of another kind is refused: now and then is enough
const from = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: pick });

const timerMinutes = fc.integer({ min: 1, max: limits.timerMinutes });
/** Which vote or decision of a meeting, or step of the activity at hand, whatever there are; or that activity, mostly. */
type PickOf = { pick: number; of?: 'votes' | 'present' | 'steps' | 'decisions' };
const pickOf = (of: PickOf['of'] & string): fc.Arbitrary<PickOf> => fc.nat({ max: 50 }).map((n) => ({ pick: n, of }));
const vote = pickOf('votes');
const rule: fc.Arbitrary<VoteRule> = fc.oneof(
	fc.record({ kind: fc.constant('dots' as const), budget: fc.integer({ min: 1, max: 6 }), perCard: fc.integer({ min: 1, max: 6 }) }),
	fc.record({ kind: fc.constant('approve' as const), max: fc.integer({ min: 1, max: 4 }) }),
	fc.record({ kind: fc.constant('score' as const), all: fc.boolean() }),
	fc.record({ kind: fc.constant('rank' as const), top: fc.option(fc.integer({ min: 1, max: 4 })) }),
	fc.record({ kind: fc.constant('choice' as const) })
);

const bodies: Record<CommandName, fc.Arbitrary<object>> = {
	'meeting.schedule': fc.record({ ...about, startsAt, agenda: fc.array(draft, { maxLength: 6 }) }, { requiredKeys: ['title', 'minutes', 'startsAt'] }),
	'meeting.describe': fc.record(about, { requiredKeys: [] }),
	'meeting.postpone': fc.record({ startsAt, minutes }, { requiredKeys: ['startsAt'] }),
	'meeting.cancel': fc.constant({}),
	'meeting.duplicate': fc.record({ startsAt }),
	'meeting.open': fc.constant({}),
	'meeting.close': fc.constant({}),
	'meeting.turn': fc.record({ item: pick }),
	'meeting.reopen': fc.constant({}),
	'agenda.add': fc.tuple(draft, before, from).map(([item, before, from]) => ({ ...item, before, from })),
	'agenda.propose': draft,
	'agenda.accept': fc.record({ item: pick }),
	'agenda.change': fc.record({ item: pick, ...point }, { requiredKeys: ['item'] }),
	'agenda.move': fc.record({ item: pick, before }),
	'agenda.remove': fc.record({ item: pick }),
	'step.turn': fc.record({ item: pickOf('present'), step: pickOf('steps') }),
	'step.switch': fc.record(
		{ item: pickOf('present'), see: fc.boolean(), edit: fc.boolean(), held: fc.boolean(), until: fc.option(fc.constant(1_800_000_000_000)) },
		{ requiredKeys: ['item'] }
	),
	'drafts.admit': fc.record({ item: pickOf('present') }),
	'conduct.take': fc.constant({}),
	'facilitator.name': fc.record({ person: fc.constantFrom(...people, ...strangers) }),
	'facilitator.release': fc.record({ person: fc.constantFrom(...people, ...strangers) }),
	'timer.start': fc.record({ minutes: timerMinutes }),
	'timer.pause': fc.constant({}),
	'timer.resume': fc.constant({}),
	'timer.extend': fc.record({ minutes: timerMinutes }),
	'timer.stop': fc.constant({}),
	'turns.ask': fc.record({ as: fc.constantFrom(...turnKinds) }),
	'turns.withdraw': fc.constant({}),
	'turns.give': fc.record({ person: fc.constantFrom(...people, ...strangers) }),
	'turns.end': fc.record({ person: fc.constantFrom(...people) }),
	'turns.drop': fc.record({ person: fc.constantFrom(...people) }),
	'turns.set': fc.record(
		{ seconds: fc.option(fc.integer({ min: limits.turnSecondsAtLeast, max: limits.turnSeconds })), fair: fc.boolean() },
		{ requiredKeys: [] }
	),
	'vote.open': rule.chain((rule) =>
		fc.record(
			{
				item: pick,
				question: fc.option(words),
				rule: fc.constant(rule),
				level: fc.constantFrom(...voteLevels),
				options: optionsOf(rule),
				guests: fc.boolean(),
				ownCards: fc.boolean(),
				quorum: fc.constantFrom(null, { voters: 2 }, { share: 'half' }),
				majority: fc.constantFrom(null, ...majorities)
			},
			{ requiredKeys: ['item', 'rule', 'level', 'options'] }
		)
	),
	'vote.close': fc.record({ vote }),
	'vote.cancel': fc.record({ vote }),
	'vote.again': fc.record({ vote }),
	'decision.adopt': fc
		.tuple(pick, fc.nat({ max: 3 }), fc.record({ text: words, due: fc.constantFrom(null, '2027-02-01') }, { requiredKeys: [] }), fc.option(vote))
		// as it is worded, mostly
		.map(([item, n, other, by]) => ({ ...wording, ...(n === 3 && other), item, wording: idAt(11, n), by: by ?? 'consensus' })),
	'decision.withdraw': fc.record({ decision: pickOf('decisions') })
};

/** A command of which the points are still to be picked. */
export interface Planned {
	name: CommandName;
	body: object;
}

const likely: Record<CommandName, number> = Object.fromEntries(commandNames.map((name) => [name, 2])) as Record<CommandName, number>;
// what the most depends on is asked the most: that a meeting is live, and has points, steps, a timer and votes
Object.assign(likely, {
	'agenda.add': 8,
	'agenda.propose': 4,
	'agenda.change': 4,
	'agenda.move': 6,
	'meeting.open': 16,
	'meeting.close': 1,
	'meeting.cancel': 1,
	'step.turn': 6,
	'timer.start': 6,
	'timer.pause': 4,
	'timer.resume': 4,
	'timer.extend': 4,
	'vote.open': 8,
	'vote.close': 4,
	'vote.cancel': 4,
	'vote.again': 4,
	'decision.adopt': 6,
	'decision.withdraw': 4
});

const wellFormed = ({ name, body }: Planned): boolean => commands[name].safeParse(resolved(body, null)).success;

export const planned: fc.Arbitrary<Planned> = fc
	.oneof(...commandNames.map((name) => ({ weight: likely[name], arbitrary: bodies[name].map((body): Planned => ({ name, body })) })))
	.filter(wellFormed);

export const plannedOf = (name: CommandName): fc.Arbitrary<Planned> => bodies[name].map((body): Planned => ({ name, body })).filter(wellFormed);

/** A meeting that comes to be, scheduled by a facilitator. */
export const scheduled: fc.Arbitrary<Planned> = plannedOf('meeting.schedule').filter(
	(plan) => typeof decide(null, commandFor(plan, null), contextOf()) !== 'string'
);

/** The command, with points of this meeting picked, as the schema gives it. */
export const commandFor = ({ name, body }: Planned, meeting: Meeting | null): Command =>
	({ name, body: commands[name].parse(resolved(body, meeting)) }) as Command;

function resolved(body: object, meeting: Meeting | null): object {
	const { agenda, votes, decisions, point } = meeting ?? { agenda: [], votes: [], decisions: [], point: null };
	const idOf = (value: unknown): unknown => {
		if (value === null || typeof value !== 'object' || !('pick' in value)) return value;
		const { pick, of } = value as PickOf;
		// one more than there are: somebody may have removed it meanwhile
		if (of === 'votes') return votes.at(-1 - (pick % (votes.length + 1)))?.id ?? idAt(7, 0);
		if (of === 'decisions') return decisions.at(-1 - (pick % (decisions.length + 1)))?.id ?? idAt(7, 0);
		if (of === 'present') return (pick % 8 > 0 ? point : agenda[pick % (agenda.length + 1)]?.id) ?? idAt(7, 0);
		const steps = agenda.find(({ id }) => id === point)?.steps ?? [];
		if (of === 'steps') return steps[pick % (steps.length + 1)]?.id ?? idAt(7, 0);
		return agenda[pick % (agenda.length + 1)]?.id ?? idAt(7, 0);
	};
	return Object.fromEntries(
		Object.entries(body).map(([key, value]) => [
			key,
			// what a decision rests on names its vote
			key === 'by' && value !== 'consensus' && 'pick' in (value as object) ? { vote: idOf(value) } : idOf(value)
		])
	);
}

/** Everything below is frozen: who writes to it throws. */
export function frozen<Value>(value: Value): Value {
	if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !(value instanceof Set)) {
		Object.freeze(value);
		for (const inner of Object.values(value)) frozen(inner);
	}
	return value;
}
