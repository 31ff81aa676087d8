import { atStep, manners, type Manner } from '#realtime/meeting/at-step.ts';
import { commandNames, type CommandName } from '#realtime/meeting/commands.ts';
import { decide } from '#realtime/meeting/decide.ts';
import { evolve } from '#realtime/meeting/evolve.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';
import { actions, may } from '#realtime/meeting/permissions.ts';
import { roles } from '#realtime/meeting/roles.ts';
import { isPrivate, stepKinds, usualSwitches, type Step, type StepKind } from '#realtime/meeting/steps.ts';
import { describe, expect, test } from 'vitest';
import { commandFor, contextOf, counted, idAt } from '../support/meeting-commands.ts';

/** What may be asked, and by whom, at every step. */

/** A live meeting whose first point, done on a board, is at a step of this kind; `there`: the meeting is there. */
function meetingAt(kind: StepKind, there: boolean): Meeting {
	const step = (n: number, kind: StepKind): Step => ({ id: idAt(10, n), kind, title: null, ...usualSwitches[kind], anonymous: false, until: null });
	const title = { en: 'a' };
	const agenda = [
		{ kind: 'swot', title, minutes: 5, steps: [step(0, kind), step(1, 'open')] },
		{ kind: 'swot', title, minutes: 5 }
	];
	const asked = [
		{ name: 'meeting.schedule', body: { title, startsAt: 0, minutes: 10, agenda } },
		{ name: 'meeting.open', body: {} },
		...(there ? [] : [{ name: 'meeting.turn', body: { item: { pick: 1 } } } as const])
	] as const;
	return asked.reduce<Meeting | null>((meeting, command) => {
		const events = decide(meeting, commandFor(command, meeting), contextOf({ newId: counted(meeting ? 20 + meeting.version : 20) }));
		if (typeof events === 'string') throw new Error(events);
		return events.reduce<Meeting | null>(evolve, meeting);
	}, null)!;
}

/** What is asked about the first point, of each name that is about one. */
const asked: Partial<Record<CommandName, object>> = {
	'meeting.turn': { item: { pick: 0 } },
	'agenda.add': { kind: 'swot', title: { en: 'b' }, minutes: 5, from: { pick: 0 } },
	'agenda.accept': { item: { pick: 0 } },
	'agenda.change': { item: { pick: 0 }, minutes: 99 },
	'agenda.move': { item: { pick: 0 }, before: null },
	'agenda.remove': { item: { pick: 0 } },
	'step.turn': { item: { pick: 0 }, step: idAt(10, 1) },
	'step.switch': { item: { pick: 0 }, held: false },
	'drafts.admit': { item: { pick: 0 } },
	'vote.open': { item: { pick: 0 }, rule: { kind: 'choice' }, level: 'open', options: { texts: ['A motion'] } }
};

test('STEP-11 the table of what may be asked at which step', () => {
	expect(Object.keys(atStep)).toEqual(commandNames);
	for (const row of Object.values(atStep)) expect(Object.keys(row)).toEqual([...manners]);
	expect(atStep).toMatchSnapshot();
	for (const name of commandNames) if (!(name in asked)) expect(new Set(Object.values(atStep[name])), name).toEqual(new Set(['decided']));
});

describe.each(stepKinds)('at a step to %s', (kind) => {
	test.each(Object.keys(asked) as CommandName[])('STEP-11 %s is decided as the table says', (name) => {
		for (const there of [true, false]) {
			const meeting = meetingAt(kind, there);
			const manner: Manner = `${isPrivate(usualSwitches[kind]) ? 'alone' : 'together'}${there ? '' : '-elsewhere'}`;
			const answer = decide(meeting, commandFor({ name, body: asked[name]! }, meeting), contextOf({ newId: counted(40) }));
			if (atStep[name][manner] === 'decided') expect(answer).toBeInstanceOf(Array);
			else expect(answer).toBe(atStep[name][manner]);
		}
	});
});

test('STEP-11 ROLE-1 who may do what at every step', () => {
	const rightsAt = (kind: StepKind) =>
		Object.fromEntries(
			roles.map((role) => [
				role,
				actions.filter((action) =>
					may({ role, administrator: false }, action, { state: 'live', archived: false, facilitated: role !== 'chair', step: usualSwitches[kind] })
				)
			])
		);
	const usual = rightsAt('open');
	expect(usual).toMatchSnapshot('at an open step');
	for (const kind of stepKinds) {
		const now = rightsAt(kind);
		const changes = roles.flatMap((role) => {
			const without = usual[role]!.filter((action) => !now[role]!.includes(action)).map((action) => `${role}: not ${action}`);
			return [...without, ...now[role]!.filter((action) => !usual[role]!.includes(action)).map((action) => `${role}: ${action}`)];
		});
		expect(changes).toMatchSnapshot(`at a step to ${kind}`);
	}
});
