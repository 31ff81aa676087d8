import { inLanguage, inItsLanguage, type Language } from '#realtime/meeting/texts.ts';
import type { Step } from '#realtime/meeting/steps.ts';

/** A step as it is worded in a form: empty, it goes by what is done at it. */
export interface StepDraft extends Step {
	text: string;
}

export const draftsOf = (steps: readonly Step[], language: Language): StepDraft[] =>
	steps.map((step) => ({ ...step, text: step.title ? inLanguage(step.title, language) : '' }));

/** As they are sent: a name that nobody changed stays as it is, in both languages. */
export const stepsOfDrafts = (drafts: readonly StepDraft[], language: Language): Step[] =>
	drafts.map(({ text, title, ...step }) => {
		const words = text.trim();
		const same = words === (title ? inLanguage(title, language) : '');
		return { ...step, title: same ? title : words === '' ? null : inItsLanguage(words) };
	});
