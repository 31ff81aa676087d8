import type { Id } from './ids.ts';
import type { Surface } from './meetings.ts';
import { openStep, usualSwitches, type Step, type StepKind, type Switches } from './steps.ts';

/** The recipes that come with the product. */
export const recipeNames = ['open', 'silent', 'anonymous', 'twice', 'talk'] as const;
export type RecipeName = (typeof recipeNames)[number];

type Part = { kind: StepKind; anonymous?: true } & Partial<Switches>;

/** In which steps an activity is done by each, and where it can be done so. */
const recipes: Record<RecipeName, { surfaces: readonly Surface[]; parts: readonly Part[] }> = {
	open: { surfaces: ['board', 'notes'], parts: [] },
	silent: { surfaces: ['board'], parts: [{ kind: 'write' }, { kind: 'reveal' }, { kind: 'group' }, { kind: 'vote' }, { kind: 'decide' }] },
	anonymous: {
		surfaces: ['board'],
		parts: [{ kind: 'write', anonymous: true }, { kind: 'reveal' }, { kind: 'group' }, { kind: 'vote' }, { kind: 'decide' }]
	},
	/** what the first round brought is read before the second is written */
	twice: { surfaces: ['board'], parts: [{ kind: 'write' }, { kind: 'reveal' }, { kind: 'write' }, { kind: 'reveal' }, { kind: 'group' }, { kind: 'vote' }] },
	/** in notes everybody goes on writing */
	talk: {
		surfaces: ['notes'],
		parts: [{ kind: 'discuss', edit: true }, { kind: 'decide' }]
	}
};

/** The recipes by which something can be done on a board, or in notes. */
export const recipesOn = (surface: Surface): RecipeName[] => recipeNames.filter((name) => recipes[name].surfaces.includes(surface));

/** The steps of a recipe, under ids of their own. */
export function stepsOf(name: RecipeName, newId: () => Id): Step[] {
	const steps = recipes[name].parts.map(({ kind, anonymous = false, ...turned }): Step => ({
		id: newId(),
		kind,
		title: null,
		...usualSwitches[kind],
		...turned,
		anonymous
	}));
	return steps.length > 0 ? steps : [openStep];
}

/** The recipe that these steps are, whatever they are called and however they were turned since; null: none of ours. */
export const recipeOf = (steps: readonly Pick<Step, 'kind' | 'anonymous'>[]): RecipeName | null =>
	recipeNames.find((name) => {
		const parts = recipes[name].parts.length > 0 ? recipes[name].parts : [openStep];
		return parts.length === steps.length && parts.every(({ kind, anonymous = false }, i) => kind === steps[i]!.kind && anonymous === steps[i]!.anonymous);
	}) ?? null;
