import { adoptedAs, type Decision } from '#realtime/meeting/decisions.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';

/** What was adopted at a point or of what is worded there, by number, and what is worded there and has not been adopted, in its order. */
export function decisionsAt<Worded extends { id: Id }>(
	meeting: Pick<Meeting, 'decisions'>,
	item: Id,
	wordings: readonly Worded[]
): { adopted: Decision[]; worded: Worded[] } {
	return {
		adopted: meeting.decisions.filter((decision) => decision.item === item || wordings.some(({ id }) => id === decision.wording)),
		worded: wordings.filter(({ id }) => !adoptedAs(meeting, id))
	};
}
