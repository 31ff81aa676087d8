import { endsAt, itemOf, usedMsOf } from '#realtime/meeting/agenda.ts';
import { stepPatterns, type Command } from '#realtime/meeting/commands.ts';
import { decide, type Context } from '#realtime/meeting/decide.ts';
import type { MeetingEvent } from '#realtime/meeting/events.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import { surfaceOf, type AgendaKind, type Meeting } from '#realtime/meeting/meetings.ts';
import { may } from '#realtime/meeting/permissions.ts';
import { patternOf, recipeNames, recipeOf, recipesOn, samePattern, stepsOf, stepsOfPattern } from '#realtime/meeting/recipes.ts';
import { roles } from '#realtime/meeting/roles.ts';
import {
	anew,
	isNameless,
	isPassedOn,
	isPrivate,
	openStep,
	presentStep,
	privateRun,
	stepKinds,
	stepsBeside,
	switches,
	usualSwitches,
	type Step
} from '#realtime/meeting/steps.ts';
import { describe, expect, test } from 'vitest';
import { commandFor, contextOf, counted, idAt, people } from '../../support/meeting-commands.ts';

/** What becomes of an activity's steps, decided without anything else. */

const step = (n: number, kind: Step['kind'], change: Partial<Step> = {}): Step => ({
	id: idAt(10, n),
	kind,
	title: null,
	...usualSwitches[kind],
	anonymous: false,
	until: null,
	...change
});
const silent = [step(0, 'write'), step(1, 'reveal'), step(2, 'group'), step(3, 'vote')];

/** A live meeting at its first point, which is done in these steps on a board, with notes behind it. */
function live(steps: Step[] | undefined, kind: AgendaKind = 'swot'): Meeting {
	const points = [
		{ kind, title: { en: 'a' }, minutes: 5, ...(steps && { steps }) },
		{ kind: 'discussion', title: { en: 'b' }, minutes: 5 }
	];
	const scheduled = after(null, { name: 'meeting.schedule', body: { title: { en: 'm' }, startsAt: 0, minutes: 10, agenda: points } });
	return after(scheduled, { name: 'meeting.open', body: {} });
}

const ask = (meeting: Meeting | null, command: { name: Command['name']; body: object }, change: Partial<Omit<Context, 'thinkTank'>> = {}) =>
	decide(meeting, commandFor(command, meeting), contextOf({ newId: counted(meeting ? 20 + meeting.version : 20), ...change }));

function after(meeting: Meeting | null, command: { name: Command['name']; body: object }, change: Partial<Omit<Context, 'thinkTank'>> = {}): Meeting {
	const answer = ask(meeting, command, change);
	if (typeof answer === 'string') throw new Error(answer);
	return answer.reduce<Meeting | null>(evolve, meeting)!;
}

const first = { pick: 0 };
const turn = (n: number) => ({ name: 'step.turn', body: { item: first, step: idAt(10, n) } }) as const;
const at = (meeting: Meeting) => presentStep(meeting.agenda[0]!).id;
const names = (answer: MeetingEvent[] | string) => (typeof answer === 'string' ? answer : answer.map(({ name }) => name));

