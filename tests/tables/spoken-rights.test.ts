import { expect, test } from 'vitest';
import { firstColumn, surfaceOf, type AgendaItem, type AgendaKind } from '#realtime/meeting/meetings.ts';
import { may, type Action } from '#realtime/meeting/permissions.ts';
import { recipeNames, recipesOn, stepsOf } from '#realtime/meeting/recipes.ts';
import { roles, type Role } from '#realtime/meeting/roles.ts';
import { rightsAt, spokenRights, type Moment, type SpokenRight } from '#realtime/meeting/spoken-rights.ts';
import { presentStep } from '#realtime/meeting/steps.ts';
import type { Vote } from '#realtime/meeting/voting.ts';
import { counted, idAt } from '../support/meeting-commands.ts';

/** What is read out of everybody's rights at every step of every recipe, and that the table of rights says the same. */

const vote = (guests: boolean) => ({ id: idAt(8, 0), state: 'open', guests }) as Vote;

/** Every step of every recipe on everything that it can be done on. */
const moments: [name: string, Moment][] = (['swot', 'discussion'] satisfies AgendaKind[]).flatMap((kind) =>
	recipesOn(surfaceOf[kind]).flatMap((recipe) => {
		const steps = stepsOf(recipe, counted(10));
		return steps.map((step, i): [string, Moment] => {
			const item: AgendaItem = {
				...{ id: idAt(7, 0), kind, title: { en: 'a' }, minutes: 5, usedMs: 0, owner: null, mandate: null, document: idAt(7, 1), columns: [firstColumn] },
				...{ steps, step: step.id, reveals: 0, proposedBy: null }
			};
			return [`${kind} · ${recipe} · ${i + 1} ${step.kind}`, { meeting: { state: 'live', votes: [] }, item, archived: false, facilitated: true }];
		});
	})
);

const said = (role: Role, moment: Moment) => rightsAt(role, moment).join(', ') || '–';

test('ROLE-5 every recipe is there', () => {
	for (const recipe of recipeNames)
		expect(
			moments.some(([name]) => name.includes(`· ${recipe} ·`)),
			recipe
		).toBe(true);
});

test('ROLE-5 what is read out for every role at every step', () => {
	expect(Object.fromEntries(moments.map(([name, moment]) => [name, Object.fromEntries(roles.map((role) => [role, said(role, moment)]))]))).toMatchSnapshot();
});

test('ROLE-5 what changes with a vote, without a facilitator, and when the meeting is over', () => {
	const [, moment] = moments.find(([name]) => name === 'swot · open · 1 open')!;
	const changes: Record<string, Partial<Moment>> = {
		'a vote': { meeting: { state: 'live', votes: [vote(false)] } },
		'a vote of guests too': { meeting: { state: 'live', votes: [vote(true)] } },
		'no facilitator': { facilitated: false },
		scheduled: { meeting: { state: 'scheduled', votes: [] } },
		closed: { meeting: { state: 'closed', votes: [] } },
		archived: { archived: true }
	};
	const changed = Object.entries(changes).map(([name, change]) => {
		const after = { ...moment, ...change };
		const differences = roles.map((role) => {
			const [before, now] = [rightsAt(role, moment), rightsAt(role, after)];
			return [
				role,
				[
					...now.filter((right) => !before.includes(right)).map((right) => `+${right}`),
					...before.filter((right) => !now.includes(right)).map((right) => `-${right}`)
				].join(' ') || '–'
			];
		});
		return [name, Object.fromEntries(differences) as Record<Role, string>];
	});
	expect(Object.fromEntries(changed)).toMatchSnapshot();
});

/** What each is in the table of rights; null: nothing, it is said to others and decides nothing. */
const asked: Record<SpokenRight, Action | null> = {
	see: 'meeting.see',
	write: 'board.write',
	'write-alone': 'drafts.write',
	vote: 'ballot.cast',
	speak: 'turns.ask',
	'be-ready': null,
	propose: 'agenda.propose',
	'word-decisions': 'decisions.word',
	'make-actions': 'actions.write',
	'change-actions': 'actions.write-all',
	'go-on': 'step.turn',
	'run-timer': 'timer.start',
	'give-floor': 'turns.give',
	'open-vote': 'vote.open',
	adopt: 'decision.adopt',
	'let-in': 'guests.change',
	close: 'meeting.close'
};
/** said only where something else is so as well */
const conditional: readonly SpokenRight[] = ['see', 'write-alone', 'vote'];

test('ROLE-5 nothing is said that the table of rights does not say, and nothing left out that it does', () => {
	let compared = 0;
	for (const [name, moment] of moments) {
		for (const facilitated of [true, false]) {
			for (const role of roles) {
				const now = { ...moment, facilitated, meeting: { state: 'live', votes: [vote(true)] } as const };
				const situation = { state: 'live', archived: false, facilitated, step: presentStep(moment.item) } as const;
				const rights = rightsAt(role, { ...now, meeting: { ...now.meeting, votes: [...now.meeting.votes] } });
				for (const right of spokenRights) {
					const action = asked[right];
					if (action === null) continue;
					const allowed = may({ role, administrator: false }, action, situation);
					if (conditional.includes(right)) expect(allowed || !rights.includes(right), `${name} ${role} ${right}`).toBe(true);
					else expect(rights.includes(right), `${name} ${role} ${right}`).toBe(allowed);
					compared++;
				}
			}
		}
	}
	expect(compared).toBeGreaterThan(2_000);
});
