import type { CourseAnswer } from '#lib/api.ts';
import { currentLanguage } from '#lib/i18n/language.svelte.ts';
import { stepName } from '#lib/i18n/names.ts';
import { m } from '#lib/paraglide/messages.js';
import { surfaceOf } from '#realtime/meeting/meetings.ts';
import { inLanguage } from '#realtime/meeting/texts.ts';

/** Steps that the meeting has left, and that can be seen as they stood then. */

type EndedStep = NonNullable<CourseAnswer['course'][number]['ended']>;

/** The moment at which the meeting left a step: the version that it came to by it. */
export interface LeftStep {
	version: number;
	/** milliseconds since 1970 */
	at: number;
	ended: EndedStep;
}

/** What a step was called; of an activity that followed no recipe, the activity. */
export const leftName = ({ step, title }: EndedStep): string =>
	step.kind === 'open' && step.title === null ? inLanguage(title, currentLanguage()) : stepName(step);

/** What is to be seen of it. */
export const stoodName = (ended: EndedStep): string => (surfaceOf[ended.kind] === 'board' ? m.stood_board : m.stood_notes)({ step: leftName(ended) });

export const stoodAddress = (meeting: string, version: number): string => `/meetings/${meeting}/course/${version}`;
