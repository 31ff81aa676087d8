import { currentLanguage } from '#lib/i18n/language.svelte.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Notices } from '#lib/ui/notices.svelte.ts';
import { presentPoint } from '#realtime/meeting/agenda.ts';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';
import { inLanguage } from '#realtime/meeting/texts.ts';
import { ask } from './asking.ts';
import type { FollowedMeeting } from './followed-meeting.svelte.ts';

/** Takes the meeting to a point, says so, and offers to take it back, as long as nobody has taken it on since. */
export async function turnTo(at: FollowedMeeting, told: Notices, to: AgendaItem): Promise<void> {
	const from = at.meeting.point;
	if (!(await ask(at, told, 'meeting.turn', { item: to.id }))) return;
	const back = () => {
		const point = presentPoint(at.meeting);
		if (point?.id === to.id) void ask(at, told, 'meeting.turn', { item: from! });
		else if (point) told.show({ text: m.turn_overtaken({ title: titleOf(point) }) });
	};
	told.show({ text: m.meeting_at({ title: titleOf(to) }), lasts: true, ...(from !== null && { action: { name: m.turn_back(), run: back } }) });
}

const titleOf = ({ title }: AgendaItem): string => inLanguage(title, currentLanguage());
