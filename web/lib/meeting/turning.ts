import { currentLanguage } from '#lib/i18n/language.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Notices } from '#lib/ui/notices.svelte.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { inLanguage } from '#realtime/meeting/texts.ts';
import { sentenceOfRefusal, type FollowedMeeting } from './followed-meeting.svelte.ts';

/** Takes the meeting to a point, says so, and offers to take it back. */
export async function turnTo(at: FollowedMeeting, told: Notices, { id: item, title }: AgendaItem): Promise<void> {
	const from = at.meeting.point;
	if (!(await turn(at, told, item))) return;
	told.show({
		text: m.turned({ title: inLanguage(title, currentLanguage()) }),
		lasts: true,
		...(from !== null && { action: { name: m.turn_back(), run: () => void turn(at, told, from) } })
	});
}

async function turn(at: FollowedMeeting, told: Notices, item: Id): Promise<boolean> {
	const answer = await at.command('meeting.turn', { item });
	if (!answer.ok) told.show({ text: sentenceOfRefusal(answer.refusal) });
	return answer.ok;
}
