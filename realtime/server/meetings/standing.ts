import { presentPoint } from '#realtime/meeting/agenda.ts';
import type { Id } from '#realtime/meeting/ids.ts';
import type { Meeting } from '#realtime/meeting/meetings.ts';

/** What is to be known of a meeting to tell people of the moment. */
export interface Standing extends Pick<Meeting, 'version' | 'state' | 'coFacilitators'> {
	meeting: Id;
	/** something is written without a name at its point */
	secret: boolean;
}

export const standingOf = (meeting: Meeting): Standing => ({
	meeting: meeting.id,
	version: meeting.version,
	state: meeting.state,
	coFacilitators: meeting.coFacilitators,
	secret: presentPoint(meeting)?.steps.some(({ anonymous }) => anonymous) ?? false
});
