import { stepName } from '#lib/i18n/names.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Notices } from '#lib/ui/notices.svelte.ts';
import { itemOf } from '#realtime/meeting/agenda.ts';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { isPrivate, presentStep, type Step, type Switches } from '#realtime/meeting/steps.ts';
import { sentenceOfRefusal, type FollowedMeeting } from './followed-meeting.svelte.ts';

/**
 * Takes an activity to a step, says so, and offers to take it back by `turn`, as long as nobody has taken it on since and
 * nothing was revealed by it. Answers why it was not done, or null.
 */
export async function turnStep(at: FollowedMeeting, told: Notices, item: AgendaItem, to: Step, turn: (step: Step) => void): Promise<string | null> {
	const from = presentStep(item);
	const answer = await at.command('step.turn', { item: item.id, step: to.id });
	if (!answer.ok) return sentenceOfRefusal(answer.refusal);
	const back = () => {
		const now = itemOf(at.meeting, item.id);
		if (now && presentStep(now).id === to.id) turn(from);
	};
	const seen = isPrivate(from) && !isPrivate(to);
	told.show({ text: m.step_turned({ step: stepName(to) }), lasts: true, ...(!seen && { action: { name: m.turn_back(), run: back } }) });
	return null;
}

/** Turns a switch of the step at hand. Answers why it was not done, or null. */
export async function turnSwitch(at: FollowedMeeting, item: AgendaItem, turned: Partial<Switches>): Promise<string | null> {
	const answer = await at.command('step.switch', { item: item.id, ...turned });
	return answer.ok ? null : sentenceOfRefusal(answer.refusal);
}
