import { error } from '@sveltejs/kit';
import type { MeetingAnswer } from '#lib/api.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { AgendaItem } from '#realtime/meeting/meetings.ts';

/** A point of a meeting's agenda, or the error page: a foreign one and none look alike. */
export function activityOf({ meeting }: MeetingAnswer, id: Id): AgendaItem {
	return meeting.agenda.find((item) => item.id === id) ?? error(404, { message: 'not-found', code: 'not-found' });
}
