import { m } from '#lib/paraglide/messages.js';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { isInspiring, isNameless, isPassedOn, isPrivate, presentStep } from '#realtime/meeting/steps.ts';

/** What is done at the step of an activity, in a sentence, by whoever may write there, or may not; null: what goes without saying. `here`: the meeting is at it. */
export function taskOf(activity: AgendaItem, { mayWrite, here }: { mayWrite: boolean; here: boolean }): string | null {
	const step = presentStep(activity);
	if (isPrivate(step)) {
		if (!step.edit) return m.step_do_wait();
		if (!mayWrite) return here ? m.step_do_watch() : null;
		const nameless = isNameless(activity);
		if (isInspiring(step)) return nameless ? m.step_do_inspire_anonymous() : m.step_do_inspire();
		if (isPassedOn(activity)) return nameless ? m.step_do_write_passed_anonymous() : m.step_do_write_passed();
		return nameless ? m.step_do_write_anonymous() : m.step_do_write();
	}
	if (step.kind === 'reveal' && !mayWrite) return m.step_do_reveal();
	if (step.kind === 'group' && mayWrite) return m.step_do_group();
	return mayWrite ? null : m.step_do_read();
}
