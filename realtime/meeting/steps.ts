import type { AgendaItem } from './meetings.ts';
import type { LocalText } from './texts.ts';

/** What is done at a step of an activity. */
export const stepKinds = ['open', 'write', 'inspire', 'reveal', 'group', 'vote', 'discuss', 'decide'] as const;
export type StepKind = (typeof stepKinds)[number];

/** What a facilitator may turn at any time, for the step that an activity is at. */
export interface Switches {
	/** participants see what the others write; while they do not, everybody writes for themself */
	see: boolean;
	/** participants may write and arrange; whoever conducts the meeting may as long as everybody sees it */
	edit: boolean;
	/** participants stay where the meeting is */
	held: boolean;
}
export const switches = ['see', 'edit', 'held'] as const satisfies readonly (keyof Switches)[];

/** A step of an activity. */
export interface Step extends Switches {
	/** an id, or `open` for the one step of an activity that follows no recipe */
	id: string;
	kind: StepKind;
	/** null: the product's own name for its kind */
	title: LocalText | null;
	/** what is written here in private is revealed without its authors; settled before the activity comes to it */
	anonymous: boolean;
	/** it stays open until then, in milliseconds since 1970, so that people come to it over days; like a timer it locks nothing. null: it is done while everybody is there */
	until: number | null;
}

/** How a step of each kind begins, unless its recipe says otherwise. */
export const usualSwitches: Record<StepKind, Switches> = {
	open: { see: true, edit: true, held: false },
	write: { see: false, edit: true, held: true },
	inspire: { see: false, edit: true, held: true },
	reveal: { see: true, edit: false, held: true },
	group: { see: true, edit: true, held: false },
	vote: { see: true, edit: false, held: true },
	discuss: { see: true, edit: false, held: false },
	// decisions are worded together
	decide: { see: true, edit: true, held: false }
};

/** The one step of an activity that follows no recipe: everybody sees, and everybody writes. */
export const openStep: Step = { id: 'open', kind: 'open', title: null, ...usualSwitches.open, anonymous: false, until: null };

type Stepped = Pick<AgendaItem, 'steps' | 'step'>;

/** The step that an activity is at; before the meeting has come to it, its first. */
export const presentStep = ({ steps, step }: Stepped): Step => steps.find(({ id }) => id === step) ?? steps[0] ?? openStep;

/** The steps before and behind the one that an activity is at; null: there is none. */
export function stepsBeside(item: Stepped): { before: Step | null; behind: Step | null } {
	const at = item.steps.indexOf(presentStep(item));
	return { before: item.steps[at - 1] ?? null, behind: item.steps[at + 1] ?? null };
}

/** Is there more to an activity than one step at which everybody sees, while they are there? */
export const isInSteps = (item: Stepped): boolean => item.steps.length > 1 || isPrivate(presentStep(item)) || presentStep(item).until !== null;

/** The steps as they are gone through another time: whatever was turned meanwhile, silent writing is silent again, and no date is any more. */
export const anew = (steps: readonly Step[]): Step[] => steps.map((step) => ({ ...step, ...(!usualSwitches[step.kind].see && { see: false }), until: null }));

/** Is what is written at this step seen by its writer alone? */
export const isPrivate = ({ see }: Pick<Switches, 'see'>): boolean => !see;

/** The step at hand and those beside it at which everybody writes for themself, in order, with no other in between: what is written there is revealed together. Empty: it is no such step. */
export function privateRun(item: Stepped): Step[] {
	const at = item.steps.indexOf(presentStep(item));
	const opensBefore = item.steps.slice(0, at + 1).findLastIndex((step) => !isPrivate(step));
	const opensBehind = item.steps.findIndex((step, i) => i >= at && !isPrivate(step));
	return item.steps.slice(opensBefore + 1, opensBehind < 0 ? undefined : opensBehind);
}

/** Is what is written now promised that nobody will know by whom? For all that is revealed together alike: two who had names would leave the third without. */
export const isNameless = (item: Stepped): boolean => privateRun(item).some(({ anonymous }) => anonymous);

/** Will a few others be given some of what is written now, before it is revealed? Those who write it are told. */
export const isPassedOn = (item: Stepped): boolean => {
	const run = privateRun(item);
	return run.slice(run.indexOf(presentStep(item))).some(isInspiring);
};

/** Is everybody who writes at this step, for themself, given a few of what others wrote? */
export const isInspiring = (step: Pick<Step, 'kind' | 'see'>): boolean => step.kind === 'inspire' && isPrivate(step);