describe('steps', () => {
	test('STEP-1 an activity without a recipe has one open step, at which everybody writes', () => {
		const [item] = live(undefined).agenda;
		expect(item!.steps).toEqual([openStep]);
		expect(presentStep(item!)).toMatchObject({ see: true, edit: true, held: false });
		expect(stepsBeside(item!)).toEqual({ before: null, behind: null });
	});

	test('STEP-1 every recipe of the product is known again by its steps, and is offered where it can be followed', () => {
		for (const name of recipeNames) expect(recipeOf(stepsOf(name, counted(11)))).toBe(name);
		for (const surface of ['board', 'notes'] as const) {
			for (const name of recipesOn(surface)) {
				const kind = surface === 'board' ? 'swot' : 'discussion';
				expect(surfaceOf[kind]).toBe(surface);
				expect(live(stepsOf(name, counted(11)), kind).agenda[0]!.steps.length).toBeGreaterThan(0);
			}
		}
		expect(recipeOf([step(0, 'vote')])).toBeNull();
	});

	test('STEP-1 steps are changed at any time, but for the one that the activity is at', () => {
		const meeting = after(live(silent), turn(2));
		const change = (steps: Step[]) => ask(meeting, { name: 'agenda.change', body: { item: first, steps } });
		const renamed = { ...silent[2]!, title: { en: 'Together' } };
		// a name is taken, and nothing else of it
		const [event] = change([step(7, 'discuss'), { ...renamed, see: false, edit: false, anonymous: true }]) as MeetingEvent[];
		expect(event).toMatchObject({ name: 'agenda.changed', steps: [step(7, 'discuss'), renamed] });
		expect(change([step(7, 'discuss')])).toBe('step-present');
		expect(change([{ ...silent[2]!, kind: 'vote' }])).toBe('step-present');
		expect(change(silent)).toEqual([]);
	});

	test('STEP-1 nobody writes in private in notes', () => {
		const meeting = live(undefined, 'discussion');
		expect(ask(meeting, { name: 'agenda.change', body: { item: first, steps: silent } })).toBe('no-private-steps');
		expect(ask(meeting, { name: 'step.switch', body: { item: first, see: false } })).toBe('no-private-steps');
		expect(ask(meeting, { name: 'agenda.add', body: { kind: 'review', title: { en: 'c' }, minutes: 5, steps: silent } })).toBe('no-private-steps');
	});

	test('STEP-2 an activity is at its first step when the meeting comes to it, and later where it was', () => {
		let meeting = live(silent);
		expect(meeting.agenda.map(({ step }) => step)).toEqual([idAt(10, 0), null]);
		meeting = after(meeting, turn(2));
		const there = { name: 'meeting.turn', body: { item: { pick: 1 } } } as const;
		meeting = after(after(meeting, there), { name: 'meeting.turn', body: { item: first } });
		expect(at(meeting)).toBe(idAt(10, 2));
		meeting = after(after(meeting, { name: 'meeting.close', body: {} }), { name: 'meeting.reopen', body: {} });
		expect(at(meeting)).toBe(idAt(10, 2));
	});

	test('STEP-2 it goes to another step where the meeting is, and nowhere else', () => {
		const meeting = live(silent);
		expect(ask(meeting, turn(9))).toBe('no-such-step');
		expect(ask(meeting, turn(0))).toEqual([]);
		const elsewhere = after(meeting, { name: 'meeting.turn', body: { item: { pick: 1 } } });
		for (const command of [turn(1), { name: 'step.switch', body: { item: first, held: false } } as const])
			expect(ask(elsewhere, command)).toBe('item-elsewhere');
		for (const role of ['member', 'observer', 'guest'] as const)
			expect(ask(meeting, turn(1), { actor: { role, administrator: false, person: people[2]! } })).toBe('not-allowed');
	});

	test('STEP-3 each switch is turned by itself, and turning it as it is does nothing', () => {
		for (const name of switches) {
			const meeting = live([step(0, 'group', { see: true, edit: true, held: false })]);
			const turned = after(meeting, { name: 'step.switch', body: { item: first, [name]: name === 'held' } });
			const before = presentStep(meeting.agenda[0]!);
			expect(presentStep(turned.agenda[0]!)).toEqual({ ...before, [name]: !before[name] });
			expect(ask(turned, { name: 'step.switch', body: { item: first, [name]: name === 'held' } })).toEqual([]);
		}
	});

	test('DRAFT-3 nothing of what was written in private stays hidden where everybody sees, and nothing is revealed otherwise', () => {
		const meeting = live(silent);
		expect(names(ask(meeting, turn(1)))).toEqual(['drafts.revealed', 'step.turned']);
		expect(names(ask(meeting, { name: 'step.switch', body: { item: first, see: true } }))).toEqual(['drafts.revealed', 'step.switched']);
		expect(names(ask(meeting, { name: 'step.switch', body: { item: first, edit: false } }))).toEqual(['step.switched']);
		const revealed = after(meeting, turn(1));
		expect([meeting, revealed].map(({ agenda }) => agenda[0]!.reveals)).toEqual([0, 1]);
		expect(names(ask(revealed, turn(2)))).toEqual(['step.turned']);
		// a second round
		expect(names(ask(revealed, turn(0)))).toEqual(['step.turned']);
		expect(after(after(revealed, turn(0)), turn(3)).agenda[0]!.reveals).toBe(2);
	});

	test('DRAFT-5 what arrived late is admitted where everybody sees, and without names of three people at least', () => {
		const admit = { name: 'drafts.admit', body: { item: first } } as const;
		const hidden = live(silent);
		const seen = after(hidden, turn(1));
		expect(ask(hidden, admit)).toBe('step-private');
		expect(ask(seen, admit, { waiting: { people: 0, anonymous: 0 } })).toEqual([]);
		expect(names(ask(seen, admit, { waiting: { people: 1, anonymous: 0 } }))).toEqual(['drafts.revealed']);
		expect([1, 2].map((people) => ask(seen, admit, { waiting: { people, anonymous: people } }))).toEqual(['too-few', 'too-few']);
		expect(names(ask(seen, admit, { waiting: { people: 3, anonymous: 3 } }))).toEqual(['drafts.revealed']);
		// what has names does not wait for what has none
		expect(names(ask(seen, admit, { waiting: { people: 3, anonymous: 2 } }))).toEqual(['drafts.revealed']);
		// also after the meeting has gone on
		const gone = after(seen, { name: 'meeting.turn', body: { item: { pick: 1 } } });
		expect(names(ask(gone, admit, { waiting: { people: 1, anonymous: 0 } }))).toEqual(['drafts.revealed']);
	});

	test('STEP-3 who may write where, at every step', () => {
		const rows = Object.fromEntries(
			stepKinds.flatMap((kind) =>
				(['board.write', 'drafts.write'] as const).map((action) => [
					`${kind} ${action}`,
					roles.filter((role) => may({ role, administrator: false }, action, { state: 'live', archived: false, facilitated: true, step: usualSwitches[kind] }))
				])
			)
		);
		expect(rows).toMatchSnapshot();
		for (const kind of stepKinds) expect(isPrivate(usualSwitches[kind])).toBe(kind === 'write' || kind === 'inspire');
	});

	test('STEP-9 a step stays open until a date: that is set and taken away, locks nothing, and no time at the point is counted meanwhile', () => {
		const minute = 60_000;
		const day = 24 * 60 * minute;
		const set = (until: number | null) => ({ name: 'step.switch', body: { item: first, until } }) as const;
		const opened = live([step(0, 'write'), step(1, 'reveal')]);
		let meeting = after(opened, set(7 * day), { now: 3 * minute });
		expect(presentStep(meeting.agenda[0]!)).toEqual({ ...step(0, 'write'), until: 7 * day });
		expect(ask(meeting, set(7 * day))).toEqual([]);
		const used = (now: number) => usedMsOf(meeting.agenda[0]!, meeting, now) / minute;
		const began = used(0);
		expect(used(5 * day)).toBe(began);
		// nobody sits there, so there is no pace at which it would end
		expect([endsAt(opened, 4 * minute), endsAt(meeting, 4 * minute)]).toEqual([expect.any(Number), null]);
		// also when it has passed, everything is asked as before
		for (const now of [6 * day, 8 * day]) expect(names(ask(meeting, turn(1), { now }))).toEqual(['drafts.revealed', 'step.turned']);
		meeting = after(meeting, turn(1), { now: 8 * day });
		expect([used(8 * day), used(8 * day + minute)]).toEqual([began, began + 1]);
		// without a date the time counts on
		meeting = after(after(opened, set(day), { now: 0 }), set(null), { now: 2 * minute });
		expect(presentStep(meeting.agenda[0]!).until).toBeNull();
		expect(used(3 * minute) - used(2 * minute)).toBe(1);
		// of another meeting that is done in the same steps, nothing is over before it begins
		expect(anew([{ ...step(0, 'write'), see: true, until: 5 }, step(1, 'group')])).toEqual([step(0, 'write'), step(1, 'group')]);
	});

	test('DRAFT-4 DRAFT-7 what is revealed together is promised the same: no names for all of it, and that it is passed on', () => {
		const item = (steps: Step[], n: number) => ({ steps, step: steps[n]!.id });
		const steps = [step(0, 'group'), step(1, 'write', { anonymous: true }), step(2, 'inspire'), step(3, 'write'), step(4, 'reveal'), step(5, 'write')];
		const at = steps.map((_, n) => item(steps, n));
		expect(at.map((one) => privateRun(one).map(({ id }) => id))).toEqual([
			[],
			...Array.from({ length: 3 }, () => [idAt(10, 1), idAt(10, 2), idAt(10, 3)]),
			[],
			[idAt(10, 5)]
		]);
		expect(at.map(isNameless)).toEqual([false, true, true, true, false, false]);
		// also at the step itself, and not behind it
		expect(at.map(isPassedOn)).toEqual([false, true, true, false, false, false]);
		// turned so that everybody sees, it is no step of it any more
		expect(isPassedOn(item([steps[1]!, { ...steps[2]!, see: true }], 0))).toBe(false);
	});

	test('STEP-10 a recipe of one’s own is what is done at its steps and how they begin, and is gone through under new ids', () => {
		const steps = [step(3, 'write', { anonymous: true }), step(4, 'discuss', { title: { fa: 'دور دوم' }, edit: true, until: 5 })];
		const pattern = patternOf(steps);
		expect(stepPatterns.safeParse(pattern).success).toBe(true);
		expect(stepPatterns.safeParse(steps).success).toBe(false);
		const made = stepsOfPattern(pattern, counted(11));
		expect(new Set([...made, ...steps].map(({ id }) => id)).size).toBe(4);
		expect(samePattern(patternOf(made), pattern)).toBe(true);
		expect(made.map(({ until }) => until)).toEqual([null, null]);
		for (const other of [
			[pattern[0]!],
			[pattern[1]!, pattern[0]!],
			[pattern[0]!, { ...pattern[1]!, title: null }],
			[{ ...pattern[0]!, held: false }, pattern[1]!]
		])
			expect(samePattern(other, pattern)).toBe(false);
	});

	test('STEP-1 a duplicate is done in the same steps, and has been at none', () => {
		const meeting = after(live(silent), turn(2));
		const { agenda } = meeting;
		expect(itemOf(meeting, agenda[0]!.id)!.step).toBe(idAt(10, 2));
		const copied = after(meeting, { name: 'agenda.add', body: { kind: 'swot', title: { en: 'c' }, minutes: 5, from: first } });
		// a copy of its board goes on at its step
		expect(copied.agenda.at(-1)).toMatchObject({ steps: agenda[0]!.steps, step: idAt(10, 2), reveals: 0 });
	});
});
