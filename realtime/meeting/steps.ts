import type { AgendaItem } from './meetings.ts';
import type { LocalText } from './texts.ts';

/** What is done at a step of an activity. */
export const stepKinds = ['open', 'write', 'reveal', 'group', 'vote', 'discuss', 'decide'] as const;
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
}

/** How a step of each kind begins, unless its recipe says otherwise. */
export const usualSwitches: Record<StepKind, Switches> = {
	open: { see: true, edit: true, held: false },
	write: { see: false, edit: true, held: true },
	reveal: { see: true, edit: false, held: true },
	group: { see: true, edit: true, held: false },
	vote: { see: true, edit: false, held: true },
	discuss: { see: true, edit: false, held: false },
	// decisions are worded together
	decide: { see: true, edit: true, held: false }
};

/** The one step of an activity that follows no recipe: everybody sees, and everybody writes. */
export const openStep: Step = { id: 'open', kind: 'open', title: null, ...usualSwitches.open, anonymous: false };

type Stepped = Pick<AgendaItem, 'steps' | 'step'>;

/** The step that an activity is at; before the meeting has come to it, its first. */
export const presentStep = ({ steps, step }: Stepped): Step => steps.find(({ id }) => id === step) ?? steps[0] ?? openStep;

/** The steps before and behind the one that an activity is at; null: there is none. */
export function stepsBeside(item: Stepped): { before: Step | null; behind: Step | null } {
	const at = item.steps.indexOf(presentStep(item));
	return { before: item.steps[at - 1] ?? null, behind: item.steps[at + 1] ?? null };
}

/** Is there more to an activity than one step at which everybody sees? */
export const isInSteps = (item: Stepped): boolean => item.steps.length > 1 || isPrivate(presentStep(item));

/** Is what is written at this step seen by its writer alone? */
export const isPrivate = ({ see }: Pick<Switches, 'see'>): boolean => !see;
