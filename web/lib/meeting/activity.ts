import { error } from '@sveltejs/kit';
import type { MeetingAnswer } from '#lib/api.ts';
import type { Id } from '#realtime/meeting/ids.ts';

/** The activity of a meeting that has a board, or the error page: a foreign one and none look alike. */
export function activityOf({ meeting }: MeetingAnswer, id: Id) {
	const item = meeting.agenda.find((item) => item.id === id);
	if (!item || item.document === null) error(404, { message: 'not-found', code: 'not-found' });
	return { ...item, document: item.document };
}
