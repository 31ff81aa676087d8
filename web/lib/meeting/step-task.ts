import { m } from '#lib/paraglide/messages.js';
import { isPrivate, type Step } from '#realtime/meeting/steps.ts';

/** What is done at a step, in a sentence, by whoever may write there, or may not; null: what goes without saying. */
export function taskOf(step: Step, mayWrite: boolean): string | null {
	if (isPrivate(step)) {
		if (!step.edit) return m.step_do_wait();
		return step.anonymous ? m.step_do_write_anonymous() : m.step_do_write();
	}
	if (step.kind === 'reveal' && !mayWrite) return m.step_do_reveal();
	if (step.kind === 'group' && mayWrite) return m.step_do_group();
	return mayWrite ? null : m.step_do_read();
}
