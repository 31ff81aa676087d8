import { stepName } from '#lib/i18n/names.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Notices } from '#lib/ui/notices.svelte.ts';
import { itemOf } from '#realtime/meeting/agenda.ts';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { isPrivate, presentStep, type Step } from '#realtime/meeting/steps.ts';
import { failureOf } from './asking.ts';
import type { FollowedMeeting } from './followed-meeting.svelte.ts';

/**
 * Takes an activity to a step, says so, and offers to take it back by `turn`, as long as nobody has taken it on since and
 * nothing was revealed by it. Answers why it was not done, or null.
 */
export async function turnStep(at: FollowedMeeting, told: Notices, item: AgendaItem, to: Step, turn: (step: Step) => void): Promise<string | null> {
	const from = presentStep(item);
	const failure = await failureOf(at.command('step.turn', { item: item.id, step: to.id }));
	if (failure !== null) return failure;
	const back = () => {
		const now = itemOf(at.meeting, item.id);
		if (now && presentStep(now).id === to.id) turn(from);
	};
	const seen = isPrivate(from) && !isPrivate(to);
	told.show({ text: m.step_turned({ step: stepName(to) }), lasts: true, ...(!seen && { action: { name: m.turn_back(), run: back } }) });
	return null;
}
