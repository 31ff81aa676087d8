import { actions, may, type Situation } from '#realtime/meeting/permissions.ts';
import { meetingStates } from '#realtime/meeting/meetings.ts';
import { roles, type Rights } from '#realtime/meeting/roles.ts';
import { expect, test } from 'vitest';

/** Every action × role × situation, as people would say it. */

const situations: [name: string, Situation][] = [
	['–', { state: null, archived: false, facilitated: true, step: null }],
	...meetingStates.map((state): [string, Situation] => [state, { state, archived: false, facilitated: true, step: null }])
];
const askers: [name: string, Rights][] = [
	...roles.map((role): [string, Rights] => [role, { role, administrator: false }]),
	['administrator', { role: null, administrator: true }]
];

const rows = (change: Partial<Situation> = {}) =>
	Object.fromEntries(
		actions.map((action) => [
			action,
			askers.flatMap(([asker, rights]) => {
				const where = situations.filter(([, situation]) => may(rights, action, { ...situation, ...change })).map(([name]) => name);
				return where.length === 0 ? [] : [where.length === situations.length ? asker : `${asker} (${where.join(' ')})`];
			})
		])
	);

test('ROLE-1 every action has a row for every role and state of a meeting', () => {
	expect(rows()).toMatchSnapshot();
});

test('ROLE-2 an archived think tank is read and nothing else', () => {
	for (const [action, who] of Object.entries(rows({ archived: true }))) {
		if (!/see$/.test(action) && action !== 'think-tank.archive') expect(who, action).toEqual([]);
	}
});

test('ROLE-3 a chair takes over the meeting only while no facilitator is there', () => {
	const chairMay = (facilitated: boolean) =>
		actions.filter((action) => may({ role: 'chair', administrator: false }, action, { state: 'live', archived: false, facilitated, step: null }));
	expect(chairMay(false).filter((action) => !chairMay(true).includes(action))).toMatchSnapshot();
	expect(chairMay(true).filter((action) => !chairMay(false).includes(action))).toEqual([]);
});

test('ROLE-4 whoever is nothing may nothing', () => {
	for (const action of actions) for (const [, situation] of situations) expect(may({ role: null, administrator: false }, action, situation)).toBe(false);
});
