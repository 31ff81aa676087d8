import type { Id } from './ids.ts';
import type { Surface } from './meetings.ts';
import { openStep, switches, usualSwitches, type Step, type StepKind, type Switches } from './steps.ts';

/** The recipes that come with the product. */
export const recipeNames = ['open', 'silent', 'anonymous', 'inspired', 'twice', 'talk'] as const;
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
	/** before the reveal everybody is given a few of the others' ideas, to go on from */
	inspired: {
		surfaces: ['board'],
		parts: [{ kind: 'write' }, { kind: 'inspire' }, { kind: 'reveal' }, { kind: 'group' }, { kind: 'vote' }, { kind: 'decide' }]
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
		anonymous,
		until: null
	}));
	return steps.length > 0 ? steps : [openStep];
}

/** The recipe that these steps are, whatever they are called and however they were turned since; null: none of ours. */
export const recipeOf = (steps: readonly Pick<Step, 'kind' | 'anonymous'>[]): RecipeName | null =>
	recipeNames.find((name) => {
		const parts = recipes[name].parts.length > 0 ? recipes[name].parts : [openStep];
		return parts.length === steps.length && parts.every(({ kind, anonymous = false }, i) => kind === steps[i]!.kind && anonymous === steps[i]!.anonymous);
	}) ?? null;

/** A step as a recipe has it: of no activity, and at no time. */
export type StepPattern = Omit<Step, 'id' | 'until'>;

/** A recipe that a think tank keeps of its own. */
export interface SavedRecipe {
	id: Id;
	name: string;
	surface: Surface;
	steps: StepPattern[];
}

/** What these steps are, wherever and whenever they are gone through. */
export const patternOf = (steps: readonly Step[]): StepPattern[] => steps.map(({ id: _, until: __, ...pattern }) => pattern);

/** The steps of a recipe of a think tank's own, under ids of their own. */
export const stepsOfPattern = (pattern: readonly StepPattern[], newId: () => Id): Step[] => pattern.map((step) => ({ ...step, id: newId(), until: null }));

/** Are these the same steps of a recipe? */
export const samePattern = (a: readonly StepPattern[], b: readonly StepPattern[]): boolean =>
	a.length === b.length &&
	a.every((step, i) => {
		const other = b[i]!;
		return (
			step.kind === other.kind &&
			step.anonymous === other.anonymous &&
			step.title?.fa === other.title?.fa &&
			step.title?.en === other.title?.en &&
			switches.every((name) => step[name] === other[name])
		);
	});
